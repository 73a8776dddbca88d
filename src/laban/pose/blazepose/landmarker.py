"""From a region of an image to the landmarks of the body in it.

The network and the heat-map refinement follow the published pose landmark model (MediaPipe, Apache-2.0): 39
points of which 33 are the body and 33 and 34 (counted from 0) give the next region; x and y are refined as the
mean of a 7 × 7 window of the heat map where its peak is at least 0.5.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, ImageArray, IntArray
from laban.core.checks import choose
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.blazepose.appearance import describe
from laban.pose.blazepose.graph_pruning import keep_outputs
from laban.pose.blazepose.masking import paint_over
from laban.pose.blazepose.quantising import quantise_pointwise
from laban.pose.blazepose.regions import Region, region_from_points
from laban.pose.blazepose.sampling import sample_rgb
from laban.runtime.litert import Network

BODY_POINTS = 33
_POINTS = 39
_HIP_POINT, _CIRCLE_POINT = 33, 34
_LANDMARKS, _PRESENCE, _HEATMAP, _WORLD = 0, 1, 3, 4
_WINDOW = np.arange(-3, 4)
_REFINE_FROM = 0.5


@dataclass(frozen=True, eq=False)
class Body:
    """The output of the network for one region.

    ``image_px`` (33, 2), ``depth_px`` (33,), ``visibility`` (33,), ``presence`` (33,), ``world_m`` (33, 3);
    ``score`` is the probability that a body is there; ``following`` is the region in which to search next;
    ``appearance`` (128,) is the colour histogram.
    """

    region: Region
    following: Region
    image_px: Float32Array
    depth_px: Float32Array
    visibility: Float32Array
    presence: Float32Array
    world_m: Float32Array
    score: float
    appearance: Float32Array

    def pose(self, *, person: int | None = None) -> Pose:
        """The pose, as it is known outside of the engine."""
        return Pose(
            BLAZEPOSE33,
            image_px=self.image_px,
            visibility=self.visibility,
            depth_px=self.depth_px,
            world_m=self.world_m,
            score=self.score,
            person=person,
        )


def cut_model(model: bytes, *, precision: str = "float") -> bytes:
    """The landmark network without its segmentation branch: a third less work, the same landmarks bit for bit.

    With ``precision`` "mixed" the point-wise layers on small maps run in int8: another quarter less.
    """
    cut = keep_outputs(model, wanted=(_LANDMARKS, _PRESENCE, _HEATMAP, _WORLD))
    return choose(precision, PRECISIONS, what="precision")(cut)


PRECISIONS: Mapping[str, Callable[[bytes], bytes]] = {"float": bytes, "mixed": quantise_pointwise}


class Landmarker:
    """The landmark network; one instance serves one thread at a time."""

    def __init__(self, model: bytes, *, name: str = "landmarker") -> None:
        """``model`` after ``cut_model``."""
        self._network = Network(model, name=name)
        self._size = self._network.input_shape[1]

    def find(self, frame: Frame, region: Region, *, hidden_px: Sequence[FloatArray] = ()) -> Body:
        """The landmarks of the person in ``region``, with the bodies (33, 2) ``hidden_px`` masked."""
        matrix = region.sampling_matrix(self._size)
        crop = sample_rgb(frame, matrix, size=self._size)
        shown = paint_over(crop, hidden_px, matrix) if hidden_px else crop
        return self._network.run(
            lambda tensor: np.multiply(shown, np.float32(1 / 255), out=tensor[0]),
            lambda outputs: self._body(region, crop, outputs),
        )

    def _body(self, region: Region, crop: ImageArray, outputs: list[Float32Array]) -> Body:
        landmarks, presence, heatmap, world = outputs
        points = landmarks.reshape(_POINTS, 5).astype(np.float64)
        unit_xy = refine(points[:, :2] / self._size, heatmap[0])
        image = region.to_image(unit_xy)
        body = slice(0, BODY_POINTS)
        metres = world.reshape(_POINTS, 3)[body]
        return Body(
            region=region,
            following=region_from_points(image[_HIP_POINT], image[_CIRCLE_POINT]),
            image_px=image[body].astype(np.float32),
            depth_px=(points[body, 2] * (region.side_px / self._size)).astype(np.float32),
            visibility=_sigmoid(points[body, 3]).astype(np.float32),
            presence=_sigmoid(points[body, 4]).astype(np.float32),
            world_m=region.turn_world(metres).astype(np.float32),
            score=min(max(float(presence.item()), 0.0), 1.0),
            appearance=describe(crop, unit_xy[body]),
        )


def refine(unit_xy: Float64Array, heatmap: FloatArray) -> Float64Array:
    """(N, 2) landmarks, 0 to 1, moved to the centre of mass of ``heatmap`` (H, W, N logits) around them."""
    height, width, count = heatmap.shape
    cells = (unit_xy * (width, height)).astype(np.int64)
    inside = ((unit_xy >= 0) & (cells < (width, height))).all(axis=1)
    columns, rows = cells[:, :1] + _WINDOW, cells[:, 1:] + _WINDOW
    logits = heatmap[
        rows.clip(0, height - 1)[:, :, None], columns.clip(0, width - 1)[:, None, :], _positions(count)
    ]
    weights = _sigmoid(logits)
    weights *= _within(rows, height)[:, :, None] & _within(columns, width)[:, None, :]
    refined = inside & (weights.max(axis=(1, 2)) >= _REFINE_FROM)
    total = np.where(refined, weights.sum(axis=(1, 2)), 1.0)
    x = (weights.sum(axis=1) * columns).sum(axis=1) / (total * width)
    y = (weights.sum(axis=2) * rows).sum(axis=1) / (total * height)
    return np.where(refined[:, None], np.column_stack([x, y]), unit_xy)


@lru_cache(maxsize=2)
def _positions(count: int) -> IntArray:
    return np.arange(count)[:, None, None]


def _within(index: IntArray, size: int) -> BoolArray:
    return np.asarray((index >= 0) & (index < size))


def _sigmoid(logits: FloatArray) -> Float64Array:
    return 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))

"""From a region of a picture to the landmarks of the body in it.

The network and the heat-map refinement follow the published pose landmark model (MediaPipe, Apache-2.0): 39
points of which 33 are the body and 33 and 34 (counted from 0) give the next region; x and y are refined as the
mean of a 7 × 7 window of the heat map where its peak is at least 0.5.
"""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, ImageArray
from laban.core.frame import Frame
from laban.pose.blazepose.network import Network
from laban.pose.blazepose.regions import Region, region_from_points
from laban.pose.blazepose.sampling import sample_rgb
from laban.pose.blazepose.surgery import keep_outputs

BODY_POINTS = 33
_POINTS = 39
_HIP_POINT, _CIRCLE_POINT = 33, 34
_LANDMARKS, _PRESENCE, _HEATMAP, _WORLD = 0, 1, 3, 4
_WINDOW = np.arange(-3, 4)
_REFINE_FROM = 0.5


@dataclass(frozen=True, eq=False)
class Body:
    """What the network saw in one region.

    ``image_px`` (33, 2), ``depth_px`` (33,), ``visibility`` (33,), ``presence`` (33,), ``world_m`` (33, 3);
    ``score`` is the probability that a body is there; ``following`` is the region in which to look for it next;
    ``crop_rgb`` is the picture the network saw and ``unit_xy`` (33, 2) the landmarks in it, 0 to 1.
    """

    region: Region
    following: Region
    image_px: Float32Array
    depth_px: Float32Array
    visibility: Float32Array
    presence: Float32Array
    world_m: Float32Array
    score: float
    crop_rgb: ImageArray
    unit_xy: Float64Array


class Landmarker:
    """The landmark network; one instance serves one thread at a time."""

    def __init__(self, model: bytes, *, name: str = "landmarker") -> None:
        wanted = (_LANDMARKS, _PRESENCE, _HEATMAP, _WORLD)
        self._network = Network(keep_outputs(model, wanted=wanted), name=name)
        self._size = self._network.input_shape[1]

    def find(self, frame: Frame, region: Region) -> Body:
        """The landmarks of whoever fills ``region``."""
        crop = sample_rgb(frame, region.sampling_matrix(self._size), size=self._size)
        outputs = self._network.run(lambda tensor: np.multiply(crop, np.float32(1 / 255), out=tensor[0]))
        landmarks, presence, heatmap, world = outputs
        points = landmarks.reshape(_POINTS, 5).astype(np.float64)
        unit = refine(points[:, :2] / self._size, heatmap[0])
        return self._body(region, crop, unit, points, float(presence.item()), world)

    def _body(
        self,
        region: Region,
        crop: ImageArray,
        unit_xy: Float64Array,
        points: Float64Array,
        score: float,
        world: Float32Array,
    ) -> Body:
        picture = region.to_picture(unit_xy)
        body = slice(0, BODY_POINTS)
        metres = world.reshape(_POINTS, 3)[body]
        return Body(
            region=region,
            following=region_from_points(picture[_HIP_POINT], picture[_CIRCLE_POINT]),
            image_px=picture[body].astype(np.float32),
            depth_px=(points[body, 2] * (region.side_px / self._size)).astype(np.float32),
            visibility=_sigmoid(points[body, 3]).astype(np.float32),
            presence=_sigmoid(points[body, 4]).astype(np.float32),
            world_m=region.turn_world(metres).astype(np.float32),
            score=min(max(score, 0.0), 1.0),
            crop_rgb=crop,
            unit_xy=unit_xy[body],
        )


def refine(unit_xy: Float64Array, heatmap: FloatArray) -> Float64Array:
    """(N, 2) landmarks, 0 to 1, moved to the centre of mass of ``heatmap`` (H, W, N logits) round them."""
    height, width, count = heatmap.shape
    columns = (unit_xy[:, 0] * width).astype(np.int64)
    rows = (unit_xy[:, 1] * height).astype(np.int64)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    window_columns = columns[:, None] + _WINDOW
    window_rows = rows[:, None] + _WINDOW
    valid = _in(window_rows, height)[:, :, None] & _in(window_columns, width)[:, None, :]
    logits = heatmap[
        window_rows.clip(0, height - 1)[:, :, None],
        window_columns.clip(0, width - 1)[:, None, :],
        np.arange(count)[:, None, None],
    ]
    weights = np.where(valid, _sigmoid(logits.astype(np.float64)), 0.0)
    total = weights.sum(axis=(1, 2))
    refined = inside & (weights.max(axis=(1, 2)) >= _REFINE_FROM)
    total = np.where(refined, total, 1.0)
    x = (weights.sum(axis=1) * window_columns).sum(axis=1) / total / width
    y = (weights.sum(axis=2) * window_rows).sum(axis=1) / total / height
    return np.where(refined[:, None], np.column_stack([x, y]), unit_xy)


def _in(index: np.ndarray, size: int) -> np.ndarray:
    return (index >= 0) & (index < size)


def _sigmoid(logits: Float64Array) -> Float64Array:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0)))

"""YOLOX-nano (Ge et al. 2021) as a person detector: better for distant, many and overlapping people.

Input 416 × 416, BGR 0–255, channels first; with an output row per cell of strides 8, 16 and 32: centre and size
relative to the cell, objectness, and 80 class scores of which the first is a person.
"""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray, IntArray
from laban.core.frame import Frame
from laban.pose.blazepose.detection import Detection, merge, touches_inner_edge
from laban.pose.blazepose.regions import region_from_box
from laban.pose.blazepose.sampling import sample_tile
from laban.pose.blazepose.tiles import Tile
from laban.runtime.litert import Network

_SIZE = 416
_STRIDES = (8, 16, 32)
_SAME_PERSON_IOU = 0.55
_PERSON_COLUMN = 5


class YoloxDetector:
    """Finds people by box."""

    name = "yolox"

    def __init__(self, model: bytes, *, min_score: float = 0.3) -> None:
        self._network = Network(model, name="yolox detector")
        self._cells, self._strides = cell_grid()
        self._min_score = min_score

    def detect(self, frame: Frame, tile: Tile) -> list[Detection]:
        """The people in one tile, boxes and first regions in pixels of the frame."""
        crop = sample_tile(frame, tile, size=_SIZE)
        boxes, scores = self._network.run(lambda tensor: _fill(tensor, crop), self._likely)
        boxes = boxes * (tile.side_px / _SIZE) + (tile.x_px, tile.y_px, tile.x_px, tile.y_px)
        found = [
            _detection(box, float(score), tile, frame.size_wh)
            for box, score in zip(boxes, scores, strict=True)
        ]
        return merge(found, max_iou=_SAME_PERSON_IOU)

    def _likely(self, outputs: list[Float32Array]) -> tuple[Float64Array, Float32Array]:
        """(N, 4) boxes in pixels of the crop and (N,) scores of the cells that may be people."""
        rows = outputs[0][0]
        scores = rows[:, 4] * rows[:, _PERSON_COLUMN]
        likely = np.flatnonzero(scores >= self._min_score)
        return self._boxes(rows[likely], likely), scores[likely]

    def _boxes(self, rows: Float32Array, cells: IntArray) -> Float64Array:
        stride = self._strides[cells, None]
        centre = (rows[:, :2] + self._cells[cells]) * stride
        size = np.exp(rows[:, 2:4].astype(np.float64).clip(-10, 10)) * stride
        return np.concatenate([centre - size / 2, centre + size / 2], axis=1)


def cell_grid() -> tuple[Float64Array, Float64Array]:
    """(3549, 2) cell corners in cells and (3549,) strides in pixels, in the order of the output."""
    corners, strides = [], []
    for stride in _STRIDES:
        cells = _SIZE // stride
        axis = np.arange(cells, dtype=np.float64)
        corners.append(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
        strides.append(np.full(cells * cells, float(stride)))
    return np.concatenate(corners), np.concatenate(strides)


def _fill(tensor: Float32Array, crop_rgb: ImageArray) -> None:
    tensor[0] = crop_rgb[:, :, ::-1].transpose(2, 0, 1)


def _detection(box: Float64Array, score: float, tile: Tile, size_wh: tuple[int, int]) -> Detection:
    width, height = size_wh
    inside = np.clip(box, 0, (width, height, width, height))
    upright = bool(box[3] - box[1] >= 0.9 * (box[2] - box[0]))
    cut = touches_inner_edge(box, tile, size_wh=size_wh)
    return Detection(inside, score, region_from_box(inside), cut=cut, upright=upright, rough=True)

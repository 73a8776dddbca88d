"""BlazePose's person detector: an SSD on 2254 anchors that predicts mid-hip and body circle.

Input 224 × 224 in [-1, 1]; strides 8, 16, 32 with 2, 2, 6 anchors per cell, of fixed size, at the cell's centre
(the options of the published pose detection graph).
"""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, ImageArray
from laban.core.frame import Frame
from laban.pose.blazepose.detection import Detection, touches_inner_edge
from laban.pose.blazepose.regions import region_from_points
from laban.pose.blazepose.sampling import sample_tile
from laban.pose.blazepose.tiles import Tile
from laban.runtime.litert import Network

_SIZE = 224
_LAYERS = ((8, 2), (16, 2), (32, 6))
_MAX_LOGIT = 100.0
_SAME_PERSON_IOU = 0.3


class BlazePoseDetector:
    """Finds people by body circle; the default."""

    name = "blazepose"

    def __init__(self, model: bytes, *, min_score: float = 0.5) -> None:
        self._network = Network(model, name="blazepose detector")
        self._anchors = anchor_centres()
        self._min_logit = float(np.log(min_score / (1 - min_score)))

    def detect(self, frame: Frame, tile: Tile) -> list[Detection]:
        """The people in one tile, boxes and regions in pixels of the frame."""
        crop = sample_tile(frame, tile, size=_SIZE)
        values, scores = self._network.run(lambda tensor: _fill(tensor, crop), self._likely)
        found = weighted_suppression(values, scores, max_iou=_SAME_PERSON_IOU)
        return [_detection(value, score, tile, frame.size_wh) for value, score in found]

    def _likely(self, outputs: list[Float32Array]) -> tuple[Float64Array, Float64Array]:
        """(N, 12) values and (N,) scores of the anchors that may be people."""
        coordinates, logits = outputs[0][0], outputs[1][0, :, 0]
        likely = np.flatnonzero(logits >= self._min_logit)
        scores = 1.0 / (1.0 + np.exp(-logits[likely].clip(-_MAX_LOGIT, _MAX_LOGIT).astype(np.float64)))
        return decode(coordinates[likely], self._anchors[likely]), scores


def anchor_centres() -> Float64Array:
    """(2254, 2) centres of the anchors, 0 to 1, in the order of the network's output."""
    layers = []
    for stride, per_cell in _LAYERS:
        cells = _SIZE // stride
        centres = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(grid, per_cell, axis=0))
    return np.concatenate(layers)


def decode(coordinates: FloatArray, anchors: Float64Array) -> Float64Array:
    """(N, 12) raw outputs to (N, 12): box x0, y0, x1, y1 and four points, all 0 to 1 of the tile."""
    values = coordinates.astype(np.float64) / _SIZE
    centre, size = values[:, :2] + anchors, values[:, 2:4]
    points = (values[:, 4:].reshape(-1, 4, 2) + anchors[:, None]).reshape(-1, 8)
    return np.concatenate([centre - size / 2, centre + size / 2, points], axis=1)


def weighted_suppression(
    values: Float64Array, scores: Float64Array, *, max_iou: float
) -> list[tuple[Float64Array, float]]:
    """Non-maximum suppression in which each survivor is the score-weighted mean of those it suppresses."""
    found = []
    order = np.argsort(-scores, kind="stable")
    while len(order):
        best = order[0]
        same = _ious(values[best, :4], values[order, :4]) > max_iou
        same[0] = True
        group = order[same]
        mean = (values[group] * scores[group, None]).sum(axis=0) / scores[group].sum()
        found.append((mean, float(scores[best])))
        order = order[~same]
    return found


def _fill(tensor: Float32Array, crop_rgb: ImageArray) -> None:
    np.multiply(crop_rgb, np.float32(2 / 255), out=tensor[0])
    tensor -= 1


def _ious(box: Float64Array, boxes: Float64Array) -> Float64Array:
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    area = np.prod(np.clip(box[2:] - box[:2], 0, None))
    return np.asarray(shared / np.maximum(areas + area - shared, 1e-12))


def _detection(value: Float64Array, score: float, tile: Tile, size_wh: tuple[int, int]) -> Detection:
    points = value.reshape(6, 2) * tile.side_px + (tile.x_px, tile.y_px)
    region = region_from_points(points[2], points[3])
    # The network's own box is the head; the box of the person is the square inside the body circle.
    reach = region.side_px / 2.5
    box = np.array([region.x_px - reach, region.y_px - reach, region.x_px + reach, region.y_px + reach])
    return Detection(box, score, region, cut=touches_inner_edge(box, tile, size_wh=size_wh))

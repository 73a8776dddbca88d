"""The output of every person detector, and how detections of several tiles are merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from laban.core.arrays import Float64Array, FloatArray
from laban.core.frame import Frame
from laban.pose.blazepose.regions import Region
from laban.pose.blazepose.tiles import Tile


@dataclass(frozen=True, eq=False)
class Detection:
    """A person's box (4,) in pixels, its score, the region for landmarks, and whether a tile's edge cuts it.

    ``rough`` is true where the region is only a guess from the box.
    """

    box_xyxy_px: Float64Array
    score: float
    region: Region
    cut: bool = False
    upright: bool = True
    rough: bool = False


class PersonDetector(Protocol):
    """Finds people in one square of a frame."""

    name: str

    def detect(self, frame: Frame, tile: Tile) -> list[Detection]: ...


def touches_inner_edge(box: FloatArray, tile: Tile, *, size_wh: tuple[int, int]) -> bool:
    """Whether a box ends at an edge of the tile that is not an edge of the image."""
    margin = 0.02 * tile.side_px
    width, height = size_wh
    right, bottom = tile.x_px + tile.side_px, tile.y_px + tile.side_px
    return bool(
        (box[0] < tile.x_px + margin and tile.x_px > 0)
        or (box[1] < tile.y_px + margin and tile.y_px > 0)
        or (box[2] > right - margin and right < width)
        or (box[3] > bottom - margin and bottom < height)
    )


def merge(detections: Sequence[Detection], *, max_iou: float = 0.6) -> list[Detection]:
    """One detection per person from several tiles: the best first, dropping those that it explains.

    A box cut by a tile's edge is also explained by any box that contains most of it.
    """
    order = sorted(detections, key=lambda one: (one.cut, -one.score))
    kept: list[Detection] = []
    for one in order:
        if not any(_explains(other, one, max_iou=max_iou) for other in kept):
            kept.append(one)
    return kept


def box_iou(first: FloatArray, second: FloatArray) -> float:
    """Intersection over union of two boxes (4,)."""
    shared = _shared_area(first, second)
    union = _area(first) + _area(second) - shared
    return shared / union if union > 0 else 0.0


def box_inside(inner: FloatArray, outer: FloatArray) -> float:
    """The share of ``inner`` that lies in ``outer``."""
    area = _area(inner)
    return _shared_area(inner, outer) / area if area > 0 else 0.0


def _explains(kept: Detection, other: Detection, *, max_iou: float) -> bool:
    if box_iou(kept.box_xyxy_px, other.box_xyxy_px) > max_iou:
        return True
    return other.cut and box_inside(other.box_xyxy_px, kept.box_xyxy_px) > 0.6


def _area(box: FloatArray) -> float:
    return float(max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1]))


def _shared_area(first: FloatArray, second: FloatArray) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return float(max(0.0, width) * max(0.0, height))

"""Joint angles on an image: an arc between two bones, and a number where it overlaps no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.skeleton import Skeleton
from laban.render.figure import ANGLE_ARMS
from laban.render.palette import INK, Rgb, side_of, side_rgb
from laban.render.text import pill_size, write_pill

_SHIFT = 4
_RADIUS = 0.17  # of the torso
_PLACES = (
    (0.0, 2.0),
    (180.0, 1.7),
    (0.0, 3.4),
    (180.0, 3.1),
)  # degrees from the bisector, radii from the joint

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Arc:
    """The angle at one joint: position, size, start direction and sweep."""

    joint: str
    angle_deg: float
    centre: Float64Array
    radius_px: float
    start_deg: float
    sweep_deg: float


def arcs_of(
    points: Float64Array, skeleton: Skeleton, angles_deg: Mapping[str, float], *, torso_px: float
) -> tuple[Arc, ...]:
    """The arcs of all joints in ``angles_deg`` whose angle and arms are known. ``points`` (J, 2) pixels."""
    found = (_arc(points, skeleton, joint, angle, torso_px) for joint, angle in angles_deg.items())
    return tuple(arc for arc in found if arc is not None)


def draw_arcs(
    canvas: ImageArray, arcs: Sequence[Arc], *, colour: Rgb, width: int, text_px: int, taken: list[Box]
) -> None:
    """Draws arcs and numbers onto ``canvas``; numbers avoid the boxes in ``taken`` and are added to them."""
    for arc in arcs:
        shade = side_rgb(colour, side_of(arc.joint))
        _draw_arc(canvas, arc, colour=shade, width=max(1, round(width * 0.5)))
        text = f"{arc.angle_deg:.0f}°"
        place = _free_place(arc, pill_size(text, height_px=text_px), taken)
        write_pill(canvas, text, centre_xy=place, height_px=text_px, fill=INK, colour=shade)


def _arc(points: Float64Array, skeleton: Skeleton, joint: str, angle: float, torso_px: float) -> Arc | None:
    arms = _arms(points, skeleton, joint)
    if arms is None or not np.isfinite(angle):
        return None
    first, second = (arms[end] - arms[1] for end in (0, 2))
    start = float(np.degrees(np.arctan2(first[1], first[0])))
    sweep = float((np.degrees(np.arctan2(second[1], second[0])) - start + 180) % 360 - 180)
    return Arc(joint, float(angle), arms[1], _RADIUS * torso_px, start, sweep)


def _arms(points: Float64Array, skeleton: Skeleton, joint: str) -> Float64Array | None:
    """(3, 2) the end of one arm, the joint, the end of the other; None if any of them is unknown."""
    first, second = ANGLE_ARMS.get(joint, ((), ()))
    ends = [next((name for name in names if skeleton.has(name)), None) for names in (first, second)]
    if None in ends or not skeleton.has(joint):
        return None
    arms = points[[skeleton.index(str(name)) for name in (ends[0], joint, ends[1])]]
    return arms if np.isfinite(arms).all() else None


def _draw_arc(canvas: ImageArray, arc: Arc, *, colour: Rgb, width: int) -> None:
    centre = (round((float(arc.centre[0]) - 0.5) * 16), round((float(arc.centre[1]) - 0.5) * 16))
    axes = (round(arc.radius_px * 16), round(arc.radius_px * 16))
    stop = arc.start_deg + arc.sweep_deg
    for shade, extra in ((INK, 2), (colour, 0)):
        cv2.ellipse(canvas, centre, axes, 0, arc.start_deg, stop, shade, width + extra, cv2.LINE_AA, _SHIFT)


def _free_place(arc: Arc, size_wh: tuple[int, int], taken: list[Box]) -> tuple[float, float]:
    places = [_place(arc, turn_deg, reach) for turn_deg, reach in _PLACES]
    boxes = [_box(place, size_wh) for place in places]
    free = [index for index, box in enumerate(boxes) if not any(_overlap(box, other) for other in taken)]
    best = free[0] if free else 0
    taken.append(boxes[best])
    return places[best]


def _place(arc: Arc, turn_deg: float, reach: float) -> tuple[float, float]:
    angle = np.radians(arc.start_deg + arc.sweep_deg / 2 + turn_deg)
    length = arc.radius_px * reach
    return float(arc.centre[0] + length * np.cos(angle)), float(arc.centre[1] + length * np.sin(angle))


def _box(centre_xy: tuple[float, float], size_wh: tuple[int, int]) -> Box:
    (x, y), (width, height) = centre_xy, size_wh
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _overlap(first: Box, second: Box) -> bool:
    across = min(first[2], second[2]) > max(first[0], second[0])
    return across and min(first[3], second[3]) > max(first[1], second[1])

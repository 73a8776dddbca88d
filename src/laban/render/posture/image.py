"""A person with the plumb line and every measured angle, above a list that is readable on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.render.importance import around
from laban.render.labels import LabelBox, box_at, free_centre
from laban.render.palette import INK, WHITE, Rgb, mix, text_rgb
from laban.render.posture.listing import ListRow, draw_list
from laban.render.skeletons import DrawStyle, draw_pose
from laban.render.text import pill_size, write_pill

WIDTH_PX = 1080
"""The width of a phone's screen in pixels; text is sized for one."""

_TALLEST, _WIDEST = 1.5, 1.15  # height of the photo divided by its width
_LETTERS_PX = 34
_MARGIN = 0.22
_SHIFT = 4
_DASH_PX = 18
_PALE = mix(WHITE, INK, share=0.12)


@dataclass(frozen=True)
class Mark:
    """One measure in the image, in its pixels: ``lines`` (2, 2) from end to end, ``guides`` the same dashed, an
    ``arc`` as (centre (2,), first and second direction in degrees clockwise from the right), and the preferred
    position of the ``letter`` with the ``text``."""

    letter: str
    text: str
    colour: Rgb
    anchor: Float64Array
    lines: tuple[Float64Array, ...] = ()
    guides: tuple[Float64Array, ...] = ()
    arc: tuple[Float64Array, float, float] | None = None


def draw_marks(
    image_rgb: ImageArray, pose: Pose, marks: Sequence[Mark], *, plumb: Float64Array | None = None
) -> ImageArray:
    """(H, ``WIDTH_PX``, 3) uint8 RGB: the part of the image around the person, with the marks on it.

    ``plumb`` (2, 2) is a vertical line. ``image_rgb`` (H, W, 3) is not modified. Raises InvalidValueError for
    another kind of image.
    """
    if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8:
        raise InvalidValueError(f"image_rgb must be (H, W, 3) uint8, got {image_rgb.shape} {image_rgb.dtype}")
    left, top, right, bottom = _frame(pose, (image_rgb.shape[1], image_rgb.shape[0]))
    factor = WIDTH_PX / (right - left)
    corner = np.array([left, top], dtype=np.float64)
    photograph = _part(image_rgb, (left, top, right, bottom), factor)
    points = ((pose.image_px - corner) * factor).astype(np.float32)
    moved = replace(pose, image_px=points, person=None)
    canvas = draw_pose(_calmed(photograph), moved, style=DrawStyle(labels=False, thickness=0.6))
    if plumb is not None:
        _dashed(canvas, (plumb - corner) * factor, colour=WHITE, width=5)
    placed = [_placed(mark, corner, factor) for mark in marks]
    for mark in placed:
        _draw_lines(canvas, mark)
    _draw_labels(canvas, placed)
    return canvas


def with_list(marked_rgb: ImageArray, rows: Sequence[ListRow], *, title: str, subtitle: str) -> ImageArray:
    """The image from ``draw_marks`` above the list of measures."""
    return np.concatenate([marked_rgb, draw_list(rows, title=title, subtitle=subtitle, width_px=WIDTH_PX)])


def _frame(pose: Pose, size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part to show: around the person, neither too narrow nor too tall for a phone."""
    left, top, right, bottom = around(pose, size_wh, margin=_MARGIN)
    wanted = max(right - left, (bottom - top) / _TALLEST)
    middle = (left + right) / 2
    left = int(np.clip(middle - wanted / 2, 0, max(size_wh[0] - wanted, 0)))
    right = int(min(left + wanted, size_wh[0]))
    least = (right - left) / _WIDEST * 0.75
    if bottom - top < least:
        bottom = int(min(top + least, size_wh[1]))
        top = int(max(bottom - least, 0))
    return left, top, max(right, left + 2), max(bottom, top + 2)


def _part(image_rgb: ImageArray, box: tuple[int, int, int, int], factor: float) -> ImageArray:
    left, top, right, bottom = box
    part = np.ascontiguousarray(image_rgb[top:bottom, left:right])
    size = (WIDTH_PX, max(2, round((bottom - top) * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)


def _calmed(photograph: ImageArray) -> ImageArray:
    """A little darker, so that marks stand out on white walls too."""
    return np.asarray(cv2.convertScaleAbs(photograph, alpha=0.78, beta=0), np.uint8)


def _placed(mark: Mark, corner: Float64Array, factor: float) -> Mark:
    arc = mark.arc
    return replace(
        mark,
        anchor=(mark.anchor - corner) * factor,
        lines=tuple((line - corner) * factor for line in mark.lines),
        guides=tuple((line - corner) * factor for line in mark.guides),
        arc=None if arc is None else ((arc[0] - corner) * factor, arc[1], arc[2]),
    )


def _draw_lines(canvas: ImageArray, mark: Mark) -> None:
    for guide in mark.guides:
        _dashed(canvas, guide, colour=_PALE, width=3)
    for line in mark.lines:
        _line(canvas, line, colour=INK, width=13)
        _line(canvas, line, colour=mark.colour, width=8)
    if mark.arc is not None:
        centre, start, stop = mark.arc
        sweep = (stop - start + 180) % 360 - 180
        place = tuple(int(value) for value in np.rint(centre * 16))
        for colour, width in ((INK, 11), (mark.colour, 6)):
            cv2.ellipse(
                canvas, place, (70 * 16, 70 * 16), 0, start, start + sweep, colour, width, cv2.LINE_AA, _SHIFT
            )


def _draw_labels(canvas: ImageArray, marks: Sequence[Mark]) -> None:
    """Letters and values, each near its preferred position and without overlap."""
    high, wide = canvas.shape[:2]
    taken: list[LabelBox] = []
    for mark in sorted(marks, key=lambda one: float(one.anchor[1])):
        text = f"{mark.letter} {mark.text}"
        size = pill_size(text, height_px=_LETTERS_PX)
        at = (float(mark.anchor[0]), float(mark.anchor[1]))
        centre = free_centre(at, size_wh=size, taken=taken, within_wh=(wide, high))
        taken.append(box_at(centre, size))
        write_pill(
            canvas,
            text,
            centre_xy=centre,
            height_px=_LETTERS_PX,
            fill=mark.colour,
            colour=text_rgb(mark.colour),
        )


def _dashed(canvas: ImageArray, line: Float64Array, *, colour: Rgb, width: int) -> None:
    length = float(np.linalg.norm(line[1] - line[0]))
    if not length > 0:
        return
    count = max(1, int(length // (2 * _DASH_PX)))
    for index in range(count):
        ends = line[0] + (line[1] - line[0]) * np.array([[index / count], [(index + 0.55) / count]])
        _line(canvas, ends, colour=INK, width=width + 3)
        _line(canvas, ends, colour=colour, width=width)


def _line(canvas: ImageArray, ends: Float64Array, *, colour: Rgb, width: int) -> None:
    start, stop = ([int(value) for value in np.rint(end * 16)] for end in ends)
    cv2.line(canvas, start, stop, colour, width, cv2.LINE_AA, _SHIFT)

"""People drawn over an image: limbs, a head, the id, and optionally angles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray
from laban.core.pose import Pose
from laban.core.visibility import is_guessed
from laban.errors import InvalidValueError
from laban.render.arcs import Box, arcs_of, draw_arcs
from laban.render.figure import Figure, figure_of, figure_size, head_of, neck_of
from laban.render.labels import LabelBox, box_at, free_centre
from laban.render.palette import INK, WHITE, Rgb, mix, person_rgb, side_rgb, text_rgb
from laban.render.text import pill_size, write_pill

_SHIFT = 4  # fractional bits: OpenCV draws at a sixteenth of a pixel, so that figures move smoothly
_ONE = 1 << _SHIFT
_HIDDEN_BELOW = 0.1
_LEAST_FOR_ANGLES = 0.06  # torso ÷ image; on smaller people the numbers would hide the body


@dataclass(frozen=True)
class DrawStyle:
    """How people are drawn. ``thickness`` and ``text`` scale lines and letters; ``labels`` shows person ids."""

    labels: bool = True
    thickness: float = 1.0
    text: float = 1.0


@dataclass(frozen=True)
class _Stroke:
    start: tuple[int, int]
    end: tuple[int, int]
    width: int
    colour: Rgb
    faint: bool


@dataclass(frozen=True)
class _Sketch:
    """One person prepared in pixels for drawing."""

    points: Float64Array
    figure: Figure
    strokes: tuple[_Stroke, ...]
    colour: Rgb
    size_px: float
    width: int


def draw_pose(
    image_rgb: ImageArray,
    pose: Pose,
    *,
    label: str | None = None,
    angles_deg: Mapping[str, float] | None = None,
    style: DrawStyle | None = None,
) -> ImageArray:
    """A new image with one person drawn on it; see ``draw_people``."""
    labels = None if label is None else [label]
    return draw_people(
        image_rgb, [pose], labels=labels, angles_deg=[angles_deg] if angles_deg else None, style=style
    )


def draw_people(
    image_rgb: ImageArray,
    poses: Sequence[Pose],
    *,
    labels: Sequence[str] | None = None,
    angles_deg: Sequence[Mapping[str, float] | None] | None = None,
    style: DrawStyle | None = None,
) -> ImageArray:
    """A new image with all people drawn on it; ``image_rgb`` (H, W, 3) uint8 is not modified.

    A joint that is NaN, or less than 10 % visible, is left out with its bones; below 50 % it is thin and faint.
    Lines follow the person's size in the image. Each person's colour follows from its id; its left limbs are
    lighter and its right limbs darker. ``labels`` (one for each pose) replace the ids. ``angles_deg`` (one mapping
    for each pose, from a joint's name as in ``left_elbow`` to degrees) puts an arc and a number at each joint of
    people who are large enough for them. Raises ``InvalidValueError`` for another kind of image.
    """
    _check_image(image_rgb)
    style = style or DrawStyle()
    canvas = image_rgb.copy()
    sketches = [_sketch(pose, canvas.shape[:2], style=style) for pose in poses]
    for sketch in sorted(sketches, key=_nearness):
        _draw_faint(canvas, sketch)
        _draw_solid(canvas, sketch)
    if angles_deg is not None:
        _draw_angles(canvas, sketches, poses, angles_deg, style=style)
    taken: list[LabelBox] = []
    for index, sketch in enumerate(sketches):
        if style.labels:
            _draw_label(canvas, sketch, _label_of(poses[index], labels, index), style=style, taken=taken)
    return canvas


def _nearness(sketch: _Sketch) -> float:
    return sketch.size_px if np.isfinite(sketch.size_px) else 0.0


def _check_image(image_rgb: ImageArray) -> None:
    if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8:
        raise InvalidValueError(
            f"image_rgb must be (H, W, 3) uint8, got {image_rgb.shape} {image_rgb.dtype}; convert it first"
        )


def _label_of(pose: Pose, labels: Sequence[str] | None, index: int) -> str:
    if labels is not None:
        return labels[index]
    return "" if pose.person is None else str(pose.person)


def _sketch(pose: Pose, size_hw: tuple[int, ...], *, style: DrawStyle) -> _Sketch:
    figure = figure_of(pose.skeleton)
    hidden = pose.visibility < _HIDDEN_BELOW
    points = np.where(hidden[:, None], np.nan, pose.image_px).astype(np.float64)
    points = np.where(np.abs(points) < 8 * max(size_hw), points, np.nan)
    size = figure_size(points, figure)
    width = _line_width(size, size_hw, scale=style.thickness)
    colour = person_rgb(pose.person or 0)
    strokes = _strokes(points, pose.visibility, figure, width=width, colour=colour)
    return _Sketch(points, figure, strokes, colour, size, width)


def _line_width(size_px: float, size_hw: tuple[int, ...], *, scale: float) -> int:
    short = min(size_hw[:2])
    wanted = 0.048 * size_px if np.isfinite(size_px) else 1.0
    return max(1, round(scale * float(np.clip(wanted, short / 400, short / 90))))


def _strokes(
    points: Float64Array, visibility: Float32Array, figure: Figure, *, width: int, colour: Rgb
) -> tuple[_Stroke, ...]:
    places, faint = _fixed_all(points), is_guessed(visibility).tolist()
    strokes = []
    for limb in figure.limbs:
        start, end = places[limb.first], places[limb.second]
        if start is not None and end is not None:
            weak = faint[limb.first] or faint[limb.second]
            thick = max(1, round(width * limb.thickness * (0.6 if weak else 1.0)))
            strokes.append(_Stroke(start, end, thick, side_rgb(colour, limb.side), weak))
    return tuple(strokes)


def _fixed_all(points: Float64Array) -> list[tuple[int, int] | None]:
    """Each point in OpenCV's fixed-point pixels; None if it is unknown."""
    # Pixel (0, 0) spans 0 to 1, OpenCV draws its centre at 0.
    known = np.all(np.isfinite(points), axis=1)
    steps = np.rint((np.where(known[:, None], points, 0.0) - 0.5) * _ONE).astype(np.int64).tolist()
    return [(x, y) if is_known else None for (x, y), is_known in zip(steps, known.tolist(), strict=True)]


def _draw_faint(canvas: ImageArray, sketch: _Sketch) -> None:
    """Dark rims and barely visible limbs, half transparent: drawn on a copy of the person's box and blended."""
    box = _box(sketch, canvas.shape)
    if box is None:
        return
    left, top, right, bottom = box
    region = canvas[top:bottom, left:right]
    layer = region.copy()
    offset = (-left << _SHIFT, -top << _SHIFT)
    rim = max(2, round(sketch.width * 0.7))
    for stroke in sketch.strokes:
        if not stroke.faint:
            _line(layer, stroke, INK, stroke.width + rim, offset)
    for stroke in sketch.strokes:
        if stroke.faint:
            _line(layer, stroke, stroke.colour, stroke.width, offset)
    cv2.addWeighted(layer, 0.6, region, 0.4, 0, dst=region)


def _draw_solid(canvas: ImageArray, sketch: _Sketch) -> None:
    for stroke in sketch.strokes:
        if not stroke.faint:
            _line(canvas, stroke, stroke.colour, stroke.width, (0, 0))
    _draw_head(canvas, sketch)
    seen = {end for stroke in sketch.strokes if not stroke.faint for end in (stroke.start, stroke.end)}
    places = _fixed_all(sketch.points)
    radius, colour = round(max(1.4, sketch.width * 0.62) * _ONE), mix(sketch.colour, WHITE, share=0.82)
    for joint in sketch.figure.dots:
        centre = places[joint]
        if centre is not None and centre in seen:
            cv2.circle(canvas, centre, radius, colour, -1, cv2.LINE_AA, _SHIFT)


def _draw_head(canvas: ImageArray, sketch: _Sketch) -> None:
    head = head_of(sketch.points, sketch.figure)
    if head is None:
        return
    width = max(1, round(sketch.width * 0.8))
    neck = neck_of(sketch.points, sketch.figure, head)
    centre, *ends = _fixed_all(np.vstack([head.centre, *([] if neck is None else neck)]))
    if centre is None:
        return
    radius = round(head.radius * _ONE)
    cv2.circle(canvas, centre, radius, INK, width + 2, cv2.LINE_AA, _SHIFT)
    if neck is not None and ends[0] is not None and ends[1] is not None:
        cv2.line(canvas, ends[0], ends[1], sketch.colour, width, cv2.LINE_AA, _SHIFT)
    cv2.circle(canvas, centre, radius, sketch.colour, width, cv2.LINE_AA, _SHIFT)


def _line(canvas: ImageArray, stroke: _Stroke, colour: Rgb, width: int, offset: tuple[int, int]) -> None:
    start = (stroke.start[0] + offset[0], stroke.start[1] + offset[1])
    end = (stroke.end[0] + offset[0], stroke.end[1] + offset[1])
    cv2.line(canvas, start, end, colour, width, cv2.LINE_AA, _SHIFT)


def _box(sketch: _Sketch, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    ends = np.array([end for stroke in sketch.strokes for end in (stroke.start, stroke.end)])
    if not len(ends):
        return None
    margin = 2 * sketch.width + 4
    left, top = np.maximum(ends.min(axis=0) // _ONE - margin, 0)
    right, bottom = np.minimum(ends.max(axis=0) // _ONE + margin, (shape[1], shape[0]))
    return (int(left), int(top), int(right), int(bottom)) if left < right and top < bottom else None


def _draw_label(
    canvas: ImageArray, sketch: _Sketch, label: str, *, style: DrawStyle, taken: list[LabelBox]
) -> None:
    finite = sketch.points[np.isfinite(sketch.points).all(axis=1)]
    if not label or not len(finite):
        return
    height = _text_height(sketch, canvas.shape, scale=style.text)
    head = head_of(sketch.points, sketch.figure)
    anchor = finite[finite[:, 1].argmin()] if head is None else head.centre
    rise = height * 1.05 + sketch.width + (0 if head is None else head.radius)
    size = pill_size(label, height_px=height)
    wanted = (float(anchor[0]), float(anchor[1]) - rise)
    high, wide = canvas.shape[:2]
    centre = free_centre(wanted, size_wh=size, taken=taken, within_wh=(wide, high))
    taken.append(box_at(centre, size))
    write_pill(
        canvas, label, centre_xy=centre, height_px=height, fill=sketch.colour, colour=text_rgb(sketch.colour)
    )


def _text_height(sketch: _Sketch, shape: tuple[int, ...], *, scale: float) -> int:
    short = min(shape[:2])
    wanted = 0.2 * sketch.size_px if np.isfinite(sketch.size_px) else short / 40
    return max(9, round(scale * float(np.clip(wanted, short / 60, short / 28))))


def _draw_angles(
    canvas: ImageArray,
    sketches: Sequence[_Sketch],
    poses: Sequence[Pose],
    angles_deg: Sequence[Mapping[str, float] | None],
    *,
    style: DrawStyle,
) -> None:
    taken: list[Box] = []
    for sketch, pose, angles in zip(sketches, poses, angles_deg, strict=True):
        if not sketch.size_px >= _LEAST_FOR_ANGLES * min(canvas.shape[:2]):
            continue
        arcs = arcs_of(sketch.points, pose.skeleton, angles or {}, torso_px=sketch.size_px)
        text_px = max(8, round(0.68 * _text_height(sketch, canvas.shape, scale=style.text)))
        draw_arcs(canvas, arcs, colour=sketch.colour, width=sketch.width, text_px=text_px, taken=taken)

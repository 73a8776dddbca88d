"""People drawn over a picture: limbs, a head, a number, and angles where they are wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, ImageArray
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.render.figure import ANGLE_ARMS, Figure, figure_of, head_of, neck_of, torso_length
from laban.render.palette import INK, WHITE, Rgb, mix, person_rgb, side_of, side_rgb, text_rgb
from laban.render.text import write_pill

_SHIFT = 4  # fractional bits: OpenCV draws at a sixteenth of a pixel, so that figures glide instead of jump
_HIDDEN_BELOW = 0.1
_FAINT_BELOW = 0.5


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
    """One person worked out in pixels: what is drawn, before anything is."""

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
    """A new picture with one person drawn on it; see ``draw_people``."""
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
    """A new picture with everybody drawn on it; ``image_rgb`` (H, W, 3) uint8 stays as it was.

    A joint that is NaN, or less than 10 % visible, is left out with its bones; below 50 % it is thin and faint.
    Lines follow the person's size in the picture. Each person's colour follows from its id; its left limbs are
    lighter and its right limbs darker. ``labels`` (one for each pose) replace the ids; ``angles_deg`` (one mapping
    for each pose, from a joint's name as in ``left_elbow`` to degrees) puts an arc and a number at each joint.
    Raises ``InvalidValueError`` for another kind of picture.
    """
    _check_image(image_rgb)
    style = style or DrawStyle()
    canvas = image_rgb.copy()
    sketches = [_sketch(pose, canvas.shape[:2], style=style) for pose in poses]
    for sketch in sorted(sketches, key=_nearness):
        _draw_faint(canvas, sketch)
        _draw_solid(canvas, sketch)
    for index, sketch in enumerate(sketches):
        if angles_deg is not None:
            _draw_angles(canvas, sketch, poses[index], angles_deg[index] or {}, style=style)
    for index, sketch in enumerate(sketches):
        if style.labels:
            _draw_label(canvas, sketch, _label_of(poses[index], labels, index), style=style)
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
    size = torso_length(points, figure)
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
    faint = visibility < _FAINT_BELOW
    strokes = []
    for limb in figure.limbs:
        ends = points[[limb.first, limb.second]]
        if np.isfinite(ends).all():
            weak = bool(faint[limb.first] or faint[limb.second])
            thick = max(1, round(width * limb.thickness * (0.6 if weak else 1.0)))
            strokes.append(_stroke(ends, thick, side_rgb(colour, limb.side), faint=weak))
    return tuple(strokes)


def _stroke(ends: FloatArray, width: int, colour: Rgb, *, faint: bool) -> _Stroke:
    return _Stroke(_fixed(ends[0]), _fixed(ends[1]), width, colour, faint)


def _fixed(point: FloatArray) -> tuple[int, int]:
    # Pixel (0, 0) spans 0 to 1, OpenCV draws its centre at 0.
    return round((float(point[0]) - 0.5) * 16), round((float(point[1]) - 0.5) * 16)


def _draw_faint(canvas: ImageArray, sketch: _Sketch) -> None:
    """Dark rims and little seen limbs, half transparent: drawn on a copy of the person's box and blended."""
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
    radius = round(max(1.4, sketch.width * 0.62) * 16)
    for joint in sketch.figure.dots:
        if np.isfinite(sketch.points[joint]).all() and (centre := _fixed(sketch.points[joint])) in seen:
            cv2.circle(canvas, centre, radius, mix(sketch.colour, WHITE, share=0.82), -1, cv2.LINE_AA, _SHIFT)


def _draw_head(canvas: ImageArray, sketch: _Sketch) -> None:
    head = head_of(sketch.points, sketch.figure)
    if head is None:
        return
    width = max(1, round(sketch.width * 0.8))
    circle = (_fixed(head.centre), round(head.radius * 16))
    cv2.circle(canvas, *circle, INK, width + 2, cv2.LINE_AA, _SHIFT)
    neck = neck_of(sketch.points, sketch.figure, head)
    if neck is not None:
        _line(canvas, _stroke(neck, width, sketch.colour, faint=False), sketch.colour, width, (0, 0))
    cv2.circle(canvas, *circle, sketch.colour, width, cv2.LINE_AA, _SHIFT)


def _line(canvas: ImageArray, stroke: _Stroke, colour: Rgb, width: int, offset: tuple[int, int]) -> None:
    start = (stroke.start[0] + offset[0], stroke.start[1] + offset[1])
    end = (stroke.end[0] + offset[0], stroke.end[1] + offset[1])
    cv2.line(canvas, start, end, colour, width, cv2.LINE_AA, _SHIFT)


def _box(sketch: _Sketch, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    ends = np.array([end for stroke in sketch.strokes for end in (stroke.start, stroke.end)])
    if not len(ends):
        return None
    margin = 2 * sketch.width + 4
    left, top = np.maximum(ends.min(axis=0) // 16 - margin, 0)
    right, bottom = np.minimum(ends.max(axis=0) // 16 + margin, (shape[1], shape[0]))
    return (int(left), int(top), int(right), int(bottom)) if left < right and top < bottom else None


def _draw_label(canvas: ImageArray, sketch: _Sketch, label: str, *, style: DrawStyle) -> None:
    finite = sketch.points[np.isfinite(sketch.points).all(axis=1)]
    if not label or not len(finite):
        return
    height = _text_height(sketch, canvas.shape, scale=style.text)
    head = head_of(sketch.points, sketch.figure)
    anchor = finite[finite[:, 1].argmin()] if head is None else head.centre
    rise = height * 1.05 + sketch.width + (0 if head is None else head.radius)
    centre = (float(anchor[0]), float(anchor[1]) - rise)
    write_pill(
        canvas, label, centre_xy=centre, height_px=height, fill=sketch.colour, colour=text_rgb(sketch.colour)
    )


def _text_height(sketch: _Sketch, shape: tuple[int, ...], *, scale: float) -> int:
    short = min(shape[:2])
    wanted = 0.2 * sketch.size_px if np.isfinite(sketch.size_px) else short / 40
    return max(9, round(scale * float(np.clip(wanted, short / 60, short / 28))))


def _draw_angles(
    canvas: ImageArray, sketch: _Sketch, pose: Pose, angles_deg: Mapping[str, float], *, style: DrawStyle
) -> None:
    height = round(0.68 * _text_height(sketch, canvas.shape, scale=style.text))
    for joint, angle in angles_deg.items():
        arms = _arms(sketch.points, pose, joint)
        if arms is None or not np.isfinite(angle):
            continue
        colour = side_rgb(sketch.colour, side_of(joint))
        middle = _draw_arc(canvas, arms, radius_px=0.17 * sketch.size_px, colour=colour, width=sketch.width)
        write_pill(
            canvas, f"{angle:.0f}°", centre_xy=middle, height_px=max(8, height), fill=INK, colour=colour
        )


def _arms(points: Float64Array, pose: Pose, joint: str) -> Float64Array | None:
    """(3, 2) the end of one arm, the joint, the end of the other; None where any of them is not known."""
    first, second = ANGLE_ARMS.get(joint, ((), ()))
    ends = [next((name for name in names if pose.skeleton.has(name)), None) for names in (first, second)]
    if None in ends or not pose.skeleton.has(joint):
        return None
    names = [str(ends[0]), joint, str(ends[1])]
    arms = points[[pose.skeleton.index(name) for name in names]]
    return arms if np.isfinite(arms).all() else None


def _draw_arc(
    canvas: ImageArray, arms: Float64Array, *, radius_px: float, colour: Rgb, width: int
) -> tuple[float, float]:
    """Draws the arc between two arms and returns the place for its number, outside the middle of the arc."""
    first, second = (arms[end] - arms[1] for end in (0, 2))
    start = np.degrees(np.arctan2(first[1], first[0]))
    sweep = (np.degrees(np.arctan2(second[1], second[0])) - start + 180) % 360 - 180
    axes = (round(radius_px * 16), round(radius_px * 16))
    centre, thin = _fixed(arms[1]), max(1, round(width * 0.5))
    for shade, extra in ((INK, 2), (colour, 0)):
        cv2.ellipse(canvas, centre, axes, 0, start, start + sweep, shade, thin + extra, cv2.LINE_AA, _SHIFT)
    middle = np.radians(start + sweep / 2)
    reach = radius_px * 2.0
    return float(arms[1, 0] + reach * np.cos(middle)), float(arms[1, 1] + reach * np.sin(middle))

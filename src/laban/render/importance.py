"""A person drawn with joints warmer and larger the more they matter."""

from collections.abc import Sequence

import cv2
import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray, frozen
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.render.figure import figure_of, figure_size, head_of
from laban.render.palette import INK, PAPER, WHITE, Rgb, mix
from laban.render.text import text_mask, write_pill

FOR: Rgb = (213, 94, 0)
"""Evidence for an answer: the vermilion of Okabe and Ito."""

AGAINST: Rgb = (0, 114, 178)
"""Evidence against it: their blue."""

_WARM: Rgb = (255, 196, 60)
_HOT: Rgb = (235, 66, 20)
_CALM: Rgb = (214, 220, 226)
_SHIFT = 4
_ONE = 1 << _SHIFT
_HIDDEN_BELOW = 0.1
_DIMMED = 0.45


def draw_importance(
    image_rgb: ImageArray, pose: Pose, importance: FloatArray, *, label: str = ""
) -> ImageArray:
    """A new image, dimmed, with one person on it, each joint by its ``importance`` (J,) from 0 to 1.

    0 is small and pale, 1 large and red; values outside are clipped, NaN is 0. Joints that are NaN or less than 10
    % visible are left out. ``label`` is written in a corner. Raises InvalidValueError for another kind of image or
    length.
    """
    if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8:
        raise InvalidValueError(f"image_rgb must be (H, W, 3) uint8, got {image_rgb.shape} {image_rgb.dtype}")
    count = len(pose.skeleton)
    given = frozen(importance, shape=(count,), name="importance", dtype=np.float64)
    share = np.clip(np.nan_to_num(given), 0.0, 1.0)
    canvas = _dimmed(image_rgb)
    points = np.where((pose.visibility < _HIDDEN_BELOW)[:, None], np.nan, pose.image_px).astype(np.float64)
    points = np.where(np.abs(points) < 8 * max(canvas.shape[:2]), points, np.nan)
    width = _width(points, pose, canvas.shape)
    _draw_limbs(canvas, pose, points, share, width=width)
    _draw_head(canvas, pose, points, share, width=width)
    _draw_joints(canvas, pose, points, share, width=width)
    if label:
        corner_label(canvas, label)
    return canvas


def draw_instants(
    images_rgb: Sequence[ImageArray], *, title: str = "", height_px: int = 420, gap_px: int = 10
) -> ImageArray:
    """Images side by side under a title, scaled to one height. Raises InvalidValueError for none."""
    if not images_rgb:
        raise InvalidValueError("there are no instants to draw")
    tiles = [_sized(one, height_px) for one in images_rgb]
    width = sum(tile.shape[1] + gap_px for tile in tiles) + gap_px
    letters = int(np.clip(width // 60, 12, 26))
    head = round(letters * 2.4) if title else gap_px
    canvas = np.full((head + height_px + gap_px, width, 3), PAPER, np.uint8)
    # A title that is too long is cut, rather than running out of the image.
    while title and text_mask(title, height_px=letters, bold=True).shape[1] > width - 2 * gap_px:
        title = title[:-2].rstrip() + "…" if len(title) > 3 else ""
    mask = text_mask(title, height_px=letters, bold=True)
    region = canvas[round(letters * 0.5) :, gap_px:][: mask.shape[0], : mask.shape[1]]
    shade = mask[: region.shape[0], : region.shape[1], None] / 255
    region[:] = np.rint(region * (1 - shade) + np.array(INK) * shade).astype(np.uint8)
    x = gap_px
    for tile in tiles:
        canvas[head : head + height_px, x : x + tile.shape[1]] = tile
        x += tile.shape[1] + gap_px
    return canvas


def around(pose: Pose, size_wh: tuple[int, int], *, margin: float = 0.45) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the part of the image that shows the person with a margin."""
    known = pose.image_px[np.isfinite(pose.image_px).all(axis=1)]
    if not len(known):
        return 0, 0, size_wh[0], size_wh[1]
    low, high = known.min(axis=0), known.max(axis=0)
    reach = margin * float((high - low).max()) + 8
    left, top = np.clip(low - reach, 0, np.array(size_wh) - 2).astype(int)
    right, bottom = np.clip(high + reach, [left + 2, top + 2], size_wh).astype(int)
    return int(left), int(top), int(right), int(bottom)


def corner_label(canvas_rgb: ImageArray, text: str) -> None:
    """Writes ``text`` on a pill into the lower left corner of the canvas."""
    letters = int(np.clip(min(canvas_rgb.shape[:2]) // 22, 11, 40))
    mask = text_mask(text, height_px=letters, bold=True)
    centre = (mask.shape[1] / 2 + letters, canvas_rgb.shape[0] - letters * 1.3)
    write_pill(canvas_rgb, text, centre_xy=centre, height_px=letters, fill=INK, colour=WHITE)


def importance_rgb(share: float) -> Rgb:
    """The colour of an importance from 0 to 1: pale, amber, red.

    >>> importance_rgb(0.0), importance_rgb(1.0)
    ((214, 220, 226), (235, 66, 20))
    """
    if share < 0.5:
        return mix(_CALM, _WARM, share=2 * share)
    return mix(_WARM, _HOT, share=2 * share - 1)


def _dimmed(image_rgb: ImageArray) -> ImageArray:
    """Darker and nearly grey, so that only important joints stand out."""
    grey = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)
    flat = np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2)
    mixed = cv2.addWeighted(flat, 1 - _DIMMED, image_rgb, 0.15, 0)
    return np.asarray(mixed, np.uint8)


def _width(points: Float64Array, pose: Pose, shape: tuple[int, ...]) -> float:
    size = figure_size(points, figure_of(pose.skeleton))
    short = min(shape[:2])
    return float(np.clip(0.05 * size if np.isfinite(size) else 1.0, short / 300, short / 70))


def _draw_limbs(
    canvas: ImageArray, pose: Pose, points: Float64Array, share: Float64Array, *, width: float
) -> None:
    for rim in (True, False):
        for limb in figure_of(pose.skeleton).limbs:
            start, end = _fixed(points[limb.first]), _fixed(points[limb.second])
            if start is None or end is None:
                continue
            thick = max(1, round(width * limb.thickness)) + (2 if rim else 0)
            colour = INK if rim else importance_rgb(float(min(share[limb.first], share[limb.second])))
            cv2.line(canvas, start, end, colour, thick, cv2.LINE_AA, _SHIFT)


def _draw_head(
    canvas: ImageArray, pose: Pose, points: Float64Array, share: Float64Array, *, width: float
) -> None:
    figure = figure_of(pose.skeleton)
    head = head_of(points, figure)
    if head is None:
        return
    centre, most = _fixed(head.centre), float(share[list(figure.face)].max(initial=0.0))
    if centre is not None:
        radius = round(head.radius * _ONE)
        cv2.circle(canvas, centre, radius, INK, round(width) + 3, cv2.LINE_AA, _SHIFT)
        cv2.circle(canvas, centre, radius, importance_rgb(most), round(width) + 1, cv2.LINE_AA, _SHIFT)


def _draw_joints(
    canvas: ImageArray, pose: Pose, points: Float64Array, share: Float64Array, *, width: float
) -> None:
    face = set(figure_of(pose.skeleton).face)
    for joint in np.argsort(share, kind="stable"):  # the most important on top
        centre = None if int(joint) in face else _fixed(points[joint])
        if centre is None:
            continue
        weight = float(share[joint])
        radius = width * (0.7 + 1.9 * weight)
        if weight > 0.25:
            _glow(
                canvas, points[joint], radius=2.2 * radius, colour=importance_rgb(weight), share=0.5 * weight
            )
        cv2.circle(canvas, centre, round((radius + 1.3) * _ONE), INK, -1, cv2.LINE_AA, _SHIFT)
        cv2.circle(canvas, centre, round(radius * _ONE), importance_rgb(weight), -1, cv2.LINE_AA, _SHIFT)


def _glow(canvas: ImageArray, centre: FloatArray, *, radius: float, colour: Rgb, share: float) -> None:
    left, top = np.maximum(np.floor(centre - radius), 0).astype(int)
    right, bottom = np.ceil(centre + radius).astype(int) + 1
    region = canvas[top : max(bottom, 0), left : max(right, 0)]
    if not region.size:
        return
    ys, xs = np.mgrid[top : top + region.shape[0], left : left + region.shape[1]]
    away = np.hypot(xs - centre[0], ys - centre[1]) / radius
    strength = (share * np.clip(1 - away, 0, 1))[..., None]
    region[:] = np.rint(region * (1 - strength) + np.array(colour) * strength).astype(np.uint8)


def _fixed(point: FloatArray) -> tuple[int, int] | None:
    if not np.isfinite(point).all():
        return None
    x, y = np.rint((point - 0.5) * _ONE).astype(int).tolist()
    return x, y


def _sized(image_rgb: ImageArray, height_px: int) -> ImageArray:
    height, width = image_rgb.shape[:2]
    size = (max(1, round(width * height_px / height)), height_px)
    way = cv2.INTER_AREA if height > height_px else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image_rgb, size, interpolation=way), np.uint8)

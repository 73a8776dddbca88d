"""The evidence for an answer, joint by joint over time, as one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray, IntArray, frozen
from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.render.importance import AGAINST, FOR
from laban.render.palette import INK, PAPER, Rgb, mix
from laban.render.text import text_mask, write

_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.14)
_NOTHING = mix(PAPER, INK, share=0.05)
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_TICKS = 10
_LEAST = 0.02  # of the most important joint


@dataclass(frozen=True)
class HeatMapLayout:
    """The image's width, the height of a joint's row, and the number of joints shown."""

    width_px: int = 1200
    row_px: int = 26
    joints: int = 16

    def __post_init__(self) -> None:
        in_range(self.width_px, name="width_px", low=400, high=8000)
        in_range(self.row_px, name="row_px", low=10, high=100)
        in_range(self.joints, name="joints", low=1, high=200)


@dataclass(frozen=True)
class _Place:
    """The layout of the image, in pixels."""

    left: int
    right: int
    top: int
    bottom: int
    curve_top: int
    letters: int
    edge: int


def draw_heat_map(
    importance: FloatArray,
    times_s: FloatArray,
    *,
    names: Sequence[str],
    joints: FloatArray,
    times: FloatArray,
    title: str = "",
    subtitle: str = "",
    layout: HeatMapLayout | None = None,
) -> ImageArray:
    """(H, W, 3) uint8 RGB: a row for each joint, warm where it supports the answer and blue where it opposes it.

    ``importance`` (L, J) at ``times_s`` (L,) seconds for the joints ``names``; ``joints`` (J,) are the bars at the
    right, ``times`` (L,) the curve on top. The most important joints are shown, in the order of ``names``;
    negligible ones are left out. NaN counts as 0. Raises InvalidValueError if shapes do not match.
    """
    layout = layout or HeatMapLayout()
    cells = np.nan_to_num(frozen(importance, shape=("L", len(names)), name="importance", dtype=np.float64))
    at_s = frozen(times_s, shape=(len(cells),), name="times_s", dtype=np.float64)
    bars = np.nan_to_num(frozen(joints, shape=(len(names),), name="joints", dtype=np.float64))
    curve = np.nan_to_num(frozen(times, shape=(len(cells),), name="times", dtype=np.float64))
    if not cells.size:
        raise InvalidValueError("a heat map needs at least one joint and one instant, got none")
    shown = _shown(cells, bars, most=layout.joints)
    words = [names[joint].replace("_", " ") for joint in shown]
    place = _placed(words, layout)
    canvas = np.full((place.bottom + round(2.6 * place.letters), layout.width_px, 3), PAPER, np.uint8)
    _head(canvas, title, subtitle, place)
    _curve(canvas, curve, place)
    _cells(canvas, cells[:, shown], place, layout)
    _joint_names(canvas, words, place, layout)
    _bars(canvas, bars[shown], place, layout)
    _time_axis(canvas, at_s, place)
    return canvas


def _shown(cells: Float64Array, bars: Float64Array, *, most: int) -> IntArray:
    """The joints with an influence, up to ``most``; if there are none, the first joint."""
    loud = np.abs(bars) + np.abs(cells).max(axis=0)
    heard = int(np.count_nonzero(loud > _LEAST * max(float(loud.max()), 1e-12)))
    return np.sort(np.argsort(-loud, kind="stable")[: min(most, heard or most)])


def _placed(words: Sequence[str], layout: HeatMapLayout) -> _Place:
    letters = round(layout.row_px * 0.58)
    edge = letters
    widest = max(text_mask(word, height_px=letters).shape[1] for word in words)
    left = edge + widest + letters // 2
    right = round(layout.width_px * 0.86)
    curve_top = round(4.6 * letters)
    top = curve_top + 3 * layout.row_px
    return _Place(left, right, top, top + len(words) * layout.row_px, curve_top, letters, edge)


def _head(canvas: ImageArray, title: str, subtitle: str, place: _Place) -> None:
    letters = round(place.letters * 1.25)
    write(canvas, title, xy=(place.edge, place.edge // 2), height_px=letters, colour=INK, bold=True)
    below = (place.edge, place.edge // 2 + round(1.5 * letters))
    write(canvas, subtitle, xy=below, height_px=place.letters, colour=_MUTED)


def _curve(canvas: ImageArray, curve: Float64Array, place: _Place) -> None:
    """The share of each instant as a filled curve, above the cells and aligned with them."""
    height = place.top - place.curve_top - place.letters // 2
    base = place.curve_top + height
    share = np.clip(curve, 0, None) / max(float(curve.max()), 1e-12)
    columns = np.linspace(0, len(curve) - 1, place.right - place.left)
    tops = base - np.interp(columns, np.arange(len(curve)), share) * height
    xs = np.arange(place.left, place.right)
    line = np.stack([xs, tops], axis=1)
    outline = np.concatenate([[[place.left, base]], line, [[place.right - 1, base]]])
    points = np.rint(outline * 16).astype(np.int32)
    cv2.fillPoly(canvas, [points], mix(FOR, PAPER, share=0.62), cv2.LINE_AA, 4)
    cv2.polylines(
        canvas, [points[1:-1]], isClosed=False, color=FOR, thickness=2, lineType=cv2.LINE_AA, shift=4
    )
    cv2.line(canvas, (place.left, base), (place.right - 1, base), _RULE, 1)
    write(canvas, "when", xy=(place.edge, base - place.letters - 4), height_px=place.letters, colour=_MUTED)
    end = place.right + place.letters
    write(canvas, "all the time", xy=(end, base - place.letters - 4), height_px=place.letters, colour=_MUTED)


def _cells(canvas: ImageArray, cells: Float64Array, place: _Place, layout: HeatMapLayout) -> None:
    most = max(float(np.abs(cells).max()), 1e-12)
    colours = _colours(cells.T / most).astype(np.uint8)
    size = (place.right - place.left, colours.shape[0] * layout.row_px)
    wide = cv2.resize(colours, (size[0], colours.shape[0]), interpolation=cv2.INTER_LINEAR)
    body = np.repeat(np.asarray(wide, np.uint8), layout.row_px, axis=0)
    body[layout.row_px - 1 :: layout.row_px] = PAPER
    canvas[place.top : place.bottom, place.left : place.right] = body


def _colours(share: Float64Array) -> Float64Array:
    """(..., 3) for -1 to 1; the square root keeps small shares visible."""
    strength = np.sqrt(np.abs(np.clip(share, -1, 1)))[..., None]
    end = np.where(share[..., None] >= 0, np.array(FOR, float), np.array(AGAINST, float))
    return np.asarray(np.array(_NOTHING) + (end - np.array(_NOTHING)) * strength)


def _joint_names(canvas: ImageArray, words: Sequence[str], place: _Place, layout: HeatMapLayout) -> None:
    for index, word in enumerate(words):
        mask = text_mask(word, height_px=place.letters)
        x = place.left - place.letters // 2 - mask.shape[1]
        y = place.top + index * layout.row_px + (layout.row_px - mask.shape[0]) // 2
        write(canvas, word, xy=(x, y), height_px=place.letters, colour=INK)


def _bars(canvas: ImageArray, bars: Float64Array, place: _Place, layout: HeatMapLayout) -> None:
    room = canvas.shape[1] - place.right - 2 * place.edge
    most = max(float(np.abs(bars).max()), 1e-12)
    for index, value in enumerate(bars):
        top = place.top + index * layout.row_px + layout.row_px // 5
        length = round(abs(value) / most * room)
        colour: Rgb = FOR if value >= 0 else AGAINST
        start = place.right + place.letters
        canvas[top : top + round(layout.row_px * 0.55), start : start + max(1, length)] = colour


def _time_axis(canvas: ImageArray, times_s: Float64Array, place: _Place) -> None:
    first, last = float(times_s[0]), float(times_s[-1])
    span = max(last - first, 1e-9)
    step = next((one for one in _STEPS_S if span / one <= _MOST_TICKS), _STEPS_S[-1])
    for tick in np.arange(np.ceil(first / step), np.floor(last / step) + 1) * step:
        x = round(place.left + (tick - first) / span * (place.right - place.left - 1))
        canvas[place.bottom : place.bottom + 5, x : x + 1] = _MUTED
        word = f"{tick:g} s"
        mask = text_mask(word, height_px=place.letters)
        left = min(max(x - mask.shape[1] // 2, 0), canvas.shape[1] - mask.shape[1])
        write(canvas, word, xy=(left, place.bottom + 8), height_px=place.letters, colour=_MUTED)

"""The angles of two aligned movements as overlaid curves, left next to right."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, ImageArray, frozen
from laban.errors import InvalidValueError
from laban.render.palette import INK, PAPER, Rgb, mix
from laban.render.text import text_mask, write

ATTEMPT: Rgb = (213, 94, 0)
REFERENCE: Rgb = (0, 114, 178)

_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.12)
_FAULT = mix(PAPER, ATTEMPT, share=0.2)
_WIDTH_PX, _PANEL_PX, _HEAD_PX, _EDGE = 1200, 150, 66, 16
_LETTERS = 15
_LEAST_SPAN_DEG = 40.0
_PALE, _DASH_PX = 0.5, 6
_STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0)


def draw_pair_curves(
    attempt_deg: FloatArray,
    reference_deg: FloatArray,
    times_s: FloatArray,
    *,
    names: Sequence[str],
    faults: BoolArray,
    guessed: tuple[BoolArray, BoolArray] | None = None,
    title: str = "",
) -> ImageArray:
    """(H, W, 3) uint8 RGB: a panel for each of the angles ``names``, two in a row.

    ``attempt_deg`` and ``reference_deg`` (T, A) at ``times_s`` (T,) of the reference; ``faults`` (T, A) marks
    instants drawn on a warm background, ``guessed`` (T, A) of attempt and reference those with hidden joints: pale
    dashes, which do not set the scale. A curve is broken where it is NaN. Raises InvalidValueError if shapes do not
    match.
    """
    if not names or len(times_s) < 2:
        raise InvalidValueError("curves need at least one angle and two instants")
    shape = (len(times_s), len(names))
    one = frozen(attempt_deg, shape=shape, name="attempt_deg", dtype=np.float64)
    other = frozen(reference_deg, shape=shape, name="reference_deg", dtype=np.float64)
    wrong = frozen(faults, shape=shape, name="faults", dtype=np.bool_)
    hidden = [
        frozen(part, shape=shape, name="guessed", dtype=np.bool_)
        for part in guessed or (np.zeros(shape, bool), np.zeros(shape, bool))
    ]
    at_s = np.asarray(times_s, np.float64)
    rows = -(-len(names) // 2)
    canvas = np.full((_HEAD_PX + rows * _PANEL_PX + 2 * _EDGE, _WIDTH_PX, 3), PAPER, np.uint8)
    _head(canvas, title, hidden=any(part.any() for part in hidden))
    for index, name in enumerate(names):
        left = _EDGE + index % 2 * (_WIDTH_PX // 2)
        top = _HEAD_PX + index // 2 * _PANEL_PX
        panel = canvas[top : top + _PANEL_PX, left : left + _WIDTH_PX // 2 - 2 * _EDGE]
        curves = [
            _Curve(values[:, index], part[:, index], colour)
            for values, part, colour in zip((other, one), hidden[::-1], (REFERENCE, ATTEMPT), strict=True)
        ]
        _panel(panel, name, curves, wrong[:, index], at_s)
    return canvas


@dataclass(frozen=True, eq=False)
class _Curve:
    """``values`` (T,) in a colour; ``guessed`` (T,) where joints were hidden."""

    values: Float64Array
    guessed: BoolArray
    colour: Rgb

    @property
    def seen(self) -> Float64Array:
        return np.where(self.guessed, np.nan, self.values)


def _head(canvas: ImageArray, title: str, *, hidden: bool) -> None:
    write(canvas, title, xy=(_EDGE, 10), height_px=22, colour=INK, bold=True)
    x = canvas.shape[1] - _EDGE
    for name, colour in (("attempt", ATTEMPT), ("reference", REFERENCE)):
        x -= text_mask(name, height_px=_LETTERS, bold=True).shape[1] + 12
        write(canvas, name, xy=(x, 14), height_px=_LETTERS, colour=colour, bold=True)
    words = "on the reference's clock; a warm background marks differences beyond noise"
    words += "; pale dashes where joints are hidden" if hidden else ""
    write(canvas, words, xy=(_EDGE, 42), height_px=13, colour=_MUTED)


def _panel(
    panel: ImageArray,
    name: str,
    curves: Sequence[_Curve],
    faults: BoolArray,
    times_s: Float64Array,
) -> None:
    left, right, top, bottom = 46, panel.shape[1] - 4, 26, panel.shape[0] - 24
    write(panel, name.replace("_", " "), xy=(left, 2), height_px=_LETTERS, colour=INK, bold=True)
    low, high = _limits(*(one.seen for one in curves))
    xs = left + (times_s - times_s[0]) / max(times_s[-1] - times_s[0], 1e-9) * (right - left - 1)
    for first, last in runs_of(faults):
        panel[top:bottom, int(xs[first]) : int(xs[last]) + 2] = _FAULT
    for tick in np.arange(np.ceil(low / 30) * 30, high + 1e-9, 30 if high - low <= 130 else 60):
        y = round(bottom - (tick - low) / (high - low) * (bottom - top))
        panel[y : y + 1, left:right] = _RULE
        mask = text_mask(f"{tick:.0f}°", height_px=12)
        write(panel, f"{tick:.0f}°", xy=(left - mask.shape[1] - 4, y - 8), height_px=12, colour=_MUTED)
    time_axis(panel, times_s, xs, bottom)
    for one in curves:
        ys = bottom - (one.values - low) / (high - low) * (bottom - top)
        within = np.where((ys >= top) & (ys <= bottom), ys, np.nan)
        _draw_dashes(panel, xs, within, where=one.guessed, colour=mix(PAPER, one.colour, share=_PALE))
        draw_line(panel, xs, np.where(one.guessed, np.nan, ys), colour=one.colour)


def _draw_dashes(
    panel: ImageArray, xs: Float64Array, ys: Float64Array, *, where: BoolArray, colour: Rgb
) -> None:
    """The curve dashed at the instants ``where`` and up to their neighbours; broken where ``ys`` is NaN."""
    widened = where.copy()
    widened[1:] |= where[:-1]
    widened[:-1] |= where[1:]
    for first, last in runs_of(widened & np.isfinite(ys)):
        columns = np.arange(xs[first], xs[last] + 1e-9)
        heights = np.interp(columns, xs[first : last + 1], ys[first : last + 1])
        draw_line(
            panel, columns, np.where(columns % (2 * _DASH_PX) < _DASH_PX, heights, np.nan), colour=colour
        )


def draw_line(panel: ImageArray, xs: Float64Array, ys: Float64Array, *, colour: Rgb) -> None:
    """Draws a curve into ``panel``, broken where ``ys`` is NaN."""
    for first, last in runs_of(np.isfinite(ys)):
        line = np.stack([xs[first : last + 1], ys[first : last + 1]], axis=1)
        points = np.rint(line * 16).astype(np.int32)
        cv2.polylines(
            panel, [points], isClosed=False, color=colour, thickness=2, lineType=cv2.LINE_AA, shift=4
        )


def _limits(*curves: Float64Array) -> tuple[float, float]:
    known = np.concatenate([one[np.isfinite(one)] for one in curves])
    if not len(known):
        return 0.0, 180.0
    low, high = float(known.min()) - 5, float(known.max()) + 5
    spare = max(0.0, _LEAST_SPAN_DEG - (high - low)) / 2
    return low - spare, high + spare


def time_axis(panel: ImageArray, times_s: Float64Array, xs: Float64Array, bottom: int) -> None:
    """Marks seconds below ``bottom``, where the instants ``times_s`` are at the columns ``xs``."""
    first, last = float(times_s[0]), float(times_s[-1])
    step = next((one for one in _STEPS_S if (last - first) / one <= 6), _STEPS_S[-1])
    for tick in np.arange(np.ceil(first / step - 1e-9), last / step + 1e-9) * step + 0.0:
        x = round(float(np.interp(tick, times_s, xs)))
        panel[bottom : bottom + 4, x : x + 1] = _MUTED
        mask = text_mask(f"{tick:g} s", height_px=12)
        left = int(np.clip(x - mask.shape[1] // 2, 0, panel.shape[1] - mask.shape[1]))
        write(panel, f"{tick:g} s", xy=(left, bottom + 5), height_px=12, colour=_MUTED)


def runs_of(mask: BoolArray) -> list[tuple[int, int]]:
    """First and last row of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(start), int(stop) - 1) for start, stop in edges.reshape(-1, 2)]

"""The live image for the trainee: the reference, the trainee, the count, and one thing to change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.core.visibility import is_guessed
from laban.render.coaching.lines import fitted_lines, write_lines
from laban.render.coaching.marks import DIFFERS, SAME, Verdict, mark_joints
from laban.render.coaching.reference import ReferenceFigure, draw_reference
from laban.render.figure import figure_of, figure_size
from laban.render.palette import INK, PAPER, WHITE, Rgb, mix, text_rgb
from laban.render.skeletons import DrawStyle, draw_people
from laban.render.text import pill_size, write_pill

Level = Literal["", "fighting", "good", "perfect"]

_GROUND = mix(INK, PAPER, share=0.05)
_TRACK = mix(INK, PAPER, share=0.2)
_SOFT = mix(INK, PAPER, share=0.62)
_PHASE: Rgb = (86, 180, 233)
_LEVEL_RGB: dict[Level, Rgb] = {"fighting": DIFFERS, "good": (86, 180, 233), "perfect": SAME, "": _PHASE}
_STYLE = DrawStyle(labels=False)
_SHORT_PX = (
    480,
    720,
)  # the shorter side of the trainee's image: smaller ones are enlarged, larger ones reduced
_PANEL, _FOOT = 0.5, 0.19  # of it


@dataclass(frozen=True)
class LiveMessages:
    """The text: the ``title`` of the exercise, the ``count`` with its ``unit``, the word for the level, and the
    current ``sentence``. ``phase`` and ``score_percent`` may be NaN."""

    title: str
    count: str
    unit: str
    sentence: str
    score: str = "score"
    score_percent: float = float("nan")
    phase: float = float("nan")
    level: Level = ""
    level_word: str = ""
    is_hint: bool = False


@dataclass(frozen=True, eq=False)
class Shown:
    """The people to draw: the trainee, if there is one, and the reference at ``phase`` turned by ``turn_deg``.

    ``joints`` are verdicts by the trainee's own joints. ``flipped`` mirrors everything except the text.
    """

    reference: ReferenceFigure
    pose: Pose | None = None
    phase: float = 0.0
    turn_deg: float = 0.0
    joints: Mapping[str, Verdict] = field(default_factory=dict)
    flipped: bool = False


def draw_live(image_rgb: ImageArray, shown: Shown, words: LiveMessages) -> ImageArray:
    """A new image, (H, W, 3) uint8: the reference and the numbers on the left, the trainee on the right, the
    sentence below. Its size depends only on the size of ``image_rgb``, which is not modified."""
    trainee = _trainee(image_rgb, shown)
    high, wide = trainee.shape[:2]
    short = min(high, wide)
    panel, foot = round(_PANEL * short), 2 * round(_FOOT * short / 2)
    canvas = np.empty((high + foot, panel + wide, 3), np.uint8)
    canvas[:high, :panel] = _panel((panel, high), shown, words, short=short)
    canvas[:high, panel:] = trainee
    canvas[high:] = _foot((panel + wide, foot), words, short=short)
    if words.level:
        _chip(canvas[:high, panel:], words, short=short)
    return canvas


def _trainee(image_rgb: ImageArray, shown: Shown) -> ImageArray:
    high, wide = image_rgb.shape[:2]
    factor = float(np.clip(min(high, wide), *_SHORT_PX)) / min(high, wide)
    size = (2 * round(wide * factor / 2), 2 * round(high * factor / 2))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    image = (
        image_rgb
        if size == (wide, high)
        else np.asarray(cv2.resize(image_rgb, size, interpolation=way), np.uint8)
    )
    if shown.flipped:
        image = np.ascontiguousarray(image[:, ::-1])
    if shown.pose is None:
        return image.copy()
    points = np.asarray(shown.pose.image_px * (np.array(size) / [wide, high]), np.float32)
    if shown.flipped:
        points[:, 0] = size[0] - points[:, 0]
    pose = replace(shown.pose, image_px=points, person=0)
    drawn = draw_people(image, [pose], style=_STYLE)
    size_px = figure_size(points, figure_of(pose.skeleton))
    seen = np.where(is_guessed(pose.visibility)[:, None], np.nan, points)  # no verdict on a hidden joint
    mark_joints(drawn, seen, pose.skeleton, shown.joints, torso_px=size_px)
    return drawn


def _panel(size_wh: tuple[int, int], shown: Shown, words: LiveMessages, *, short: int) -> ImageArray:
    wide, high = size_wh
    edge, head, foot = round(0.03 * short), round(0.09 * short), round(0.36 * short)
    canvas = _written_panel(size_wh, words.title, words.count, words.unit, short=short, foot_px=foot).copy()
    _line_of(_score(words), canvas[high - foot :], at=0.265, short=short)
    canvas[head : high - foot] = draw_reference(
        canvas[head : high - foot],
        shown.reference,
        phase=shown.phase,
        turn_deg=shown.turn_deg,
        flipped=shown.flipped,
        joints={joint: verdict for joint, verdict in shown.joints.items() if verdict == "differs"},
        floor_rgb=_TRACK,
    )
    top, thick = high - foot + round(0.33 * short), max(4, round(0.014 * short))
    share = float(np.nan_to_num(words.score_percent)) / 100
    _track(canvas[top : top + thick, edge : wide - edge], share, _LEVEL_RGB[words.level])
    return canvas


def _score(words: LiveMessages) -> str:
    return f"{words.score} {words.score_percent:.0f} %" if np.isfinite(words.score_percent) else words.score


@lru_cache(maxsize=16)
def _written_panel(
    size_wh: tuple[int, int], title: str, count: str, unit: str, *, short: int, foot_px: int
) -> ImageArray:
    """The text next to the trainee, which stays the same for many frames; the count is as large as possible."""
    wide, high = size_wh
    canvas = np.full((high, wide, 3), _GROUND, np.uint8)
    edge, letters = round(0.03 * short), round(0.042 * short)
    room = (wide - 2 * edge, round(0.09 * short))
    head = fitted_lines(title, room_wh=room, height_px=letters, most=1)
    write_lines(canvas, head, xy=(edge, round(0.025 * short)), colour=PAPER, bold=True)
    below = canvas[high - foot_px :]
    large = fitted_lines(count, room_wh=(room[0], high), height_px=round(0.21 * short), most=1)
    write_lines(below, large, xy=(edge, -round(0.035 * short)), colour=WHITE, bold=True)
    _line_of(unit, below, at=0.2, short=short)
    return canvas


def _line_of(text: str, canvas: ImageArray, *, at: float, short: int) -> None:
    """A line of small text across the panel, ``at`` a share of the trainee's image from its top."""
    edge, letters = round(0.03 * short), round(0.042 * short)
    room = (canvas.shape[1] - 2 * edge, 2 * letters)
    line = fitted_lines(text, room_wh=room, height_px=letters, most=1)
    write_lines(canvas, line, xy=(edge, round(at * short)), colour=_SOFT)


def _chip(canvas: ImageArray, words: LiveMessages, *, short: int) -> None:
    letters = round(0.075 * short)
    fill = _LEVEL_RGB[words.level]
    wide, high = pill_size(words.level_word, height_px=letters)
    centre = (canvas.shape[1] - wide / 2 - 0.035 * short, high / 2 + 0.035 * short)
    write_pill(
        canvas, words.level_word, centre_xy=centre, height_px=letters, fill=fill, colour=text_rgb(fill)
    )


def _foot(size_wh: tuple[int, int], words: LiveMessages, *, short: int) -> ImageArray:
    thick = max(5, round(0.018 * short))
    canvas = _written_foot(size_wh, words.sentence, is_hint=words.is_hint, short=short, top_px=thick).copy()
    _track(canvas[:thick], float(np.nan_to_num(words.phase)), _PHASE)
    return canvas


@lru_cache(maxsize=16)
def _written_foot(
    size_wh: tuple[int, int], sentence: str, *, is_hint: bool, short: int, top_px: int
) -> ImageArray:
    wide, high = size_wh
    canvas = np.full((high, wide, 3), INK, np.uint8)
    edge = round(0.03 * short)
    room = (wide - 2 * edge, high - top_px)
    lines = fitted_lines(sentence, room_wh=room, height_px=round(0.075 * short), most=2)
    y = top_px + (room[1] - lines.height_px) // 2
    write_lines(canvas, lines, xy=(edge, y), colour=DIFFERS if is_hint else PAPER, bold=True)
    return canvas


def _track(strip: ImageArray, share: float, colour: Rgb) -> None:
    """A bar filled to a share, drawn onto a part of the canvas."""
    strip[:] = _TRACK
    strip[:, : round(float(np.clip(share, 0.0, 1.0)) * strip.shape[1])] = colour

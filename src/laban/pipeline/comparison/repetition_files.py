"""The files of ``laban reps -o``: the curve, each repetition at its turn, and a page of both."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from laban.core.answers.comparison import RepetitionsAnswer
from laban.core.arrays import BoolArray, Float64Array
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.features.angles import compute_joint_angles, guessed_angles
from laban.pipeline.comparison.files import instants_of
from laban.pipeline.recording.subject import Side
from laban.render.comparison.pose_pair import draw_tile
from laban.render.comparison.repetition_images import draw_repetition_curve, draw_turning_points
from laban.render.comparison.repetition_page import write_repetition_page
from laban.render.sheet import write_png
from laban.render.words import short_name
from laban.tasks.comparison.preprocess import place_torso
from laban.tasks.comparison.principal_curve import PLACES
from laban.tasks.comparison.repetitions import Repetition, Repetitions, on_clock

_PLACE_WORDS = (
    "the trunk's way across the image, in torso lengths",
    "height of the trunk, in torso lengths",
)
_MOST_TURNS = 12
_TILE_PX = 340
_WORST_SHARE = 0.7
_LEAST_VISIBILITY = 0.3


def write_repetitions(folder: Path, found: Repetitions, side: Side, answer: RepetitionsAnswer) -> list[Path]:
    """Writes ``curve.png``, ``turns.png`` where there is a repetition, and ``report.html``; returns their paths.

    ``answer`` is what ``repetitions.json`` holds.
    """
    name = short_name(side.name)
    files = [_write_curve(folder / "curve.png", found, side, title=name)]
    if len(found):
        files.append(_write_turns(folder / "turns.png", found, side))
    page = write_repetition_page(folder / "report.html", answer, title=f"Repetitions in {name}", images=files)
    return [page, *files]


def _write_curve(path: Path, found: Repetitions, side: Side, *, title: str) -> Path:
    ready = on_clock(side.sequence, what=side.name)
    times = [(one.start_s, one.turn_s, one.end_s) for one in found.repetitions]
    words, unit, values = _curve(found, ready)
    guessed = _guessed(found, ready)
    if guessed.any():
        words += ", pale where joints are hidden"
    image = draw_repetition_curve(
        values, ready.times_s, times, title=f"{title}: {words}", unit=unit, guessed=guessed
    )
    return write_png(path, image)


def _curve(found: Repetitions, ready: PoseSequence) -> tuple[str, str, Float64Array]:
    """The curve's name, unit and values: the path of the body where that was counted, else the angle that moves
    most."""
    if found.place is None and found.joint is not None:
        angle = compute_joint_angles(ready, names=(found.joint,)).values[:, 0]
        return f"angle of the {found.joint.replace('_', ' ')}", "°", angle
    column = PLACES.index(found.place or "height")
    values = place_torso(ready)[:, column]
    known = values[np.isfinite(values)]
    return _PLACE_WORDS[column], "", values - (np.median(known) if len(known) else 0.0)


def _guessed(found: Repetitions, ready: PoseSequence) -> BoolArray:
    """(T,) where the drawn angle depends on hidden joints; nowhere for the path of the whole body."""
    if found.place is not None or found.joint is None:
        return np.zeros(len(ready), dtype=bool)
    return guessed_angles(ready, names=(found.joint,))[:, 0]


def _write_turns(path: Path, found: Repetitions, side: Side) -> Path:
    count = len(found)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _MOST_TURNS)).round().astype(int)).tolist()
    shown = [found.repetitions[index] for index in chosen]
    instants = instants_of(side, [one.turn_s for one in shown])
    tiles = [
        draw_tile(
            instant.image_rgb,
            instant.pose,
            _shares(instant.pose, one),
            label=instant.label,
            height_px=_TILE_PX,
        )
        for instant, one in zip(instants, shown, strict=True)
    ]
    captions = [_caption(index + 1, one) for index, one in zip(chosen, shown, strict=True)]
    some = "" if len(shown) == count else f" ({len(shown)} of {count})"
    return write_png(path, draw_turning_points(tiles, captions, title=f"Where each turns{some}"))


def _seen(pose: Pose) -> Pose:
    """The pose without joints that are hardly visible."""
    points = np.where((pose.visibility >= _LEAST_VISIBILITY)[:, None], pose.image_px, np.nan)
    return replace(pose, image_px=points.astype(np.float32))


def _shares(pose: Pose, one: Repetition) -> Float64Array:
    """(J,) highlights the joint that differs most from the median repetition."""
    shares = np.zeros(len(pose.skeleton))
    if one.worst is not None and pose.skeleton.has(one.worst[0]):
        shares[pose.skeleton.index(one.worst[0])] = _WORST_SHARE
    return shares


def _caption(number: int, one: Repetition) -> str:
    like = f" · {one.score_percent:.0f} %" if np.isfinite(one.score_percent) else ""
    return f"{number}{like} · {one.duration_s:.1f} s"

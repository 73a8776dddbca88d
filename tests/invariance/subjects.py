"""Recordings of synthetic people, each with the answers that are asked of it and what they must be at first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tests.conftest import _trained as trained
from tests.invariance.bodies import seen_from, standing

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.io import load
from laban.sources import SyntheticScene
from laban.tasks.coaching.exercise_file import load_exercise

FPS = 30.0
SIZE_WH = (640, 480)
_NOISE_PX = 0.4
_JUMPS = Path(__file__).resolve().parents[3] / "shared/data/reported/repetitions/penn_1009_x4.parquet"


@dataclass(frozen=True, eq=False)
class Subject:
    """What is changed: a recording at 30 frames a second, and the answers it has, by name, with their values where
    they are known beforehand."""

    name: str
    make: Callable[[], Recording]
    answers: Mapping[str, Any]


_GEOMETRY = dict.fromkeys(("people found", "identity", "landmarks", "joint angles"))
_QUIET = {"fall": 0, "fight": 0, "safety": 0}


@cache
def faller() -> Recording:
    """Somebody walks past and falls over after two seconds."""
    return _with_noise(SyntheticScene(people=1, seconds=7.0, fps=FPS, falls=1, seed=3).recording())


@cache
def crossing() -> Recording:
    """Two people walk past each other, the farther hidden for a moment."""
    return _with_noise(_visible(SyntheticScene(people=2, seconds=6.0, fps=FPS, seed=5).recording()))


@cache
def squatter() -> Recording:
    """Three squats, with rest between them."""
    return _one(trained(load_exercise("squat"), repetitions=3, noise=0.004, turn_deg=25.0, rest_s=1.0))


@cache
def curler() -> Recording:
    """Three curls of the biceps, with rest between them."""
    return _one(trained(load_exercise("biceps_curl"), repetitions=3, noise=0.004, rest_s=1.0))


@cache
def leaner() -> Recording:
    """Somebody stands for six seconds, seen from the left, the trunk bent forward by 30 degrees."""
    times_s = np.arange(0.0, 6.0, 1 / FPS)
    body = standing(times_s)
    up, forward = body[..., 1].copy(), body[..., 2].copy()
    above, angle = up > 0.0, np.radians(30.0)
    body[..., 1] = np.where(above, up * np.cos(angle) - forward * np.sin(angle), up)
    body[..., 2] = np.where(above, up * np.sin(angle) + forward * np.cos(angle), forward)
    return _with_noise(_one(_filmed(times_s, seen_from(body, yaw_deg=-90.0))))


@cache
def jumper() -> Recording:
    """Somebody jumps a rope: twelve real jumps in five seconds, on thirteen landmarks."""
    return load(_JUMPS)


SUBJECTS: tuple[Subject, ...] = (
    Subject("falls", faller, {**_GEOMETRY, "people followed": None, "fall": 1, "fight": 0, "safety": 1}),
    Subject("cross", crossing, {**_GEOMETRY, **_QUIET, "people followed": None}),
    Subject("squats", squatter, {**_GEOMETRY, "repetitions": 3, "coach": 3, "comparison": None, "fall": 0}),
    Subject("curls", curler, {"repetitions": 3, "coach": 3, "comparison": None}),
    Subject(
        "leans",
        leaner,
        {
            **_GEOMETRY,
            "fall": 0,
            "safety": 0,
            "posture": None,
            "findings": None,
            "slumps": 1,
            "repetitions": 0,
        },
    ),
    *([Subject("jumps", jumper, {"repetitions": 12})] if _JUMPS.exists() else ()),
)

EXERCISES = {"squats": "squat", "curls": "biceps_curl"}


@cache
def reference_of(exercise: str) -> Recording:
    """The exercise as it should be done, a little quicker."""
    return _one(trained(load_exercise(exercise), repetitions=3, speed=1.1, rest_s=1.0))


def _one(sequence: PoseSequence) -> Recording:
    return Recording("somebody", sequence.times_s, {0: sequence}, size_wh=sequence.size_wh)


def _filmed(times_s: Float64Array, world_m: Float64Array) -> PoseSequence:
    count = len(times_s)
    return PoseSequence(
        times_s,
        BLAZEPOSE33,
        np.full((count, 33), 0.95),
        image_px=world_m[..., :2] * 220 + (0.5 * SIZE_WH[0], 0.55 * SIZE_WH[1]),
        world_m=world_m,
        score=np.full(count, 0.99),
        size_wh=SIZE_WH,
    )


def _visible(recording: Recording) -> Recording:
    """Who is hidden is not seen: a row of NaN, as a network leaves it."""
    people = {}
    for person, one in recording.people.items():
        hidden = one.visibility.mean(axis=1) < 0.35
        people[person] = one.replace(
            image_px=np.where(hidden[:, None, None], np.nan, one.image_px),
            world_m=np.where(hidden[:, None, None], np.nan, one.world_m),
            depth_px=np.where(hidden[:, None], np.nan, one.depth_px),
            visibility=np.where(hidden[:, None], np.nan, one.visibility),
        )
    return recording.replace(people=people)


def _with_noise(recording: Recording) -> Recording:
    """Pixels a little off, as of a network."""
    rng = np.random.default_rng(0)
    people = {
        person: one.replace(
            image_px=one.image_px + rng.normal(0.0, _NOISE_PX, (len(one), len(one.skeleton), 2))
        )
        for person, one in recording.people.items()
    }
    return recording.replace(people=people)

"""Real movements to compare and count: exercises of Penn Action, recordings of the sample clips, landmark files."""

import warnings
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.recognition.sets import DATA, penn_action
from laban.assets import asset_path
from laban.core.sequence import PoseSequence
from laban.core.subject import biggest_person
from laban.io import load
from laban.pipeline.dataset.values import Item
from laban.pipeline.recording.open import poses_of
from laban.pipeline.recording.settings import ExtractionSettings

EXERCISES = (
    "bench_press",
    "clean_and_jerk",
    "jump_rope",
    "jumping_jacks",
    "pullup",
    "pushup",
    "situp",
    "squat",
)
_WHOLE = 0.98  # of all joints and instants
_LEAST_S = 1.0


@cache
def penn_sequences() -> dict[str, PoseSequence]:
    """Every clip of Penn Action by its number."""
    return {
        item.clip.name.split()[1]: item.recording.people[0]
        for item in penn_action().items
        if item.recording is not None
    }


def whole_exercises(*, each: int, seed: int = 0) -> list[PoseSequence]:
    """``each`` test clips of every exercise, of a second or more, with hardly any missing joint; by seed."""
    rng, chosen = np.random.default_rng(seed), []
    for name in EXERCISES:
        clips = [
            item.recording.people[0]
            for item in penn_action().items
            if item.recording is not None and item.clip.split == "test" and _label(item) == name
        ]
        whole = [
            one
            for one in clips
            if np.isfinite(np.asarray(one.image_px)).mean() >= _WHOLE and one.times_s[-1] >= _LEAST_S
        ]
        chosen += [whole[index] for index in rng.permutation(len(whole))[:each]]
    return chosen


def person_in(clip: str) -> PoseSequence:
    """The biggest person of ``penn_action/NUMBER``, ``asset:NAME`` or a file of the data; poses are taken once."""
    if clip.startswith("penn_action/"):
        return penn_sequences()[clip.removeprefix("penn_action/")]
    path = asset_path(clip.removeprefix("asset:")) if clip.startswith("asset:") else DATA / clip
    return _recorded(path)


def _label(item: Item) -> str:
    (spans,) = item.labels.values()
    return spans[0].label


def _recorded(path: Path) -> PoseSequence:
    if path.suffix == ".txt":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            recording = load(path)
    else:
        recording = poses_of(path, settings=ExtractionSettings(detector="blazepose")).recording
    return recording.people[biggest_person(recording)]

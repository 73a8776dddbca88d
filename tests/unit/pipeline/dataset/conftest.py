"""People whose movement is made up: every class moves in its own way, every person has their own build and pace."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.models.examples import Clip
from laban.pipeline.dataset import Dataset, Item, Recordings, recordings_of
from laban.pipeline.dataset.labels import tasks_of
from laban.pipeline.dataset.values import whole_clip

_STANDING = {
    "nose": (0.0, -1.5),
    "left_shoulder": (0.4, -1.0),
    "left_elbow": (0.6, -0.5),
    "left_wrist": (0.6, 0.0),
    "left_hip": (0.25, 0.0),
    "left_knee": (0.25, 0.8),
    "left_ankle": (0.25, 1.6),
}
_MOVING = {"wave": ("elbow", "wrist"), "kick": ("knee", "ankle"), "still": ()}


def _standing() -> np.ndarray:
    points = np.zeros((33, 2))
    for name, (x, y) in _STANDING.items():
        points[BLAZEPOSE33.index(name)] = x, y
        if name.startswith("left"):
            points[BLAZEPOSE33.index(name.replace("left", "right"))] = -x, y
    return points


def moved(
    kind: str = "wave", *, seed: int = 0, seconds: float = 4.0, fps: float = 30.0, people: int = 1
) -> Recording:
    """``people`` who do ``kind`` for ``seconds``; everything but the kind is drawn from ``seed``."""
    times_s = np.arange(round(seconds * fps)) / fps
    sequences = {}
    for person in range(people):
        rng = np.random.default_rng([seed, person])
        build = _standing() * rng.uniform(0.8, 1.2, size=2) + rng.normal(0, 0.06, (33, 2))
        points = np.repeat(build[None], len(times_s), axis=0)
        for part in _MOVING[kind]:
            for side in ("left", "right"):
                rate_hz, phase = rng.uniform(0.5, 1.5), rng.uniform(0, 6.28)
                swing = np.sin(2 * np.pi * rate_hz * times_s + phase)[:, None] * rng.uniform(0.3, 0.8, 2)
                points[:, BLAZEPOSE33.index(f"{side}_{part}")] += swing
        pixels = 300.0 + 200 * person + 60 * points + rng.normal(0, 0.2, points.shape)
        sequences[person] = PoseSequence(
            times_s, BLAZEPOSE33, np.ones((len(times_s), 33)), image_px=pixels, size_wh=(1280, 720)
        )
    return Recording(f"{kind} {seed}", times_s, sequences, (1280, 720))


def gathered(*clips: tuple[str, str, Recording], **more: dict[str, str]) -> tuple[Dataset, Recordings]:
    """A dataset in memory of (name, label, recording); ``more`` maps ``group`` and ``split`` by name."""
    items = tuple(
        Item(
            Clip(name, more.get("group", {}).get(name, name), more.get("split", {}).get(name)),
            {"action": (whole_clip(label),)},
            recording=recording,
            kind="memory",
        )
        for name, label, recording in clips
    )
    dataset = Dataset("made", Path(), tasks_of(items), items)
    return dataset, recordings_of(dataset)


@pytest.fixture(scope="session")
def move() -> Callable[..., Recording]:
    return moved


@pytest.fixture(scope="session")
def gather() -> Callable[..., tuple[Dataset, Recordings]]:
    return gathered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of two recordings each."""
    for kind in ("kick", "wave"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        for seed in (1, 2):
            moved(kind, seed=seed).save(tmp_path / "data" / kind / f"{seed}.parquet")
    return tmp_path / "data"

"""Repeatability: the same person in neighbouring frames of a still stance in the sample clips.

A still stance is a run of half a second in which neither hips, shoulders, knees nor ankles leave their middle by
more than 6 % of the torso. Beside them the desk worker and the daily activities of the falls clips, who sit, and
are seen from the side too; of them only hips and shoulders must be still. The spread of a measure is the standard
deviation over the run; the figure is the median over all angles and runs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.posture.clips import recording_of
from benchmarks.recognition.sets import DATA
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.measure import read_posture
from laban.tasks.posture.settings import PostureSettings

_CLIPS = ("demo", *(f"{kind}_person_cam0{number}" for kind in ("single", "multi") for number in (1, 2, 3, 4)))
_LASTS_S, _STILL = 0.5, 0.06
_MOST_DEG = 2.0
_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_JOINTS = tuple(
    f"{side}_{name}" for name in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")
)


def still_rows() -> list[Row]:
    """The median and the 90th percentile of the spread of angles, and the median of lengths."""
    samples = _spreads((asset_path(clip) for clip in _CLIPS), _JOINTS)
    homes = [DATA / "clips" / "desk_worker_side.mp4", *sorted((DATA / "falls").glob("*/ADL/*.mp4"))]
    others = _spreads(homes, _TRUNK)
    return [
        row("repeatability, still stances: median spread of an angle", float(np.median(samples.of("deg"))), "°",
            at_most=_MOST_DEG, runs=samples.runs, by_measure=samples.by_measure()),
        row("repeatability, still stances: 90th percentile of it",
            float(np.percentile(samples.of("deg"), 90)), "°"),
        row("repeatability, still stances: median spread of a length, of the torso",
            100 * float(np.median(samples.of("torso"))), "%"),
        row("repeatability, people at home and at a desk: median spread of an angle",
            float(np.median(others.of("deg"))), "°", runs=others.runs, by_measure=others.by_measure()),
    ]  # fmt: skip


class _Spreads:
    """Standard deviations by measure over some runs."""

    def __init__(self) -> None:
        self.found: dict[str, list[float]] = defaultdict(list)
        self.runs = 0

    def of(self, unit: str) -> list[float]:
        return [
            value for name, values in self.found.items() if MEASURES[name].unit == unit for value in values
        ]

    def by_measure(self) -> dict[str, float]:
        return {name: float(np.median(values)) for name, values in self.found.items()}


def _spreads(clips: Iterable[Path], joints: Sequence[str]) -> _Spreads:
    out = _Spreads()
    for clip in clips:
        for sequence in recording_of(clip).people.values():
            for run in _still_runs(sequence, joints):
                out.runs += 1
                _add(out.found, run)
    return out


def _add(spreads: dict[str, list[float]], run: PoseSequence) -> None:
    settings = PostureSettings(level=Level(0.0, 0.0, "known"))
    for name, one in read_posture(run, settings=settings, noise=None).measures.items():
        if one.known.mean() > 0.8:
            spreads[name].append(float(np.nanstd(one.value)))


def _still_runs(sequence: PoseSequence, joints: Sequence[str]) -> Iterator[PoseSequence]:
    """Runs without overlap."""
    if sequence.image_px is None:
        return
    points = sequence.image_px[:, [sequence.skeleton.index(name) for name in joints]].astype(np.float64)
    size = torso_length(sequence.image_px, sequence.skeleton)
    rows = max(2, round(_LASTS_S / float(np.median(np.diff(sequence.times_s)))))
    start = 0
    while start + rows <= len(sequence):
        window = points[start : start + rows]
        moved = np.linalg.norm(window - np.median(window, axis=0), axis=2).max() / np.median(
            size[start : start + rows]
        )
        if np.isfinite(moved) and moved <= _STILL:
            yield sequence.take(slice(start, start + rows))
            start += rows
        else:
            start += max(1, rows // 4)

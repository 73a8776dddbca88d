"""Repeatability: the same person in neighbouring frames of a still stance in the sample clips.

A still stance is a run of half a second in which neither hips, shoulders, knees nor ankles move by more than 3 % of
the torso. The spread of a measure is the standard deviation over the run; the figure is the median over all angles
and runs.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from benchmarks.posture.clips import recording_of
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.level import Level
from laban.tasks.posture.measuring import read_posture
from laban.tasks.posture.settings import PostureSettings

_CLIPS = ("demo", *(f"{kind}_person_cam0{number}" for kind in ("single", "multi") for number in (1, 2, 3, 4)))
_LASTS_S, _STILL = 0.5, 0.06
_MOST_DEG = 2.0
_JOINTS = tuple(
    f"{side}_{name}" for name in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")
)


def still_rows() -> list[Row]:
    """The median and the 90th percentile of the spread of angles, and the median of lengths."""
    spreads: dict[str, list[float]] = defaultdict(list)
    runs = 0
    for clip in _CLIPS:
        for sequence in recording_of(asset_path(clip)).people.values():
            for run in _still_runs(sequence):
                runs += 1
                _add(spreads, run)
    angles = [value for name, values in spreads.items() if MEASURES[name].unit == "deg" for value in values]
    lengths = [
        value for name, values in spreads.items() if MEASURES[name].unit == "torso" for value in values
    ]
    by_measure = {name: float(np.median(values)) for name, values in spreads.items()}
    return [
        row("repeatability, still stances: median spread of an angle", float(np.median(angles)), "°",
            at_most=_MOST_DEG, runs=runs, by_measure=by_measure),
        row("repeatability, still stances: 90th percentile of it", float(np.percentile(angles, 90)), "°"),
        row("repeatability, still stances: median spread of a length, of the torso",
            100 * float(np.median(lengths)), "%"),
    ]  # fmt: skip


def _add(spreads: dict[str, list[float]], run: PoseSequence) -> None:
    settings = PostureSettings(level=Level(0.0, 0.0, "known"))
    for name, one in read_posture(run, settings=settings, noise=None).measures.items():
        if one.known.mean() > 0.8:
            spreads[name].append(float(np.nanstd(one.value)))


def _still_runs(sequence: PoseSequence) -> Iterator[PoseSequence]:
    """Runs without overlap."""
    if sequence.image_px is None:
        return
    points = sequence.image_px[:, [sequence.skeleton.index(name) for name in _JOINTS]].astype(np.float64)
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

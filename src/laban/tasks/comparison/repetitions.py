"""Repetitions: found and counted in any periodic movement, each scored by its similarity to the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.sequence import PoseSequence
from laban.features.angles import MAIN_ANGLES
from laban.sequences.splines import on_splines
from laban.tasks.comparison.cycle_times import SwingTimes
from laban.tasks.comparison.cycles import AT_REST, LEAST_KNOWN, phase_rows, signals_of
from laban.tasks.comparison.finest import finest_cycles
from laban.tasks.comparison.frame_warnings import frame_warnings
from laban.tasks.comparison.measures import Measures, measure
from laban.tasks.comparison.preprocess import (
    filled_columns,
    median_known,
    place_torso,
    prepared,
    ranges_deg,
    with_points,
)
from laban.tasks.comparison.principal_curve import Place, smoothed
from laban.tasks.comparison.scores import score_percent
from laban.tasks.comparison.settings import NOISE_FLOOR_DEG, ComparisonSettings, RepetitionSettings
from laban.tasks.comparison.similarity import weighted_distances

CLOCK_FPS = 30.0
"""The clock on which repetitions are counted."""

LEAST_FPS = 1.9
"""With fewer frames a second not even slow repetitions are sampled enough: one needs about five frames."""


@dataclass(frozen=True)
class Repetition(SwingTimes):
    """One repetition.

    ``ranges_deg`` are the ranges of its angles; ``score_percent`` is its similarity to the median repetition, NaN
    where it is the only one; ``worst`` the angle that differs most from it, with the mean difference in
    degrees, where that is more than noise.
    """

    ranges_deg: Mapping[str, float]
    score_percent: float
    worst: tuple[str, float] | None = None


@dataclass(frozen=True)
class Repetitions:
    """The repetitions of one person in order of time.

    ``joint`` is the angle that moves most in them, if any; ``place`` is set where they were found in the place of
    the whole body, across the image or up, and not in its shape. ``warnings`` say why the count may be wrong.
    """

    repetitions: tuple[Repetition, ...]
    joint: str | None = None
    place: Place | None = None
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.repetitions)

    @property
    def median_duration_s(self) -> float:
        """The median of their durations; NaN where there are none."""
        return (
            float(np.median([one.duration_s for one in self.repetitions]))
            if self.repetitions
            else float("nan")
        )


def find_repetitions(
    sequence: PoseSequence,
    *,
    settings: RepetitionSettings | None = None,
    comparison: ComparisonSettings | None = None,
) -> Repetitions:
    """The repetitions in ``sequence``: cycles out and back of whatever moves most.

    The main curves of the movement are its first principal components and the place of the trunk; a repetition is a
    cycle of one of them that covers enough of its range, that was seen for the most part, and that is like the
    others. Of nested cycles the finest counts. A single cycle unlike all others counts once; a movement in
    one direction does not. A person who stands still has none. Raises InvalidValueError where the clip is
    too short, nobody is seen, or the movement is too quick for its frame rate, naming the one that it needs. Where
    single frames are missing for so long that a repetition may be lost, ``warnings`` say so.

    >>> from laban.tasks.coaching.exercise_file import load_exercise
    >>> once = load_exercise("squat").reference
    >>> metres, times_s = np.tile(once.body, (3, 1, 1)) * 0.5, np.arange(3 * len(once)) / 30
    >>> person = PoseSequence(times_s, once.skeleton, np.ones(metres.shape[:2]), world_m=metres)
    >>> len(find_repetitions(person))
    3
    """
    chosen, how = settings or RepetitionSettings(), comparison or ComparisonSettings()
    space = how.space_for(sequence.spaces)
    ready = on_clock(sequence, what="the clip")
    measures = with_points(measure(ready, settings=how, space=space), ready)
    found = finest_cycles(measures, signals_of(measures, place_torso(ready), chosen), chosen)
    warnings = frame_warnings(sequence, measures.times_s[found.rows[:, 0]], settings=chosen, comparison=how)
    return replace(_scored(measures, found.rows, chosen, place=found.place), warnings=warnings)


def on_clock(sequence: PoseSequence, *, what: str) -> PoseSequence:
    """``sequence`` as it is counted: on an even clock, on curves through its frames, without jitter."""
    return prepared(sequence, fps=CLOCK_FPS, what=what, least_fps=LEAST_FPS, curved=on_splines)


def _scored(
    measures: Measures, rows: IntArray, settings: RepetitionSettings, *, place: Place | None
) -> Repetitions:
    if not len(rows):
        return Repetitions(())
    parts = [measures.rows(phase_rows(*cycle)) for cycle in rows.tolist()]
    middle = _median(parts)
    scored = tuple(
        _repetition(measures, cycle, part, middle if len(parts) > 1 else None)
        for cycle, part in zip(rows.tolist(), parts, strict=True)
    )
    ranges = np.nan_to_num(ranges_deg(middle))
    joint = MAIN_ANGLES[int(ranges.argmax())] if ranges.max() >= settings.min_range_deg else None
    return Repetitions(scored, settings.joint or joint, place)


def _median(parts: Sequence[Measures]) -> Measures:
    """The median repetition, for each phase and measure separately."""
    return replace(
        parts[0],
        angles_deg=median_known(np.stack([one.angles_deg for one in parts])),
        points=median_known(np.stack([one.points for one in parts])),
        weights=median_known(np.stack([one.weights for one in parts])),
    )


def _repetition(
    measures: Measures, cycle: Sequence[int], part: Measures, middle: Measures | None
) -> Repetition:
    start, turn, end = (float(measures.times_s[row]) for row in cycle)
    ranges = _reached_deg(measures, cycle)
    named = {name: float(value) for name, value in zip(MAIN_ANGLES, ranges, strict=True)}
    if middle is None:
        return Repetition(start, turn, end, named, float("nan"))
    return Repetition(start, turn, end, named, _score(part, middle), _worst(part, middle))


def _reached_deg(measures: Measures, cycle: Sequence[int]) -> Float64Array:
    """(8,) from the lowest to the highest of each angle, including the ends; NaN where it is hardly known."""
    spare = round(AT_REST * (cycle[2] - cycle[0])) + 1
    rows = slice(max(0, cycle[0] - spare), cycle[2] + 1 + spare)
    angles = measures.angles_deg[rows]
    filled = filled_columns(angles)
    known = np.isfinite(angles).mean(axis=0) >= LEAST_KNOWN
    return np.where(known, np.ptp(smoothed(filled, measures.times_s[rows]), axis=0), np.nan)


def _score(part: Measures, middle: Measures) -> float:
    both = np.concatenate([score_percent(one) for one in weighted_distances(part, middle)])
    known = both[np.isfinite(both)]
    return float(known.mean()) if len(known) else float("nan")


def _worst(part: Measures, middle: Measures) -> tuple[str, float] | None:
    apart = part.angles_deg - middle.angles_deg
    known = np.isfinite(apart)
    mean = np.where(known, apart, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    index = int(np.abs(mean).argmax())
    return (MAIN_ANGLES[index], float(mean[index])) if abs(mean[index]) > NOISE_FLOOR_DEG else None

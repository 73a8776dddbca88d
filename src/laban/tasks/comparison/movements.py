"""Comparison of two movements: similarity by joint and phase, tempo, and when they differ most."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.alignment import Alignment, align, band
from laban.tasks.comparison.differences import Differences, Moment, differences_along, moments_of
from laban.tasks.comparison.measures import Measures, mirrored
from laban.tasks.comparison.preprocess import (
    clock_fps,
    features_of,
    is_still,
    measured_movement,
    ranges_deg,
)
from laban.tasks.comparison.settings import MovementSettings
from laban.tasks.comparison.similarity import facing_warnings, turn_deg
from laban.tasks.comparison.smoothness import JointMotion, Symmetry, joint_motions, symmetry_of
from laban.tasks.comparison.tempo import Hesitation, Phase, Tempo, hesitations, phases_of, tempo_of

_STEP_COST = 0.05  # of a noticeable difference, per feature: standing still aligns with standing still
_MIRROR_GAIN = 0.8  # of the cost: the other side must be this much closer to be taken
_LEAST_MEASURED = 0.5


@dataclass(frozen=True, eq=False)
class MovementComparison:
    """How an attempt compares with a reference, on the reference's clock.

    ``times_s`` (R,) are the reference's times and ``attempt_s`` (R,) the attempt's that belong to them;
    ``attempt_deg`` and ``reference_deg`` (R, 8) are their angles ``MAIN_ANGLES`` then, ``attempt_guessed`` and
    ``reference_guessed`` (R, 8) where these rest on joints that were hidden; ``differences`` holds
    scores and joint differences over ``times_s``. With ``mirrored`` the attempt is on the other side, and its
    joints are named as the reference's that they are compared with. ``matched_s`` are the begin and end of the
    part of the attempt that was compared.
    """

    times_s: Float64Array
    attempt_s: Float64Array
    attempt_deg: Float64Array
    reference_deg: Float64Array
    attempt_guessed: BoolArray
    reference_guessed: BoolArray
    differences: Differences
    mirrored: bool
    space: Space
    tempo: Tempo
    symmetry: tuple[Symmetry, ...]
    phases: tuple[Phase, ...]
    hesitations: tuple[Hesitation, ...]
    motions: tuple[JointMotion, ...]
    moments: tuple[Moment, ...]
    matched_s: tuple[float, float]
    warnings: tuple[str, ...]

    @property
    def score_percent(self) -> float:
        """The mean of the scores over time; NaN where nothing could be compared."""
        return _mean(self.differences.score_percent)

    @property
    def joint_percent(self) -> dict[str, float]:
        """The mean score of each joint's angle."""
        columns = self.differences.joint_percent.T
        return {name: _mean(column) for name, column in zip(MAIN_ANGLES, columns, strict=True)}


def compare_movements(
    attempt: PoseSequence,
    reference: PoseSequence,
    *,
    settings: MovementSettings | None = None,
    names: tuple[str, str] = ("the attempt", "the reference"),
) -> MovementComparison:
    """How close ``attempt`` is to ``reference``, when and where they differ, and in which tempo.

    The attempt is aligned with the reference by dynamic time warping on joint angles and coordinates from mid-hip
    in torso lengths; values missing in either are left out. ``names`` are what errors call them. Raises
    InvalidValueError where one of them is no movement (too short, nobody seen, nobody moves), or they have no
    space in common.
    """
    chosen = settings or MovementSettings()
    space = chosen.space_for(attempt.spaces, reference.spaces)
    fps = clock_fps(attempt, reference, fps=chosen.clock_fps)
    own, theirs = (
        measured_movement(one, settings=chosen, space=space, fps=fps, what=what)
        for one, what in zip((attempt, reference), names, strict=True)
    )
    for measures, what in zip((own, theirs), names, strict=True):
        _check_moves(measures, what)
    shown, alignment, swapped = _best_side(own, theirs, chosen, fps=fps)
    return _compared(shown, theirs, alignment, chosen, swapped=swapped, space=space)


def align_movements(
    first: Measures, second: Measures, *, settings: MovementSettings, fps: float
) -> Alignment:
    """The rows of ``first`` that correspond to those of ``second``, both on a clock of ``fps``."""
    one, other = features_of(first), features_of(second)
    longest = max(len(one), len(other))
    window = settings.window_s * fps if settings.window_s is not None else longest / 4
    within = band(
        len(one), len(other), window=window, open_begin=settings.open_begin, open_end=settings.open_end
    )
    return align(one, other, within=within, step_cost=_STEP_COST**2 * one.shape[1])


def _best_side(
    own: Measures, theirs: Measures, settings: MovementSettings, *, fps: float
) -> tuple[Measures, Alignment, bool]:
    """The attempt, as it is or mirrored, whichever is closer, aligned with the reference."""
    sides = {
        swapped: (one, align_movements(one, theirs, settings=settings, fps=fps), swapped)
        for swapped, one in ((False, own), (True, mirrored(own)))
        if settings.mirror == "auto" or swapped == (settings.mirror == "always")
    }
    if len(sides) == 2:
        better = sides[True][1].mean_cost < _MIRROR_GAIN * sides[False][1].mean_cost
        return sides[better]
    return next(iter(sides.values()))


def _compared(
    own: Measures,
    theirs: Measures,
    alignment: Alignment,
    settings: MovementSettings,
    *,
    swapped: bool,
    space: Space,
) -> MovementComparison:
    rows = alignment.rows_for_second(len(theirs))
    nearest = np.rint(rows).astype(np.int64)
    attempt_s = np.interp(rows, np.arange(len(own)), own.times_s)
    differences = differences_along(own, theirs, alignment, floor_deg=settings.noise_floor_deg)
    part = own.rows(slice(int(alignment.first[0]), int(alignment.first[-1]) + 1))
    tempo = tempo_of(attempt_s, theirs.times_s)
    return MovementComparison(
        times_s=theirs.times_s,
        attempt_s=attempt_s,
        attempt_deg=own.angles_deg[nearest],
        reference_deg=theirs.angles_deg,
        attempt_guessed=own.guessed[nearest],
        reference_guessed=theirs.guessed,
        differences=differences,
        mirrored=swapped,
        space=space,
        tempo=tempo,
        symmetry=symmetry_of(part),
        phases=tuple(phases_of(theirs, attempt_s, differences)),
        hesitations=tuple(hesitations(own, theirs, alignment)),
        motions=joint_motions(part, theirs, floor_deg=settings.noise_floor_deg),
        moments=tuple(moments_of(differences, theirs.times_s, attempt_s, count=settings.moments)),
        matched_s=(float(part.times_s[0]), float(part.times_s[-1])),
        warnings=tuple(_warnings(differences, own, theirs, settings)),
    )


def _check_moves(measures: Measures, what: str) -> None:
    if is_still(measures):
        widest = np.nan_to_num(ranges_deg(measures)).max(initial=0.0)
        raise InvalidValueError(
            f"nobody moves in {what}: the widest range of a joint is {widest:.0f}°, expected 15° or more; name a "
            "moment of it (clip.mp4@1.5s) to compare a pose"
        )


def _warnings(
    differences: Differences, own: Measures, theirs: Measures, settings: MovementSettings
) -> Iterator[str]:
    for index, joint in enumerate(MAIN_ANGLES):
        share = float(differences.measurable[:, index].mean())
        if share < _LEAST_MEASURED:
            yield (
                f"the {joint.replace('_', ' ')} could be measured {share:.0%} of the time only: it is hidden, or a "
                "limb points at the camera"
            )
    yield from facing_warnings(turn_deg(*(_median(one.shoulder_yaw_deg) for one in (own, theirs))), settings)


def _median(values: Float64Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _mean(values: Float64Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")

"""Checks that the frames in which a person was seen are enough for the repetitions found."""

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.measures import Measures, measure
from laban.tasks.comparison.preprocess import (
    features_of,
    filled_column,
    filled_columns,
    place_torso,
    ranges_deg,
    with_points,
)
from laban.tasks.comparison.principal_curve import PLACE_UNIT
from laban.tasks.comparison.sampling import check_resolved, check_sampled, holes, main_curves, surprise
from laban.tasks.comparison.settings import ComparisonSettings, RepetitionSettings

_LARGE = 3.0  # times the least range: so much movement without a repetition may be too quick
_CURVES = 3
_QUICK = 0.2  # surprise: frames are so far apart that a repetition may fall between them
_HALF = 0.5  # of a repetition: its way out or its way back may be gone
_USUAL_STEPS = 2.0


def frame_warnings(
    sequence: PoseSequence,
    starts_s: Float64Array,
    *,
    settings: RepetitionSettings,
    comparison: ComparisonSettings,
) -> tuple[str, ...]:
    """Why the count of repetitions that begin at ``starts_s`` may be too low; empty where it is reliable.

    Raises InvalidValueError where the frames show another rhythm than the movement has.
    """
    seen = sequence.take(sequence.seen)
    check_sampled(starts_s, seen.times_s)
    measures = with_points(measure(seen, settings=comparison, space=comparison.space_for(seen.spaces)), seen)
    place = place_torso(seen)
    curves = main_curves(_moving(measures, place, settings), count=_CURVES)
    if len(starts_s) or _moves_far(measures, place, settings):
        check_resolved(curves, seen.times_s, least_s=settings.min_s, starts_s=starts_s)
    lost = _lost(starts_s, seen.times_s) or _lost_if_quick(curves, seen.times_s, settings)
    return (lost,) if lost else ()


def _moves_far(measures: Measures, place: Float64Array, settings: RepetitionSettings) -> bool:
    widest_deg = np.nan_to_num(ranges_deg(measures)).max(initial=0.0)
    way_torso = np.ptp(filled_columns(place), axis=0).max()
    return bool(
        widest_deg >= _LARGE * settings.min_range_deg or way_torso >= _LARGE * settings.min_range_torso
    )


def _moving(measures: Measures, place: Float64Array, settings: RepetitionSettings) -> Float64Array:
    """(T, F) the features in which repetitions are searched, without NaN."""
    if settings.joint is not None:
        return filled_column(measures.angles_deg[:, MAIN_ANGLES.index(settings.joint)])[:, None]
    return filled_columns(np.concatenate([features_of(measures), place / PLACE_UNIT], axis=1))


def _lost(starts_s: Float64Array, times_s: Float64Array) -> str:
    """Where frames are missing among the repetitions for more than half of one; empty where none are."""
    if len(starts_s) < 2:
        return ""
    lasting_s = float(np.median(np.diff(starts_s)))
    among = times_s[(times_s >= starts_s[0]) & (times_s <= starts_s[-1] + lasting_s)]
    gone = holes(among, longer_s=_HALF * lasting_s)
    return f"{_where(gone)}, more than half a repetition: the count may be too low there" if gone else ""


def _lost_if_quick(curves: Float64Array, times_s: Float64Array, settings: RepetitionSettings) -> str:
    """The same for repetitions that may have been missed in a quick movement."""
    usual_s = float(np.median(np.diff(times_s)))
    gone = holes(times_s, longer_s=max(_HALF * settings.min_s, _USUAL_STEPS * usual_s))
    if not gone or not surprise(curves, times_s) > _QUICK:
        return ""
    longest_s = max(until - since for since, until in gone)
    return (
        f"{_where(gone)}, of a quick movement: repetitions shorter than {longest_s / _HALF:.2g} s may be lost"
    )


def _where(gone: list[tuple[float, float]]) -> str:
    places = "1 place" if len(gone) == 1 else f"{len(gone)} places"
    return f"frames are missing in {places}, for up to {max(to - since for since, to in gone):.2g} s"

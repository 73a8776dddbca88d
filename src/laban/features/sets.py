"""The sets of measurements that a table of one person may hold, by name: angles, inclinations, speeds, lengths."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType

import numpy as np

from laban.core.checks import choose
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import UnknownNameError
from laban.features.angles import compute_inclinations, compute_joint_angles
from laban.features.geometry import compute_bone_lengths
from laban.features.kinematics import (
    compute_acceleration,
    compute_angular_velocity,
    compute_jerk,
    compute_velocity,
)

USUAL_SETS = ("angles", "inclinations")
"""The default sets."""

_STEADY = (Space.WORLD, Space.PIXEL, Space.BODY)
_TRAVELLING = (Space.PIXEL, Space.WORLD, Space.BODY)
_LEAST_ROWS = 2

Measure = Callable[[PoseSequence, Space | None], Features]


def measure(
    sequence: PoseSequence,
    *,
    sets: Sequence[str] | None = None,
    columns: Sequence[str] = (),
    space: Space | str | None = None,
) -> Features:
    """(T, F) the measurements of ``sets``, in that order; see ``MEASURES`` for the names.

    ``columns`` keeps only those whose name matches one of these patterns, such as ``left_knee`` or ``*_wrist_*``;
    without ``sets`` all sets are searched, and without either joint angles and inclinations are measured.
    ``space`` is ``pixel``, ``world`` or ``body``; by default angles and lengths are measured in metres where
    available, and speeds in the image, which shows a person's travel. Undefined is NaN. Raises UnknownNameError
    for a set or a column that does not exist.
    """
    chosen = tuple(sets or (MEASURES if columns else USUAL_SETS))
    wanted = None if space is None else Space(space)
    tables = [
        choose(name, MEASURES, what="set of features")(sequence, wanted) for name in dict.fromkeys(chosen)
    ]
    first, *rest = tables
    for table in rest:
        first = first.join(table)
    return _kept(first, columns) if columns else first


def _kept(table: Features, patterns: Sequence[str]) -> Features:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in table.names):
            raise UnknownNameError(_no_column(pattern, table.names))
    rows = [
        index
        for index, name in enumerate(table.names)
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    return Features(
        table.times_s,
        tuple(table.names[row] for row in rows),
        tuple(table.units[row] for row in rows),
        table.values[:, rows],
    )


def _no_column(pattern: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(pattern, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"expected a name or pattern of theirs, as {names[0]!r}"
    return f"none of the {len(names)} columns is called {pattern!r}; {hint}"


def _first_of(order: tuple[Space, ...], sequence: PoseSequence, wanted: Space | None) -> Space:
    return wanted or next(space for space in order if space in sequence.spaces)


def _named(table: Features, prefix: str) -> Features:
    names = tuple(f"{prefix}_{name}" for name in table.names)
    return Features(table.times_s, names, table.units, table.values)


def _rate(sequence: PoseSequence, compute: Callable[[PoseSequence], Features], prefix: str) -> Features:
    """The same with the prefix; a single frame has no speed, so its row is NaN."""
    if len(sequence) >= _LEAST_ROWS:
        return _named(compute(sequence), prefix)
    names = _rate(_twice(sequence), compute, prefix)
    return Features(
        sequence.times_s, names.names, names.units, np.full((len(sequence), len(names.names)), np.nan)
    )


def _twice(sequence: PoseSequence) -> PoseSequence:
    fields = ("visibility", "image_px", "depth_px", "world_m", "body", "score")
    values = {name: getattr(sequence, name) for name in fields}
    doubled = {name: None if one is None else np.repeat(one, 2, axis=0) for name, one in values.items()}
    return sequence.with_arrays(times_s=sequence.times_s[0] + np.arange(2.0), **doubled)


def _angles(sequence: PoseSequence, space: Space | None) -> Features:
    return compute_joint_angles(sequence, space=space)


def _inclinations(sequence: PoseSequence, space: Space | None) -> Features:
    return compute_inclinations(sequence, space=space)


def _angular_velocity(sequence: PoseSequence, space: Space | None) -> Features:
    return _rate(
        sequence,
        lambda one: compute_angular_velocity(compute_joint_angles(one, space=space)),
        "angular_velocity",
    )


def _bone_lengths(sequence: PoseSequence, space: Space | None) -> Features:
    lengths = compute_bone_lengths(sequence, space=_first_of(_STEADY, sequence, space))
    return _named(lengths, "length")


def _moving(compute: Callable[..., Features], prefix: str) -> Measure:
    def measured(sequence: PoseSequence, space: Space | None) -> Features:
        chosen = _first_of(_TRAVELLING, sequence, space)
        return _rate(sequence, lambda one: compute(one, space=chosen), prefix)

    return measured


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "angles": _angles,
        "inclinations": _inclinations,
        "angular_velocity": _angular_velocity,
        "velocity": _moving(compute_velocity, "velocity"),
        "acceleration": _moving(compute_acceleration, "acceleration"),
        "jerk": _moving(compute_jerk, "jerk"),
        "bone_lengths": _bone_lengths,
    }
)
"""All sets by name."""

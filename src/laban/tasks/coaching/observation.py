"""Observations of a trainee, instant by instant, and the target that they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.facing import compute_yaw_deg
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import JOINT_ANGLES, MAIN_ANGLES
from laban.tasks.coaching.exercise import Exercise, Fault, View
from laban.tasks.coaching.form_measures import form_measures, other_side
from laban.tasks.comparison.main_joints import MAIN_JOINTS
from laban.tasks.comparison.measures import Measures, measure, measured, mirrored
from laban.tasks.comparison.preprocess import noticeable_of
from laban.tasks.comparison.scores import angle_distance, coordinate_distance, score_percent
from laban.tasks.comparison.settings import ComparisonSettings

Mirror = Literal["auto", "never", "always"]

_UNMEASURABLE_DEG = 35.0
_TURNED_DEG = 45.0


@dataclass(frozen=True, eq=False)
class Observation:
    """One side of a trainee at T instants: as they are, or in a mirror.

    ``features`` (T, F) align them with the reference; ``values`` (T, M) the target's ``columns``;
    ``turned_deg`` (T,) is how far they are turned away from facing the camera, or from showing their back, 0
    to 90.
    """

    measures: Measures
    features: Float64Array
    values: Float64Array
    turned_deg: Float64Array
    is_mirrored: bool

    def row(self, index: int) -> "Observation":
        """The same at one of the instants."""
        part = slice(index, index + 1)
        return Observation(
            self.measures.rows(part),
            self.features[part],
            self.values[part],
            self.turned_deg[part],
            self.is_mirrored,
        )

    @property
    def measurable(self) -> BoolArray:
        """(T, 8) the angles that this view allows to measure."""
        known = np.isfinite(self.measures.angles_deg)
        return np.asarray(known & (self.measures.uncertainty_deg < _UNMEASURABLE_DEG))

    def shows(self, view: View) -> bool:
        """Whether the first instant is seen in that view."""
        turned = self.turned_deg[0]
        return view == "any" or bool((turned < _TURNED_DEG) == (view == "front"))


class Columns:
    """How the measures of ``columns`` are taken, as they are and of the other side; measures of both sides are
    computed once. ``sides`` are, for each side, whether it is the other one and its columns in ``values``."""

    def __init__(self, columns: Sequence[tuple[str, Space]], *, sides: Sequence[bool]) -> None:
        wanted = [(swapped, _sided(columns, swapped=swapped)) for swapped in sides]
        spaces = dict.fromkeys(space for _, some in wanted for _, space in some)
        self._by_space = [
            (
                space,
                tuple(dict.fromkeys(name for _, some in wanted for name, where in some if where is space)),
            )
            for space in spaces
        ]
        order = [(name, space) for space, names in self._by_space for name in names]
        self.sides = [
            (swapped, np.array([order.index(one) for one in some], dtype=np.int64))
            for swapped, some in wanted
        ]

    def values(self, sequence: PoseSequence) -> Float64Array:
        """(T, K) each measure once, in the order that ``sides`` refer to; NaN where the sequence has no such
        space."""
        parts = [np.zeros((len(sequence), 0))]
        for space, names in self._by_space:
            if space in sequence.spaces:
                points = sequence.coordinates(space).astype(np.float64)
                parts.append(form_measures(points, sequence.skeleton, names=names))
            else:
                parts.append(np.full((len(sequence), len(names)), np.nan))
        return np.concatenate(parts, axis=1)


class Target:
    """The reference of an exercise, ready to be compared with observations in ``space``."""

    def __init__(self, exercise: Exercise, *, space: Space) -> None:
        self.exercise, self.space = exercise, space
        self.measures = measure(exercise.reference, settings=ComparisonSettings(), space=Space.BODY)
        self.matters = np.array([name in exercise.joints for name in MAIN_ANGLES])
        self._pairs = self.matters.reshape(-1, 2).any(axis=1)
        self.last_row = len(self.measures) - 1
        needed = {joint for name in exercise.joints for point in JOINT_ANGLES[name] for joint in point}
        self._joints = np.array([name in needed for name in MAIN_JOINTS], dtype=np.float64)
        rules = [exercise.joints.get(name) for name in MAIN_ANGLES]
        self._weights = np.array([rule.weight if rule else 0.0 for rule in rules])
        self.tolerance_deg = np.array([rule.tolerance_deg if rule else 180.0 for rule in rules])
        self.features = noticeable_of(self.measures)
        self.feature_weights = self._shares()
        counted = [(exercise.counting.measure, self.space)] if exercise.counting else []
        self.columns = tuple(dict.fromkeys([*counted, *map(self.column, exercise.faults)]))
        self.rule_columns = tuple(self.columns.index(self.column(rule)) for rule in exercise.faults)
        self._columns_of: dict[Mirror, Columns] = {}

    def column(self, rule: Fault) -> tuple[str, Space]:
        """What a rule measures and in which space: in the image where it names a view, because depth is estimated;
        else in the trainee's space."""
        return rule.measure, self.space if rule.view == "any" else Space.PIXEL

    def _shares(self) -> Float64Array:
        """(F,) the weight of each feature in the alignment: 0 for joints that do not matter, and all angles
        together as much as all coordinates."""
        width = (self.features.shape[1] - len(MAIN_ANGLES)) // len(MAIN_JOINTS)
        points = np.repeat(self._joints, width)
        shares = np.concatenate([self._weights / self._weights.sum(), points / points.sum()])
        return np.asarray(shares / 2)

    def scores_percent(self, sight: Observation, row: int) -> float:
        """The similarity of the trainee at the first instant to row ``row`` of the reference: the mean score of the
        coordinates and angles that matter, weighted by visibility; NaN where none is known."""
        own, theirs = sight.measures, self.measures
        sure = np.minimum(own.weights[0], theirs.weights[row]) * self._joints
        turning = np.minimum(own.angle_weights[0], theirs.angle_weights[row]) * self._weights
        distances = np.array(
            [
                coordinate_distance(own.points[0], theirs.points[row], weights=sure),
                angle_distance(own.angles_deg[0], theirs.angles_deg[row], weights=turning),
            ]
        )
        known = distances[np.isfinite(distances)]
        return float(score_percent(known).mean()) if len(known) else float("nan")

    def seen_share(self, measurable: BoolArray) -> float:
        """The share of the pairs of joints that matter with one side at least in ``measurable`` (8,): from the side
        no more can be seen."""
        return float((measurable.reshape(-1, 2).any(axis=1) & self._pairs).sum() / self._pairs.sum())

    def columns_of(self, mirror: Mirror) -> Columns:
        """How ``columns`` are measured for each side that ``mirror`` asks for."""
        known = self._columns_of.get(mirror)
        if known is None:
            sides = _wanted_sides(self.exercise, mirror)
            known = self._columns_of[mirror] = Columns(self.columns, sides=sides)
        return known

    @cached_property
    def turn(self) -> int:
        """The turning point of the reference: the row furthest from its beginning."""
        away = np.nan_to_num((self.features - self.features[0]) ** 2) @ self.feature_weights
        return int(away.argmax())


def space_for(exercise: Exercise, spaces: Sequence[Space]) -> Space:
    """The space in which a trainee is measured: metres with a reference in three dimensions, else pixels."""
    body = exercise.reference.body
    if body is not None and body.shape[2] == 3 and Space.WORLD in spaces:
        return Space.WORLD
    if Space.PIXEL in spaces:
        return Space.PIXEL
    raise InvalidValueError(f"a trainee must have pixel or world coordinates, got {', '.join(spaces)}")


def see(sequence: PoseSequence, target: Target, *, settings: ComparisonSettings) -> tuple[Observation, ...]:
    """The trainee as they are and, where the exercise may be done on either side, in a mirror.

    In three dimensions the direction they face does not matter. With pixels alone and a reference in three
    dimensions, only angles are compared.
    """
    own = measured(
        sequence,
        space=target.space,
        min_visibility=settings.min_visibility,
        ignore_turn=target.space is Space.WORLD,
    )
    if own.points.shape[2] != target.measures.points.shape[2]:
        own = replace(own, points=np.full((len(own), *target.measures.points.shape[1:]), np.nan))
    columns = target.columns_of(settings.mirror)
    values, turned_deg = columns.values(sequence), _turned_deg(sequence)
    sights = []
    for swapped, picked in columns.sides:
        one = mirrored(own) if swapped else own
        sights.append(Observation(one, noticeable_of(one), values[:, picked], turned_deg, swapped))
    return tuple(sights)


def _wanted_sides(exercise: Exercise, mirror: Mirror) -> tuple[bool, ...]:
    """Whether the trainee is measured as they are, in a mirror, or both."""
    return (False, True) if exercise.either_side and mirror == "auto" else (mirror == "always",)


def _sided(columns: Sequence[tuple[str, Space]], *, swapped: bool) -> list[tuple[str, Space]]:
    return [(other_side(name) if swapped else name, space) for name, space in columns]


def _turned_deg(sequence: PoseSequence) -> Float64Array:
    """(T,) degrees from facing the camera or showing it the back."""
    turned = np.abs(compute_yaw_deg(sequence))
    return np.asarray(np.minimum(turned, 180.0 - turned))

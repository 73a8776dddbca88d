"""An exercise from one good example: its repetition, the joints that matter, their tolerances and its tempo."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.sequences.normalize import NormalizeSettings, normalize
from laban.tasks.coaching.exercise import View
from laban.tasks.coaching.exercise_parts import CountPart, ExercisePart, JointPart, KeyframePart, TempoPart
from laban.tasks.coaching.keyframes import KEY_JOINTS, chosen_keyframes, key_points
from laban.tasks.comparison.cycles import phase_rows
from laban.tasks.comparison.main_joints import MIRRORED_ANGLES
from laban.tasks.comparison.measures import Measures, measure
from laban.tasks.comparison.preprocess import clock_fps, filled_columns, is_still, median_known, prepared
from laban.tasks.comparison.principal_curve import smoothed
from laban.tasks.comparison.repetitions import find_repetitions
from laban.tasks.comparison.settings import ComparisonSettings

_FPS = 30.0
_KEYFRAME_TORSO = 0.15  # the error of interpolation that is allowed: some 7 cm
_STILL_S = 1.0
_LEAST_RANGE_DEG = 15.0
_MOVES = 0.3  # of the widest range: such a joint moves in the exercise
_KNOWN_SHARE = 0.6
_STEADY_WEIGHT = 0.4
_TOLERANCE_DEG = (12.0, 30.0)
_USUAL_TOLERANCE_DEG = 15.0
_SPREAD = 2.0  # standard deviations between repetitions that are still the same movement
_REST, _TURN = 0.25, 0.7  # of the way from rest to turn, where a repetition begins and where it counts
_ALIKE = 0.6  # of the wider side's range: with less, only one side works
_ONE_SIDED_DEG = 20.0
_PACE = (0.5, 2.0)
_FRONT_DEG, _SIDE_DEG = 30.0, 60.0


@dataclass(frozen=True, eq=False)
class _Example:
    """The material of an exercise: R repetitions, or parts of a hold, at P even phases.

    ``angles_deg`` (R, P, 8), ``points`` (R, P, 17, C); ``times_s`` (P,) of the phases in the median repetition and
    ``turn`` the one at which it turns.
    """

    angles_deg: Float64Array
    points: Float64Array
    times_s: Float64Array
    turn: int
    turned_deg: float

    @property
    def middle_deg(self) -> Float64Array:
        """(P, 8) the angles of the median repetition."""
        return median_known(self.angles_deg)


def learn_exercise(sequence: PoseSequence, *, name: str, title: str = "", source: str = "") -> ExercisePart:
    """Learns an exercise from a recorded person who shows it once or several times, or holds a pose.

    Of several repetitions the median is taken, and tolerances follow from their spread. Movement that never returns
    is taken from beginning to end. Raises InvalidValueError where nobody is seen.
    """
    space = ComparisonSettings().space_for(sequence.spaces)
    example = _example(sequence, space)
    keyframes = _keyframes(example)
    moving = len(keyframes) > 1
    return ExercisePart(
        name=name,
        title=title or name.replace("_", " ").capitalize(),
        source=source,
        view=_view(example.turned_deg),
        either_side=_is_one_sided(example),
        joints=dict(_joints(example)),
        count=_count(example) if moving else None,
        tempo=_tempo(example) if moving else None,
        keyframes=keyframes,
    )


def _example(sequence: PoseSequence, space: Space) -> _Example:
    if len(sequence) == 1:
        return _still_example(sequence, space)
    even = prepared(sequence, fps=clock_fps(sequence, fps=_FPS), what="the reference")
    measures = measure(even, settings=ComparisonSettings(), space=space)
    if is_still(measures):
        return _still_example(sequence, space)
    return _moving_example(sequence, even, measures, space)


def _still_example(sequence: PoseSequence, space: Space) -> _Example:
    """The stillest second, as one pose."""
    points, measures = _body(sequence, space), measure(sequence, settings=ComparisonSettings(), space=space)
    known = np.isfinite(measures.angles_deg).sum(axis=1)
    if not known.any():
        raise InvalidValueError("nobody is seen in the reference; choose another person or clip")
    rows = _stillest(measures)
    return _Example(
        median_known(measures.angles_deg[rows])[None, None],
        median_known(points[rows])[None, None],
        np.zeros(1),
        0,
        _turned(measures, space),
    )


def _stillest(measures: Measures) -> slice:
    """The rows of the stillest second, or all where it is shorter."""
    times_s, angles = measures.times_s, np.nan_to_num(measures.angles_deg)
    if times_s[-1] - times_s[0] <= _STILL_S:
        return slice(0, len(times_s))
    starts = np.flatnonzero(times_s <= times_s[-1] - _STILL_S)
    stops = np.searchsorted(times_s, times_s[starts] + _STILL_S)
    spreads = [float(angles[start:stop].std(axis=0).sum()) for start, stop in zip(starts, stops, strict=True)]
    best = int(np.argmin(spreads))
    return slice(int(starts[best]), int(stops[best]))


def _moving_example(sequence: PoseSequence, even: PoseSequence, measures: Measures, space: Space) -> _Example:
    """The repetitions, or all of a movement without any; ``even`` is the sequence prepared, with its measures."""
    points = _body(even, space)
    cycles = [
        tuple(
            int(np.searchsorted(even.times_s, at_s - 1e-9)) for at_s in (one.start_s, one.turn_s, one.end_s)
        )
        for one in find_repetitions(sequence).repetitions
    ]
    if not cycles:
        return _Example(
            measures.angles_deg[None],
            points[None],
            even.times_s - even.times_s[0],
            _furthest(measures.angles_deg),
            _turned(measures, space),
        )
    phases = np.stack([_phases(*cycle) for cycle in cycles])
    out_s, back_s = (
        float(np.median([even.times_s[one[after]] - even.times_s[one[before]] for one in cycles]))
        for before, after in ((0, 1), (1, 2))
    )
    half = phases.shape[1] // 2 + 1
    times_s = np.concatenate(
        [np.linspace(0, out_s, half), out_s + np.linspace(0, back_s, phases.shape[1] - half + 1)[1:]]
    )
    return _Example(measures.angles_deg[phases], points[phases], times_s, half - 1, _turned(measures, space))


def _phases(start: int, turn: int, end: int) -> np.ndarray:
    """Rows at even phases of a repetition, with the turn once."""
    rows = phase_rows(start, turn, end)
    return np.delete(rows, len(rows) // 2)


def _body(sequence: PoseSequence, space: Space) -> Float64Array:
    """(T, 17, C) in torso lengths; in three dimensions turned to face the viewer."""
    deep = space is Space.WORLD
    if space is not Space.BODY:
        sequence = normalize(sequence, settings=NormalizeSettings(space=space, turn=deep))
    points = sequence.coordinates(Space.BODY).astype(np.float64)
    return key_points(points, sequence.skeleton.names)


def _turned(measures: Measures, space: Space) -> float:
    """Degrees from facing the camera or from one's back to it, as the median; NaN where there is no depth."""
    known = np.abs(measures.shoulder_yaw_deg[np.isfinite(measures.shoulder_yaw_deg)])
    if space is not Space.WORLD or not len(known):
        return float("nan")
    return float(np.median(np.minimum(known, 180.0 - known)))


def _view(turned_deg: float) -> View:
    if turned_deg < _FRONT_DEG:
        return "front"
    return "side" if turned_deg > _SIDE_DEG else "any"


def _keyframes(example: _Example) -> list[KeyframePart]:
    points = _calm(median_known(example.points), example.times_s)
    rows = chosen_keyframes(example.times_s, points, tolerance=_KEYFRAME_TORSO, must=(example.turn,))
    return [
        KeyframePart(
            time_s=round(float(example.times_s[row]), 2),
            points={
                name: [round(float(value), 2) for value in place]
                for name, place in zip(KEY_JOINTS, points[row], strict=True)
                if np.isfinite(place).all()
            },
        )
        for row in rows
    ]


def _calm(points: Float64Array, times_s: Float64Array) -> Float64Array:
    """(P, 17, C) without jitter, which would add keyframes; gaps are interpolated."""
    if len(points) == 1:
        return points
    flat = points.reshape(len(points), -1)
    known = np.isfinite(flat).mean(axis=0) >= _KNOWN_SHARE
    even_s = np.linspace(times_s[0], times_s[-1], len(times_s))
    calm = smoothed(filled_columns(flat), even_s)
    return np.asarray(np.where(known, calm, np.nan).reshape(points.shape))


def _joints(example: _Example) -> Iterator[tuple[str, JointPart]]:
    """The joints that move, and those held still meanwhile; joints that are hardly seen are left out."""
    ranges = _ranges(example)
    spread = example.angles_deg.std(axis=0) if len(example.angles_deg) > 2 else None
    known = np.isfinite(example.angles_deg).mean(axis=(0, 1)) >= _KNOWN_SHARE
    least = max(_LEAST_RANGE_DEG, _MOVES * float(np.nan_to_num(ranges).max()))
    for index, name in enumerate(MAIN_ANGLES):
        if known[index]:
            moves = example.angles_deg.shape[1] == 1 or ranges[index] >= least
            tolerance = _USUAL_TOLERANCE_DEG if spread is None else _SPREAD * _mostly(spread[:, index])
            yield (
                name,
                JointPart(
                    tolerance_deg=float(np.clip(round(tolerance), *_TOLERANCE_DEG)),
                    weight=1.0 if moves else _STEADY_WEIGHT,
                ),
            )


def _count(example: _Example) -> CountPart | None:
    """The angle that moves most, of both sides where they move together; nothing where none moves much."""
    ranges = np.nan_to_num(_ranges(example))
    index = int(ranges.argmax())
    if ranges[index] < _LEAST_RANGE_DEG:
        return None
    side, joint = MAIN_ANGLES[index].split("_")
    together = ranges[MIRRORED_ANGLES[index]] >= _ALIKE * ranges[index]
    columns = [index, MIRRORED_ANGLES[index]] if together else [index]
    curve = example.middle_deg[:, columns].mean(axis=1)
    rest, turn = float(curve[0]), float(curve[example.turn])
    if abs(turn - rest) < _LEAST_RANGE_DEG:
        return None
    return CountPart(
        measure=f"mean_{joint}" if together else f"{side}_{joint}",
        rest=float(round(rest + _REST * (turn - rest))),
        turn=float(round(rest + _TURN * (turn - rest))),
    )


def _tempo(example: _Example) -> TempoPart:
    turn_s, end_s = float(example.times_s[example.turn]), float(example.times_s[-1])

    def around(seconds: float) -> tuple[float, float]:
        return round(max(0.1, _PACE[0] * seconds), 1), round(max(0.2, _PACE[1] * seconds), 1)

    return TempoPart(out_s=around(turn_s), back_s=around(end_s - turn_s))


def _is_one_sided(example: _Example) -> bool:
    """Whether left and right do something different, somewhere on the way."""
    middle = example.middle_deg
    apart = np.abs(middle[:, ::2] - middle[:, 1::2])
    known = np.isfinite(apart)
    return bool((np.where(known, apart, 0.0) > _ONE_SIDED_DEG).mean(axis=0).max() > 0.3)


def _ranges(example: _Example) -> Float64Array:
    """(8,) of the angles of the median repetition."""
    middle = example.middle_deg
    return np.asarray(np.ptp(middle, axis=0))


def _furthest(angles_deg: Float64Array) -> int:
    return int(np.nan_to_num((angles_deg - angles_deg[0]) ** 2).sum(axis=1).argmax())


def _mostly(values: Float64Array) -> float:
    """The 80th percentile of the known values."""
    known = values[np.isfinite(values)]
    return float(np.percentile(known, 80)) if len(known) else _USUAL_TOLERANCE_DEG / _SPREAD

"""Windows of movement for a model, cut in the same way for training, prediction and live streams.

Everybody is put on one grid of instants ``k / fps``. The windows of a person depend on nothing but the frames
they span, so that a stream gives the windows of the whole recording, bit for bit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, IntArray, frozen
from laban.core.clock import Clock, WholeClip, WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError
from laban.features.pairs import companion_of
from laban.features.spec import FEATURE_SETS, FeatureSpec
from laban.sequences.resample import resample
from laban.tasks.action.gaps import MAX_STEP_S, sightings

MAX_ABSENCE_S = 5.0
"""After a longer absence a person starts a new visit, whose windows begin again."""

LEAST_KNOWN_SHARE = 0.3
"""The least share of a window that must be known; in a recording shorter than a window, of its rows."""

_TOLERANCE_S = 1e-9
_FIELDS = ("values", "person", "start_s", "end_s", "known_share", "since_s")
_LEAST_SIGHTINGS = 2
_LEAST_FOR_A_PAIR = 2
_LEAST_ROWS = 3  # fewer show no movement


@dataclass(frozen=True, eq=False)
class ActionWindows:
    """N windows of L rows of F features, person by person in order of time; NaN where something is not known.

    ``values`` (N, L, F); ``person`` (N,) ids; ``start_s`` and ``end_s`` (N,) the times of the first row and of the
    last row at which the person was present; ``known_share`` (N,) the share of rows in which anything is known;
    ``since_s`` (N,) the first row of the grid at which the person was present, from which windows are counted.
    """

    values: Float32Array
    person: IntArray
    start_s: Float64Array
    end_s: Float64Array
    known_share: Float64Array
    since_s: Float64Array

    def __post_init__(self) -> None:
        count = len(self.values)
        object.__setattr__(self, "values", frozen(self.values, shape=(count, "L", "F"), name="values"))
        person = frozen(self.person, shape=(count,), name="person", dtype=np.int64)
        object.__setattr__(self, "person", person)
        for name in ("start_s", "end_s", "known_share", "since_s"):
            value = frozen(getattr(self, name), shape=(count,), name=name, dtype=np.float64)
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.values)


def windows_of(recording: Recording, *, spec: FeatureSpec, clock: Clock) -> ActionWindows:
    """All windows of everybody in ``recording``, in the features of ``spec``.

    With a ``WindowSpec`` each person is put on the grid ``k / fps`` (time 0 of the recording is row 0), with
    interpolation between sightings at most 0.25 s apart, or with at most one frame between them. Windows begin at
    the first row of the grid at which the person is present and follow every hop; a person present for less than a
    window gives one, its end filled with NaN, and a person not seen for more than 5 s starts a new visit. With a
    ``WholeClip`` each person gives one window, from first to last sighting. Windows known for less than 30 % of
    their rows are left out; of a recording that is shorter than a window, those known for less than 30 % of the
    rows that it has, so that a short clip is answered too.

    Raises InvalidValueError, with the reason, where a person's sequence cannot serve ``spec``; a person seen in a
    single frame of several is left out.
    """
    for person, sequence in recording.people.items():
        refusal = spec.refusal(sequence)
        passing = (
            len(sequence) < _LEAST_SIGHTINGS <= len(recording.times_s)
        )  # a single sighting gives no window
        if refusal is not None and not passing:
            raise InvalidValueError(f"{recording.source}, person {person}: {refusal}")
    if isinstance(clock, WholeClip):
        found = [_whole(recording, person, spec, clock) for person in recording.people]
    else:
        beside = companions(recording, spec=spec, fps=clock.fps)
        found = [
            _windows_of_visit(
                sequence.take(rows), person, beside.get(person), spec, clock, frames_s=recording.times_s
            )
            for person, sequence in recording.people.items()
            for rows in _visits(sequence)
        ]
    return _joined(found, length=clock.length, width=spec.width)


def visits_of(sequence: PoseSequence) -> Iterator[PoseSequence]:
    """The sightings of a person, cut where they were away for more than ``MAX_ABSENCE_S``."""
    for rows in _visits(sequence):
        visit = sequence.take(rows)
        yield visit.take(visit.seen)


def _visits(sequence: PoseSequence) -> Iterator[slice]:
    """The rows of each visit, from its first sighting to its last."""
    seen = np.flatnonzero(sequence.seen)
    cuts = np.flatnonzero(np.diff(sequence.times_s[seen]) > MAX_ABSENCE_S) + 1
    yield from (slice(int(rows[0]), int(rows[-1]) + 1) for rows in np.split(seen, cuts) if len(rows))


def least_known(first_s: float, closed_s: float, clock: WindowSpec) -> float:
    """The share of a window that must be known, where frames began at ``first_s`` and the person was given up, or
    the frames ended, at ``closed_s``: less than ``LEAST_KNOWN_SHARE`` only where that is less than a window."""
    rows = grid_row_until(closed_s - first_s, fps=clock.fps) + 1
    if rows >= clock.length:
        return LEAST_KNOWN_SHARE
    return max(LEAST_KNOWN_SHARE * rows, _LEAST_ROWS) / clock.length


def closed_s(frames_s: Float64Array, last_s: float) -> float:
    """When a person last seen at ``last_s`` is given up: at a frame too long after, or at the end."""
    after = frames_s[frames_s - last_s > MAX_ABSENCE_S]
    return float(after[0] if len(after) else frames_s[-1])


def grid_row_from(time_s: float, *, fps: float) -> int:
    """The first row of the grid at or after ``time_s``."""
    return int(np.ceil((time_s - _TOLERANCE_S) * fps))


def grid_row_until(time_s: float, *, fps: float) -> int:
    """The last row of the grid at or before ``time_s``."""
    return int(np.floor((time_s + _TOLERANCE_S) * fps))


def companions(
    recording: Recording, *, spec: FeatureSpec, fps: float, of: Iterable[int] | None = None
) -> dict[int, PoseSequence]:
    """The nearest other person to each person, or each of ``of``, at each row of the grid; none where ``spec`` does
    not need one.

    Another person counts at an instant only if seen in the frames on both sides of it, so that a stream need not
    wait for later frames.
    """
    if not spec.needs_companion or len(recording.people) < _LEAST_FOR_A_PAIR:
        return {}
    gridded = _on_grid(recording, fps=fps)
    wanted = gridded.people if of is None else [person for person in of if person in gridded.people]
    return {person: companion_of(gridded, person) for person in wanted}


def windows_at(
    grid: PoseSequence, starts: IntArray, *, length: int, spec: FeatureSpec, companion: PoseSequence | None
) -> Float32Array:
    """(N, L, F) the features of the windows that begin at these rows of an even sequence.

    Features of single instants are computed once for all rows, those that depend on other rows within each
    window.
    """
    out = np.empty((len(starts), length, spec.width), dtype=np.float32)
    for block in spec.blocks:
        one, columns = FeatureSpec((block.name,), spec.skeleton), slice(block.start, block.stop)
        if not FEATURE_SETS[block.name].over_time:
            out[:, :, columns] = _cut(one.compute(grid, companion=companion).values, starts, length)
            continue
        for index, start in enumerate(starts):
            rows = slice(start, start + length)
            beside = None if companion is None else companion.take(rows)
            out[index, :, columns] = one.compute(grid.take(rows), companion=beside).values
    return out


def known_share(values: Float32Array) -> Float64Array:
    """(N,) the share of each window's rows in which anything is known."""
    return np.asarray(np.isfinite(values).any(axis=2).mean(axis=1))


def _on_grid(recording: Recording, *, fps: float) -> Recording:
    """All people on the grid, each for as long as they are present."""
    rows = {
        person: (grid_row_from(one.times_s[0], fps=fps), grid_row_until(one.times_s[-1], fps=fps))
        for person, one in recording.people.items()
    }
    rows = {person: (first, last) for person, (first, last) in rows.items() if first <= last}
    if not rows:
        return recording.replace(people={})
    first, last = min(first for first, _ in rows.values()), max(last for _, last in rows.values())
    times_s = np.arange(first, last + 1) / fps
    people = {
        person: resample(
            recording.people[person], times_s=times_s[start - first : stop - first + 1], max_gap_s=MAX_STEP_S
        )
        for person, (start, stop) in rows.items()
    }
    return recording.replace(times_s=times_s, people=people)


def _windows_of_visit(
    visit: PoseSequence,
    person: int,
    beside: PoseSequence | None,
    spec: FeatureSpec,
    clock: WindowSpec,
    *,
    frames_s: Float64Array,
) -> ActionWindows | None:
    first = grid_row_from(visit.times_s[0], fps=clock.fps)
    last = grid_row_until(visit.times_s[-1], fps=clock.fps)
    if last < first:
        return None
    starts = first + np.arange(max(1, clock.count(last - first + 1))) * clock.hop
    times_s = np.arange(first, starts[-1] + clock.length) / clock.fps
    grid = resample(sightings(visit), times_s=times_s, max_gap_s=MAX_STEP_S)
    companion = None if beside is None else resample(beside, times_s=times_s, max_gap_s=MAX_STEP_S)
    values = windows_at(grid, starts - first, length=clock.length, spec=spec, companion=companion)
    ends = np.minimum(starts + clock.length - 1, last)
    found = _windows(values, person, starts / clock.fps, ends / clock.fps)
    closed = closed_s(frames_s, float(visit.times_s[-1]))
    return _known_enough(found, share=least_known(float(frames_s[0]), closed, clock))


def _whole(recording: Recording, person: int, spec: FeatureSpec, clock: WholeClip) -> ActionWindows | None:
    seen = recording.people[person].seen
    if seen.sum() < _LEAST_SIGHTINGS:
        return None
    sighted = sightings(recording.people[person])
    ends = sighted.times_s[[0, -1]]
    times_s = np.linspace(ends[0], ends[1], clock.length)
    grid = resample(sighted, times_s=times_s, max_gap_s=MAX_STEP_S)
    beside = None
    if spec.needs_companion:
        beside = resample(companion_of(recording, person), times_s=times_s, max_gap_s=MAX_STEP_S)
    values = windows_at(grid, np.zeros(1, dtype=int), length=clock.length, spec=spec, companion=beside)
    return _known_enough(_windows(values, person, ends[:1], ends[1:]), share=LEAST_KNOWN_SHARE)


def _cut(values: FloatArray, starts: IntArray, length: int) -> FloatArray:
    """(N, L, F) the rows of each window."""
    slid = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[starts]
    return np.moveaxis(slid, -1, 1)


def _windows(values: Float32Array, person: int, start_s: Float64Array, end_s: Float64Array) -> ActionWindows:
    since_s = np.full(len(values), start_s[0])
    return ActionWindows(values, np.full(len(values), person), start_s, end_s, known_share(values), since_s)


def _joined(found: list[ActionWindows | None], *, length: int, width: int) -> ActionWindows:
    none = np.zeros(0)
    nothing = np.zeros((0, length, width), dtype=np.float32)
    parts = [ActionWindows(nothing, none.astype(np.int64), none, none, none, none)]
    parts += [one for one in found if one is not None]
    return ActionWindows(*(np.concatenate([getattr(one, name) for one in parts]) for name in _FIELDS))


def _known_enough(windows: ActionWindows, *, share: float) -> ActionWindows:
    kept = windows.known_share >= share
    return ActionWindows(*(getattr(windows, name)[kept] for name in _FIELDS))

"""The answers that are held to be the same: how each is asked, and how far two of them are and may be apart.

A new answer is one entry of ``ANSWERS``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from tests.invariance.mapping import Mapping, undone
from tests.invariance.matching import angles_apart_deg, landmarks_apart, lost_share, people_in
from tests.invariance.subjects import reference_of

import laban
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.spans import Span
from laban.core.subject import biggest_person
from laban.errors import InvalidValueError
from laban.pipeline.action.predict import open_model
from laban.pipeline.recording.assemble import PeopleTable
from laban.pipeline.recording.trainee import TraineeChoice
from laban.pose.tracking import Observation, Tracker
from laban.tasks.action.watch import ActionWatcher
from laban.tasks.coaching.coach import Coach, coach_through
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.comparison.repetitions import find_repetitions
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.report import PostureReport
from laban.tasks.posture.watch import PostureWatcher, hold_posture

Value = Any
Measured = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Answer:
    """``of`` asks it of a recording (and of a subject's exercise, where it has one), ``streamed`` the streaming
    twin.

    ``apart`` is how far the answer after a change is from that before it, ``tolerance`` (in ``unit``) how far it
    may be, and ``because`` why; ``poorer`` is the tolerance where landmarks or metres are missing.
    ``known`` is what a subject says beforehand of a value, as the number of falls.
    """

    name: str
    of: Callable[[Recording, str], Value]
    apart: Callable[[Value, Value, Mapping], float]
    tolerance: float
    unit: str
    because: str
    streamed: Callable[[Recording, str], Value] | None = None
    known: Callable[[Value], Any] = lambda value: value
    poorer: float | None = None

    def tolerance_of(self, mapping: Mapping) -> float:
        """How far it may be off after a change that maps so."""
        return self.tolerance if self.poorer is None or not mapping.poorer else self.poorer


def frames_of(recording: Recording) -> Iterator[tuple[float, list[Pose]]]:
    """The recording as a stream of poses."""
    starts = {person: recording.start_of(person) for person in recording.people}
    for row, time_s in enumerate(recording.times_s.tolist()):
        poses = []
        for person, one in recording.people.items():
            at = row - starts[person]
            if 0 <= at < len(one) and one.seen[at]:
                poses.append(_pose(one, at, person))
        yield time_s, poses


def followed(recording: Recording) -> Recording:
    """Everybody followed anew by the tracker, who is given poses without ids."""
    tracker, table = Tracker(), PeopleTable()
    for time_s, poses in frames_of(recording):
        seen = [Observation(pose.as_person(None)) for pose in poses]
        table.add(time_s, [one.pose.as_person(one.person) for one in tracker.update(seen, time_s=time_s)])
    size_wh = recording.size_wh or (640, 480)
    return table.recording(source="followed", size_wh=size_wh, metadata={})


def _pose(one: PoseSequence, row: int, person: int) -> Pose:
    assert one.image_px is not None
    return Pose(
        one.skeleton,
        one.image_px[row],
        np.nan_to_num(one.visibility[row]),
        depth_px=None if one.depth_px is None else one.depth_px[row],
        world_m=None if one.world_m is None else one.world_m[row],
        score=1.0 if one.score is None else float(np.clip(np.nan_to_num(one.score[row]), 0.0, 1.0)),
        person=person,
    )


def _itself(recording: Recording, _: str) -> Recording:
    return _with_pixels(recording)


def _followed(recording: Recording, _: str) -> Recording:
    return followed(_with_pixels(recording))


def _with_pixels(recording: Recording) -> Recording:
    """Refuses, as an answer does, where there is nothing to be compared in."""
    if any(one.image_px is None for one in recording.people.values()):
        raise InvalidValueError("places are compared in pixels, and these landmarks have none")
    return recording


def _events(model: str, recording: Recording, _: str) -> list[Span]:
    return list(laban.predict(model, recording))


def _watched(model: str, recording: Recording, _: str) -> list[Span]:
    watcher = ActionWatcher(_model(model))
    events = [event for time_s, poses in frames_of(recording) for event in watcher.update(time_s, poses)]
    return [event.span for event in [*events, *watcher.finish()] if event.kind == "end"]


@cache
def _model(name: str) -> Any:
    return open_model(name)


def _events_apart(before: list[Span], after: list[Span], mapping: Mapping) -> float:
    """How many events are lost, invented, called otherwise, or begin more than 1.5 s away."""
    left = list(after)
    missed = 0
    for span in before:
        near = [
            one
            for one in left
            if one.label == span.label
            and abs(one.start_s - mapping.shift_s - span.start_s) <= _EVENT_WITHIN_S
        ]
        if near:
            left.remove(near[0])
        missed += not near
    return float(missed + len(left))


def _sequence(recording: Recording) -> PoseSequence:
    return recording.people[biggest_person(recording)]


def _repetitions(recording: Recording, _: str) -> int:
    return len(find_repetitions(_sequence(recording)))


def _coached(recording: Recording, exercise: str) -> int:
    _, workout = coach_through(load_exercise(exercise), _sequence(recording))
    return workout.count


def _coached_live(recording: Recording, exercise: str) -> int:
    choice, coach = TraineeChoice(), Coach(load_exercise(exercise))
    for time_s, poses in frames_of(recording):
        coach.update(choice.update(poses, time_s), time_s)
    return coach.finish().count


def _posture(recording: Recording, _: str) -> Measured:
    return measured_angles(laban.assess_posture(recording))


def measured_angles(report: PostureReport) -> Measured:
    """Every angle of a report, with the half of its interval."""
    return {
        one.name: (one.interval.value, one.interval.half)
        for one in report.measured
        if one.interval is not None and one.measure.unit == "deg"
    }


def _findings(recording: Recording, _: str) -> frozenset[str]:
    return frozenset(one.name for one in laban.assess_posture(recording).findings)


def _verdicts(recording: Recording, _: str) -> dict[str, str]:
    return verdicts(laban.assess_posture(recording))


def verdicts(report: PostureReport) -> dict[str, str]:
    """What is said of every measure: found, within its limits, not sure, withheld."""
    return {one.name: one.verdict for one in report.values}


def _denied(before: dict[str, str], after: dict[str, str], mapping: Mapping) -> float:
    """How many findings of one side lie within their limits on the other; not sure or withheld is no denial."""
    changed = {_other_side(name): value for name, value in after.items()} if mapping.mirrored else after
    pairs = ({before[name], changed[name]} for name in before.keys() & changed.keys())
    return float(sum(pair == {"finding", "within"} for pair in pairs))


def _slumps(recording: Recording, _: str) -> int:
    return len(hold_posture(_sequence(recording)).holding.slumps)


def _slumps_live(recording: Recording, _: str) -> int:
    choice, watcher = TraineeChoice(), PostureWatcher()
    for time_s, poses in frames_of(recording):
        watcher.update(time_s, choice.update(poses, time_s), size_wh=recording.size_wh)
    return len(watcher.holding().slumps)


def _posture_apart(before: Measured, after: Measured, mapping: Mapping) -> float:
    """How far the worst of the angles is beyond both its intervals; 180 degrees where half of them are gone."""
    if mapping.mirrored:
        after = {_other_side(name): (_signed(name, value), half) for name, (value, half) in after.items()}
    common = before.keys() & after.keys()
    if not mapping.poorer and 2 * len(common) < len(before):
        return 180.0
    apart = [abs(before[name][0] - after[name][0]) - before[name][1] - after[name][1] for name in common]
    return max([0.0, *apart])


def _findings_apart(before: frozenset[str], after: frozenset[str], mapping: Mapping) -> float:
    changed = {_other_side(name) for name in after} if mapping.mirrored else after
    return float(len(changed - before if mapping.poorer else before ^ changed))


def _other_side(name: str) -> str:
    for one, other in (("left", "right"), ("right", "left")):
        if name.startswith(one):
            return other + name[len(one) :]
    return name


def _signed(name: str, value: float) -> float:
    return -value if "left" in MEASURES[name].positive else value


def _compared(recording: Recording, exercise: str) -> float:
    return float(laban.compare(recording, reference_of(exercise)).score_percent)


def _counts_apart(before: float, after: float, _: Mapping) -> float:
    return abs(before - after)


def _found_apart(before: Recording, after: Recording, mapping: Mapping) -> float:
    return abs(people_in(before) - people_in(after) + mapping.strangers)


def _lost(before: Recording, after: Recording, mapping: Mapping) -> float:
    return max(0.0, lost_share(before, undone(after, mapping)) - mapping.unseen)


def _mapped(apart: Callable[[Recording, Recording], float]) -> Callable[[Value, Value, Mapping], float]:
    return lambda before, after, mapping: apart(before, undone(after, mapping))


_EVENT_WITHIN_S = 1.5

_GEOMETRY: tuple[Answer, ...] = (
    Answer(
        "people found",
        _itself,
        _found_apart,
        0.0,
        "people",
        "somebody more or less is another answer",
        known=people_in,
    ),
    Answer(
        "identity",
        _itself,
        _lost,
        0.1,
        "of instants",
        "one instant in ten may be missed where somebody is hidden, far away or comes into sight",
    ),
    Answer(
        "people followed",
        _followed,
        _lost,
        0.1,
        "of instants",
        "as identity; the tracker is given the poses of each frame without ids",
    ),
    Answer(
        "landmarks",
        _itself,
        _mapped(landmarks_apart),
        0.06,
        "torso lengths",
        "the median joint; the lite landmarker's own jitter from frame to frame is 0.02",
    ),
    Answer(
        "joint angles",
        _itself,
        _mapped(angles_apart_deg),
        5.0,
        "°",
        "the median of eight angles over time; half of the 10° below which no fault is told",
    ),
)

_EVENTS: tuple[Answer, ...] = tuple(
    Answer(
        model,
        partial(_events, model),
        _events_apart,
        0.0,
        "events",
        "an alert that is lost, invented or more than 1.5 s off is another answer",
        streamed=partial(_watched, model),
        known=len,
    )
    for model in ("fall", "fight", "safety")
)

_COUNTS: tuple[Answer, ...] = (
    Answer("repetitions", _repetitions, _counts_apart, 0.0, "repetitions", "a count is right or wrong"),
    Answer(
        "coach",
        _coached,
        _counts_apart,
        0.0,
        "repetitions",
        "a count is right or wrong",
        streamed=_coached_live,
    ),
    Answer(
        "comparison",
        _compared,
        _counts_apart,
        5.0,
        "%",
        "five points of a hundred are not told apart in words; without metres a turn of 25° costs up to 16",
        poorer=20.0,
    ),
    Answer(
        "posture",
        _posture,
        _posture_apart,
        1.0,
        "°",
        "beyond the interval that is stated with each angle, the worst of them",
    ),
    Answer(
        "slumps",
        _slumps,
        _counts_apart,
        0.0,
        "slumps",
        "leaning for most of the time is one slump",
        streamed=_slumps_live,
    ),
    Answer("findings", _findings, _findings_apart, 0.0, "findings", "what is found is found"),
    Answer(
        "findings denied", _verdicts, _denied, 0.0, "findings", "what is found is never within its limits"
    ),
)

ANSWERS: dict[str, Answer] = {one.name: one for one in (*_GEOMETRY, *_EVENTS, *_COUNTS)}
"""Every answer by name."""

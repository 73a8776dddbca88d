"""A stream of poses and the recording of the same frames give the same answers, to the bit."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.tasks.action.predict import predict_recording
from laban.tasks.action.timeline import ActionSettings
from laban.tasks.action.watch import ActionEvent, ActionWatcher

TASKS = (
    Head(Task("fall", ("fall", "other"), background="other"), temperature=0.7),
    Head(Task("move", ("wave", "walk", "sit", "jump")), ood_threshold=0.4),
)


def made_up(values: np.ndarray) -> Outputs:
    """Answers that depend on every number of a window and change from one to the next."""
    logits = [], []
    for window in values:
        known = np.where(np.isfinite(window), window, 0.1)
        sums = np.sin(known[:, ::7].sum(axis=1)).sum(), np.cos(3 * known[::5]).sum() / 9, known.std()
        logits[0].append([2 * np.sin(sums[0] + sums[1]), np.cos(sums[1])])
        logits[1].append([np.sin(one * sums[0] + sums[2]) for one in (1, 2, 3, 4)])
    arrays = tuple(np.array(one, dtype=np.float32) for one in logits)
    return Outputs(arrays, arrays[0])


def model(
    *, sets: tuple[str, ...] = ("xy", "pair"), clock: WindowSpec | WholeClip | None = None
) -> FunctionModel:
    card = ModelCard("made up", "none", LandmarkInput(FeatureSpec(sets), clock or WindowSpec()), TASKS)
    return FunctionModel(card, made_up)


def frame_times_s(rng: np.random.Generator, kind: str) -> np.ndarray:
    if kind == "uneven":
        steps = rng.choice([0.01, 0.02, 1 / 30, 0.05, 0.12], 500)
        steps[rng.integers(0, 500, 6)] = 0.6
        steps[300] = 7.0
        return np.cumsum(steps)
    return (
        np.arange({"even": 700, "slow": 150, "slowest": 75, "pal": 500}[kind])
        / {"even": 30.0, "slow": 8.0, "slowest": 2.5, "pal": 25.0}[kind]
    )


def crowd(seed: int, kind: str) -> Recording:
    """People who come, go, are lost for a while or for long, and two who exchange their places."""
    rng = np.random.default_rng(seed)
    times_s = frame_times_s(rng, kind)
    count = len(times_s)
    bodies = rng.normal(0, 60, (5, 33, 2)) + rng.uniform(100, 500, (5, 1, 2))
    paths = rng.normal(0, 4, (5, count, 33, 2)).cumsum(axis=1)
    points = bodies[:, None] + paths
    points[:2, count // 2 :] = points[1::-1, count // 2 :].copy()
    here = np.ones((5, count), dtype=bool)
    here[1, rng.integers(0, count, 40)] = False
    here[2, : count // 3] = False
    here[2, count // 2 : count // 2 + 20] = False
    gone = (times_s > times_s[-1] * 0.3) & (times_s < times_s[-1] * 0.3 + 5.5)
    here[3, gone] = False
    here[4] = np.abs(np.arange(count) - 0.6 * count) < 9
    people = {}
    for person, rows in enumerate(here):
        shown = np.where(rows[:, None, None], points[person], np.nan).astype(np.float32)
        seen = np.flatnonzero(rows)
        run = slice(seen[0], seen[-1] + 1)
        visibility = np.where(rows[:, None], 1.0, np.nan) * np.ones(33)
        one = PoseSequence(
            times_s,
            BLAZEPOSE33,
            visibility,
            image_px=shown,
            world_m=np.concatenate([shown, shown[..., :1]], 2),
        )
        people[3 * person] = one.take(run)
    return Recording(f"{kind} {seed}", times_s, people)


def frames_of(recording: Recording) -> Iterator[tuple[float, list[Pose]]]:
    frames: dict[float, list[Pose]] = {time_s: [] for time_s in recording.times_s.tolist()}
    for person, one in reversed(recording.people.items()):
        assert one.image_px is not None
        assert one.world_m is not None
        for row in np.flatnonzero(one.seen):
            body = {"image_px": one.image_px[row], "world_m": one.world_m[row], "person": person}
            frames[float(one.times_s[row])].append(Pose(one.skeleton, visibility=one.visibility[row], **body))
    yield from frames.items()


def watched(watcher: ActionWatcher, recording: Recording) -> tuple[list[ActionEvent], dict]:
    events, answers = [], {}

    def note(found: list[ActionEvent]) -> None:
        events.extend(found)
        said = watcher.answered
        for index in range(len(said)):
            where = (int(said.person[index]), said.start_s[index], said.end_s[index], said.since_s[index])
            answers[where] = [(one.probabilities[index], one.known[index]) for one in said.tasks]

    for time_s, poses in frames_of(recording):
        note(watcher.update(time_s, poses))
    note(watcher.finish())
    return events, answers


def in_order(spans: list[Span]) -> list[tuple]:
    return sorted((one.task, one.person, one.start_s, one.end_s, one.label, one.score) for one in spans)


@pytest.mark.parametrize(
    ("seed", "kind"),
    [(1, "even"), (2, "pal"), (3, "slow"), (4, "uneven"), (5, "uneven"), (6, "slowest")],
)
@pytest.mark.parametrize(
    ("sets", "clock", "settings"),
    [
        (("xy", "pair"), WindowSpec(), ActionSettings()),
        (("xy", "velocity"), WindowSpec(1.0, 0.4, 25.0), ActionSettings(horizon_s=0.5, min_duration_s=0.6)),
        (
            ("world", "front"),
            WindowSpec(0.5, 0.7, 30.0),
            ActionSettings(all_labels=True, enter=0.5, leave=0.5),
        ),
    ],
)
def test_spans_and_probabilities_are_equal_to_the_bit(
    seed: int, kind: str, sets: tuple[str, ...], clock: WindowSpec, settings: ActionSettings
) -> None:
    recording, one = crowd(seed, kind), model(sets=sets, clock=clock)
    offline = predict_recording(one, recording, settings=settings)
    events, answers = watched(ActionWatcher(one, settings=settings), recording)
    ended = [event.span for event in events if event.kind == "end"]
    assert in_order(ended) == in_order(list(offline.timeline))
    assert {span.task for span in ended} == {"fall", "move"}
    begun_s = {
        (one.span.task, one.span.person, one.span.start_s): one.time_s
        for one in events
        if one.kind == "begin"
    }
    for span, raised_s in zip(offline.timeline, offline.raised_s, strict=True):
        assert begun_s[span.task, span.person, span.start_s] == raised_s
    said = offline.answers
    assert len(answers) == len(said) > 10
    for index in range(len(said)):
        where = (int(said.person[index]), said.start_s[index], said.end_s[index], said.since_s[index])
        for (probabilities, known), task in zip(answers[where], said.tasks, strict=True):
            assert np.array_equal(probabilities, task.probabilities[index])
            assert known == task.known[index]


def test_what_begins_is_told_before_it_ends_and_not_before_it_was_seen() -> None:
    events, _ = watched(ActionWatcher(model(clock=WindowSpec(1.0, 0.25))), crowd(3, "even"))
    opened: dict[tuple, ActionEvent] = {}
    for event in events:
        span = event.span
        assert event.time_s >= span.end_s - 1 / 30 - 1e-9
        place = (span.task, span.person)
        if event.kind == "begin":
            assert place not in opened
            opened[place] = event
        else:
            begun = opened.pop(place)
            assert (begun.span.start_s, begun.span.label) == (span.start_s, span.label)
            assert begun.span.end_s <= span.end_s
    assert not opened
    assert len(events) > 20


def test_a_watcher_forgets_frames_and_people() -> None:
    watcher, rng = ActionWatcher(model()), np.random.default_rng(0)
    most = 0
    for frame in range(900):
        body = rng.normal(0, 50, (33, 2)).astype(np.float32)
        person = frame // 75
        poses = [Pose(BLAZEPOSE33, body, np.ones(33, np.float32), person=person)] if frame % 75 < 60 else []
        watcher.update(frame / 10, poses)
        most = max(most, watcher.frames_kept)
    assert most <= 10 * (5 + 2 + 1)
    assert len(watcher._visits) <= 2


def test_after_the_end_a_watcher_is_as_new() -> None:
    recording, watcher = crowd(4, "pal"), ActionWatcher(model())
    first, second = watched(watcher, recording), watched(watcher, recording)
    assert first[0] == second[0]
    assert watcher.frames_kept == 0
    assert watcher.finish() == []


def test_a_model_of_whole_clips_predicts_but_cannot_watch() -> None:
    whole = model(clock=WholeClip(40))
    assert (
        len(predict_recording(whole, crowd(1, "pal"), settings=ActionSettings(all_labels=True)).timeline)
        == 10
    )
    with pytest.raises(InvalidValueError, match="whole clips and cannot watch"):
        ActionWatcher(whole)


def test_time_must_go_on() -> None:
    watcher = ActionWatcher(model())
    watcher.update(1.0, [])
    with pytest.raises(InvalidValueError, match="order of time"):
        watcher.update(1.0, [])


def test_a_model_refuses_what_cannot_serve_it_on_either_way() -> None:
    recording = crowd(1, "pal")
    flat = recording.replace(people={0: recording.people[0].replace(world_m=None)})
    needing = model(sets=("world",))
    with pytest.raises(InvalidValueError, match=r"person 0: the features need world coordinates"):
        predict_recording(needing, flat)
    watcher = ActionWatcher(needing)
    poses = [replace(one, world_m=None) for one in next(frames_of(recording))[1]]
    for frame in range(59):
        watcher.update(frame / 30, poses)
    with pytest.raises(InvalidValueError, match="need world coordinates"):
        watcher.update(59 / 30, poses)

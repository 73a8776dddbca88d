"""Frames through a coach: who is coached, what is recorded, what is drawn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError
from laban.live.session import LiveSession
from laban.pipeline.coaching.files import WorkoutLog
from laban.pipeline.coaching.live_view import LiveImage, can_draw, clock, drawable_messages, live_words
from laban.pipeline.coaching.workout import CoachedFrame, CoachedWorkout
from laban.pose.replay import ReplayEstimator
from laban.sources.protocol import OpenSource
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.coaching.feedback import Feedback, Hint, JointFeedback
from laban.tasks.coaching.messages import languages, load_messages

SQUAT, PLANK = load_exercise("squat"), load_exercise("plank")
IMAGE = np.full((480, 640, 3), 90, np.uint8)
Trainee = Callable[..., PoseSequence]


class Clip(OpenSource):
    """Grey frames at the times of somebody who trains."""

    size_wh, fps, warnings = (640, 480), 30.0, ()
    keyframes = np.array([], dtype=np.int64)
    name = "clip"

    def __init__(self, times_s: Sequence[float]) -> None:
        self._times_s, self.times_s = times_s, np.asarray(times_s)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index, time_s in enumerate(self._times_s):
            yield Frame.from_rgb(IMAGE, index=index, time_s=float(time_s))


def shifted(sequence: PoseSequence, *, by_s: float, scale: float = 1.0) -> PoseSequence:
    return sequence.replace(times_s=sequence.times_s + by_s, image_px=sequence.image_px * scale)


def together(*people: PoseSequence) -> Recording:
    """Everybody on one clock of 30 frames a second from the first to the last."""
    last_s = max(float(one.times_s[-1]) for one in people)
    clock_s = np.arange(round(last_s * 30) + 1) / 30
    placed: dict[int, PoseSequence] = {}
    for number, one in enumerate(people):
        start = round(float(one.times_s[0]) * 30)
        placed[number] = one.replace(times_s=clock_s[start : start + len(one)])
    return Recording("clip", clock_s, placed, size_wh=(640, 480))


def joined(first: PoseSequence, second: PoseSequence) -> PoseSequence:
    """The two as one person, who is away in between."""
    count = round(float(second.times_s[-1]) * 30) + 1
    out = {}
    for name in ("image_px", "world_m", "visibility"):
        parts = [np.asarray(getattr(one, name)) for one in (first, second)]
        out[name] = np.full((count, *parts[0].shape[1:]), np.nan, np.float32)
        for one, part in zip((first, second), parts, strict=True):
            start = round(float(one.times_s[0]) * 30)
            out[name][start : start + len(one)] = part
    return PoseSequence(np.arange(count) / 30, first.skeleton, size_wh=(640, 480), **out)


def coached(
    recording: Recording, exercise: Exercise = SQUAT, **how: Any
) -> tuple[CoachedWorkout, list[CoachedFrame]]:
    workout = CoachedWorkout(exercise, **how)
    return workout, list(instants_of(workout, recording, ReplayEstimator(recording)))


def instants_of(
    workout: CoachedWorkout, recording: Recording, estimator: ReplayEstimator
) -> Iterator[CoachedFrame]:
    session = LiveSession(Clip(recording.times_s.tolist()), [workout], estimator=estimator)
    for _ in session.moments():
        yield workout.instant


def test_one_person_is_coached_and_recorded(trainee: Trainee) -> None:
    recording = together(trainee(SQUAT, repetitions=3, noise=0.01))
    done, instants = coached(recording)
    assert done.workout().count == 3
    assert [one.feedback.time_s for one in instants] == recording.times_s.tolist()
    assert all(one.trainee is not None and one.people == 1 for one in instants)
    assert done.recording().people[0] == recording.people[0].replace(score=np.ones(len(instants)))
    assert done.recording().metadata["exercise"] == "squat"
    kept = done.recording(source="clip.mp4")
    assert (kept.source, kept.size_wh) == ("clip.mp4", (640, 480))


def test_before_the_first_frame_there_is_nothing_to_say() -> None:
    with pytest.raises(InvalidValueError, match="nothing was coached yet"):
        _ = CoachedWorkout(SQUAT).instant


def test_repetitions_are_events_and_hints_begin_and_end(trainee: Trainee) -> None:
    shallow = trainee(SQUAT, repetitions=2, depth=0.5)
    deep = shifted(trainee(SQUAT, repetitions=2, noise=0.01), by_s=float(shallow.times_s[-1]) + 0.1)
    both = together(shallow, deep)
    person = joined(both.people[0], both.people[1])
    recording = Recording("clip", person.times_s, {0: person}, size_wh=(640, 480))
    done = CoachedWorkout(SQUAT)
    clip, estimator = Clip(recording.times_s.tolist()), ReplayEstimator(recording)
    session = LiveSession(clip, [done], estimator=estimator)
    events = list(session.events())
    repetitions = [event for event in events if event.label == "repetition"]
    assert [(event.start_s, event.end_s) for event in repetitions] == [
        (rep.start_s, rep.end_s) for rep in done.workout().repetitions
    ]
    assert all(event.kind == "end" and event.reason.startswith("score ") for event in repetitions)
    hints = [event for event in events if event.label.startswith("hint ")]
    assert "hint deeper" in {event.label for event in hints}
    for begun in (event for event in hints if event.kind == "begin"):
        (ended,) = [event for event in hints if event.id == begun.id and event.kind == "end"]
        assert ended.end_s is not None
        assert ended.end_s > begun.start_s


def test_two_people_are_never_mixed(trainee: Trainee) -> None:
    big = trainee(SQUAT, repetitions=3, noise=0.01)
    small = shifted(trainee(SQUAT, repetitions=5, speed=1.7, seed=1, noise=0.01), by_s=0.0, scale=0.5)
    both = together(big, small)
    alone = coached(together(big))[0].workout()
    done, instants = coached(both)
    assert done.workout().repetitions == alone.repetitions
    assert {one.trainee.person for one in instants if one.trainee} == {0}
    assert set(done.recording().people) == {0}
    assert done.attendance.people == {0, 1}
    chosen, _ = coached(both, person=1)
    assert chosen.workout().count == 5
    assert set(chosen.recording().people) == {1}


def test_a_trainee_who_walks_away_and_comes_back_goes_on_where_they_were(trainee: Trainee) -> None:
    before = trainee(SQUAT, repetitions=2, noise=0.01)
    after = shifted(trainee(SQUAT, repetitions=2, noise=0.01, seed=2), by_s=float(before.times_s[-1]) + 5.0)
    passer_by = shifted(trainee(PLANK, hold_s=1.5), by_s=float(before.times_s[-1]) + 1.0, scale=0.9)
    both = together(before, after, passer_by)
    done, instants = coached(both)
    assert done.workout().count == 4, "somebody under a new number, after a while, is the trainee again"
    assert done.attendance.trainees == (0, 1)
    gap = [one for one in instants if before.times_s[-1] + 0.1 < one.feedback.time_s < after.times_s[0] - 0.1]
    assert {one.feedback.state for one in gap} == {"absent"}
    assert {one.feedback.count for one in gap} == {2}


def test_what_one_person_began_is_not_finished_by_the_next(trainee: Trainee) -> None:
    first = trainee(SQUAT, repetitions=2)
    away_s = float(first.times_s[-1]) + 4.0
    going_down = trainee(SQUAT, repetitions=1)
    stand_in = shifted(
        going_down.take(going_down.times_s < 0.6 + SQUAT.duration_s / 2), by_s=away_s, scale=0.8
    )
    back_s = float(stand_in.times_s[-1]) + 1 / 30
    coming_up = trainee(SQUAT, repetitions=1, seed=1).take(going_down.times_s >= 0.6 + SQUAT.duration_s / 2)
    gap = np.full((round((back_s - first.times_s[-1]) * 30) - 1, 33, 3), np.nan)
    owner = first.replace(
        times_s=np.arange(len(first) + len(gap) + len(coming_up)) / 30,
        image_px=np.concatenate([first.image_px, gap[..., :2], coming_up.image_px]),
        world_m=np.concatenate([first.world_m, gap, coming_up.world_m]),
        visibility=np.concatenate([first.visibility, gap[..., 0] * 0, coming_up.visibility]),
    )
    done, instants = coached(together(owner, stand_in))
    assert done.attendance.trainees == (0, 1)
    assert [one.trainee.person for one in instants if one.trainee][-1] == 0
    assert all(one.start_s > back_s - 0.1 or one.end_s < away_s for one in done.workout().repetitions)


def test_a_moment_out_of_sight_costs_no_repetition(trainee: Trainee) -> None:
    whole = trainee(SQUAT, repetitions=1)
    hidden = (whole.times_s > 1.7) & (whole.times_s < 2.0)
    image, world = (np.where(hidden[:, None, None], np.nan, one) for one in (whole.image_px, whole.world_m))
    recording = together(whole.replace(image_px=image, world_m=world))
    assert coached(recording)[0].workout().count == 1


def test_every_instant_is_drawn_once_and_the_frame_stays_as_it_was(trainee: Trainee) -> None:
    _, instants = coached(together(trainee(SQUAT, repetitions=1, turn_deg=40.0)))
    view = LiveImage(SQUAT, load_messages("en"))
    drawn = [view.draw(one) for one in instants[::20]]
    assert len({one.shape for one in drawn}) == 1
    assert view.draw(instants[::20][-1]) is drawn[-1]
    assert (drawn[0] != drawn[2]).any()
    assert (IMAGE == 90).all()


def test_the_reference_moves_by_itself_while_nobody_follows_it() -> None:
    view = LiveImage(SQUAT, load_messages("en"))
    frame = Frame.from_rgb(IMAGE)
    nobody = [
        view.draw(CoachedFrame(frame, None, 0, Feedback(time_s, "absent")))
        for time_s in (0.0, SQUAT.duration_s / 2)
    ]
    panel = [one[:480, :240] for one in nobody]
    assert (panel[0] != panel[1]).any()
    np.testing.assert_array_equal(nobody[0][:480, 240:], nobody[1][:480, 240:])


def test_what_is_written_follows_what_is_said() -> None:
    said = Feedback(
        2.0,
        "moving",
        0.4,
        71.0,
        "good",
        count=3,
        hint=Hint("bend", "left_knee", 22.0),
        joints=(JointFeedback("left_knee", 22.0, "differs"),),
    )
    words = live_words(said, SQUAT, load_messages("id"))
    assert (words.count, words.unit, words.level_word) == ("3", "repetisi", "BAGUS")
    assert words.sentence == "Tekuk lagi lutut kiri, sekitar 20°"
    assert words.is_hint
    held = live_words(Feedback(80.0, "holding", held_s=75.4), PLANK, load_messages("en"))
    assert (held.count, held.unit, held.sentence, held.is_hint) == ("1:15", "seconds held", "Hold it", False)
    assert clock(59.99) == "59"


def test_what_cannot_be_drawn_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(can_draw(load_messages(language)) for language in languages())
    monkeypatch.setattr("laban.pipeline.coaching.live_view.can_write", str.isascii)  # as OpenCV 4 has it
    assert [language for language in languages() if can_draw(load_messages(language))] == ["en", "id"]
    own = replace(load_messages("ko"), advice={"hips_high": "Flat"})
    assert drawable_messages(own).say("states.ready") == load_messages("en").say("states.ready")
    assert drawable_messages(own).fault_advice("hips_high") == "Flat"


def test_the_course_of_a_workout_counts_each_hint_once_while_it_lasts() -> None:
    keeper, frame = WorkoutLog(load_messages("en")), Frame.from_rgb(IMAGE)
    bend, more, slow = Hint("bend", "left_knee", 22.0), Hint("bend", "left_knee", 45.0), Hint("slower")
    for index, hint in enumerate([None, bend, more, slow, None, bend]):
        joints = (
            JointFeedback("left_knee", -10.0 * index, "differs" if index > 3 else "same"),
            JointFeedback("right_knee", float("nan"), "unknown"),
            JointFeedback("left_hip", 3.0, "same"),
        )
        score = 80.0 if index else float("nan")
        said = Feedback(index / 10, "moving", score_percent=score, hint=hint, joints=joints)
        keeper.add(CoachedFrame(frame, None, 0, said))
    course = keeper.course()
    assert course.hints == {"Bend your left knee more": 2, "Slow down": 1}
    assert course.joints == {"left knee": (pytest.approx(1 / 3), pytest.approx(45.0))}
    assert [time_s for time_s, _ in course.scores] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


def test_poses_without_identity_are_nobody(trainee: Trainee) -> None:
    class Nameless(ReplayEstimator):
        def update(self, frame: Frame) -> list[Pose]:
            return [pose.as_person(None) for pose in super().update(frame)]

    recording = together(trainee(SQUAT, repetitions=1))
    done = CoachedWorkout(SQUAT)
    assert {one.feedback.state for one in instants_of(done, recording, Nameless(recording))} == {"absent"}
    assert done.recording().people == {}

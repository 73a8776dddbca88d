"""Writes the files of a workout while it goes on: video, feedback, recording, and a summary."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from laban.core.answers import json_text
from laban.core.answers.coaching import CoachedInstantAnswer, KeptWorkoutAnswer
from laban.core.arrays import ImageArray
from laban.io import save
from laban.pipeline.coaching.workout import CoachedFrame, CoachedWorkout
from laban.render.coaching.summary_page import Course, SummaryMessages, write_summary_page
from laban.render.files import write_json, written
from laban.render.video import encoded
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Hint, Workout
from laban.tasks.coaching.messages import Messages

Draw = Callable[[CoachedFrame], ImageArray]

_LEAST_SHARE = 0.02


def instant_answer(instant: CoachedFrame, words: Messages) -> CoachedInstantAnswer:
    """The feedback, its person, and its messages."""
    who = instant.trainee
    return CoachedInstantAnswer.extending(
        instant.feedback.answer(),
        person=None if who is None else who.person,
        people=instant.people,
        say=words.situation(instant.feedback),
    )


@dataclass
class WorkoutLog:
    """Collects statistics of a workout for its summary."""

    words: Messages
    _scores: list[tuple[float, float]] = field(default_factory=list)
    _told: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    _last: tuple[str, str | None] | None = None
    _joints: dict[str, list[float]] = field(default_factory=dict)

    def add(self, instant: CoachedFrame) -> None:
        """Adds one instant."""
        said = instant.feedback
        self._scores.append((said.time_s, said.score_percent))
        now = None if said.hint is None else (said.hint.key, said.hint.joint)
        if now is not None and now != self._last:  # another amount is not a new hint
            self._told[now] += 1
        self._last = now
        for one in said.joints:
            if one.verdict != "unknown":
                apart_deg = abs(one.difference_deg) if one.verdict == "differs" else 0.0
                self._joints.setdefault(one.joint, []).append(apart_deg)

    def course(self) -> Course:
        """The summary, with hints as sentences without amounts, and without joints that hardly ever differed."""
        told = {self.words.hint(Hint(key, joint)): times for (key, joint), times in self._told.items()}
        shares = ((self.words.joint(joint), _differing(apart)) for joint, apart in self._joints.items())
        joints = {joint: found for joint, found in shares if found[0] >= _LEAST_SHARE}
        return Course(tuple(self._scores), told, joints)


def _differing(apart_deg: Sequence[float]) -> tuple[float, float]:
    """The share of instants at which a joint differed, and its mean difference then."""
    differing = [one for one in apart_deg if one > 0]
    return len(differing) / len(apart_deg), sum(differing) / max(len(differing), 1)


def written_instants(
    instants: Iterator[CoachedFrame], folder: Path, words: Messages, *, draw: Draw | None
) -> Iterator[CoachedFrame]:
    """Passes instants on and writes each to ``feedback.jsonl`` and, with ``draw``, to ``coached.mp4``.

    The files appear after the last instant. Raises OutputError where the folder cannot be written.
    """
    with ExitStack() as stack:
        lines = stack.enter_context(written(folder / "feedback.jsonl"))
        file = stack.enter_context(lines.open("w", encoding="utf-8", newline="\n"))
        noted = _noted(instants, file, words)
        yield from noted if draw is None else _filmed(noted, folder / "coached.mp4", draw)


def write_workout(
    folder: Path,
    done: CoachedWorkout,
    words: Messages,
    *,
    course: Course,
    began: datetime,
    video: bool,
    source: str,
) -> list[Path]:
    """Writes the recording, the metrics and the summary page; returns the paths of all files."""
    workout = done.workout()
    value = KeptWorkoutAnswer.extending(workout.answer(), began=began.isoformat(timespec="seconds"))
    page = write_summary_page(
        folder / "summary.html",
        value,
        summary_words(done.exercise, workout, words, began=began),
        course=course,
    )
    files = [
        page,
        *([folder / "coached.mp4"] if video else []),
        write_json(folder / "workout.json", value),
    ]
    recording = done.recording(source=source)
    if recording.people:
        files.append(Path(save(recording, folder / "recording.parquet")))
    return [*files, folder / "feedback.jsonl"]


def summary_words(
    exercise: Exercise, workout: Workout, words: Messages, *, began: datetime
) -> SummaryMessages:
    """The texts of the summary page."""
    faults = {name: (words.fault(name), words.fault_advice(name)) for name in workout.faults}
    return SummaryMessages(
        words.language,
        words.title(exercise),
        lambda key: words.say(f"page.{key}"),
        when=began.astimezone().strftime("%Y-%m-%d %H:%M"),
        faults=faults,
        warning="" if workout.needed_fps is None else words.too_few_frames(workout.needed_fps),
    )


def _noted(instants: Iterator[CoachedFrame], file: IO[str], words: Messages) -> Iterator[CoachedFrame]:
    for instant in instants:
        file.write(json_text(instant_answer(instant, words)) + "\n")
        yield instant


def _filmed(instants: Iterator[CoachedFrame], path: Path, draw: Draw) -> Iterator[CoachedFrame]:
    """Passes instants on while their images are written; without images nothing is written."""
    first = next(instants, None)
    if first is None:
        return
    now: list[CoachedFrame] = [first]

    def images() -> Iterator[tuple[float, ImageArray]]:
        yield first.feedback.time_s, draw(first)
        for instant in instants:
            now[0] = instant
            yield instant.feedback.time_s, draw(instant)

    for _ in encoded(path, images()):
        yield now[0]

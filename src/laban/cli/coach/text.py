"""The text that ``laban coach`` prints for people."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from laban.pipeline.coaching.live_view import clock
from laban.pipeline.coaching.workout import CoachedFrame, PresenceStats
from laban.render.words import format_duration
from laban.store.workouts import PastWorkout
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Workout
from laban.tasks.coaching.messages import Messages

_LEVEL_STYLES = {"perfect": "bold green", "fighting": "bold dark_orange", "good": "cyan", "": ""}


def live_line(instant: CoachedFrame, exercise: Exercise, words: Messages) -> Any:
    """One line on the current frame: the amount, the score, the level, and what to change."""
    from rich.text import Text

    said = instant.feedback
    done, unit = (clock(said.held_s), "held") if exercise.is_hold else (str(said.count), "count")
    line = Text.assemble((done, "bold"), f" {words.say(f'labels.{unit}')}  ")
    if np.isfinite(said.score_percent):
        line.append(f"{said.score_percent:3.0f} %  ")
    if said.level:
        line.append(f"{words.level(said.level)}  ", style=_LEVEL_STYLES[said.level])
    return line.append(words.situation(said), style="dark_orange" if said.hint is not None else "")


def workout_words(workout: Workout, exercise: Exercise, words: Messages) -> Any:
    """The summary of a workout."""
    from rich.console import Group

    lines = [" · ".join(_headline(workout, exercise, words))]
    if workout.needed_fps is not None:
        lines.append(f"⚠ {words.too_few_frames(workout.needed_fps)}")
    for name, times in workout.faults.items():
        lines.append(f"{words.fault(name)} ({times}×): {words.fault_advice(name)}")
    return Group(*lines)


def nothing_coached(
    presence: PresenceStats, exercise: Exercise, source: str, *, person: int | None
) -> str | None:
    """The reason why nobody could be coached; None if someone was."""
    if presence.coached:
        return None
    if not presence.people:
        return f"{source}: nobody was seen; check that the camera sees the whole body, in good light"
    if not presence.trainees:
        there = ", ".join(map(str, sorted(presence.people)))
        return f"{source}: person {person} was never seen, only {there}; select one of these, or leave out --person"
    joints = ", ".join(sorted({name.split("_", 1)[1] + "s" for name in exercise.joints}))
    return (
        f"{source}: the trainee was never seen well enough; {exercise.name} needs {joints} in the image: "
        "step back, or turn the camera"
    )


def history_table(kept: Sequence[PastWorkout]) -> Any:
    """All workouts, one row each."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading, side in (("began", "left"), ("exercise", "left"), ("done", "right"), ("score", "right")):
        table.add_column(heading, justify="right" if side == "right" else "left", no_wrap=True)
    table.add_column("seen most")
    for one in kept:
        began = one.began.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(
            began, one.workout.exercise, done_words(one.workout), _score(one.workout), seen_most(one.workout)
        )
    return table


def done_words(workout: Workout) -> str:
    """The amount of a workout: repetitions, or the time held.

    >>> done_words(Workout("plank", 60.0, held_s=42.0))
    '42.0 s held'
    """
    if workout.held_s > 0:
        return f"{format_duration(workout.held_s)} held"
    return f"{workout.count} rep{'' if workout.count == 1 else 's'}"


def seen_most(workout: Workout) -> str:
    """The most frequent fault and its number of repetitions; empty if there was none."""
    return next((f"{name.replace('_', ' ')} {times}×" for name, times in workout.faults.items()), "")


def _headline(workout: Workout, exercise: Exercise, words: Messages) -> Iterator[str]:
    yield words.title(exercise)
    if exercise.is_hold:
        yield f"{words.say('page.held')} {workout.held_s:.0f} {words.say('page.seconds')}"
    else:
        yield f"{words.say('page.repetitions')} {workout.count}"
    if np.isfinite(workout.score_percent):
        yield f"{words.say('page.score')} {_score(workout)}"
    yield f"{words.say('page.duration')} {workout.seconds:.0f} {words.say('page.seconds')}"


def _score(workout: Workout) -> str:
    return f"{workout.score_percent:.0f} %" if np.isfinite(workout.score_percent) else "–"

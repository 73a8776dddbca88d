"""``laban coach history``: all workouts as a table and as a chart."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from laban.cli.coach.session import CoachOptions, HistoryFile
from laban.cli.coach.text import history_table, seen_most
from laban.cli.options import AsJson, Quiet, settle, with_options
from laban.cli.output import report, say
from laban.core.checks import choose
from laban.errors import InvalidValueError, LabanError
from laban.render.coaching.progress import ExerciseProgress, Mark, draw_progress, write_progress_page
from laban.render.sheet import write_png
from laban.store.workouts import History, PastWorkout
from laban.tasks.coaching.exercise_file import load_exercise

_WRITERS = {
    ".png": lambda path, held: write_png(path, draw_progress(held)),
    ".html": write_progress_page,
}


@dataclass(frozen=True)
class HistoryOptions:
    """The options of ``laban coach history``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write a chart (.png) or a page (.html)."),
    ] = None
    history: HistoryFile = None
    forget: Annotated[bool, typer.Option("--forget", help="Delete the listed workouts permanently.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False


@with_options(
    None
)  # deletion must be typed; the file of workouts is an option of `laban coach`, whose section is read below
def history(
    exercise: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="Only this exercise.", show_default=False)
    ] = None,
    *,
    options: HistoryOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show the recorded workouts and the progress between them.

    Only numbers are kept: date, exercise, amount, score and faults. They are stored in one file on this machine,
    whose path is printed below the table; --forget deletes it, or the workouts of one exercise.
    """
    output = options.output
    kept = History(settle(CoachOptions, section="coach", history=options.history).history_file)
    if options.forget:
        _forget(kept, exercise, yes=options.yes, quiet=quiet)
        return
    found = kept.workouts(exercise)
    if output is not None:
        write = choose(output.suffix.lower(), _WRITERS, what="suffix for a chart")
        write(output, progress_of(found))
        say(str(output), quiet=quiet)
    if not found and not as_json:
        of = f" of {exercise}" if exercise else ""
        say(
            f"no workouts{of} in {kept.path} yet; `laban coach {exercise or 'squat'} 0` makes one",
            quiet=quiet,
        )
        return
    report([one.answer() for one in found], history_table(found), as_json=as_json)
    say(f"kept in {kept.path}; `laban coach history --forget` deletes it", quiet=quiet)


def progress_of(kept: Sequence[PastWorkout]) -> list[ExerciseProgress]:
    """The workouts by exercise, ready to be drawn."""
    names = dict.fromkeys(one.workout.exercise for one in kept)
    return [_progress(name, [one for one in kept if one.workout.exercise == name]) for name in names]


def _progress(name: str, kept: Sequence[PastWorkout]) -> ExerciseProgress:
    is_hold = any(one.workout.held_s > 0 for one in kept)
    marks = tuple(
        Mark(
            one.began.astimezone(),
            one.workout.held_s if is_hold else float(one.workout.count),
            one.workout.score_percent,
            seen_most(one.workout),
        )
        for one in kept
    )
    return ExerciseProgress(_title(name), "seconds held" if is_hold else "repetitions", marks)


def _title(name: str) -> str:
    try:
        return load_exercise(name).title
    except LabanError:  # a user's own exercise, whose file may be anywhere
        return name.replace("_", " ").capitalize()


def _forget(kept: History, exercise: str | None, *, yes: bool, quiet: bool) -> None:
    count = len(kept.workouts(exercise))
    what = f"{count} workout{'' if count == 1 else 's'}{f' of {exercise}' if exercise else ''} in {kept.path}"
    if not yes:
        if not sys.stdin.isatty():
            raise InvalidValueError(f"say --yes to delete {what}")
        typer.confirm(f"Delete {what} permanently?", abort=True)
    kept.forget(exercise)
    say(f"deleted {what}", quiet=quiet)

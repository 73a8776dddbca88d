"""``laban coach EXERCISE SOURCE``: coach a person live, and record the workout."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from laban.cli.coach.session import CoachOptions, CoachSession
from laban.cli.coach.window import Window
from laban.cli.inputs import check_output_folder
from laban.cli.options import JsonLines, Quiet, with_options
from laban.cli.output import warn
from laban.cli.signals import stopped_by_signals
from laban.cli.standard_input import read_or_given
from laban.errors import InvalidValueError, MissingExtraError, SourceError
from laban.live.session import LiveSession
from laban.pipeline.coaching.workout import CoachedWorkout
from laban.pipeline.recording.estimator import open_estimator
from laban.pipeline.recording.live_source import open_live_source
from laban.pipeline.recording.open import is_poses
from laban.store.workouts import History
from laban.tasks.coaching.exercise_file import load_exercise


@with_options("coach")
def coach(
    exercise: Annotated[
        str,
        typer.Argument(
            metavar="EXERCISE",
            help="An exercise that comes with Laban (`laban coach exercises`), or a file of your own.",
            show_default=False,
        ),
    ],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="A webcam by number, a video, a folder of images, or -.",
            show_default=False,
        ),
    ] = None,
    *,
    options: CoachOptions,
    as_json: JsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Coach a person through an exercise: the count, the score, and one thing to change at a time.

    On a terminal one line is kept up to date; elsewhere a line of JSON is printed for each frame, and one for the
    workout at the end. -o writes the live image as a video, the trainee's movement, every hint that was given, and
    a summary. One person is coached, the largest or --person, even if others come closer. Ctrl-C ends the workout.
    """
    chosen = load_exercise(exercise)
    if source is None:
        raise InvalidValueError(f"SOURCE is missing: a webcam or video, as in `laban coach {exercise} 0`")
    words = options.words(chosen)
    if options.output is not None:
        check_output_folder(options.output)
    kept = _history(options, quiet=quiet)
    with ExitStack() as stack:
        window = stack.enter_context(Window(words.title(chosen))) if options.show else None
        stop = stack.enter_context(stopped_by_signals())
        opened = stack.enter_context(open_live_source(_watched(source), fps=options.fps))
        estimator = stack.enter_context(open_estimator(options.extraction(quiet=quiet)))
        done = CoachedWorkout(chosen, person=options.person)
        live = LiveSession(opened, [done], estimator=estimator, stop=stop)
        session = CoachSession(
            done, live, words, options, window, as_lines=as_json or not sys.stdout.isatty()
        )
        workout = session.run(quiet=quiet)
        for warning in opened.warnings:
            warn(f"{source}: {warning}", quiet=quiet)
    session.conclude(workout, source, kept, quiet=quiet)


def _watched(source: str) -> str:
    """The source to open. Raises SourceError for a file of poses, which has no images to watch."""
    path = Path(read_or_given(source))
    if not path.is_dir() and is_poses(path):
        raise SourceError(
            f"{source} holds poses, expected a webcam, a video or a folder of images; `laban reps {source}` "
            f"counts what is in it, and `laban compare {source} REFERENCE` compares it"
        )
    return str(path)


def _history(options: CoachOptions, *, quiet: bool) -> History | None:
    """The file to store the workout in; a file that cannot be used is refused before the workout."""
    if not options.keep:
        return None
    try:
        history = History(options.history_file)
    except MissingExtraError as error:
        if options.history is not None:
            raise
        warn(f"the workout will not be kept: {error}", quiet=quiet)
        return None
    history.check()
    return history

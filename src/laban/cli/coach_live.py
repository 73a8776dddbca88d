"""``laban coach EXERCISE SOURCE``: coach somebody live, and keep what was done."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from laban.cli.coach_window import Window
from laban.cli.coach_words import live_line, nothing_coached, workout_words
from laban.cli.inputs import check_output_folder
from laban.cli.options import OutputFolder, Quiet, settle
from laban.cli.output import NOTHING, complain, report, say, warn
from laban.cli.pose_options import Detector, MaxPeople, PoseModel, PoseOptions
from laban.cli.watch import open_estimator, stopped_by_signals
from laban.errors import InvalidValueError, MissingExtraError
from laban.pipeline.coaching import CoachedWorkout, Instant
from laban.pipeline.coaching_files import CourseKeeper, instant_json, write_workout, written_instants
from laban.pipeline.coaching_picture import LivePicture, can_draw
from laban.pipeline.history import History, default_history
from laban.sources import open_source
from laban.sources.protocol import FrameSource
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.coaching.feedback import Workout
from laban.tasks.coaching.words import Words, language_of, languages, load_words

HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", metavar="FILE", help="Where workouts are kept. [the folder for this user's data]"
    ),
]

_LINES_PER_S = 10


@dataclass(frozen=True)
class CoachOptions(PoseOptions):
    """What ``laban coach`` can be told by flag, LABAN_COACH_ variable or laban.toml."""

    output: Path | None = None
    video: bool = True
    lang: str | None = None
    person: int | None = None
    mirror: bool | None = None
    history: Path | None = None
    keep: bool = True

    def words(self, exercise: Exercise) -> Words:
        """What is said of an exercise, in the language wanted or the system's."""
        return load_words(self.lang or language_of()).with_advice(exercise.faults)

    @property
    def history_file(self) -> Path:
        """Where workouts are kept."""
        return default_history() if self.history is None else self.history


def coach(
    exercise: Annotated[
        str,
        typer.Argument(
            metavar="EXERCISE",
            help="One that comes with Laban (`laban coach exercises`), or a file of your own.",
            show_default=False,
        ),
    ],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE", help="A webcam by number, a video, or a folder of pictures.", show_default=False
        ),
    ] = None,
    *,
    output: OutputFolder = None,
    video: Annotated[
        bool | None, typer.Option("--video/--no-video", help="With -o, the live picture as a video. [video]")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Open a window; Escape or q ends the workout.")
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help=f"The language of the coach: {', '.join(languages())}. [the system's]"
        ),
    ] = None,
    person: Annotated[
        int | None, typer.Option(metavar="ID", help="Whom to coach and nobody else. [the biggest]")
    ] = None,
    mirror: Annotated[
        bool | None,
        typer.Option("--mirror/--no-mirror", help="Show all as in a mirror. [a webcam yes, a file no]"),
    ] = None,
    history: HistoryFile = None,
    keep: Annotated[
        bool | None, typer.Option("--keep/--no-history", help="Keep the figures of the workout. [keep]")
    ] = None,
    pose_model: PoseModel = None,
    detector: Detector = None,
    max_people: MaxPeople = None,
    as_json: Annotated[bool, typer.Option("--json", help="Lines of JSON on a terminal too.")] = False,
    quiet: Quiet = False,
) -> None:
    """Coach somebody through an exercise: the count, the score, and one thing to change at a time.

    On a terminal there is one line for now; elsewhere a line of JSON for each frame, and one for the workout at the
    end. With -o there are the live picture as a video, the trainee's movement, every word that was said, and a
    summary. One person is coached, the biggest or --person, and stays so whoever comes near. Ctrl-C ends it.
    """
    options = settle(
        CoachOptions,
        section="coach",
        output=output,
        video=video,
        lang=lang,
        person=person,
        mirror=mirror,
        history=history,
        keep=keep,
        pose_model=pose_model,
        detector=detector,
        max_people=max_people,
    )
    chosen = load_exercise(exercise)
    if source is None:
        raise InvalidValueError(
            f"whom to coach is missing: a webcam or video, as in `laban coach {exercise} 0`"
        )
    words = options.words(chosen)
    if options.output is not None:
        check_output_folder(options.output)
    kept = _history(options, quiet=quiet)
    with ExitStack() as stack:
        window = stack.enter_context(Window(words.title(chosen))) if show else None
        stop = stack.enter_context(stopped_by_signals())
        opened = stack.enter_context(open_source(source))
        estimator = stack.enter_context(open_estimator(options.extraction(quiet=quiet)))
        done = CoachedWorkout(chosen, opened, estimator, person=options.person, stop=stop)
        session = _Session(done, words, options, window, live=as_json or not sys.stdout.isatty())
        workout = session.run(quiet=quiet)
        for warning in opened.warnings:
            warn(f"{source}: {warning}", quiet=quiet)
    session.conclude(workout, source, kept, quiet=quiet)


class _Session:
    """One run of the command: instants through whatever wants them."""

    def __init__(
        self, done: CoachedWorkout, words: Words, options: CoachOptions, window: Window | None, *, live: bool
    ) -> None:
        self._done, self._words, self._options, self._window = done, words, options, window
        self._as_lines = live
        self._began = datetime.now(UTC)
        self._keeper = CourseKeeper(words)
        mirror = _is_live(done.source) if options.mirror is None else options.mirror
        self._picture = LivePicture(done.exercise, words, mirror=mirror)

    def run(self, *, quiet: bool) -> Workout:
        """Goes through all instants, and gives what was done."""
        films = self._options.output is not None and self._options.video
        if (films or self._window) and not can_draw(self._words):
            warn("these letters need OpenCV 5 to be drawn, so the picture is in English", quiet=quiet)
        instants = self._done.instants()
        if self._options.output is not None:
            draw = self._picture.draw if films else None
            instants = written_instants(instants, self._options.output, self._words, draw=draw)
        with self._told() as tell:
            for instant in instants:
                self._keeper.add(instant)
                tell(instant)
                if self._window is not None and not self._window.show(self._picture.draw(instant)):
                    self._done.stop.set()
        return self._done.workout()

    def conclude(self, workout: Workout, source: str, kept: History | None, *, quiet: bool) -> None:
        """Says what was done, writes and keeps it; ends with 1 where nobody could be coached."""
        attendance, exercise = self._done.attendance, self._done.exercise
        why_not = nothing_coached(attendance, exercise, source, person=self._options.person)
        if why_not is not None:
            complain(why_not)
            raise typer.Exit(NOTHING)
        if len(attendance.people) > 1 and self._options.person is None:
            who = " and then ".join(map(str, attendance.trainees))
            say(f"{source}: {len(attendance.people)} people, coached {who}; --person chooses", quiet=quiet)
        self._report(workout)
        for path in self._files():
            say(str(path), quiet=quiet)
        if kept is not None:
            _keep(kept, workout, self._began, quiet=quiet)

    def _report(self, workout: Workout) -> None:
        if self._as_lines:
            typer.echo(json.dumps({"workout": workout.to_json()}, ensure_ascii=False, allow_nan=False))
        else:
            report(None, workout_words(workout, self._done.exercise, self._words), as_json=False)

    def _files(self) -> list[Path]:
        folder = self._options.output
        if folder is None:
            return []
        return write_workout(
            folder,
            self._done,
            self._words,
            course=self._keeper.course(),
            began=self._began,
            video=self._options.video,
        )

    @contextmanager
    def _told(self) -> Iterator[Callable[[Instant], Any]]:
        """What tells of an instant: a line of JSON, or the one line of a terminal."""
        if self._as_lines:
            yield lambda one: typer.echo(
                json.dumps(instant_json(one, self._words), ensure_ascii=False, allow_nan=False)
            )
            return
        from rich.live import Live

        with Live(refresh_per_second=_LINES_PER_S, transient=True) as line:
            yield lambda one: line.update(live_line(one, self._done.exercise, self._words))


def _is_live(source: FrameSource) -> bool:
    return source.times_s is None


def _history(options: CoachOptions, *, quiet: bool) -> History | None:
    """The file to keep the workout in; a file that cannot be used is refused before the workout."""
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


def _keep(history: History, workout: Workout, began: datetime, *, quiet: bool) -> None:
    if not workout.count and not workout.held_s > 0:
        say("nothing was done that counts, so nothing was kept", quiet=quiet)
        return
    is_new = not history.path.exists()
    history.add(workout, began=began)
    if is_new:
        say(
            f"kept in {history.path}, figures only; `laban coach history` shows them, "
            "`laban coach history --forget` deletes them",
            quiet=quiet,
        )

"""One run of ``laban coach``: output during the workout, and the files written of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from laban.cli.coach.text import live_line, nothing_coached, workout_words
from laban.cli.coach.window import Window
from laban.cli.options import OutputFolder
from laban.cli.output import NOTHING, complain, report, report_line, say, warn
from laban.cli.pose_options import EngineOptions, FrameRateOption, whom
from laban.core.answers.coaching import WorkoutLine
from laban.live.session import LiveSession
from laban.pipeline.coaching.files import WorkoutLog, instant_answer, write_workout, written_instants
from laban.pipeline.coaching.live_view import LiveImage, can_draw
from laban.pipeline.coaching.workout import CoachedFrame, CoachedWorkout
from laban.store.workouts import History, default_history
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Workout
from laban.tasks.coaching.messages import Messages, language_of, languages, load_messages

_LINES_PER_S = 10

HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", metavar="FILE", help="The file of recorded workouts. [in this user's data folder]"
    ),
]


@dataclass(frozen=True)
class CoachOptions(EngineOptions, FrameRateOption):
    """The options of ``laban coach``."""

    output: OutputFolder = None
    video: Annotated[
        bool, typer.Option("--video/--no-video", help="With -o, write the live image as a video. [video]")
    ] = True
    show: Annotated[bool, typer.Option("--show", help="Open a window; Escape or q ends the workout.")] = False
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help=f"The language of the coach: {', '.join(languages())}. [the system's]"
        ),
    ] = None
    person: Annotated[int | None, whom("Coach only this person. [the largest]")] = None
    mirror: Annotated[
        bool | None,
        typer.Option("--mirror/--no-mirror", help="Mirror the image. [a webcam yes, a file no]"),
    ] = None
    history: HistoryFile = None
    keep: Annotated[
        bool, typer.Option("--keep/--no-history", help="Record the numbers of the workout. [keep]")
    ] = True

    def words(self, exercise: Exercise) -> Messages:
        """The messages of an exercise, in the chosen language or the system's."""
        return load_messages(self.lang or language_of()).with_advice(exercise.faults)

    @property
    def history_file(self) -> Path:
        """The file of recorded workouts."""
        return default_history() if self.history is None else self.history


class CoachSession:
    """One run of the command: passes each coached frame to everything that uses it."""

    def __init__(
        self,
        done: CoachedWorkout,
        live: LiveSession,
        words: Messages,
        options: CoachOptions,
        window: Window | None,
        *,
        as_lines: bool,
    ) -> None:
        self._done, self._live = done, live
        self._words, self._options, self._window = words, options, window
        self._as_lines = as_lines
        self._began = datetime.now(UTC)
        self._log = WorkoutLog(words)
        mirror = live.source.is_live if options.mirror is None else options.mirror
        self._image = LiveImage(done.exercise, words, mirror=mirror)

    def run(self, *, quiet: bool) -> Workout:
        """Goes through all frames, and returns the workout."""
        films = self._options.output is not None and self._options.video
        if (films or self._window) and not can_draw(self._words):
            warn("drawing this script needs OpenCV 5, so the text in the image is English", quiet=quiet)
        instants: Iterator[CoachedFrame] = (self._done.instant for _ in self._live.moments())
        if self._options.output is not None:
            draw = self._image.draw if films else None
            instants = written_instants(instants, self._options.output, self._words, draw=draw)
        with self._output() as show:
            for instant in instants:
                self._log.add(instant)
                show(instant)
                if self._window is not None and not self._window.show(self._image.draw(instant)):
                    self._live.stop()
        self._live.finish()
        return self._done.workout()

    def conclude(self, workout: Workout, source: str, kept: History | None, *, quiet: bool) -> None:
        """Reports, writes and records the workout; exits with 1 if nobody could be coached."""
        presence, exercise = self._done.attendance, self._done.exercise
        why_not = nothing_coached(presence, exercise, source, person=self._options.person)
        if why_not is not None:
            complain(why_not)
            raise typer.Exit(NOTHING)
        if len(presence.people) > 1 and self._options.person is None:
            who = " and then ".join(map(str, presence.trainees))
            say(f"{source}: {len(presence.people)} people, coached {who}; --person chooses", quiet=quiet)
        self._report(workout)
        for path in self._files():
            say(str(path), quiet=quiet)
        if kept is not None:
            _keep(kept, workout, self._began, quiet=quiet)

    def _report(self, workout: Workout) -> None:
        if self._as_lines:
            report_line(WorkoutLine(workout.answer()))
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
            course=self._log.course(),
            began=self._began,
            video=self._options.video,
            source=self._live.source.name,
        )

    @contextmanager
    def _output(self) -> Iterator[Callable[[CoachedFrame], None]]:
        """The function that shows a coached frame: as a line of JSON, or in the one line of a terminal."""
        if self._as_lines:
            yield lambda one: report_line(instant_answer(one, self._words))
            return
        from rich.live import Live

        with Live(refresh_per_second=_LINES_PER_S, transient=True) as line:
            yield lambda one: line.update(live_line(one, self._done.exercise, self._words))


def _keep(history: History, workout: Workout, began: datetime, *, quiet: bool) -> None:
    if not workout.count and not workout.held_s > 0:
        say("no repetitions and no hold, so nothing was recorded", quiet=quiet)
        return
    is_new = not history.path.exists()
    history.add(workout, began=began)
    if is_new:
        say(
            f"kept in {history.path}, numbers only; `laban coach history` shows them, "
            "`laban coach history --forget` deletes them",
            quiet=quiet,
        )

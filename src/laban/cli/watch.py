"""``laban watch``: live action recognition, one line of JSON per event."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from laban.cli.actions import ActionOptions, ModelName
from laban.cli.options import Quiet, with_options
from laban.cli.output import report_line, say, warn
from laban.cli.pixel_options import ENGINE, refuse_pose_options
from laban.cli.pose_options import FrameRateOption
from laban.cli.signals import stopped_by_signals
from laban.cli.standard_input import read_or_given
from laban.core.answers.timeline import WatchLine, watch_line
from laban.core.events import Event
from laban.live.session import LiveSession, SessionStats
from laban.live.watcher import Watcher
from laban.models.deploy.zoo import open_model as open_exported
from laban.pipeline.action.predict import open_model
from laban.pipeline.action.watch import ActionWatch
from laban.pipeline.recording.estimator import open_estimator
from laban.pipeline.recording.live_source import open_live_source
from laban.pipeline.video.prediction import clip_recogniser
from laban.pipeline.video.watch import ClipWatch
from laban.render.words import count_people
from laban.sources import FrameSource


@dataclass(frozen=True)
class WatchOptions(ActionOptions, FrameRateOption):
    """The options of ``laban watch``."""

    wall_time: Annotated[bool, typer.Option("--wall-time", help="Add the date and time to each line.")] = (
        False
    )


@with_options("watch")
def watch(
    model: ModelName,
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A webcam by number, a video, a folder of images, or -."),
    ],
    *,
    options: WatchOptions,
    quiet: Quiet = False,
) -> None:
    """Watch a camera or video, and print one line of JSON when an event begins and when it ends.

    Speed and the number of people go to stderr. Ctrl-C stops watching and ends all open events. A model made by
    `laban train-video` watches the whole scene: its events have no person, and nobody is looked for.
    """
    watching = _watching(model, options, lambda words: warn(f"{source}: {words}", quiet=quiet))
    with stopped_by_signals() as stop:
        for event in _events(watching, source, options, stop, quiet=quiet):
            report_line(_line(event, wall_time=options.wall_time))


@dataclass(frozen=True)
class _Watching:
    """What watches a source once it is open, and whether it needs people."""

    watcher: Callable[[FrameSource], Watcher]
    needs_people: bool


def _watching(model: str, options: WatchOptions, tell: Callable[[str], None]) -> _Watching:
    """Refuses a model that cannot watch before a camera is switched on."""
    opened, settings = open_exported(model), options.settings()
    recogniser = clip_recogniser(opened)
    if recogniser is None:
        watch_people = ActionWatch(open_model(opened), settings=settings, on_warning=tell)
        return _Watching(lambda _: watch_people, needs_people=True)
    refuse_pose_options(options, *ENGINE, model=recogniser.name)
    return _Watching(
        lambda source: ClipWatch(recogniser.stream(source, settings=settings, tell=tell)), needs_people=False
    )


def _events(
    watching: _Watching, source: str, options: WatchOptions, stop: threading.Event, *, quiet: bool
) -> Iterator[Event]:
    with ExitStack() as stack:
        opened = stack.enter_context(open_live_source(read_or_given(source), fps=options.fps))
        estimator = None
        if watching.needs_people:
            estimator = stack.enter_context(open_estimator(options.extraction(quiet=quiet)))
        session = LiveSession(
            opened,
            [watching.watcher(opened)],
            estimator=estimator,
            stop=stop,
            on_stats=lambda stats: say(_words(stats, people=watching.needs_people), quiet=quiet),
        )
        yield from session.events()
        for warning in opened.warnings:
            warn(f"{source}: {warning}", quiet=quiet)


def _line(event: Event, *, wall_time: bool) -> WatchLine:
    return watch_line(event, at=datetime.now(UTC).isoformat(timespec="milliseconds") if wall_time else None)


def _words(stats: SessionStats, *, people: bool) -> str:
    """The statistics; the number of people only where people are looked for."""
    skipped = [f"{stats.skipped} skipped"] if stats.skipped else []
    recognition = f"recognition {1000 * stats.watchers_s:.2f} ms a frame"
    return " · ".join(
        [
            f"{stats.fps:.1f} fps",
            *([count_people(stats.people)] if people else ()),
            f"{stats.frames} frames",
            *skipped,
            f"{stats.events} event{'' if stats.events == 1 else 's'}",
            recognition,
        ]
    )

"""What commands print: results to stdout, progress and warnings to stderr, and the outcome of many inputs."""

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import typer

from laban.cli.standard_input import spoken
from laban.core.answers import Answer, json_text
from laban.core.answers.outcomes import NO_DETAILS, SourceOutcome, Status
from laban.core.progress import Progress, unheard
from laban.errors import AssetError, LabanError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import ProgressColumn
    from rich.table import Table

_UNFOLDED = 1000

DONE, PARTLY, NOTHING, WRONG_USE, STOPPED = 0, 3, 1, 2, 130


def report(value: object, text: "RenderableType | None", *, as_json: bool) -> None:
    """Prints a result to stdout: ``value`` as JSON, or ``text`` (a string or any Rich renderable) for people."""
    if as_json:
        typer.echo(json_text(value, indent=2))
    elif isinstance(text, str):
        typer.echo(text)
    elif text is not None:
        _show(text)


def _show(renderable: "RenderableType") -> None:
    from rich.console import Console
    from rich.measure import Measurement

    console = Console(highlight=False)
    if not console.is_terminal:  # lines are not wrapped in a file or pipe, which has no width
        wide = console.options.update(max_width=_UNFOLDED)
        console.width = max(console.width, Measurement.get(console, wide, renderable).maximum)
    console.print(renderable)


def say(message: str, *, quiet: bool = False) -> None:
    """Prints one line to stderr, unless ``quiet``."""
    if not quiet:
        typer.echo(message, err=True)


def warn(message: str, *, quiet: bool = False) -> None:
    """Prints a warning of one line to stderr, unless ``quiet``."""
    say(f"laban: warning: {spoken(message)}", quiet=quiet)


def complain(message: object) -> None:
    """Prints an error to stderr as one line, even if the message has several."""
    typer.echo(f"laban: {_one_line(str(message))}", err=True)


def report_line(answer: Answer) -> None:
    """Prints an answer to stdout as one line of JSON."""
    typer.echo(json_text(answer))


Source = TypeVar("Source")


@contextmanager
def progress_bar(
    description: str,
    *,
    total: float | None = None,
    unit: str = "fps",
    in_bytes: bool = False,
    quiet: bool = False,
) -> Iterator[Progress]:
    """A progress bar on stderr with speed and time left, removed when the block ends; yields the function that
    advances it.

    Nothing is shown with ``quiet`` or if stderr is not a terminal. ``unit`` follows the speed; with ``in_bytes``
    amounts are shown as bytes. ``total`` may be given later, with the first advance.
    """
    if quiet or not sys.stderr.isatty():
        yield unheard
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(*_columns(unit, in_bytes=in_bytes), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)

        def advance(done: float, total: float | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def _columns(unit: str, *, in_bytes: bool) -> "list[ProgressColumn]":
    from rich import progress
    from rich.text import Text

    class Speed(progress.ProgressColumn):
        def render(self, task: progress.Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f} {unit}", style="progress.data.speed")

    amount: list[ProgressColumn] = [progress.DownloadColumn(), progress.TransferSpeedColumn()]
    counted: list[ProgressColumn] = [progress.MofNCompleteColumn(), Speed()]
    left = progress.TimeRemainingColumn(compact=True)
    shown = amount if in_bytes else counted
    return [progress.TextColumn("{task.description}"), progress.BarColumn(), *shown, left]


@dataclasses.dataclass(frozen=True)
class Item:
    """The outcome of one input. ``details`` holds values for JSON and ``words`` the same as text; ``reason`` says
    why it failed, ``brief`` the same without what was already printed to stderr.
    """

    source: str
    status: Status
    outputs: tuple[str, ...] = ()
    reason: str | None = None
    details: Answer = NO_DETAILS
    words: str = ""
    brief: str | None = None

    def answer(self) -> SourceOutcome:
        """The JSON answer."""
        return SourceOutcome(self.source, self.status, self.outputs, self.reason, self.details)

    def result(self) -> str:
        """The outputs and details, or the reason for the failure."""
        return self.brief or self.reason or "\n".join([*self.outputs, *([self.words] if self.words else [])])


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The outcome of all inputs: ``done`` now, ``kept`` from an earlier run, or ``failed``."""

    items: tuple[Item, ...]

    def answers(self) -> list[SourceOutcome]:
        """The JSON answers, one for each input."""
        return [item.answer() for item in self.items]

    def count(self, status: str) -> int:
        """How many inputs have this status."""
        return sum(item.status == status for item in self.items)

    @property
    def exit_code(self) -> int:
        """0 all done, 1 nothing could be done, 3 some inputs failed."""
        failed = self.count("failed")
        return DONE if not failed else NOTHING if failed == len(self.items) else PARTLY

    def headline(self) -> str:
        """A summary in one line."""
        words = {"done": "done", "kept": "kept from before", "failed": "failed"}
        counts = [f"{self.count(status)} {word}" for status, word in words.items() if self.count(status)]
        return ", ".join(counts) or "nothing to do"

    def table(self) -> "Table":
        """A table for people: every input with its results, or the reason why there are none."""
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=None,
            padding=(0, 2, 0, 0),
            header_style="dim",
            caption=self.headline(),
            caption_justify="left",
        )
        for heading in ("source", "status", "result"):
            table.add_column(heading, overflow="fold")
        styles = {"done": "green", "kept": "cyan", "failed": "red"}
        for item in self.items:
            table.add_row(
                Text(item.source), Text(item.status, style=styles[item.status]), Text(item.result())
            )
        return table


def report_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Prints the outcome; if a single input failed, its reason has been printed already."""
    if as_json or len(outcome.items) > 1 or not outcome.count("failed"):
        report(outcome.answers(), outcome.table(), as_json=as_json)


def for_each(
    sources: Iterable[Source], work: Callable[[Source], Item], *, name: Callable[[Source], str] = str
) -> Outcome:
    """Works on every source; a failure is printed to stderr at once and the others continue."""
    items = []
    for source in sources:
        try:
            items.append(work(source))
        except (LabanError, OSError) as error:
            reason = describe(error)
            complain(reason if name(source) in reason else f"{name(source)}: {reason}")
            brief = _one_line(error.brief) if isinstance(error, AssetError) else None
            items.append(Item(source=name(source), status="failed", reason=reason, brief=brief))
    return Outcome(tuple(items))


def describe(error: BaseException) -> str:
    """An error in one line, for users."""
    if isinstance(error, OSError) and not isinstance(error, LabanError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _one_line(str(error)) or type(error).__name__


def _one_line(message: str) -> str:
    return spoken(" ".join(message.split()))

"""Progress of a training run: a progress bar for each stage, and the result."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from laban.cli.output import progress_bar, report, say
from laban.core.answers.clip_metrics import ClipMetrics
from laban.core.answers.fusion_metrics import FusionMetrics
from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import TrainingMetrics
from laban.core.progress import Progress
from laban.pipeline.training.listening import Learned

if TYPE_CHECKING:
    from rich.console import RenderableType

    from laban.models.training.loop import TrainingProgress


class StageBars:
    """Prints each stage, and shows a progress bar for those that begin with one of ``barred``, or for all if it is
    empty."""

    def __init__(self, *, unit: str, barred: tuple[str, ...], quiet: bool) -> None:
        self._unit, self._barred, self._quiet = unit, barred, quiet
        self._bar: AbstractContextManager[Progress] | None = None
        self._advance: Progress | None = None

    def stage(self, words: str) -> None:
        """Ends the last stage and begins another."""
        self.close()
        say(words, quiet=self._quiet)
        if not self._barred or words.startswith(self._barred):
            self._bar = progress_bar(words, unit=self._unit, quiet=self._quiet)
            self._advance = self._bar.__enter__()

    def step(self, done: float, total: float | None) -> None:
        """Advances the progress bar of the stage."""
        if self._advance is not None:
            self._advance(done, total)

    def epoch(self, progress: "TrainingProgress") -> None:
        """Advances the progress bar by a training epoch."""
        self.step(progress.epoch.number, progress.of)

    def close(self) -> None:
        """Removes the progress bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = self._advance = None


@contextmanager
def stage_bars(*, unit: str, barred: tuple[str, ...] = (), quiet: bool) -> Iterator[StageBars]:
    """Progress bars that are removed when the block ends, even by an error."""
    bars = StageBars(unit=unit, barred=barred, quiet=quiet)
    try:
        yield bars
    finally:
        bars.close()


def report_learned(
    learned: Learned[TrainingMetrics] | Learned[ImageMetrics] | Learned[ClipMetrics] | Learned[FusionMetrics],
    *texts: "RenderableType",
    as_json: bool,
) -> None:
    """Prints a run's metrics as JSON, or ``texts`` and the paths of its files."""
    if as_json:
        report(learned.answer(), "", as_json=True)
        return
    how = "kept from before" if learned.kept else f"made in {learned.elapsed_s:.0f} s"
    for text in (*texts, f"{learned.model} and {learned.report}, {how}"):
        report(None, text, as_json=False)

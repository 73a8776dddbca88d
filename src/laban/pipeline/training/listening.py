"""What a run of learning tells of itself while it goes on, and what it came to."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from laban.core.answers.image_metrics import ImageMetrics, ImageTrainingAnswer
from laban.core.answers.metrics import TrainingAnswer, TrainingMetrics
from laban.models.deploy.zoo import EXPORTED_NAME

if TYPE_CHECKING:
    from laban.models.training.loop import TrainingProgress

METRICS, REPORT, SETTINGS = "metrics.json", "report.html", "settings.json"
"""Files of a run."""


class Listener(Protocol):
    """Told of each stage, how far it has come, and of every epoch."""

    def stage(self, words: str) -> None: ...

    def step(self, done: float, total: float | None) -> None: ...

    def epoch(self, progress: "TrainingProgress") -> None: ...


class Silent:
    """A listener that says nothing."""

    def stage(self, words: str) -> None: ...

    def step(self, done: float, total: float | None) -> None: ...

    def epoch(self, progress: "TrainingProgress") -> None: ...


Metrics = TypeVar("Metrics", TrainingMetrics, ImageMetrics)


@dataclass(frozen=True, eq=False)
class Learned(Generic[Metrics]):
    """What a run came to: its figures, and the models it wrote. ``kept`` says that an earlier run had done it."""

    folder: Path
    metrics: Metrics
    elapsed_s: float
    kept: bool = False

    @property
    def model(self) -> Path:
        """The exported model."""
        return self.folder / EXPORTED_NAME

    @property
    def report(self) -> Path:
        """The page with all figures."""
        return self.folder / REPORT

    def answer(self) -> TrainingAnswer | ImageTrainingAnswer:
        """What programs are told."""
        if isinstance(self.metrics, TrainingMetrics):
            return TrainingAnswer(str(self.folder), self.kept, self.metrics)
        return ImageTrainingAnswer(str(self.folder), self.kept, self.metrics)

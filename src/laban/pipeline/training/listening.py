"""Listeners of a training run, and its result."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from laban.core.answers.clip_metrics import ClipMetrics, ClipTrainingAnswer
from laban.core.answers.fusion_metrics import FusionMetrics, FusionTrainingAnswer
from laban.core.answers.image_metrics import ImageMetrics, ImageTrainingAnswer
from laban.core.answers.metrics import TrainingAnswer, TrainingMetrics
from laban.models.deploy.zoo import EXPORTED_NAME

if TYPE_CHECKING:
    from laban.models.training.loop import TrainingProgress

METRICS, REPORT, SETTINGS = "metrics.json", "report.html", "settings.json"
"""Files of a run."""


class Listener(Protocol):
    """Receives each stage, its progress, and every epoch."""

    def stage(self, words: str) -> None: ...

    def step(self, done: float, total: float | None) -> None: ...

    def epoch(self, progress: "TrainingProgress") -> None: ...


class Silent:
    """A listener that ignores everything."""

    def stage(self, words: str) -> None: ...

    def step(self, done: float, total: float | None) -> None: ...

    def epoch(self, progress: "TrainingProgress") -> None: ...


Metrics = TypeVar("Metrics", TrainingMetrics, ImageMetrics, ClipMetrics, FusionMetrics)


@dataclass(frozen=True, eq=False)
class Learned(Generic[Metrics]):
    """The result of a run: its metrics and models. ``kept`` is true for the result of an earlier run."""

    folder: Path
    metrics: Metrics
    elapsed_s: float
    kept: bool = False

    @property
    def model(self) -> Path:
        """The exported model; of a run of poses and pixels the folder, which holds two."""
        return self.folder if isinstance(self.metrics, FusionMetrics) else self.folder / EXPORTED_NAME

    @property
    def report(self) -> Path:
        """The page with all metrics."""
        return self.folder / REPORT

    def answer(self) -> TrainingAnswer | ImageTrainingAnswer | ClipTrainingAnswer | FusionTrainingAnswer:
        """The answer that is printed and written."""
        if isinstance(self.metrics, TrainingMetrics):
            return TrainingAnswer(str(self.folder), self.kept, self.metrics)
        if isinstance(self.metrics, ClipMetrics):
            return ClipTrainingAnswer(str(self.folder), self.kept, self.metrics)
        if isinstance(self.metrics, FusionMetrics):
            return FusionTrainingAnswer(str(self.folder), self.kept, self.metrics)
        return ImageTrainingAnswer(str(self.folder), self.kept, self.metrics)

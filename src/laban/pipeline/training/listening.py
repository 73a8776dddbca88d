"""What a run of learning tells of itself while it goes on, and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from laban.models.deploy.zoo import EXPORTED_NAME

if TYPE_CHECKING:
    from laban.models.training.loop import Progress

METRICS, REPORT, SETTINGS = "metrics.json", "report.html", "settings.json"
"""Files of a run."""


class Listener(Protocol):
    """Told of each stage, how far it has come, and of every epoch."""

    def stage(self, words: str) -> None: ...

    def step(self, done: int, total: int) -> None: ...

    def epoch(self, progress: "Progress") -> None: ...


class Silent:
    """A listener that says nothing."""

    def stage(self, words: str) -> None: ...

    def step(self, done: int, total: int) -> None: ...

    def epoch(self, progress: "Progress") -> None: ...


@dataclass(frozen=True, eq=False)
class Learned:
    """What a run came to: its figures, and the models it wrote. ``kept`` says that an earlier run had done it."""

    folder: Path
    metrics: Mapping[str, Any]
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

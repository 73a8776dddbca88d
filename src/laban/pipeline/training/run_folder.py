"""The folder of a run: its settings, metrics, report and models, and the state of a stopped run."""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from laban.core.answers.metrics import HistoryAnswer, MachineAnswer, RunAnswer
from laban.models.deploy.zoo import EXPORTED_NAME, FUSION_NAME
from laban.pipeline.training.listening import METRICS, REPORT, SETTINGS, Metrics
from laban.render.files import write_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from laban.models.deploy.convert import Precision
    from laban.models.deploy.export import Exported, Shown
    from laban.models.training.trained import Trained

CHECKPOINT = "checkpoint"
MODEL_NAMES: Mapping[str, str] = MappingProxyType(
    {"float32": EXPORTED_NAME, "float16": "model.float16.tflite", "int8": "model.int8.tflite"}
)
"""The exported model of each precision."""

_PARTS = ".training"
_PACKAGES = ("numpy", "torch", "litert-torch", "ai-edge-litert", "scikit-learn", "aeon")
_DECISIVE = ("settings", "training", "data_sha256")
"""The parts of the description of a run that a resumed training must share."""


def about_run(
    *,
    settings: "DataclassInstance",
    training: Mapping[str, object],
    data: str,
    data_sha256: str,
    form: str | None = None,
) -> RunAnswer:
    """Everything that decides a run, and the machine it ran on."""
    return RunAnswer(
        settings=asdict(settings),
        training=training,
        data=data,
        form=form,
        data_sha256=data_sha256,
        versions=dict(_versions()),
        machine=MachineAnswer(platform.python_version(), os.cpu_count()),
    )


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run that is decided by what ``about`` holds (see ``about_run``); ``model`` is the file by
    which it is used."""

    path: Path
    about: RunAnswer
    model: str = EXPORTED_NAME

    @property
    def name(self) -> str:
        """The name of the run's model."""
        return self.path.resolve().name

    def kept(self, kind: type[Metrics], *, also: Iterable[str] = ()) -> Metrics | None:
        """The metrics of a finished run of the same work, of that ``kind``, with the files ``also``."""
        try:
            metrics = TypeAdapter(kind).validate_json((self.path / METRICS).read_bytes())
        except (OSError, ValidationError):
            return None
        whole = all((self.path / name).exists() for name in (self.model, REPORT, *also))
        return metrics if metrics.run.to_json() == self.about.to_json() and whole else None

    def part(self, what: str) -> Path:
        """A file for ``what`` an interrupted run of the same work can reuse; another run has another file."""
        held = self.about.to_json()
        decisive = [what, *(held[name] for name in _DECISIVE)]
        digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
        return self.path / _PARTS / digest[:16]

    def state(self, what: str) -> Path:
        """The file with the state of the training of ``what``."""
        return self.part(what).with_suffix(".safetensors")

    def write_models(
        self, trained: "Trained", shown: "Shown", precisions: Iterable["Precision"]
    ) -> list["Exported"]:
        """The checkpoint, and the exported model in each precision."""
        from laban.models.deploy.convert import to_lite
        from laban.models.deploy.export import export
        from laban.models.training.checkpoint import save_checkpoint
        from laban.models.training.torch_model import TorchModel

        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / FUSION_NAME).unlink(missing_ok=True)  # of another run, whose models are not these
        save_checkpoint(trained, self.path / CHECKPOINT)
        network, expected = to_lite(trained.network, trained.card), TorchModel.of(trained).run(shown.values)
        return [
            export(
                trained,
                self.path / MODEL_NAMES[one],
                shown=shown,
                precision=one,
                converted=network,
                expected=expected,
            )
            for one in precisions
        ]

    def finish(self, metrics: Metrics, *, report: Callable[[Path, Metrics], object]) -> Metrics:
        """Writes settings, metrics and ``report``, and removes what only an interrupted run needs."""
        write_json(self.path / SETTINGS, self.about)
        write_json(self.path / METRICS, metrics)
        report(self.path / REPORT, metrics)
        shutil.rmtree(self.path / _PARTS, ignore_errors=True)
        return metrics


def history_of(trained: "Trained") -> HistoryAnswer:
    """The answer about how training went."""
    from laban.models.training.training_state import history_answer

    return history_answer(trained.history, trained.best_epoch)


def _versions() -> Iterator[tuple[str, str]]:
    """The versions of the packages that do the work, where installed."""
    for package in ("laban", *_PACKAGES):
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue

"""The folder of a run: what decided it, its figures, report and models, and the state of one that was stopped."""

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
from typing import TYPE_CHECKING, Any

from laban.models.deploy.zoo import EXPORTED_NAME
from laban.models.evaluation.evaluate import plain
from laban.pipeline.training.listening import METRICS, REPORT, SETTINGS
from laban.render.files import written

if TYPE_CHECKING:
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
"""Of what is written about a run, what a training that is taken up again must share."""


def about_run(
    *, settings: Any, training: Mapping[str, Any], data: str, data_sha256: str, **more: str
) -> dict[str, Any]:
    """All that decides a run, and where it was made, as JSON holds it; ``settings`` is a dataclass."""
    about = {
        "settings": asdict(settings),
        "training": training,
        "data": data,
        **more,
        "data_sha256": data_sha256,
        "versions": dict(_versions()),
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
    }
    return dict(json.loads(json.dumps(about)))


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run that is decided by what ``about`` holds (see ``about_run``)."""

    path: Path
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the model of the run is called."""
        return self.path.resolve().name

    def kept(self) -> dict[str, Any] | None:
        """The figures of a finished run of the same work."""
        try:
            metrics = json.loads((self.path / METRICS).read_text(encoding="utf-8"))
            same = metrics["run"] == self.about
        except (OSError, ValueError, KeyError, TypeError):
            return None
        whole = all((self.path / name).exists() for name in (EXPORTED_NAME, REPORT))
        return dict(metrics) if same and whole else None

    def part(self, what: str) -> Path:
        """A file for ``what`` an interrupted run of the same work can use again; another run has another file."""
        decisive = [what, *(self.about[name] for name in _DECISIVE)]
        digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
        return self.path / _PARTS / digest[:16]

    def state(self, what: str) -> Path:
        """Where the training of ``what`` keeps what it needs to go on."""
        return self.part(what).with_suffix(".safetensors")

    def write_models(
        self, trained: "Trained", shown: "Shown", precisions: Iterable["Precision"]
    ) -> list["Exported"]:
        """The checkpoint, and the exported model in each precision."""
        from laban.models.deploy.convert import to_lite
        from laban.models.deploy.export import export
        from laban.models.training.checkpoint import save_checkpoint

        self.path.mkdir(parents=True, exist_ok=True)
        save_checkpoint(trained, self.path / CHECKPOINT)
        network = to_lite(trained.network, trained.card)
        return [
            export(trained, self.path / MODEL_NAMES[one], shown=shown, precision=one, converted=network)
            for one in precisions
        ]

    def finish(
        self, metrics: Mapping[str, Any], *, report: Callable[[Path, dict[str, Any]], object]
    ) -> dict[str, Any]:
        """Writes settings, figures and ``report``, and removes what only an interrupted run needs. Gives the
        figures as metrics.json holds them."""
        content = dict(plain({**metrics, "run": self.about}))
        for name, value in ((SETTINGS, plain(self.about)), (METRICS, content)):
            with written(self.path / name) as temporary:
                temporary.write_text(json.dumps(value, indent=1), encoding="utf-8")
        report(self.path / REPORT, content)
        shutil.rmtree(self.path / _PARTS, ignore_errors=True)
        return content


def history_json(trained: "Trained") -> dict[str, Any]:
    """The epochs as metrics.json holds them."""
    return {
        "epochs": [asdict(one) for one in trained.history],
        "best_epoch": trained.best_epoch,
        "seconds": sum(one.seconds for one in trained.history),
    }


def _versions() -> Iterator[tuple[str, str]]:
    """The versions of what does the work, as far as it is installed."""
    for package in ("laban", *_PACKAGES):
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue

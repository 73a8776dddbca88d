"""A small head on the landmarks of who is in the picture, trained as models of movement are."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Head, Task
from laban.models.deploy.litert_model import LiteModel, load_lite_model
from laban.models.evaluation.calibration import fit_temperature
from laban.models.image.instant import INSTANT, PICTURES, examples_of_pictures, values_of, with_mirrored
from laban.models.image.sides import mirrored_labels
from laban.pipeline.image.gathering import Finder, Gathered
from laban.pipeline.image.people import whose
from laban.pipeline.image.subjects import labels_of
from laban.pipeline.image.training.settings import PictureLearning
from laban.pipeline.image.training.ways import CHECKPOINT, NAMES, Shown, history_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from laban.models.deploy.export import Exported, Precision
    from laban.models.examples import Examples
    from laban.models.training.training import Progress, Trained

_TIMED = 30


class LandmarkWay:
    """A small head on the landmarks of who is in the picture."""

    def __init__(
        self,
        gathered: Gathered,
        task: Task,
        settings: PictureLearning,
        *,
        find: Finder | None,
        name: str,
        resume: Path | None = None,
    ) -> None:
        self.gathered, self.task, self.settings = gathered, task, settings
        self._find, self._name, self._resume = find, name, resume
        clips = [subject.clip for subject in gathered.subjects]
        self._examples = examples_of_pictures(clips, labels_of(task, gathered.subjects), task, gathered.poses)
        self._trained: Trained | None = None
        self.temperature = 1.0

    def fit(
        self,
        train: IntArray,
        validation: IntArray,
        progress: "Callable[[Progress], None]",
        *,
        calibrate: bool = True,
    ) -> None:
        from laban.models.training.training import train as train_model

        learned = self._known(train)
        if self.settings.mirror:
            learned = with_mirrored(learned, mirrored_labels(self.task.labels))
        held_out = self._known(validation)
        self._trained = train_model(
            learned,
            held_out,
            self.settings.landmark_training(),
            name=self._name,
            progress=progress,
            resume=self._resume,
        )
        if calibrate and len(held_out):
            self.temperature = fit_temperature(self._run(held_out.values), held_out.labels[:, 0])

    @property
    def history(self) -> dict[str, Any]:
        return history_of(self._done.history, self._done.best_epoch)

    def logits(self, rows: IntArray) -> Float32Array:
        return self._answers(self._examples.values[rows])

    def places(self, rows: IntArray) -> Float32Array | None:  # noqa: ARG002
        return None

    def logits_of(self, scenes: Sequence[Shown]) -> Float32Array:
        if self._find is None:
            return np.full((len(scenes), len(self.task.labels)), np.nan, np.float32)
        poses = [whose(self._find(image), box) for image, box in scenes]
        return self._answers(values_of(poses, self._examples.spec))

    def write(self, folder: Path, name: str, about: dict[str, Any], test: IntArray) -> list[dict[str, Any]]:
        from laban.models.deploy.export import export
        from laban.models.training.checkpoint import save_checkpoint

        head = Head(self.task, temperature=self.temperature)
        told = {**self._done.card.about, **about, PICTURES: self.settings.view.to_json()}
        final = replace(self._done, card=replace(self._done.card, name=name, heads=(head,), about=told))
        save_checkpoint(final, folder / CHECKPOINT)
        shown_on = self._known(test)
        examples = shown_on if len(shown_on) else self._known(np.arange(len(self.gathered)))
        precisions: tuple[Precision, ...] = ("float32", "int8")
        made = [export(final, folder / NAMES[one], examples=examples, precision=one) for one in precisions]
        return [self._told(one, examples) for one in made]

    def _told(self, made: "Exported", examples: "Examples") -> dict[str, Any]:
        """What a file is worth on the pictures it was compared on."""
        model = load_lite_model(made.path)
        own, theirs = model.run(examples.values).logits[0].argmax(1), self._run(examples.values).argmax(1)
        labels = examples.labels[:, 0]
        return {
            "path": made.path.name,
            "precision": made.scheme,
            "size_bytes": made.size_bytes,
            "pictures": len(examples),
            "max_difference": made.max_difference,
            "agreement": float((own == theirs).mean()),
            "accuracy": float((own == labels).mean()),
            "accuracy_change": float((own == labels).mean() - (theirs == labels).mean()),
            "latency_ms": _latency_ms(model, examples.values[:1]),
        }

    @property
    def _done(self) -> "Trained":
        if self._trained is None:
            raise RuntimeError("nothing was trained yet")
        return self._trained

    def _known(self, rows: IntArray) -> "Examples":
        """The examples of pictures in which somebody was found."""
        held = self._examples.take(rows)
        return held.take(np.flatnonzero(np.isfinite(held.values).any(axis=(1, 2))))

    def _answers(self, values: Float32Array) -> Float32Array:
        """NaN where nobody was found."""
        found = np.isfinite(values).any(axis=(1, 2))
        out = np.full((len(values), len(self.task.labels)), np.nan, np.float32)
        if found.any():
            out[found] = self._run(values[found])
        return out

    def _run(self, values: Float32Array) -> Float32Array:
        from laban.models.training.torch_model import TorchModel

        return TorchModel.of(self._done).run(values.reshape(len(values), INSTANT.length, -1)).logits[0]


def _latency_ms(model: LiteModel, values: Float32Array) -> float:
    """The median milliseconds that the head takes, the looking for people apart."""
    spent = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        model.run(values)
        spent.append(time.perf_counter() - began)
    return float(np.median(spent) * 1e3)

"""The two ways of answering what class a picture has: by looking at it, or at the landmarks of who is in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray, IntArray
from laban.models.calibration import fit_temperature
from laban.models.card import Head, Task
from laban.models.pictures.changes import changed
from laban.models.pictures.instant import INSTANT, PICTURES, examples_of_pictures, values_of, with_mirrored
from laban.models.pictures.sides import mirrored_labels
from laban.models.pictures.view import shown
from laban.models.zoo import EXPORTED_NAME
from laban.pipeline.pictures.gathering import ROOM, Finder, Gathered
from laban.pipeline.pictures.learning.settings import PictureLearning
from laban.pipeline.pictures.people import whose
from laban.pipeline.pictures.subjects import labels_of

if TYPE_CHECKING:
    from laban.models.examples import Examples
    from laban.models.pictures.backbone import Backbone
    from laban.models.pictures.training import Prepared, TrainedPictures
    from laban.models.training import Progress, Trained

NAMES = {"float32": EXPORTED_NAME, "float16": "model.float16.tflite", "int8": "model.int8.tflite"}
CHECKPOINT = "checkpoint"
Shown = tuple[ImageArray, Float64Array | None]
"""A square picture and its person's box in it."""


class Way(Protocol):
    """What a run needs of either: to learn, to answer, and to be written down."""

    def fit(self, train: IntArray, validation: IntArray, progress: "Callable[[Progress], None]") -> None: ...

    @property
    def temperature(self) -> float: ...

    @property
    def history(self) -> dict[str, Any]: ...

    def logits(self, rows: IntArray) -> Float32Array: ...

    def logits_of(self, scenes: Sequence[Shown]) -> Float32Array: ...

    def places(self, rows: IntArray) -> Float32Array | None: ...

    def write(
        self, folder: Path, name: str, about: dict[str, Any], test: IntArray
    ) -> list[dict[str, Any]]: ...


class ImageWay:
    """A classifier that looks at pictures."""

    def __init__(
        self,
        gathered: Gathered,
        task: Task,
        settings: PictureLearning,
        *,
        backbone: "Callable[[], Backbone]",
        resume: Path | None = None,
        key: dict[str, Any] | None = None,
    ) -> None:
        self.gathered, self.task, self.settings = gathered, task, settings
        self.training = settings.training
        self._backbone, self._resume, self._key = backbone, resume, key or {}
        self._labels = labels_of(task, gathered.subjects)
        self._prepared: Prepared | None = None
        self._trained: TrainedPictures | None = None
        self.temperature = 1.0

    def prepare(self, tell: Callable[[int, int], None]) -> None:
        """Works out once what the frozen parts make of every picture, in each of its changed forms."""
        import torch

        from laban.models.pictures.classifier import before
        from laban.models.pictures.training import Prepared
        from laban.models.training import threads_set

        backbone, parts = self._backbone(), self.training.frozen_parts
        forms, labels = [], []
        with threads_set(self.training.threads):
            for version in range(self.training.versions):
                images, classes = self._form(version)
                seen = torch.from_numpy(images) if parts == 0 else before(backbone, images, parts=parts)
                forms.append(seen if parts in (0, len(backbone.parts)) else seen.half())
                labels.append(classes)
                tell(version + 1, self.training.versions)
        self._prepared = Prepared(torch.stack(forms), np.stack(labels))

    def fit(self, train: IntArray, validation: IntArray, progress: "Callable[[Progress], None]") -> None:
        from laban.models.pictures.training import train_pictures

        if self._prepared is None:
            self.prepare(_unseen)
        prepared = self._prepared
        if prepared is None:
            raise RuntimeError("pictures were not prepared")
        self._trained = train_pictures(
            self._backbone,
            self.task,
            prepared.take(train),
            prepared.take(validation) if len(validation) else None,
            self.training,
            key=self._key,
            progress=progress,
            resume=self._resume,
        )
        if len(validation):
            self.temperature = fit_temperature(self.logits(validation), self._labels[validation])

    @property
    def history(self) -> dict[str, Any]:
        return _history(self._done.history, self._done.best_epoch)

    def logits(self, rows: IntArray) -> Float32Array:
        return self._run(self.gathered.exact[rows])["logits"]

    def places(self, rows: IntArray) -> Float32Array | None:
        return self._run(self.gathered.exact[rows])["places"]

    def logits_of(self, scenes: Sequence[Shown]) -> Float32Array:
        view = self.settings.view
        images = [
            shown(image, view.square((image.shape[1], image.shape[0]), box), side_px=view.side_px)
            if box is not None
            else _middle(image, view.side_px)
            for image, box in scenes
        ]
        return self._run(np.stack(images))["logits"]

    def write(self, folder: Path, name: str, about: dict[str, Any], test: IntArray) -> list[dict[str, Any]]:
        from laban.models.pictures.card import PictureCard
        from laban.models.pictures.export import export_pictures
        from laban.models.weights_file import write_weights

        done = self._done
        write_weights(folder / CHECKPOINT / "weights.safetensors", done.classifier.state_dict())
        head = Head(self.task, temperature=self.temperature)
        card = PictureCard(name, self.settings.backbone, self.settings.view, head, about)
        learned = np.linspace(0, len(self.gathered) - 1, min(100, len(self.gathered))).astype(int)
        calibration = [self.gathered.exact[row] for row in np.setdiff1d(learned, test)]
        made = export_pictures(
            done.classifier,
            card,
            folder,
            NAMES,
            calibration=calibration or [self.gathered.exact[0]],
            test=list(self.gathered.exact[test]),
            labels=self._labels[test],
        )
        return [{**vars(one), "path": one.path.name} for one in made]

    @property
    def _done(self) -> "TrainedPictures":
        if self._trained is None:
            raise RuntimeError("nothing was trained yet")
        return self._trained

    def _run(self, images: ImageArray) -> dict[str, Float32Array]:
        import torch

        parts: dict[str, list[Any]] = {"logits": [], "places": []}
        with torch.no_grad():
            for start in range(0, len(images), 32):
                batch = torch.from_numpy(np.ascontiguousarray(images[start : start + 32])).float()
                for key, value in self._done.classifier(batch).items():
                    parts[key].append(value.numpy())
        return {key: np.concatenate(held) for key, held in parts.items()}

    def _form(self, version: int) -> tuple[ImageArray, IntArray]:
        """All pictures in one changed form, and the classes they have in it; the first is unchanged."""
        if version == 0:
            return np.array(self.gathered.exact), self._labels
        becomes, changes = mirrored_labels(self.task.labels), self.training.changes
        images, labels = np.empty_like(self.gathered.exact), self._labels.copy()
        for row, roomy in enumerate(self.gathered.roomy):
            source = np.random.default_rng((self.training.seed, version, row))
            image = changed(roomy, changes, source, side_px=images.shape[1], share=1 / ROOM)
            if becomes[labels[row]] >= 0 and source.random() < changes.mirror:
                image, labels[row] = image[:, ::-1], becomes[labels[row]]
            images[row] = image
        return images, labels


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

    def fit(self, train: IntArray, validation: IntArray, progress: "Callable[[Progress], None]") -> None:
        from laban.models.training import train as train_model

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
        if len(held_out):
            self.temperature = fit_temperature(self._run(held_out.values), held_out.labels[:, 0])

    @property
    def history(self) -> dict[str, Any]:
        return _history(self._done.history, self._done.best_epoch)

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
        from laban.models.checkpoint import save_checkpoint
        from laban.models.export import export

        head = Head(self.task, temperature=self.temperature)
        told = {**self._done.card.about, **about, PICTURES: self.settings.view.to_json()}
        final = replace(self._done, card=replace(self._done.card, name=name, heads=(head,), about=told))
        save_checkpoint(final, folder / CHECKPOINT)
        shown_on = self._known(test)
        examples = shown_on if len(shown_on) else self._known(np.arange(len(self.gathered)))
        made = [
            export(final, folder / NAMES[precision], examples=examples, precision=precision)
            for precision in ("float32", "int8")
        ]
        return [
            {
                "path": one.path.name,
                "precision": one.scheme,
                "size_bytes": one.size_bytes,
                "pictures": one.windows,
                "max_difference": one.max_difference,
                "agreement": None,
                "accuracy": None,
                "accuracy_change": one.accuracy_change[0],
                "latency_ms": None,
            }
            for one in made
        ]

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
        from laban.models.torch_model import TorchModel

        return TorchModel.of(self._done).run(values.reshape(len(values), INSTANT.length, -1)).logits[0]


def _unseen(done: int, total: int) -> None:
    """Takes the steps that nobody sees."""


def _middle(image: ImageArray, side_px: int) -> ImageArray:
    """What is shown of a scene without a box: all but its surroundings."""
    size = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    reach = size / ROOM / 2
    return shown(image, np.concatenate([size / 2 - reach, size / 2 + reach]), side_px=side_px)


def _history(epochs: Sequence[Any], best_epoch: int) -> dict[str, Any]:
    rows = [{**vars(one), "accuracy": list(one.accuracy)} for one in epochs]
    return {"epochs": rows, "best_epoch": best_epoch, "seconds": sum(one.seconds for one in epochs)}

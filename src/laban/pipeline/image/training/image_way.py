"""A classifier that looks at pictures: prepared once, trained, judged and written."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float32Array, ImageArray, IntArray
from laban.models.card import Head, Task
from laban.models.evaluation.calibration import fit_temperature
from laban.models.image.changes import changed
from laban.models.image.sides import mirrored_labels
from laban.models.image.view import shown
from laban.pipeline.image.gathering import ROOM, Gathered
from laban.pipeline.image.subjects import labels_of
from laban.pipeline.image.training.settings import PictureLearning
from laban.pipeline.image.training.ways import CHECKPOINT, NAMES, Shown, history_of
from laban.render.files import written

if TYPE_CHECKING:
    from laban.models.image.backbone import Backbone
    from laban.models.image.training import Prepared, TrainedPictures
    from laban.models.training.training import Progress


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

        from laban.models.image.training import Prepared
        from laban.models.training.training import threads_set

        backbone, forms, labels = self._backbone(), [], []
        with threads_set(self.training.threads):
            for version in range(self.training.versions):
                form, classes = self._kept(version) or self._seen(backbone, version)
                forms.append(torch.from_numpy(form))
                labels.append(classes)
                tell(version + 1, self.training.versions)
        self._prepared = Prepared(torch.stack(forms), np.stack(labels))

    def fit(
        self,
        train: IntArray,
        validation: IntArray,
        progress: "Callable[[Progress], None]",
        *,
        calibrate: bool = True,
    ) -> None:
        from laban.models.image.training import train_pictures

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
        if calibrate and len(validation):
            self.temperature = fit_temperature(self.logits(validation), self._labels[validation])

    @property
    def history(self) -> dict[str, Any]:
        return history_of(self._done.history, self._done.best_epoch)

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
        from laban.models.image.card import PictureCard
        from laban.models.image.export import export_pictures
        from laban.models.training.weights_file import write_weights

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

    def _seen(self, backbone: "Backbone", version: int) -> tuple[np.ndarray, IntArray]:
        """What the frozen parts make of one form of all pictures, and the classes these have in it."""
        from laban.models.image.classifier import before

        images, classes = self._form(version)
        parts = self.training.frozen_parts
        seen = images if parts == 0 else before(backbone, images, parts=parts).numpy()
        if 0 < parts < len(backbone.parts):
            seen = seen.astype(np.float16)
        if self._resume is not None:
            with written(self._file(version)) as temporary, temporary.open("wb") as stream:
                np.savez(stream, form=seen, classes=classes)
        return seen, classes

    def _kept(self, version: int) -> tuple[np.ndarray, IntArray] | None:
        """What an interrupted run has worked out of the same pictures."""
        if self._resume is None:
            return None
        try:
            with self._file(version).open("rb") as stream, np.load(stream, allow_pickle=False) as held:
                return held["form"], held["classes"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def _file(self, version: int) -> Path:
        told = json.dumps([self._key, self.training.to_dict(), self.settings.view.to_json()], sort_keys=True)
        folder = Path() if self._resume is None else self._resume.parent
        return folder / f"{hashlib.sha256(told.encode()).hexdigest()[:16]}-{version}.npz"

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


def _unseen(done: int, total: int) -> None:
    """Takes the steps that nobody sees."""


def _middle(image: ImageArray, side_px: int) -> ImageArray:
    """What is shown of a scene without a box: all but its surroundings."""
    size = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    reach = size / ROOM / 2
    return shown(image, np.concatenate([size / 2 - reach, size / 2 + reach]), side_px=side_px)

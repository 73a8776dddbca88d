"""Training of a classifier of image pixels, whose images are prepared once."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import Float32Array, ImageArray, IntArray
from laban.core.progress import Progress, unheard
from laban.models.card import Task
from laban.models.image.augmentation import changed
from laban.models.image.sides import mirrored_labels
from laban.models.image.view import shown
from laban.pipeline.image.gathering import ROOM, Gathered
from laban.pipeline.image.subjects import labels_of
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.training.ways import Scenery
from laban.pipeline.training.run_folder import RunFolder
from laban.render.files import written

if TYPE_CHECKING:
    from laban.models.deploy.convert import Precision
    from laban.models.deploy.export import Shown
    from laban.models.image.backbone import Backbone
    from laban.models.image.training import PreparedImages
    from laban.models.protocol import Outputs
    from laban.models.training.loop import TrainingProgress
    from laban.models.training.trained import Trained

_CALIBRATION = 100


class ImageWay:
    """A classifier of image pixels. The prepared images of an interrupted run are kept in ``run``."""

    precisions: "tuple[Precision, ...]" = ("float32", "float16", "int8")

    def __init__(
        self,
        gathered: Gathered,
        task: Task,
        settings: ImageLearningSettings,
        *,
        backbone: "Callable[[], Backbone]",
        run: RunFolder | None = None,
    ) -> None:
        self.gathered, self.task, self.settings = gathered, task, settings
        self.training = settings.training
        self._backbone, self._run = backbone, run
        self._labels = labels_of(task, gathered.subjects)
        self._prepared: PreparedImages | None = None
        self._trained: Trained | None = None

    def prepare(self, progress: Progress) -> None:
        """Computes the output of the frozen parts once for every augmented form of every image."""
        import torch

        from laban.models.image.training import PreparedImages
        from laban.models.training.loop import threads_set

        backbone, forms, labels = self._backbone(), [], []
        with threads_set(self.training.threads):
            for version in range(self.training.versions):
                form, classes = self._kept(version) or self._seen(backbone, version)
                forms.append(torch.from_numpy(form))
                labels.append(classes)
                progress(version + 1, self.training.versions)
        self._prepared = PreparedImages(torch.stack(forms), np.stack(labels))

    def fit(
        self, train: IntArray, validation: IntArray, progress: "Callable[[TrainingProgress], None]"
    ) -> None:
        from laban.models.image.training import train_images

        if self._prepared is None:
            self.prepare(unheard)
        prepared = self._prepared
        if prepared is None:
            raise RuntimeError("images were not prepared")
        self._trained = train_images(
            self._backbone,
            self.task,
            prepared.take(train),
            prepared.take(validation) if len(validation) else None,
            self.training,
            view=self.settings.view,
            name="" if self._run is None else self._run.name,
            data="" if self._run is None else self._run.about.data_sha256,
            progress=progress,
            resume=None if self._run is None else self._run.state("images"),
        )

    @property
    def trained(self) -> "Trained":
        if self._trained is None:
            raise RuntimeError("nothing was trained yet")
        return self._trained

    def logits(self, rows: IntArray) -> Float32Array:
        return self._answers(self.gathered.exact[rows]).logits[0]

    def places(self, rows: IntArray) -> Float32Array | None:
        return self._answers(self.gathered.exact[rows]).places

    def logits_of(self, scenes: Sequence[Scenery]) -> Float32Array:
        view = self.settings.view
        images = [
            shown(image, view.square((image.shape[1], image.shape[0]), box), side_px=view.side_px)
            if box is not None
            else _middle(image, view.side_px)
            for image, box in scenes
        ]
        return self._answers(np.stack(images)).logits[0]

    def shown(self, test: IntArray) -> "Shown":
        from laban.models.deploy.export import Shown

        count = len(self.gathered)
        some = np.setdiff1d(np.linspace(0, count - 1, min(_CALIBRATION, count)).astype(int), test)
        exact = self.gathered.exact
        return Shown(exact[test], self._labels[test][:, None], exact[some] if len(some) else exact[:1])

    def _answers(self, images: ImageArray) -> "Outputs":
        from laban.models.training.torch_model import TorchModel

        return TorchModel.of(self.trained).run(images)

    def _seen(self, backbone: "Backbone", version: int) -> tuple[np.ndarray, IntArray]:
        """The output of the frozen parts for one form of all images, and their classes in it."""
        from laban.models.image.classifier import before

        images, classes = self._form(version)
        parts = self.training.frozen_parts
        seen = images if parts == 0 else before(backbone, images, parts=parts).numpy()
        if 0 < parts < len(backbone.parts):
            seen = seen.astype(np.float16)
        file = self._file(version)
        if file is not None:
            with written(file) as temporary, temporary.open("wb") as stream:
                np.savez(stream, form=seen, classes=classes)
        return seen, classes

    def _kept(self, version: int) -> tuple[np.ndarray, IntArray] | None:
        """The prepared images of an interrupted run on the same images."""
        file = self._file(version)
        if file is None:
            return None
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
                return held["form"], held["classes"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def _file(self, version: int) -> Path | None:
        return None if self._run is None else self._run.part(f"form {version}").with_suffix(".npz")

    def _form(self, version: int) -> tuple[ImageArray, IntArray]:
        """All images in one changed form, and the classes they have in it; the first is unchanged."""
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


def _middle(image: ImageArray, side_px: int) -> ImageArray:
    """The input of a scene without a box: all but its margins."""
    size = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    reach = size / ROOM / 2
    return shown(image, np.concatenate([size / 2 - reach, size / 2 + reach]), side_px=side_px)

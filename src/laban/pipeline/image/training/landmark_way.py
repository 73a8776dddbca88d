"""A small head on the landmarks of the people in images, trained like models of movement."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Task
from laban.models.image.instant import INSTANT, examples_of_images, values_of, with_mirrored
from laban.models.image.sides import mirrored_labels
from laban.pipeline.image.gathering import Finder, Gathered
from laban.pipeline.image.people import whose
from laban.pipeline.image.subjects import labels_of
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.training.ways import Scenery
from laban.pipeline.training.run_folder import RunFolder

if TYPE_CHECKING:
    from laban.models.deploy.convert import Precision
    from laban.models.deploy.export import Shown
    from laban.models.examples import Examples
    from laban.models.training.loop import TrainingProgress
    from laban.models.training.trained import Trained


class LandmarkWay:
    """A small head on the landmarks of the person in the image."""

    precisions: "tuple[Precision, ...]" = ("float32", "int8")

    def __init__(
        self,
        gathered: Gathered,
        task: Task,
        settings: ImageLearningSettings,
        *,
        find: Finder | None,
        run: RunFolder | None = None,
    ) -> None:
        self.gathered, self.task, self.settings = gathered, task, settings
        self._find, self._run = find, run
        clips = [subject.clip for subject in gathered.subjects]
        self._examples = examples_of_images(clips, labels_of(task, gathered.subjects), task, gathered.poses)
        self._trained: Trained | None = None

    def fit(
        self, train: IntArray, validation: IntArray, progress: "Callable[[TrainingProgress], None]"
    ) -> None:
        from laban.models.training.landmarks import train as train_landmarks

        learned = self._known(train)
        if self.settings.mirror:
            learned = with_mirrored(learned, mirrored_labels(self.task.labels))
        trained = train_landmarks(
            learned,
            self._known(validation),
            self.settings.landmark_training(),
            name="" if self._run is None else self._run.name,
            progress=progress,
            resume=None if self._run is None else self._run.state("landmarks"),
        )
        still = replace(trained.card.landmarks, still=True)
        self._trained = replace(trained, card=replace(trained.card, input=still))

    @property
    def trained(self) -> "Trained":
        if self._trained is None:
            raise RuntimeError("nothing was trained yet")
        return self._trained

    def logits(self, rows: IntArray) -> Float32Array:
        return self._answers(self._examples.values[rows])

    def places(self, rows: IntArray) -> Float32Array | None:  # noqa: ARG002
        return None

    def logits_of(self, scenes: Sequence[Scenery]) -> Float32Array:
        if self._find is None:
            return np.full((len(scenes), len(self.task.labels)), np.nan, np.float32)
        poses = [whose(self._find(image), box) for image, box in scenes]
        return self._answers(values_of(poses, self._examples.spec))

    def shown(self, test: IntArray) -> "Shown":
        """Those of the test in which somebody was found, or of all where there are none."""
        from laban.models.deploy.export import Shown

        tested = self._known(test)
        examples = tested if len(tested) else self._known(np.arange(len(self.gathered)))
        return replace(Shown.of(examples), values=examples.values, labels=examples.labels)

    def _known(self, rows: IntArray) -> "Examples":
        """The examples of images in which somebody was found."""
        held = self._examples.take(rows)
        return held.take(np.flatnonzero(np.isfinite(held.values).any(axis=(1, 2))))

    def _answers(self, values: Float32Array) -> Float32Array:
        """NaN where nobody was found."""
        from laban.models.training.torch_model import TorchModel

        found = np.isfinite(values).any(axis=(1, 2))
        out = np.full((len(values), len(self.task.labels)), np.nan, np.float32)
        if found.any():
            shown = values[found].reshape(int(found.sum()), INSTANT.length, -1)
            out[found] = TorchModel.of(self.trained).run(shown).logits[0]
        return out

"""Networks trained on each split of labelled clips, and what they answer for the clips that were held out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers import known
from laban.core.answers.clip_metrics import (
    OtherNetworkAnswer,
)
from laban.core.arrays import Float32Array, IntArray
from laban.core.clock import WindowSpec
from laban.models.card import Head
from laban.models.evaluation.calibration import fit_temperature
from laban.models.evaluation.image_metrics import ImageEvaluation, evaluate_whole_clips
from laban.models.evaluation.metrics import metrics_of
from laban.models.inputs import ClipInput
from laban.models.training.split import Split
from laban.models.video.settings import ClipTrainingSettings
from laban.pipeline.training.held_out import ClipLogits, FoldAnswers
from laban.pipeline.training.listening import Listener
from laban.pipeline.training.run_folder import RunFolder
from laban.pipeline.video.features import SeenClips
from laban.pipeline.video.training.clips import LabelledClips
from laban.pipeline.video.training.keeping import kept_of_clips
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import LookedAt, Sight
from laban.pipeline.video.training.tested import TestedClips

if TYPE_CHECKING:
    from laban.models.training.trained import Trained

_HOPS = 4
_LEAST_LENGTH_S = 0.2


@dataclass(frozen=True, eq=False)
class Fold:
    """A network and its answers for the clips of a ``split`` that it did not learn from: the logits (N, K) of its
    ``validation`` and of its test."""

    split: Split
    trained: "Trained"
    validation: Float32Array
    logits: Float32Array
    temperature: float

    @property
    def answers(self) -> FoldAnswers:
        """The answers for the clips that were held out."""
        return FoldAnswers(
            ClipLogits(self.split.validation, self.validation), ClipLogits(self.split.test, self.logits)
        )

    @property
    def tested(self) -> TestedClips:
        """The test, and the network to be asked again."""
        return TestedClips(self.split.test, self.logits / self.temperature, self.trained, self.temperature)


@dataclass(frozen=True, eq=False)
class FoldTraining:
    """Training on clips that have been looked at, in a run's folder."""

    looked: LookedAt
    settings: ClipLearningSettings
    sight: Sight
    run: RunFolder
    listener: Listener

    @property
    def clips(self) -> LabelledClips:
        """The clips."""
        return self.looked.clips

    @property
    def seen(self) -> SeenClips:
        """What was seen in each."""
        return self.looked.seen

    @property
    def given(self) -> ClipInput:
        """What the network is shown of a clip: a window as long as the median clip."""
        length_s = max(float(np.median(self.seen.length_s)), _LEAST_LENGTH_S)
        frames = self.settings.sampling.frames
        clock = WindowSpec(length_s=length_s, hop_s=length_s / _HOPS, fps=frames / length_s)
        return ClipInput(clock, self.settings.sampling.size_wh)

    def folds(self, splits: Sequence[Split], training: ClipTrainingSettings, what: str) -> list[Fold]:
        """A network for each split; ``what`` is its name for messages, and for continuing."""
        if splits:
            self.listener.stage(f"training {what}")
        return [self._fold(split, training, f"{what} {index}") for index, split in enumerate(splits)]

    def _fold(self, split: Split, training: ClipTrainingSettings, what: str) -> Fold:
        trained = self._trained(split.train, split.validation, training, what)
        validation = self._logits(trained, split.validation)
        temperature = fit_temperature(validation, self.clips.labels[split.validation])
        return Fold(split, trained, validation, self._logits(trained, split.test), temperature)

    def _trained(
        self, train: IntArray, validation: IntArray, training: ClipTrainingSettings, what: str
    ) -> "Trained":
        from laban.models.video.training import PreparedClips, train_clips

        prepared = PreparedClips(self.seen.forms, self.clips.labels)
        return train_clips(
            self.sight.frame,
            self.clips.task,
            prepared.take(train),
            prepared.take(validation) if len(validation) else None,
            training,
            given=self.given,
            name=self.run.name,
            data=self.run.about.data_sha256,
            progress=self.listener.epoch,
            resume=self.run.state(what),
        )

    def _logits(self, trained: "Trained", rows: IntArray) -> Float32Array:
        """(N, K) for clips, from what was seen in their frames."""
        if not len(rows):
            return np.zeros((0, len(self.clips.task.labels)), np.float32)
        from laban.models.video.training import logits_of

        return logits_of(trained, self.seen.forms[0][rows])

    def figures(self, folds: Sequence[Fold]) -> tuple[ImageEvaluation, IntArray]:
        """The figures of all tests together, and which clips were tested, in order."""
        rows = np.concatenate([fold.split.test for fold in folds])
        logits = np.concatenate([fold.logits / fold.temperature for fold in folds])
        tested = [self.clips.clips[row] for row in rows]
        figures = evaluate_whole_clips(
            self.clips.task, self.clips.labels[rows], logits, tested, seed=self.settings.seed
        )
        return figures, rows

    def final(self, folds: Sequence[Fold]) -> "Trained":
        """The network to keep: the one that was tested, or after several folds one that learned from all."""
        temperature = float(np.mean([fold.temperature for fold in folds]))
        trained, train, validation = folds[0].trained, folds[0].split.train, folds[0].split.validation
        if len(folds) > 1:
            self.listener.stage("training the model to keep")
            train = np.setdiff1d(np.arange(len(self.clips)), validation)
            trained = self._trained(train, validation, self.settings.training, "the model to keep")
        card = trained.card
        kept = kept_of_clips(trained, self.seen, self.clips.labels, train=train, validation=validation)
        about = {**card.about, **self.run.about.to_json(), **kept}
        head = Head(self.clips.task, temperature=temperature)
        return replace(trained, card=replace(card, heads=(head,), about=about))

    def other(self, name: str, splits: Sequence[Split]) -> OtherNetworkAnswer:
        """What another network over time reaches on the same splits."""
        folds = self.folds(splits, self.settings.training_of(name), name)
        rows = np.concatenate([fold.split.test for fold in folds])
        said = np.concatenate([fold.logits for fold in folds]).argmax(axis=1)
        found = metrics_of(self.clips.task, self.clips.labels[rows], said)
        return OtherNetworkAnswer(name, known(found["accuracy"]), known(found["macro_f1"]))

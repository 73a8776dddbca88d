"""A whole run: clips seen, networks trained and evaluated on what they have not seen, one of them exported."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers import known
from laban.core.answers.clip_metrics import (
    ClipClassifierName,
    ClipMetrics,
    ClipSplitAnswer,
    MaskedAnswer,
    OtherNetworkAnswer,
)
from laban.core.answers.metrics import RandomSplitAnswer, RunAnswer
from laban.core.arrays import Float32Array, ImageArray, IntArray
from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError
from laban.models.card import Head
from laban.models.deploy.zoo import EXPORTED_NAME
from laban.models.evaluation.calibration import fit_temperature
from laban.models.evaluation.image_metrics import ImageEvaluation, evaluate_images
from laban.models.evaluation.metrics import metrics_of
from laban.models.inputs import ClipInput
from laban.models.training.split import Split
from laban.models.video.settings import ClipTrainingSettings
from laban.pipeline.dataset.values import Dataset
from laban.pipeline.training.held_out import HELD_OUT, ClipLogits, FoldAnswers, HeldOutAnswers
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run, history_of
from laban.pipeline.video.evaluation import frame_pool
from laban.pipeline.video.features import SeenClips
from laban.pipeline.video.sampling import read_strip
from laban.pipeline.video.training.answers import hardest_clips, label_errors, part_counts
from laban.pipeline.video.training.clips import LabelledClips
from laban.pipeline.video.training.decided import strips_of
from laban.pipeline.video.training.keeping import kept_of_clips
from laban.pipeline.video.training.masked import mask_test
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import LookedAt, Sight, fps_of, look_at, path_of
from laban.pipeline.video.training.splits import clip_splits
from laban.pipeline.video.training.tested import TestedClips
from laban.render.report import write_report
from laban.render.report.classifier import ExampleImage

if TYPE_CHECKING:
    from laban.models.deploy.export import Shown
    from laban.models.training.trained import Trained

OTHERS = ("mean", "change", "lrcn", "tcn", "attention")
"""Networks over time that are compared on the same features."""

_SHOWN = 12
_HOPS = 4
_LEAST_LENGTH_S = 0.2


def learn_clips(
    dataset: Dataset,
    folder: Path,
    settings: ClipLearningSettings,
    *,
    sight: Sight,
    listener: Listener | None = None,
) -> Learned[ClipMetrics]:
    """Trains, evaluates and exports a recogniser from pixels into ``folder``; the same clips and settings are not
    worked on twice.

    What was seen in the frames is kept in ``sight.cache``, so that another network, or a run that was stopped,
    does not look again. A clip that cannot be read is left out and named. Raises InvalidValueError where there is
    too little to learn from.
    """
    listener = listener or Silent()
    looked = look_at(dataset, settings, sight=sight, listener=listener)
    return learn_from(looked, folder, settings, sight=sight, listener=listener)


def learn_from(
    looked: LookedAt,
    folder: Path,
    settings: ClipLearningSettings,
    *,
    sight: Sight,
    listener: Listener | None = None,
    keeps_answers: bool = False,
) -> Learned[ClipMetrics]:
    """``learn_clips`` from clips that have been looked at; with ``keeps_answers`` the folder also holds what was
    answered for clips that were held out."""
    if settings.masked and sight.people is None:
        raise InvalidValueError("masked needs something that finds people: give Sight.people")
    began = time.perf_counter()
    run = RunFolder(folder, _about(looked.dataset, looked.clips, looked.seen, settings, sight))
    kept = run.kept(ClipMetrics, also=(HELD_OUT,) if keeps_answers else ())
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    work = _Work(
        looked.dataset, looked.clips, looked.seen, settings, sight, run, listener or Silent(), keeps_answers
    )
    return Learned(folder, work.done(), time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Fold:
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
class _Work:
    dataset: Dataset
    clips: LabelledClips
    seen: SeenClips
    settings: ClipLearningSettings
    sight: Sight
    run: RunFolder
    listener: Listener
    keeps_answers: bool

    def done(self) -> ClipMetrics:
        """Everything, and its figures."""
        planned = clip_splits(self.clips, self.settings)
        splits = planned.held_out
        folds = self._folds(splits, self.settings.training, self.settings.network)
        figures, evaluated = self._figures(folds)
        flattered = self._folds(planned.random, self.settings.training, "on a random split")
        if self.keeps_answers:
            told = ([fold.answers for fold in part] for part in (folds, flattered))
            HeldOutAnswers(*map(tuple, told)).save(self.run.path / HELD_OUT)
        final = self._final(folds)
        self.listener.stage("exporting")
        made = self.run.write_models(final, self._shown(splits[0]), ("float32", "float16", "int8"))
        looked, tests = LookedAt(self.dataset, self.clips, self.seen), [fold.tested for fold in folds]
        strips = self._strips(looked, tests)
        masked, unmasked = self._masked(looked, tests)
        settings = self.settings
        metrics = ClipMetrics(
            version=1,
            kind="clips",
            model=ClipClassifierName(
                self.run.name,
                settings.network,
                settings.training.backbone,
                settings.sampling.frames,
                settings.sampling.size_wh,
                self._given.clock.length_s,
            ),
            task=self.clips.task.name,
            labels=self.clips.task.labels,
            clips=figures.images,
            random=self._random(flattered, figures),
            others=self._others(splits),
            calibration=figures.calibration,
            subgroups=figures.subgroups,
            hardest=hardest_clips([self.clips.clips[row] for row in evaluated], figures),
            label_errors=label_errors(figures),
            split=ClipSplitAnswer(
                splits[0].by.split(",")[0],
                len(splits),
                part_counts(self.clips, splits[0]),
                (*splits[0].notes, *planned.notes),
            ),
            training=history_of(folds[0].trained),
            notes=(*self._notes(), *unmasked),
            export=tuple(one.answer() for one in made),
            run=self.run.about,
            masked=masked,
        )
        return self.run.finish(metrics, report=partial(write_report, examples=strips))

    @property
    def _given(self) -> ClipInput:
        length_s = max(float(np.median(self.seen.length_s)), _LEAST_LENGTH_S)
        frames = self.settings.sampling.frames
        clock = WindowSpec(length_s=length_s, hop_s=length_s / _HOPS, fps=frames / length_s)
        return ClipInput(clock, self.settings.sampling.size_wh)

    def _folds(self, splits: Sequence[Split], training: ClipTrainingSettings, what: str) -> list[_Fold]:
        if splits:
            self.listener.stage(f"training {what}")
        return [self._fold(split, training, f"{what} {index}") for index, split in enumerate(splits)]

    def _fold(self, split: Split, training: ClipTrainingSettings, what: str) -> _Fold:
        trained = self._trained(split.train, split.validation, training, what)
        validation = self._logits(trained, split.validation)
        temperature = fit_temperature(validation, self.clips.labels[split.validation])
        return _Fold(split, trained, validation, self._logits(trained, split.test), temperature)

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
            given=self._given,
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

    def _figures(self, folds: Sequence[_Fold]) -> tuple[ImageEvaluation, IntArray]:
        """The figures of all tests together, and which clips were tested, in order."""
        rows = np.concatenate([fold.split.test for fold in folds])
        logits = np.concatenate([fold.logits / fold.temperature for fold in folds])
        tested = [self.clips.clips[row] for row in rows]
        figures = evaluate_images(
            self.clips.task,
            self.clips.labels[rows],
            logits,
            temperature=1.0,
            names=[clip.name for clip in tested],
            groups=[clip.group for clip in tested],
            subgroups=[clip.subgroups for clip in tested],
            seed=self.settings.seed,
        )
        return figures, rows

    def _final(self, folds: Sequence[_Fold]) -> "Trained":
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

    def _random(self, folds: Sequence[_Fold], figures: ImageEvaluation) -> RandomSplitAnswer | None:
        """What the same network reaches where clips of one group lie on both sides."""
        if not folds:
            return None
        found, _ = self._figures(folds)
        held, own = found.images, figures.images
        gap = None if held.accuracy is None or own.accuracy is None else held.accuracy - own.accuracy
        return RandomSplitAnswer(held.accuracy, held.macro_f1, held.intervals["accuracy"], gap)

    def _masked(
        self, looked: LookedAt, tests: Sequence[TestedClips]
    ) -> tuple[MaskedAnswer | None, tuple[str, ...]]:
        """The same tests with people and with the background masked, where that is asked."""
        find = self.sight.people
        if not self.settings.masked or find is None:
            return None, ()
        return mask_test(looked, tests, self.settings, sight=self.sight, find=find, listener=self.listener)

    def _strips(self, looked: LookedAt, tests: Sequence[TestedClips]) -> list[ExampleImage]:
        """What decided the answers to a few test clips."""
        exported = self.run.path / EXPORTED_NAME
        return strips_of(
            looked,
            tests,
            self.settings.sampling,
            reader=None if self.settings.learns_to_see else frame_pool(exported),
            workers=self.sight.workers,
            listener=self.listener,
        )

    def _others(self, splits: Sequence[Split]) -> tuple[OtherNetworkAnswer, ...]:
        """The other networks over time on the same features; none for a backbone that learns."""
        if not self.settings.others or self.settings.learns_to_see:
            return ()
        return tuple(self._other(name, splits) for name in OTHERS if name != self.settings.network)

    def _other(self, name: str, splits: Sequence[Split]) -> OtherNetworkAnswer:
        folds = self._folds(splits, self.settings.training_of(name), name)
        rows = np.concatenate([fold.split.test for fold in folds])
        said = np.concatenate([fold.logits for fold in folds]).argmax(axis=1)
        found = metrics_of(self.clips.task, self.clips.labels[rows], said)
        return OtherNetworkAnswer(name, known(found["accuracy"]), known(found["macro_f1"]))

    def _shown(self, split: Split) -> "Shown":
        """What exported files are compared on: clips of the test, and for ranges some that were learned from."""
        from laban.models.deploy.export import Shown

        test, train = _some(split.test, _SHOWN), _some(split.train, _SHOWN)
        return Shown(self._pixels(test), self.clips.labels[test][:, None], self._pixels(train))

    def _pixels(self, rows: IntArray) -> ImageArray:
        sampling = self.settings.sampling
        strips = (
            read_strip(
                path_of(self.clips.items[row]),
                size_wh=sampling.size_wh,
                fps=fps_of(self.dataset),
            )
            for row in rows
        )
        return np.stack([strip.images[strip.spread(sampling.frames)] for strip in strips])

    def _notes(self) -> tuple[str, ...]:
        words = [f"{one.name} was left out: {one.reason}" for one in self.clips.left_out]
        return (*words, *self.dataset.notes)


def _some(rows: IntArray, most: int) -> IntArray:
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))
    return np.asarray(rows[chosen], dtype=np.int64)


def _about(
    dataset: Dataset, clips: LabelledClips, seen: SeenClips, settings: ClipLearningSettings, sight: Sight
) -> RunAnswer:
    return about_run(
        settings=settings,
        training=settings.training.to_dict(),
        data=dataset.name,
        data_sha256=clips.sha256(seen.contents, seen_by=sight.reader.key),
    )

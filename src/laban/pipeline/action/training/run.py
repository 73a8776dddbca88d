"""A whole training run: networks are trained and evaluated on held-out data, and one of them is exported."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers.metrics import ExportedAnswer, RunAnswer, TrainingMetrics
from laban.core.arrays import IntArray
from laban.models.baselines import BASELINES
from laban.models.evaluation.evaluate import Evaluation, Extras, evaluate_folds
from laban.models.evaluation.event_metrics import EventMetrics
from laban.models.evaluation.task_metrics import EvaluationSettings
from laban.models.examples import UNLABELLED, Examples
from laban.models.frame_rates import FRAME_RATES, trained_rates
from laban.models.needs import check_can_train
from laban.models.training.blocks import with_blocks
from laban.models.training.split import Split
from laban.models.training.splits import check_classes, has_groups, split_examples
from laban.pipeline.action.training.clip_answers import clip_answers
from laban.pipeline.action.training.fingerprints import fingerprints_of
from laban.pipeline.action.training.fitting import fit
from laban.pipeline.action.training.gathering import Material
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.action.training.watched import events_of
from laban.pipeline.dataset import Recordings
from laban.pipeline.dataset.used import scored
from laban.pipeline.training.clip_splits import ClipSplits, of_windows
from laban.pipeline.training.held_out import HELD_OUT, FoldAnswers, HeldOutAnswers
from laban.pipeline.training.learned_from import told_from
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run, history_of

if TYPE_CHECKING:
    from laban.models.training.trained import Trained


def learn(
    material: Material,
    recordings: Recordings,
    folder: Path,
    settings: LearningSettings,
    *,
    name: str,
    listener: Listener | None = None,
    splits: ClipSplits | None = None,
) -> Learned[TrainingMetrics]:
    """Trains, evaluates and exports a recogniser into ``folder``; a finished run of the same data and settings is
    kept.

    With ``splits`` of the dataset's clips, in place of those of ``settings``, the folder also holds what was
    answered for clips that were held out.

    A stopped run continues with the epoch it was in. Raises InvalidValueError where there is too little to
    learn from or the model cannot serve the features, MissingExtraError without the extra ``train``, OutputError.
    """
    check_can_train()
    began, listener = time.perf_counter(), listener or Silent()
    settings = settings.for_data(material.examples)
    run = RunFolder(folder, _about(material, settings))
    kept = run.kept(TrainingMetrics, also=() if splits is None else (HELD_OUT,))
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    examples = with_blocks(material.examples, block=10) if settings.split == "blocks" else material.examples
    work = _Work(material, recordings, examples, settings, run, name, listener, splits)
    folds, flattered = work.folds(), work.flattered()
    if splits is not None:
        HeldOutAnswers(*(tuple(map(work.answers, part)) for part in (folds, flattered))).save(
            folder / HELD_OUT
        )
    listener.stage("evaluating")
    evaluation = work.evaluation(folds, flattered)
    final = work.final(folds)
    listener.stage("exporting")
    exported = _exported(final, run, examples)
    metrics = TrainingMetrics.extending(evaluation.metrics, export=exported, run=run.about)
    run.finish(metrics, report=_write_report)
    return Learned(folder, metrics, time.perf_counter() - began)


Fold = tuple["Trained", Split]


@dataclass(frozen=True, eq=False)
class _Work:
    material: Material
    recordings: Recordings
    examples: Examples
    settings: LearningSettings
    run: RunFolder
    name: str
    listener: Listener
    splits: ClipSplits | None

    def folds(self) -> list[Fold]:
        """The networks and their splits; never split at random."""
        if self.splits is not None:
            return self._fitted_to(self.splits.held_out)
        by = "group" if self.settings.split == "random" else self.settings.split
        return self._fitted(replace(self.settings, split=by))

    def flattered(self) -> list[Fold]:
        """The same of a random split, where that was asked for."""
        if self.splits is not None:
            return self._fitted_to(self.splits.random)
        return self._fitted(self.settings) if self.settings.split == "random" else []

    def answers(self, fold: Fold) -> FoldAnswers:
        """What a network answers for the clips that it did not learn from."""
        trained, split = fold
        return FoldAnswers(
            *(clip_answers(trained, self.examples.take(rows)) for rows in (split.validation, split.test))
        )

    def evaluation(self, folds: list[Fold], flattered: list[Fold]) -> Evaluation:
        """The metrics of all folds together, with all extras that were requested."""
        random = None
        if flattered:
            random = self._evaluate(
                flattered, Extras(), EvaluationSettings(baselines=(), disturbances=(), hardest=0)
            )
        chosen = EvaluationSettings(
            baselines=tuple(BASELINES) if self.settings.baselines else (), seed=self.settings.seed
        )
        notes = (*self.material.notes, *_left_out_words(self.material))
        extras = Extras(
            training=history_of(folds[0][0]),
            events=self._events(folds),
            random=random,
            notes=notes,
            scored=scored(self.material.dataset, self.examples, [split for _, split in folds]),
        )
        return self._evaluate(folds, extras, chosen)

    def final(self, folds: list[Fold]) -> "Trained":
        """The network to keep: the evaluated one, or, after several folds, one that learned from all data."""
        trained, first = folds[0]
        if len(folds) == 1:
            return self._named(trained, np.concatenate([first.train, first.validation]))
        everything = Split(
            "all", np.concatenate([first.train, first.test]), first.validation, np.zeros(0, int)
        )
        return self._named(self._fit(everything, "the model to keep"), np.arange(len(self.examples)))

    def _named(self, trained: "Trained", rows: IntArray) -> "Trained":
        """The network with the fingerprints of its training and validation clips, and their frame rates, in its
        card."""
        clips = np.unique(self.examples.clip[rows]).tolist()
        learned = {
            **told_from(fingerprints_of(self.recordings, clips)),
            FRAME_RATES: self._rates(rows),
        }
        return replace(trained, card=replace(trained.card, about={**trained.card.about, **learned}))

    def _rates(self, rows: IntArray) -> dict[str, dict[str, float]]:
        """The lowest frame rate of the clips with a label, for each task."""
        examples, fps = self.examples, self.material.clips_fps
        clips = {
            task.name: np.unique(
                examples.clip[rows][examples.labels_of(task.name)[rows] != UNLABELLED]
            ).tolist()
            for task in examples.tasks
        }
        return trained_rates({task: [fps[one] for one in ones if one in fps] for task, ones in clips.items()})

    def _fitted(self, settings: LearningSettings) -> list[Fold]:
        chosen = settings.splitting
        if chosen.by == "group" and not has_groups(self.examples):
            chosen = replace(chosen, by="time", folds=None)
        splits = split_examples(self.examples, settings=chosen)
        return [(self._fit(split, split.by), split) for split in splits]

    def _fitted_to(self, splits: Iterable[Split]) -> list[Fold]:
        """Networks of the windows of the clips in each part of a split of clips."""
        held = [of_windows(one, self.examples) for one in splits]
        for split in held:
            check_classes(self.examples.take(split.train))
        return [(self._fit(split, split.by), split) for split in held]

    def _fit(self, split: Split, what: str) -> "Trained":
        self.listener.stage(f"training, {what}")
        return fit(
            self.examples,
            split,
            self.settings.training(len(split.train)),
            name=self.name,
            progress=self.listener.epoch,
            resume=self.run.state(what),
        )

    def _evaluate(self, folds: list[Fold], extras: Extras, settings: EvaluationSettings) -> Evaluation:
        from laban.models.training.torch_model import TorchModel

        models = [(TorchModel.of(trained), split) for trained, split in folds]
        return evaluate_folds(models, self.examples, extras=extras, settings=settings)

    def _events(self, folds: list[Fold]) -> dict[str, EventMetrics]:
        from laban.models.training.torch_model import TorchModel

        tested = [
            (TorchModel.of(trained), sorted(set(self.examples.clip[split.test].tolist())))
            for trained, split in folds
        ]
        return events_of(tested, self.recordings)


def _exported(final: "Trained", run: RunFolder, examples: Examples) -> tuple[ExportedAnswer, ...]:
    from laban.models.deploy.export import Shown

    made = run.write_models(final, Shown.of(examples), ("float32", "int8"))
    return tuple(one.answer() for one in made)


def _write_report(path: Path, metrics: TrainingMetrics) -> None:
    from laban.render.report import write_report

    write_report(path, metrics)


def _about(material: Material, settings: LearningSettings) -> RunAnswer:
    return about_run(
        settings=settings,
        training=settings.training().to_dict(),
        data=material.dataset.name,
        data_sha256=material.data_sha256,
    )


def _left_out_words(material: Material) -> tuple[str, ...]:
    return tuple(f"{one.name} was left out: {one.reason}" for one in material.left_out)

"""A whole run: clips seen, networks trained and evaluated on what they have not seen, one of them exported."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers.clip_metrics import (
    ClipClassifierName,
    ClipMetrics,
    ClipSplitAnswer,
    MaskedAnswer,
    OtherNetworkAnswer,
)
from laban.core.answers.metrics import RandomSplitAnswer, RunAnswer
from laban.core.arrays import ImageArray, IntArray
from laban.errors import InvalidValueError
from laban.models.deploy.zoo import EXPORTED_NAME
from laban.models.evaluation.image_metrics import ImageEvaluation
from laban.models.training.split import Split
from laban.pipeline.dataset.values import Dataset
from laban.pipeline.training.held_out import HELD_OUT, HeldOutAnswers
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run, history_of
from laban.pipeline.video.evaluation import frame_pool
from laban.pipeline.video.sampling import read_strip
from laban.pipeline.video.training.answers import hardest_clips, label_errors, part_counts
from laban.pipeline.video.training.clips import LabelledClips
from laban.pipeline.video.training.decided import strips_of
from laban.pipeline.video.training.folds import Fold, FoldTraining
from laban.pipeline.video.training.masked import mask_test
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import LookedAt, Sight, fps_of, look_at, path_of
from laban.pipeline.video.training.splits import clip_splits
from laban.pipeline.video.training.tested import TestedClips
from laban.render.report import write_report
from laban.render.report.classifier import ExampleImage

if TYPE_CHECKING:
    from laban.models.deploy.export import Shown

OTHERS = ("mean", "change", "lrcn", "tcn", "attention")
"""Networks over time that are compared on the same features."""

_SHOWN = 12


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
    run = RunFolder(folder, _about(looked, settings, sight))
    kept = run.kept(ClipMetrics, also=(HELD_OUT,) if keeps_answers else ())
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    training = FoldTraining(looked, settings, sight, run, listener or Silent())
    work = _Work(training, keeps_answers)
    return Learned(folder, work.done(), time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Work:
    training: FoldTraining
    keeps_answers: bool

    @property
    def looked(self) -> LookedAt:
        return self.training.looked

    @property
    def clips(self) -> LabelledClips:
        return self.looked.clips

    @property
    def settings(self) -> ClipLearningSettings:
        return self.training.settings

    @property
    def sight(self) -> Sight:
        return self.training.sight

    @property
    def run(self) -> RunFolder:
        return self.training.run

    @property
    def listener(self) -> Listener:
        return self.training.listener

    def done(self) -> ClipMetrics:
        """Everything, and its figures."""
        planned = clip_splits(self.clips, self.settings)
        splits = planned.held_out
        folds = self.training.folds(splits, self.settings.training, self.settings.network)
        figures, evaluated = self.training.figures(folds)
        flattered = self.training.folds(planned.random, self.settings.training, "on a random split")
        if self.keeps_answers:
            told = ([fold.answers for fold in part] for part in (folds, flattered))
            HeldOutAnswers(*map(tuple, told)).save(self.run.path / HELD_OUT)
        final = self.training.final(folds)
        self.listener.stage("exporting")
        made = self.run.write_models(final, self._shown(splits[0]), ("float32", "float16", "int8"))
        tests = [fold.tested for fold in folds]
        strips = self._strips(tests)
        masked, unmasked = self._masked(tests)
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
                self.training.given.clock.length_s,
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

    def _random(self, folds: Sequence[Fold], figures: ImageEvaluation) -> RandomSplitAnswer | None:
        """What the same network reaches where clips of one group lie on both sides."""
        if not folds:
            return None
        found, _ = self.training.figures(folds)
        held, own = found.images, figures.images
        gap = None if held.accuracy is None or own.accuracy is None else held.accuracy - own.accuracy
        return RandomSplitAnswer(held.accuracy, held.macro_f1, held.intervals["accuracy"], gap)

    def _masked(self, tests: Sequence[TestedClips]) -> tuple[MaskedAnswer | None, tuple[str, ...]]:
        """The same tests with people and with the background masked, where that is asked."""
        find = self.sight.people
        if not self.settings.masked or find is None:
            return None, ()
        return mask_test(
            self.looked, tests, self.settings, sight=self.sight, find=find, listener=self.listener
        )

    def _strips(self, tests: Sequence[TestedClips]) -> list[ExampleImage]:
        """What decided the answers to a few test clips."""
        exported = self.run.path / EXPORTED_NAME
        return strips_of(
            self.looked,
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
        return tuple(self.training.other(name, splits) for name in OTHERS if name != self.settings.network)

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
                fps=fps_of(self.looked.dataset),
            )
            for row in rows
        )
        return np.stack([strip.images[strip.spread(sampling.frames)] for strip in strips])

    def _notes(self) -> tuple[str, ...]:
        words = [f"{one.name} was left out: {one.reason}" for one in self.clips.left_out]
        return (*words, *self.looked.dataset.notes)


def _some(rows: IntArray, most: int) -> IntArray:
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))
    return np.asarray(rows[chosen], dtype=np.int64)


def _about(looked: LookedAt, settings: ClipLearningSettings, sight: Sight) -> RunAnswer:
    return about_run(
        settings=settings,
        training=settings.training.to_dict(),
        data=looked.dataset.name,
        data_sha256=looked.clips.sha256(looked.seen.contents, seen_by=sight.reader.key),
    )

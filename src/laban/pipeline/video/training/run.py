"""A whole run: clips seen, networks trained and evaluated on what they have not seen, one of them exported."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers import known
from laban.core.answers.clip_metrics import (
    ClipClassifierName,
    ClipMetrics,
    ClipSplitAnswer,
    OtherNetworkAnswer,
)
from laban.core.answers.metrics import RandomSplitAnswer, RunAnswer
from laban.core.arrays import Float32Array, ImageArray, IntArray
from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError
from laban.models.card import Head, Task
from laban.models.evaluation.calibration import fit_temperature
from laban.models.evaluation.image_metrics import ImageEvaluation, evaluate_images
from laban.models.evaluation.metrics import metrics_of
from laban.models.image.sides import mirrored_labels
from laban.models.inputs import ClipInput
from laban.models.training.split import Split
from laban.models.training.splits import has_groups, names_split, split_examples
from laban.models.video.settings import ClipTrainingSettings
from laban.pipeline.dataset.values import Dataset, Item
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run, history_of
from laban.pipeline.video.features import ClipSight, SeenClips, see_clips
from laban.pipeline.video.sampling import read_strip
from laban.pipeline.video.training.answers import (
    absent_classes,
    hardest_clips,
    label_errors,
    part_counts,
)
from laban.pipeline.video.training.clips import LabelledClips, labelled_clips
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import Sight
from laban.render.report import write_report

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
    began, listener = time.perf_counter(), listener or Silent()
    clips = labelled_clips(dataset)
    listener.stage(f"looking at {len(clips.items)} clips")
    seen = see_clips(
        [_path(item) for item in clips.items],
        [clip.name for clip in clips.clips],
        ClipSight(
            settings.sampling,
            sight.reader,
            mirror=_may_mirror(clips.task),
            cache=sight.cache,
            fps=_fps_of(dataset),
        ),
        workers=sight.workers,
        progress=listener.step,
    )
    clips = clips.seen(seen)
    run = RunFolder(folder, _about(dataset, clips, seen, settings, sight))
    kept = run.kept(ClipMetrics)
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    metrics = _Work(dataset, clips, seen, settings, sight, run, listener).done()
    return Learned(folder, metrics, time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Fold:
    split: Split
    trained: "Trained"
    logits: Float32Array
    temperature: float


@dataclass(frozen=True, eq=False)
class _Work:
    dataset: Dataset
    clips: LabelledClips
    seen: SeenClips
    settings: ClipLearningSettings
    sight: Sight
    run: RunFolder
    listener: Listener

    def done(self) -> ClipMetrics:
        """Everything, and its figures."""
        splits, notes = self._splits()
        folds = self._folds(splits, self.settings.training, self.settings.network)
        figures, evaluated = self._figures(folds)
        final = self._final(folds)
        self.listener.stage("exporting")
        made = self.run.write_models(final, self._shown(splits[0]), ("float32", "float16", "int8"))
        settings = self.settings
        metrics = ClipMetrics(
            version=1,
            kind="clips",
            model=ClipClassifierName(
                self.run.name,
                settings.network,
                settings.backbone,
                settings.sampling.frames,
                settings.sampling.size_wh,
                self._given.clock.length_s,
            ),
            task=self.clips.task.name,
            labels=self.clips.task.labels,
            clips=figures.images,
            random=self._random(splits, figures),
            others=self._others(splits),
            calibration=figures.calibration,
            subgroups=figures.subgroups,
            hardest=hardest_clips(self.clips, figures, evaluated),
            label_errors=label_errors(figures),
            split=ClipSplitAnswer(
                splits[0].by, len(splits), part_counts(self.clips, splits[0]), (*splits[0].notes, *notes)
            ),
            training=history_of(folds[0].trained),
            notes=self._notes(),
            export=tuple(one.answer() for one in made),
            run=self.run.about,
        )
        return self.run.finish(metrics, report=write_report)

    def _splits(self) -> tuple[tuple[Split, ...], tuple[str, ...]]:
        examples = self.clips.examples
        chosen = self.settings.splitting(names_split=names_split(examples))
        if chosen.by == "group" and not has_groups(examples):
            raise InvalidValueError(
                "each class has clips of one group only, so nothing could be tested on another; add clips of "
                "other sources or people, or choose --split random, which flatters"
            )
        splits = split_examples(examples, settings=chosen)
        return splits, tuple(self._split_notes(splits[0], chosen.by))

    def _split_notes(self, first: Split, by: str) -> Iterator[str]:
        """What makes the metrics too optimistic, splits that the data names in vain, and absent classes."""
        clips = self.clips.clips
        if by == "group" and len({clip.group for clip in clips}) == len(clips):
            yield (
                "Every clip is a group of its own: where several come from one source or show one person, figures "
                "flatter; name groups in a table, or by a pattern with --group."
            )
        named = sorted({clip.split for clip in clips if clip.split})
        if named and by == "group" and self.settings.split == "auto" and self.settings.folds is None:
            yield (
                f"The splits that the data names ({', '.join(named)}) are not used: expected train and test, or "
                "validation, for every clip."
            )
        yield from absent_classes(self.clips, first)

    @property
    def _given(self) -> ClipInput:
        length_s = max(float(np.median(self.seen.length_s)), _LEAST_LENGTH_S)
        frames = self.settings.sampling.frames
        clock = WindowSpec(length_s=length_s, hop_s=length_s / _HOPS, fps=frames / length_s)
        return ClipInput(clock, self.settings.sampling.size_wh)

    def _folds(self, splits: Sequence[Split], training: ClipTrainingSettings, what: str) -> list[_Fold]:
        self.listener.stage(f"training {what}")
        return [self._fold(split, training, f"{what} {index}") for index, split in enumerate(splits)]

    def _fold(self, split: Split, training: ClipTrainingSettings, what: str) -> _Fold:
        trained = self._trained(split.train, split.validation, training, what)
        temperature = 1.0
        if len(split.validation):
            temperature = fit_temperature(
                self._logits(trained, split.validation), self.clips.labels[split.validation]
            )
        return _Fold(split, trained, self._logits(trained, split.test), temperature)

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
        trained = folds[0].trained
        if len(folds) > 1:
            first = folds[0].split
            self.listener.stage("training the model to keep")
            everything = np.setdiff1d(np.arange(len(self.clips)), first.validation)
            trained = self._trained(everything, first.validation, self.settings.training, "the model to keep")
        card = trained.card
        about = {**card.about, **self.run.about.to_json()}
        head = Head(self.clips.task, temperature=temperature)
        return replace(trained, card=replace(card, heads=(head,), about=about))

    def _random(self, splits: Sequence[Split], figures: ImageEvaluation) -> RandomSplitAnswer | None:
        """What the same network reaches where clips of one group lie on both sides."""
        if splits[0].by == "random":
            return None
        chosen = replace(self.settings, split="random").splitting(names_split=False)
        folds = self._folds(
            split_examples(self.clips.examples, settings=chosen), self.settings.training, "on a random split"
        )
        found, _ = self._figures(folds)
        held, own = found.images, figures.images
        gap = None if held.accuracy is None or own.accuracy is None else held.accuracy - own.accuracy
        return RandomSplitAnswer(held.accuracy, held.macro_f1, held.intervals["accuracy"], gap)

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
                _path(self.clips.items[row]),
                size_wh=sampling.size_wh,
                fps=_fps_of(self.dataset),
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


def _path(item: Item) -> Path:
    if item.path is None:
        raise InvalidValueError(f"{item.clip.name} has no video")
    return item.path


def _fps_of(dataset: Dataset) -> float | None:
    fps = dataset.reading.get("fps")
    return float(fps) if isinstance(fps, int | float) else None


def _may_mirror(task: Task) -> bool:
    """Whether no class becomes another, or none, in a mirror."""
    becomes = mirrored_labels(task.labels)
    return bool((becomes == np.arange(len(task.labels))).all())


def _about(
    dataset: Dataset, clips: LabelledClips, seen: SeenClips, settings: ClipLearningSettings, sight: Sight
) -> RunAnswer:
    return about_run(
        settings=settings,
        training=settings.training.to_dict(),
        data=dataset.name,
        data_sha256=clips.sha256(seen.contents, seen_by=sight.reader.key),
    )

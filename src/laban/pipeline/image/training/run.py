"""A whole training run on images: a classifier is trained, evaluated on held-out images, and exported."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.answers.image_metrics import (
    AttentionAnswer,
    ClassifierName,
    ImageMetrics,
    ImagePartCount,
    ImageSplitAnswer,
    Part,
)
from laban.core.answers.metrics import ConditionAnswer, RunAnswer
from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Head, Task
from laban.models.evaluation.calibration import fit_temperature
from laban.models.evaluation.image_metrics import ImageEvaluation, evaluate_images
from laban.models.image.instant import examples_of_images
from laban.models.training.split import Split
from laban.models.training.splits import split_examples
from laban.pipeline.dataset.similar_labels import spelt_alike
from laban.pipeline.image.gathering import Finder, Gathered, gather_images
from laban.pipeline.image.subjects import Subject, data_hash, labels_of, subjects_of, task_of
from laban.pipeline.image.training.conditions import attention, chosen_rows, tried
from laban.pipeline.image.training.image_way import ImageWay
from laban.pipeline.image.training.landmark_way import LandmarkWay
from laban.pipeline.image.training.pages import looked_at
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.training.ways import Way
from laban.pipeline.image.values import ImageSet
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run, history_of
from laban.render.report import write_report

if TYPE_CHECKING:
    from laban.models.image.backbone import Backbone
    from laban.models.training.trained import Trained


@dataclass(frozen=True)
class Tools:
    """External dependencies of a run: ``find`` finds people in an image, or None; ``backbone`` makes the pretrained
    network of a classifier of image pixels."""

    find: Finder | None = None
    backbone: "Callable[[], Backbone] | None" = None


def learn_images(
    images: ImageSet,
    folder: Path,
    settings: ImageLearningSettings,
    *,
    tools: Tools,
    listener: Listener | None = None,
) -> Learned[ImageMetrics]:
    """Trains, evaluates and exports a classifier into ``folder``; a finished run of the same images and settings is
    kept.

    A stopped run continues with the epoch it was in. An image that cannot be read is left out and
    reported. Raises InvalidValueError where there is too little to learn from, MissingExtraError without the extra
    ``train``.
    """
    began, listener = time.perf_counter(), listener or Silent()
    subjects = subjects_of(images)
    task = task_of(images, subjects)
    listener.stage(f"reading {len(subjects)} images")
    gathered = gather_images(
        subjects,
        settings.view,
        find=tools.find,
        need_poses=settings.of_landmarks,
        room=not settings.of_landmarks,
        progress=listener.step,
    )
    run = RunFolder(folder, _about(images, gathered, settings))
    kept = run.kept(ImageMetrics)
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    metrics = _Work(images, task, gathered, settings, run, tools, listener).done()
    return Learned(folder, metrics, time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Work:
    images: ImageSet
    task: Task
    gathered: Gathered
    settings: ImageLearningSettings
    run: RunFolder
    tools: Tools
    listener: Listener

    def done(self) -> ImageMetrics:
        """All metrics, and the answer."""
        split, notes = self._split()
        way = self._way()
        self.listener.stage("training")
        apart = not self._groups(split.train) & self._groups(split.validation)
        if not apart:
            notes = (
                *notes,
                "Nothing is scaled: images of groups that are learned from make a model too sure.",
            )
        way.fit(split.train, split.validation, self.listener.epoch)
        temperature = self._temperature(way, split.validation) if apart else 1.0
        logits = way.logits(split.test)
        figures = self._figures(split, logits, temperature=temperature)
        shifts, on_person = self._shifted(way, split) if self.settings.shifts else ((), None)
        self.listener.stage("exporting")
        made = self.run.write_models(self._final(way, temperature), way.shown(split.test), way.precisions)
        metrics = ImageMetrics(
            version=1,
            kind="images",
            model=ClassifierName(self.run.name, self.settings.backbone),
            task=self.task.name,
            labels=self.task.labels,
            images=figures.images,
            unanswered=figures.unanswered,
            calibration=figures.calibration,
            subgroups=figures.subgroups,
            hardest=figures.hardest,
            label_errors=figures.label_errors,
            split=ImageSplitAnswer(split.by, self._parts(split), (*split.notes, *notes)),
            training=history_of(way.trained),
            notes=self._notes(),
            shifts=shifts,
            attention=on_person,
            export=tuple(one.image_answer() for one in made),
            run=self.run.about,
        )
        looked = looked_at(
            self.gathered,
            split.test,
            way.places,
            logits,
            labels=self.labels,
            task=self.task,
            temperature=temperature,
        )
        return self.run.finish(metrics, report=partial(write_report, examples=looked))

    def _shifted(self, way: Way, split: Split) -> tuple[tuple[ConditionAnswer, ...], AttentionAnswer | None]:
        """The test under corruptions, and how much of the evidence is on the person."""
        self.listener.stage("trying other conditions")
        rows = chosen_rows(split.test, self.labels)
        shifts, scenes = tried(
            way,
            self.task,
            self.gathered,
            rows,
            find=self.tools.find,
            view=self.settings.view,
            seed=self.settings.seed,
            progress=self.listener.step,
        )
        return shifts, attention(way, rows, scenes, way.logits(rows))

    def _temperature(self, way: Way, rows: IntArray) -> float:
        """The temperature, from held-out examples."""
        if not len(rows):
            return 1.0
        logits = way.logits(rows)
        answered = np.isfinite(logits).all(axis=1)
        return fit_temperature(logits[answered], self.labels[rows][answered])

    def _final(self, way: Way, temperature: float) -> "Trained":
        """The trained network with its complete card."""
        card = way.trained.card
        head = Head(self.task, temperature=temperature)
        about = {**card.about, **self.run.about.to_json()}
        return replace(way.trained, card=replace(card, heads=(head,), about=about))

    @property
    def labels(self) -> IntArray:
        """(N,) the classes."""
        return labels_of(self.task, self.gathered.subjects)

    def _split(self) -> tuple[Split, tuple[str, ...]]:
        clips = [subject.clip for subject in self.gathered.subjects]
        chosen, named, notes = self.settings.splitting(clips)
        examples = examples_of_images(named, self.labels, self.task, [None] * len(named))
        return split_examples(examples, settings=chosen)[0], notes

    def _groups(self, rows: IntArray) -> set[str]:
        return {self._group(self.gathered.subjects[row]) for row in rows}

    def _group(self, subject: Subject) -> str:
        return self.settings.splitting([subject.clip])[1][0].group

    def _way(self) -> Way:
        if self.settings.of_landmarks:
            return LandmarkWay(self.gathered, self.task, self.settings, find=self.tools.find, run=self.run)
        if self.tools.backbone is None:
            raise RuntimeError("a classifier of images needs a backbone to begin with")
        way = ImageWay(self.gathered, self.task, self.settings, backbone=self.tools.backbone, run=self.run)
        self.listener.stage("preparing all images, with and without changes")
        way.prepare(self.listener.step)
        return way

    def _figures(self, split: Split, logits: Float32Array, *, temperature: float) -> ImageEvaluation:
        subjects = [self.gathered.subjects[row] for row in split.test]
        return evaluate_images(
            self.task,
            self.labels[split.test],
            logits,
            temperature=temperature,
            names=[one.name for one in subjects],
            groups=[self._group(one) for one in subjects],
            subgroups=[one.image.subgroups for one in subjects],
            seed=self.settings.seed,
        )

    def _notes(self) -> tuple[str, ...]:
        left_out = [f"{one.name} was left out: {one.reason}" for one in self.gathered.failed]
        problems = [f"{one.item} was left out: {one.words}" for one in self.images.problems]
        return (*_spelt_alike(self.task), *self.gathered.notes, *left_out, *problems)

    def _parts(self, split: Split) -> dict[Part, ImagePartCount]:
        rows: dict[Part, IntArray] = {
            "train": split.train,
            "validation": split.validation,
            "test": split.test,
        }
        return {name: self._counted(part) for name, part in rows.items()}

    def _counted(self, rows: IntArray) -> ImagePartCount:
        classes = np.bincount(self.labels[rows], minlength=len(self.task.labels)).tolist()
        return ImagePartCount(images=len(rows), groups=len(self._groups(rows)), classes=tuple(classes))


def _about(images: ImageSet, gathered: Gathered, settings: ImageLearningSettings) -> RunAnswer:
    training = settings.landmark_training() if settings.of_landmarks else settings.training
    return about_run(
        settings=settings,
        training=training.to_dict(),
        data=images.name,
        form=images.form,
        data_sha256=data_hash(gathered.subjects, gathered.contents),
    )


def _spelt_alike(task: Task) -> list[str]:
    return [
        f"The classes {' and '.join(map(repr, alike))} differ in spelling alone; did you mean one of them for all?"
        for alike in spelt_alike(task.labels)
    ]

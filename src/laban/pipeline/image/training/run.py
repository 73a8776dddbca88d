"""A whole run: pictures gathered, a classifier trained and judged on what it has not seen, written to be
used."""

import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Task
from laban.models.deploy.zoo import EXPORTED_NAME
from laban.models.evaluation.evaluate import plain
from laban.models.image.instant import examples_of_pictures
from laban.models.image.judging import judged
from laban.models.training.splits import Split, split_examples
from laban.pipeline.action.training.listening import METRICS, REPORT, SETTINGS, Learned, Listener, Silent
from laban.pipeline.action.training.run import versions
from laban.pipeline.dataset.similar_labels import spelt_alike
from laban.pipeline.image.gathering import Finder, Gathered, Scene, gather_pictures
from laban.pipeline.image.subjects import Subject, data_hash, labels_of, subjects_of, task_of
from laban.pipeline.image.training.conditions import attention, chosen_rows, tried
from laban.pipeline.image.training.image_way import ImageWay
from laban.pipeline.image.training.landmark_way import LandmarkWay
from laban.pipeline.image.training.pages import write_classifier_page
from laban.pipeline.image.training.settings import PictureLearning
from laban.pipeline.image.training.ways import Way
from laban.pipeline.image.values import PictureSet
from laban.render.files import written

if TYPE_CHECKING:
    from laban.models.image.backbone import Backbone

VERSION = 1
_PARTS = ".training"


@dataclass(frozen=True)
class Tools:
    """What a run needs from outside: ``find`` finds people in a picture, or None; ``backbone`` makes the
    network that ImageNet has taught, for a classifier that looks at pictures."""

    find: Finder | None = None
    backbone: "Callable[[], Backbone] | None" = None


def learn_pictures(
    pictures: PictureSet,
    folder: Path,
    settings: PictureLearning,
    *,
    tools: Tools,
    listener: Listener | None = None,
) -> Learned:
    """Trains, judges and exports a classifier into ``folder``; the same pictures and settings are not worked
    on twice.

    A run that is stopped goes on with the epoch it was in. A picture that cannot be read is left out and told
    of. Raises InvalidValueError where there is too little to learn from, MissingExtraError without the extra
    ``train``.
    """
    began, listener = time.perf_counter(), listener or Silent()
    subjects = subjects_of(pictures)
    task = task_of(pictures, subjects)
    listener.stage(f"reading {len(subjects)} pictures")
    gathered = gather_pictures(
        subjects,
        settings.view,
        find=tools.find,
        need_poses=settings.of_landmarks,
        room=not settings.of_landmarks,
        progress=listener.step,
    )
    about = _about(pictures, gathered, settings)
    kept = _kept(folder, about)
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    work = _Work(pictures, task, gathered, settings, folder, tools, listener, about)
    metrics = work.done()
    shutil.rmtree(folder / _PARTS, ignore_errors=True)
    return Learned(folder, metrics, time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Work:
    pictures: PictureSet
    task: Task
    gathered: Gathered
    settings: PictureLearning
    folder: Path
    tools: Tools
    listener: Listener
    about: Mapping[str, Any]

    def done(self) -> dict[str, Any]:
        """Everything, and its figures."""
        split, notes = self._split()
        way = self._way()
        self.listener.stage("training")
        apart = not self._groups(split.train) & self._groups(split.validation)
        if not apart:
            notes = (
                *notes,
                "Nothing is scaled: pictures of groups that are learned from make a model too sure.",
            )
        way.fit(split.train, split.validation, self.listener.epoch, calibrate=apart)
        logits = way.logits(split.test)
        metrics = self._judged(way, split, logits, notes)
        rows = chosen_rows(split.test, self.labels)
        scenes: list[Scene] = []
        if self.settings.shifts:
            self.listener.stage("trying other conditions")
            metrics["shifts"], scenes = tried(
                way,
                self.task,
                self.gathered,
                rows,
                find=self.tools.find,
                view=self.settings.view,
                seed=self.settings.seed,
                progress=self.listener.step,
            )
            metrics["attention"] = attention(way, rows, scenes, way.logits(rows))
        self.listener.stage("exporting")
        metrics["export"] = way.write(self.folder, self.folder.resolve().name, dict(self.about), split.test)
        content = dict(plain(metrics))
        self._write(content, way, split, logits)
        return content

    @property
    def labels(self) -> IntArray:
        """(N,) the classes."""
        return labels_of(self.task, self.gathered.subjects)

    def _split(self) -> tuple[Split, tuple[str, ...]]:
        clips = [subject.clip for subject in self.gathered.subjects]
        chosen, named, notes = self.settings.splitting(clips)
        examples = examples_of_pictures(named, self.labels, self.task, [None] * len(named))
        return split_examples(examples, settings=chosen)[0], notes

    def _groups(self, rows: IntArray) -> set[str]:
        return {self._group(self.gathered.subjects[row]) for row in rows}

    def _group(self, subject: Subject) -> str:
        return self.settings.splitting([subject.clip])[1][0].group

    def _way(self) -> Way:
        resume = self.folder / _PARTS / "state.safetensors"
        if self.settings.of_landmarks:
            name = self.folder.resolve().name
            return LandmarkWay(
                self.gathered, self.task, self.settings, find=self.tools.find, name=name, resume=resume
            )
        if self.tools.backbone is None:
            raise RuntimeError("a classifier of pictures needs a backbone to begin with")
        key = {"data": self.about["data_sha256"]}
        way = ImageWay(
            self.gathered, self.task, self.settings, backbone=self.tools.backbone, resume=resume, key=key
        )
        self.listener.stage("looking at all pictures, changed and unchanged")
        way.prepare(self.listener.step)
        return way

    def _judged(self, way: Way, split: Split, logits: Float32Array, notes: tuple[str, ...]) -> dict[str, Any]:
        subjects = [self.gathered.subjects[row] for row in split.test]
        figures = judged(
            self.task,
            self.labels[split.test],
            logits,
            temperature=way.temperature,
            groups=[self._group(one) for one in subjects],
            subgroups=[one.picture.subgroups for one in subjects],
            seed=self.settings.seed,
        )
        for part in ("hardest", "doubts"):
            for one in figures[part]:
                one["name"] = subjects[one["index"]].name
        left_out = [f"{one.name} was left out: {one.reason}" for one in self.gathered.failed]
        problems = [f"{one.item} was left out: {one.words}" for one in self.pictures.problems]
        return {
            "version": VERSION,
            "kind": "pictures",
            "model": {"name": self.folder.resolve().name, "architecture": self.settings.backbone},
            "task": self.task.name,
            **figures,
            "split": {"by": split.by, "parts": self._parts(split), "notes": [*split.notes, *notes]},
            "training": way.history,
            "notes": [*_spelt_alike(self.task), *self.gathered.notes, *left_out, *problems],
            "run": dict(self.about),
        }

    def _parts(self, split: Split) -> dict[str, Any]:
        return {
            name: {
                "pictures": len(rows),
                "groups": len(self._groups(rows)),
                "classes": np.bincount(self.labels[rows], minlength=len(self.task.labels)).tolist(),
            }
            for name, rows in (("train", split.train), ("validation", split.validation), ("test", split.test))
        }

    def _write(self, content: dict[str, Any], way: Way, split: Split, logits: Float32Array) -> None:
        for name, value in ((SETTINGS, dict(self.about)), (METRICS, content)):
            with written(self.folder / name) as temporary:
                temporary.write_text(json.dumps(plain(value), indent=1), encoding="utf-8")
        write_classifier_page(
            self.folder / REPORT, content, self.gathered, split.test, way.places, logits, labels=self.labels
        )


def _about(pictures: PictureSet, gathered: Gathered, settings: PictureLearning) -> dict[str, Any]:
    """All that decides a run, and where it was made."""
    training = settings.landmark_training() if settings.of_landmarks else settings.training
    about = {
        "settings": asdict(settings),
        "training": training.to_dict(),
        "data": pictures.name,
        "form": pictures.form,
        "data_sha256": data_hash(gathered.subjects, gathered.contents),
        "versions": versions(),
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
    }
    return dict(json.loads(json.dumps(about)))


def _spelt_alike(task: Task) -> list[str]:
    return [
        f"The classes {' and '.join(map(repr, alike))} differ in spelling alone; did you mean one of them for all?"
        for alike in spelt_alike(task.labels)
    ]


def _kept(folder: Path, about: Mapping[str, Any]) -> dict[str, Any] | None:
    """The figures of a finished run of the same work."""
    try:
        metrics = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        same = metrics["run"] == about
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = all((folder / name).exists() for name in (EXPORTED_NAME, REPORT))
    return dict(metrics) if same and whole else None

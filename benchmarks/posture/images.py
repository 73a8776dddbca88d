"""Posture classes from single frames: a classifier of images and a head on landmarks, leave one subject out.

Frames of the falls data by their annotated spans (``frames``), three subjects; for each, a model of the other two
predicts, and all predictions are evaluated together. Frames in which nobody is found are answered wrongly by
landmarks. A still shows little of walking and standing, and some labels contradict it, so that three classes are
reported as well as the four: upright (standing or walking), sitting, lying. ``walkers`` adds images of other,
unlabelled people to the training. So little data leaves none for choosing settings: backbones frozen and partly
tuned, six sets of features of landmarks and ten sizes of the head were compared on this very protocol, which is
optimistic.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.posture.frames import frames_of, write_images
from benchmarks.posture.walkers import walkers
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.answers.metrics import RunAnswer
from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Task
from laban.models.evaluation.image_metrics import predicted_of
from laban.models.evaluation.metrics import Metrics, metrics_of
from laban.pipeline.image.gathering import Finder, Gathered, gather_images, people_finder
from laban.pipeline.image.open import open_images
from laban.pipeline.image.subjects import labels_of, subjects_of, task_of
from laban.pipeline.image.training.conditions import attention, chosen_rows, tried
from laban.pipeline.image.training.image_way import ImageWay
from laban.pipeline.image.training.landmark_way import LandmarkWay
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.training.ways import Way
from laban.pipeline.training.run_folder import RunFolder, about_run

_IMAGE_TARGET, _LANDMARK_TARGET = 0.80, 0.85
_MOST_MB, _MOST_MS, _MOST_LOST = 5.0, 15.0, 0.01
_UPRIGHT = ("standing", "walking")
_WALKERS = "walkers"
_IMAGES = ImageLearningSettings(tune="frozen", versions=3, threads=1)
_LANDMARKS = ImageLearningSettings(backbone="landmarks", threads=1)
_SEEDS = (0, 1, 2)


def image_rows() -> list[Row]:
    """Macro F1 of both ways, their metrics under corruptions, and the cost of int8."""
    with tempfile.TemporaryDirectory() as place, people_finder() as find:
        gathered, task = gathered_frames(Path(place), find)
        labels = labels_of(task, gathered.subjects)
        groups = np.array([subject.image.group for subject in gathered.subjects])
        evaluation = _Evaluation(gathered, task, labels, groups, find)
        return [*evaluation.landmark_rows(), *evaluation.image_rows(Path(place) / "run")]


def gathered_frames(folder: Path, find: Finder) -> tuple[Gathered, Task]:
    """The frames of the falls and the walkers, read, and the four classes."""
    frames = open_images(write_images(folder / "falls"))
    subjects = [*subjects_of(frames), *subjects_of(open_images(_write_walkers(folder / _WALKERS)))]
    gathered = gather_images(subjects, _IMAGES.view, find=find, need_poses=True)
    return gathered, task_of(frames, subjects)


def _write_walkers(folder: Path) -> Path:
    folder.mkdir(parents=True)
    found = list(walkers())
    boxes = {(one.moment.clip, one.moment.time_s): one.box_xyxy_px for one in found}
    lines = ["path,label,group,left_px,top_px,right_px,bottom_px"]
    for count, (moment, image) in enumerate(frames_of([one.moment for one in found])):
        name = f"{count:04d}.jpg"
        cv2.imwrite(str(folder / name), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        box = ",".join(f"{value:.1f}" for value in boxes[moment.clip, moment.time_s])
        lines.append(f"{name},{moment.label},{_WALKERS},{box}")
    table = folder / "walkers.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


class _Evaluation:
    """Both ways on the same frames."""

    def __init__(
        self, gathered: Gathered, task: Task, labels: IntArray, groups: np.ndarray, find: Finder
    ) -> None:
        self.gathered, self.task, self.labels, self.groups, self.find = gathered, task, labels, groups, find
        self.tested = np.flatnonzero(groups != _WALKERS)

    def landmark_rows(self) -> list[Row]:
        """The mean over seeds, because with so few images results depend on them."""
        rows = []
        for extra in (False, True):
            answers = []
            for seed in _SEEDS:
                settings = replace(_LANDMARKS, seed=seed)
                way = LandmarkWay(self.gathered, self.task, settings, find=self.find)
                answers.append(self._answers(way, extra=extra))
            rows += self._rows("landmark head", answers, extra=extra, target=_LANDMARK_TARGET)
        way = LandmarkWay(self.gathered, self.task, _LANDMARKS, find=self.find)
        return [*rows, *self._shifted("landmark head", way)]

    def image_rows(self, folder: Path) -> list[Row]:
        from laban.models.image.backbone import pretrained

        weights = asset_path("efficientnet_lite0")
        way = ImageWay(self.gathered, self.task, _IMAGES, backbone=lambda: pretrained(weights))
        way.prepare(lambda done, total: None)  # noqa: ARG005
        rows = []
        for extra in (False, True):
            answers = [self._answers(way, extra=extra)]
            rows += self._rows("image classifier", answers, extra=extra, target=_IMAGE_TARGET)
        return [*rows, *self._shifted("image classifier", way), *self._exported(way, folder)]

    def _answers(self, way: Way, *, extra: bool) -> Float32Array:
        """(N, K) the predictions for each subject's frames by a model of the others."""
        out = np.full((len(self.labels), len(self.task.labels)), np.nan, np.float32)
        for subject in self._subjects():
            test = np.flatnonzero(self.groups == subject)
            way.fit(self._learned(subject, extra=extra), np.zeros(0, dtype=np.int64), _unheard)
            out[test] = way.logits(test)
        return out[self.tested]

    def _learned(self, subject: str, *, extra: bool) -> IntArray:
        others = (self.groups != subject) & (extra | (self.groups != _WALKERS))
        return np.flatnonzero(others)

    def _subjects(self) -> list[str]:
        return sorted(set(self.groups.tolist()) - {_WALKERS})

    def _rows(self, what: str, answers: Sequence[Float32Array], *, extra: bool, target: float) -> list[Row]:
        labels = self.labels[self.tested]
        four = [metrics_of(self.task, labels, predicted_of(one)) for one in answers]
        three = [self._merged(labels, predicted_of(one)) for one in answers]
        how = " and others who walk or stand" if extra else ""
        name = f"posture classes of frames, {what}{how}, leave one subject out"
        told = {
            "seeds": [one["macro_f1"] for one in four],
            "f1": {one.label: one.f1 for one in four[0].classes},
            "confusion": four[0].confusion.tolist(),
            "labels": list(self.task.labels),
            "accuracy": float(np.mean([one["accuracy"] for one in four])),
            "frames": len(labels),
        }
        value = float(np.mean([one["macro_f1"] for one in four]))
        merged = float(np.mean([one["macro_f1"] for one in three]))
        return [
            row(f"{name}: macro F1", value, "", at_least=None if extra else target, **told),
            row(f"{name}: macro F1 of upright, sitting, lying", merged, ""),
        ]

    def _merged(self, labels: IntArray, said: IntArray) -> Metrics:
        names = tuple(dict.fromkeys("upright" if one in _UPRIGHT else one for one in self.task.labels))
        place = np.array(
            [names.index("upright" if one in _UPRIGHT else one) for one in self.task.labels] + [-1]
        )
        return metrics_of(Task("posture", names), place[labels], place[said])

    def _shifted(self, what: str, way: Way) -> list[Row]:
        """The last subject's frames under corruptions, with the model of the other two."""
        subject = self._subjects()[-1]
        test = np.flatnonzero(self.groups == subject)
        way.fit(self._learned(subject, extra=False), np.zeros(0, dtype=np.int64), _unheard)
        chosen = chosen_rows(test, self.labels)
        held, scenes = tried(
            way, self.task, self.gathered, chosen, find=self.find, view=_IMAGES.view, progress=None
        )
        rows = [
            row(
                f"posture classes of frames, {what}, {subject}, {one.name}: accuracy",
                told(one.accuracy),
                "",
                macro_f1=one.macro_f1,
                frames=one.count,
            )
            for one in held
        ]
        looked = attention(way, chosen, scenes, way.logits(chosen))
        if looked is not None:
            rows.append(
                row(
                    f"posture classes of frames, {what}, {subject}: evidence that lies on the person",
                    looked.on_person,
                    "",
                    person_share=looked.person_share,
                )
            )
        return rows

    def _exported(self, way: ImageWay, folder: Path) -> list[Row]:
        """What was trained last, written in 32, 16 and 8 bits, on the frames of the subject it has not seen."""
        test = np.flatnonzero(self.groups == self._subjects()[-1])
        run = RunFolder(folder / "posture", _about())
        made = {one.precision: one for one in run.write_models(way.trained, way.shown(test), way.precisions)}
        right = {precision: one.accuracy[0] or 0.0 for precision, one in made.items()}
        int8, float32 = made["int8"], made["float32"]
        what = "image classifier in int8"
        return [
            row(
                f"{what}: accuracy lost beside float32",
                right["float32"] - right["int8"],
                "",
                at_most=_MOST_LOST,
                float32=right["float32"],
                float16=right["float16"],
                int8=right["int8"],
                agreement=int8.agreement,
            ),
            row(f"{what}: file", int8.size_bytes / 1e6, "MB", at_most=_MOST_MB),
            row(f"{what}: an image on one core", int8.latency_ms, "ms", at_most=_MOST_MS),
            row("image classifier in float32: an image on one core", float32.latency_ms, "ms"),
        ]


def _about() -> RunAnswer:
    """A separate run that is not saved."""
    return about_run(settings=_IMAGES, training={}, data="posture", data_sha256="")


def told(value: float | None) -> float:
    """A value that this benchmark needs."""
    if value is None:
        raise ValueError("a figure of the exported classifier is not known")
    return value


def _unheard(progress: object) -> None:
    """Ignores progress."""

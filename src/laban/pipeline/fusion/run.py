"""A whole run: a recogniser from poses and one from pixels on the same clips and splits, and their fusion."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from laban.core.answers.clip_metrics import ClipMetrics, ClipSplitAnswer
from laban.core.answers.fusion_metrics import FusedPartAnswer, FusionMetrics
from laban.core.answers.metrics import RunAnswer, TrainingMetrics
from laban.errors import InvalidValueError
from laban.models.deploy.zoo import EXPORTED_NAME, FUSION_NAME, POSE_RUN, VIDEO_RUN
from laban.models.examples import UNLABELLED, Examples
from laban.models.fusion import Fusion, mean_fusion
from laban.models.training.splits import has_groups
from laban.pipeline.action.training.gathering import Material, gather
from laban.pipeline.action.training.run import learn
from laban.pipeline.dataset import Dataset, Recordings
from laban.pipeline.fusion.description import write_fusion
from laban.pipeline.fusion.figures import Told, evaluated, event_of, input_figures, told_of
from laban.pipeline.fusion.settings import FusionSettings
from laban.pipeline.training.clip_splits import ClipSplits, of_windows
from laban.pipeline.training.held_out import HELD_OUT, HeldOutAnswers
from laban.pipeline.training.listening import Learned, Listener, Silent
from laban.pipeline.training.run_folder import RunFolder, about_run
from laban.pipeline.video.training.answers import part_counts
from laban.pipeline.video.training.clips import LabelledClips
from laban.pipeline.video.training.run import learn_from
from laban.pipeline.video.training.sight import LookedAt, Sight, look_at
from laban.pipeline.video.training.splits import clip_splits
from laban.render.report import write_report

_NAMED, _LEAST_CLASSES = 3, 2


def learn_both(
    dataset: Dataset,
    recordings: Recordings,
    folder: Path,
    settings: FusionSettings,
    *,
    sight: Sight,
    listener: Listener | None = None,
) -> Learned[FusionMetrics]:
    """Trains both recognisers into folders of ``folder``, and writes there how they answer as one.

    Both learn from and are tested on the clips that can be read, in the same splits; a clip in which nobody is
    found is answered from its pixels alone. A finished run of the same work is kept, and a stopped one continues.
    Raises InvalidValueError where there is too little to learn from, or the data has several tasks.
    """
    began, listener = time.perf_counter(), listener or Silent()
    check_one_task(dataset)
    looked = look_at(dataset, settings.video, sight=sight, listener=listener)
    settings = _for_data(settings, looked.clips)
    splits = clip_splits(looked.clips, settings.video)
    shown = _of_clips(looked)
    recordings = replace(recordings, dataset=shown)
    material = gather(shown, recordings, settings.pose)
    check_people(material.examples, splits)
    run = RunFolder(folder, _about(material, looked, settings, sight), FUSION_NAME)
    kept = run.kept(FusionMetrics)
    if kept is not None:
        return Learned(folder, kept, time.perf_counter() - began, kept=True)
    video = learn_from(
        looked, folder / VIDEO_RUN, settings.video, sight=sight, listener=listener, keeps_answers=True
    )
    pose = learn(
        material,
        recordings,
        folder / POSE_RUN,
        settings.pose,
        name=run.name,
        listener=listener,
        splits=splits,
    )
    work = _Joined(looked.clips, splits, material, run, pose, video)
    return Learned(folder, work.done(), time.perf_counter() - began)


def check_one_task(dataset: Dataset) -> None:
    """Raises InvalidValueError for data of several tasks, which pixels are not learned for together."""
    if len(dataset.tasks) > 1:
        names = ", ".join(task.name for task in dataset.tasks)
        raise InvalidValueError(
            f"{dataset.name} has the tasks {names}; with --inputs pose,video give clips of one task at a time"
        )


def check_people(examples: Examples, splits: ClipSplits) -> None:
    """Raises InvalidValueError where people are found in the clips of fewer than two classes of a training part."""
    labels = examples.tasks[0].labels
    for split in (*splits.held_out, *splits.random):
        seen = np.unique(examples.labels[of_windows(split, examples).train, 0])
        named = [labels[place] for place in seen if place != UNLABELLED]
        if len(named) < _LEAST_CLASSES:
            found = f"only in clips of {named[0]!r}" if named else "in no clip"
            raise InvalidValueError(
                f"split by {split.by}: people are found {found} of the training part, so that nothing can be "
                "learned from poses; add clips that show people, or learn from pixels alone with laban train-video"
            )


@dataclass(frozen=True, eq=False)
class _Joined:
    """Two finished runs of the same clips."""

    clips: LabelledClips
    splits: ClipSplits
    material: Material
    run: RunFolder
    pose: Learned[TrainingMetrics]
    video: Learned[ClipMetrics]

    def done(self) -> FusionMetrics:
        """Chooses the fusion, and writes it with its figures."""
        pose, video = (HeldOutAnswers.load(one.folder / HELD_OUT) for one in (self.pose, self.video))
        told = told_of(pose.held_out, video.held_out, self.clips.labels)
        fusion = mean_fusion(told.fusions)
        write_fusion(self.run.path, fusion)
        beside = told_of(pose.random, video.random, self.clips.labels) if video.random else None
        return self.run.finish(self._metrics(told, beside, fusion), report=write_report)

    def _metrics(self, told: Told, beside: Told | None, fusion: Fusion) -> FusionMetrics:
        labels, clips, task = self.clips.labels, self.clips.clips, self.clips.task
        both = evaluated(told.of["both"], told.clip, labels, clips, task)
        first = self.splits.held_out[0]
        return FusionMetrics(
            version=1,
            kind="fusion",
            name=self.run.name,
            task=task.name,
            labels=task.labels,
            event=event_of(task),
            clips=both.images,
            inputs=input_figures(told, labels, clips, task),
            random=() if beside is None else input_figures(beside, labels, clips, task),
            without_people=len(told.without_people),
            parts=_parts(fusion, told.fusions),
            calibration=both.calibration,
            split=ClipSplitAnswer(
                first.by.split(",")[0],
                len(self.splits.held_out),
                part_counts(self.clips, first),
                (*first.notes, *self.splits.notes),
            ),
            notes=tuple(self._notes(told)),
            run=self.run.about,
        )

    def _notes(self, told: Told) -> Iterator[str]:
        yield from dict.fromkeys((*self.video.metrics.notes, *self.material.warnings))
        names = [self.clips.clips[at].name for at in told.without_people]
        if names:
            shown = ", ".join(names[:_NAMED])
            yield (
                f"In {len(names)} of {len(told.clip)} tested clips, such as {shown}, nobody was found: they are "
                "answered from the pixels alone."
            )


def _parts(fusion: Fusion, folds: Sequence[Fusion]) -> tuple[FusedPartAnswer, ...]:
    pose, video = (
        tuple(one) for one in zip(*((one.pose.weight, one.video.weight) for one in folds), strict=True)
    )
    return (
        FusedPartAnswer(
            "pose", f"{POSE_RUN}/{EXPORTED_NAME}", fusion.pose.temperature, fusion.pose.weight, pose
        ),
        FusedPartAnswer(
            "video", f"{VIDEO_RUN}/{EXPORTED_NAME}", fusion.video.temperature, fusion.video.weight, video
        ),
    )


def _for_data(settings: FusionSettings, clips: LabelledClips) -> FusionSettings:
    """A random split in place of one by group where that was asked for and there are no groups to part."""
    if settings.pose.split == "random" and not has_groups(clips.examples):
        return replace(settings, video=replace(settings.video, split="random"))
    return settings


def _of_clips(looked: LookedAt) -> Dataset:
    """The dataset of the clips that can be read alone, so that both recognisers have the same."""
    clips = looked.clips
    return replace(looked.dataset, tasks=(clips.task,), items=clips.items, skipped=clips.left_out)


def _about(material: Material, looked: LookedAt, settings: FusionSettings, sight: Sight) -> RunAnswer:
    seen = looked.clips.sha256(looked.seen.contents, seen_by=sight.reader.key)
    return about_run(
        settings=settings,
        training={
            POSE_RUN: settings.pose.training().to_dict(),
            VIDEO_RUN: settings.video.training.to_dict(),
        },
        data=looked.dataset.name,
        data_sha256=hashlib.sha256(f"{seen} {material.data_sha256}".encode()).hexdigest(),
    )

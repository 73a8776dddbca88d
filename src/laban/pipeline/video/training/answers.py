"""Parts of the metrics of a recogniser from pixels: what each part of a split holds, and single clips."""

from collections.abc import Iterator, Sequence

import numpy as np

from laban.core.answers.clip_metrics import ClipLabelErrorAnswer, ClipPartCount, HardClipOfImages
from laban.core.answers.image_metrics import Part
from laban.core.arrays import IntArray
from laban.models.evaluation.image_metrics import ImageEvaluation
from laban.models.examples import Clip
from laban.models.training.split import Split
from laban.pipeline.video.training.clips import LabelledClips


def part_counts(clips: LabelledClips, split: Split) -> dict[Part, ClipPartCount]:
    """The clips, groups and classes of each part of a split."""
    rows: dict[Part, IntArray] = {"train": split.train, "validation": split.validation, "test": split.test}
    return {name: _counted(clips, part) for name, part in rows.items()}


def absent_classes(clips: LabelledClips, split: Split) -> Iterator[str]:
    """A sentence for each part of a split that lacks classes."""
    for part, rows in (("training", split.train), ("test", split.test)):
        absent = np.setdiff1d(np.arange(len(clips.task.labels)), clips.labels[rows])
        if len(absent):
            yield f"The {part} part has no clips of {', '.join(clips.task.labels[index] for index in absent)}."


def hardest_clips(evaluated: Sequence[Clip], figures: ImageEvaluation) -> tuple[HardClipOfImages, ...]:
    """The clips whose own class was least probable, of those that were evaluated."""
    return tuple(
        HardClipOfImages(
            one.name,
            evaluated[one.index].group,
            one.label,
            one.predicted,
            one.probability,
            one.label_probability,
        )
        for one in figures.hardest
    )


def label_errors(figures: ImageEvaluation) -> tuple[ClipLabelErrorAnswer, ...]:
    """The clips whose label is probably wrong."""
    return tuple(
        ClipLabelErrorAnswer(one.name, one.label, one.likely, one.margin) for one in figures.label_errors
    )


def _counted(clips: LabelledClips, rows: IntArray) -> ClipPartCount:
    classes = np.bincount(clips.labels[rows], minlength=len(clips.task.labels)).tolist()
    return ClipPartCount(len(rows), len({clips.clips[row].group for row in rows}), tuple(classes))

"""A skeleton pickle of PYSKL or MMAction2: many clips in one file, read without running anything that is in it."""

from collections.abc import Sequence
from pathlib import Path

from laban.errors import InvalidValueError, LabanError
from laban.models.examples import Clip
from laban.pipeline.dataset.folders import DEFAULT_TASK
from laban.pipeline.dataset.values import Item, Skipped, whole_clip
from laban.sequences.io import Annotation, read_annotations, recording_of_annotation


def read_pickle(
    path: Path, *, fps: float | None = None, labels: Sequence[str] | None = None, split: str | None = None
) -> tuple[list[Item], list[Skipped], list[str]]:
    """The clips of a pickle, those left out, and notes; see ``open_dataset``. Raises FormatError."""
    annotations = read_annotations(path)
    if not annotations:
        raise InvalidValueError(f"{path} holds no clips; expected annotations with keypoints and labels")
    family, notes = _family(path, annotations, asked=split)
    items: list[Item] = []
    skipped: list[Skipped] = []
    for index, annotation in enumerate(annotations):
        name = annotation.name or f"clip {index}"
        try:
            items.append(_item(annotation, name, labels=labels, family=family, fps=fps))
        except LabanError as error:
            skipped.append(Skipped(name, " ".join(str(error).split())))
    if not items:
        raise InvalidValueError(
            f"{path}: none of its {len(annotations)} clips can be used: {skipped[0].reason}"
        )
    return items, skipped, notes


def _item(
    annotation: Annotation, name: str, *, labels: Sequence[str] | None, family: str | None, fps: float | None
) -> Item:
    label = _label(annotation.label, labels)
    recording = recording_of_annotation(annotation, fps=fps)
    said = {} if label is None else {DEFAULT_TASK: (whole_clip(label),)}
    return Item(Clip(name, name, _split(annotation.splits, family)), said, recording=recording, kind="memory")


def _label(number: int | None, labels: Sequence[str] | None) -> str | None:
    """The name of a class; a negative number is no label."""
    if number is None or number < 0:
        return None
    if labels is None:
        return str(number)
    if number >= len(labels):
        raise InvalidValueError(f"class {number} is beyond the {len(labels)} names given")
    return labels[number]


def _family(
    path: Path, annotations: Sequence[Annotation], *, asked: str | None
) -> tuple[str | None, list[str]]:
    """Which of the ways to split is meant: ``xsub`` of ``xsub_train`` and ``xsub_val``; "" where they have no more
    name than ``train``."""
    families = sorted({_parts(name)[0] for one in annotations for name in one.splits})
    if asked is not None and asked not in families:
        known = ", ".join(name or "train" for name in families) or "none"
        raise InvalidValueError(f"{path} has no split {asked!r}; it has: {known}")
    if asked is not None or len(families) <= 1:
        return asked if asked is not None else (families[0] if families else None), []
    return None, [f"{path.name} has several splits ({', '.join(families)}); none is used until one is named"]


def _split(names: Sequence[str], family: str | None) -> str | None:
    return next((part for start, part in map(_parts, names) if start == family), None)


def _parts(name: str) -> tuple[str, str]:
    family, _, part = name.rpartition("_")
    return family, part

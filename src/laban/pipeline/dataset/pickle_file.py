"""A skeleton pickle of PYSKL or MMAction2: many clips in one file, read without running code in it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from laban.errors import FormatError, InvalidValueError, LabanError
from laban.io import Annotation, Unusable, read_clips, recording_of_annotation
from laban.io.delimited import decoded
from laban.io.files import one_line
from laban.models.examples import Clip
from laban.pipeline.dataset.folders import DEFAULT_TASK
from laban.pipeline.dataset.values import Item, Skipped, whole_clip


def read_pickle(
    path: Path, *, fps: float | None = None, labels: Sequence[str] | None = None, split: str | None = None
) -> tuple[list[Item], list[Skipped], list[str]]:
    """The clips of a pickle, those left out, and notes; see ``open_dataset``. Raises FormatError."""
    clips = read_clips(path)
    annotations = [one for one in clips if isinstance(one, Annotation)]
    if not clips:
        raise InvalidValueError(f"{path} holds no clips; expected annotations with keypoints and labels")
    family, notes = _family(path, annotations, asked=split)
    items: list[Item] = []
    skipped: list[Skipped] = []
    for index, clip in enumerate(clips):
        name = clip.name or f"clip {index}"
        if isinstance(clip, Unusable):
            skipped.append(Skipped(name, clip.reason))
            continue
        try:
            items.append(_item(clip, name, labels=labels, family=family, fps=fps))
        except LabanError as error:
            skipped.append(Skipped(name, " ".join(str(error).split())))
    if not items:
        raise InvalidValueError(f"{path}: none of its {len(clips)} clips can be used: {skipped[0].reason}")
    return items, skipped, notes


def read_labels(path: Path) -> tuple[str, ...]:
    """The names of classes from a text file, one per line in the order of their numbers; a line may begin with its
    number, or the file be JSON: a list, or names by number. Raises FormatError."""
    try:
        text = decoded(path.read_bytes())[0]
        if text.lstrip().startswith(("[", "{")):
            return _json_labels(json.loads(text))
    except (OSError, FormatError, ValueError) as error:
        raise FormatError(f"cannot read {path} as names of classes: {one_line(error)}") from error
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not lines or not all(lines):
        raise FormatError(f"{path}: expected the name of a class in each line, found an empty one")
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    for first in (0, 1):
        if all(one is not None and int(one[1]) == at for at, one in enumerate(numbered, first)):
            return tuple(one[2] for one in numbered if one is not None)
    return tuple(lines)


_NUMBERED = re.compile(r"(\d+)[\s,;:.]+(\S.*)")


def _json_labels(held: object) -> tuple[str, ...]:
    if isinstance(held, dict):
        held = [held.get(str(number)) for number in range(len(held))]
    if (
        not isinstance(held, list)
        or not held
        or not all(isinstance(one, str) and one.strip() for one in held)
    ):
        raise FormatError("expected a list of names, or names by the numbers from 0")
    return tuple(held)


def _item(
    annotation: Annotation, name: str, *, labels: Sequence[str] | None, family: str | None, fps: float | None
) -> Item:
    label = _label(annotation.label, labels)
    recording = recording_of_annotation(annotation, fps=fps)
    said = {} if label is None else {DEFAULT_TASK: (whole_clip(label),)}
    return Item(Clip(name, name, _split(annotation.splits, family)), said, recording=recording, kind="memory")


def _label(number: int | str | None, labels: Sequence[str] | None) -> str | None:
    """The name of a class, which may be in the pickle itself; a negative number is no label."""
    if number is None or isinstance(number, str):
        return number
    if number < 0:
        return None
    if labels is None:
        return str(number)
    if number >= len(labels):
        raise InvalidValueError(f"class {number} is beyond the {len(labels)} names given")
    return labels[number]


def _family(
    path: Path, annotations: Sequence[Annotation], *, asked: str | None
) -> tuple[str | None, list[str]]:
    """The chosen family of splits: ``xsub`` of ``xsub_train`` and ``xsub_val``; "" for a plain ``train``."""
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

"""YOLO-pose: ``data.yaml``, folders of images, and next to each of them one of labels, a line for each person.

A faulty line is kept as a problem and left out. Only an unusable ``data.yaml`` raises.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io.files import read_text, reading
from laban.io.flat_yaml import Value, parse_flat_yaml, whole_numbers
from laban.pipeline.image.values import MISSING, SEEN, ImageSet, LabelledImage, Person, Problem
from laban.sources.image import images_in

SPLITS = ("train", "val", "test")
_KEYS = ("path", *SPLITS, "names", "nc", "kpt_shape", "flip_idx", "kpt_names")
_BOX_CELLS = 5
_MOST_MORE = 2
"""Optional numbers of a line: a confidence and a track's number."""


@dataclass(frozen=True)
class Description:
    """The content of ``data.yaml``: the images of each split, the classes, the joints of 2 or 3 numbers, their
    names and their counterparts in a mirror."""

    places: dict[str, tuple[Path, ...]]
    labels: tuple[str, ...]
    joints: int
    dimensions: int
    names: tuple[str, ...] | None
    flip: tuple[int, ...] | None

    @property
    def numbers(self) -> int:
        """How many numbers a line holds at least."""
        return _BOX_CELLS + self.joints * self.dimensions


@dataclass
class _Found:
    root: Path
    description: Description
    images: list[LabelledImage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


def description_file(path: Path) -> Path | None:
    """The ``data.yaml`` that ``path`` is or holds, if any."""
    if path.is_file():
        return path if path.suffix.lower() in (".yaml", ".yml") else None
    return next((path / name for name in ("data.yaml", "data.yml") if (path / name).is_file()), None)


def read_yolo(file: Path) -> ImageSet:
    """The images and labels of ``file`` (data.yaml).

    Raises FormatError where it names no images or its ``kpt_shape`` is none.
    """
    with reading(file, form="YOLO-pose"):
        description = _description(file)
    found = _Found(file.parent, description)
    for split, folders in description.places.items():
        for folder in folders:
            _take_split(found, folder, split)
    if not found.images:
        where = ", ".join(str(folder) for folders in description.places.values() for folder in folders)
        raise FormatError(f"{file}: none of its folders holds images: {where}; check path, train and val")
    return ImageSet(
        file.parent.resolve().name,
        file.parent,
        "yolo-pose",
        description.labels,
        tuple(found.images),
        joints=description.names,
        flip=description.flip,
        problems=(*_problems_of(description, file.name), *found.problems),
    )


def _description(file: Path) -> Description:
    held = parse_flat_yaml(read_text(file), keys=_KEYS)
    shape = whole_numbers(held.get("kpt_shape", []), what="kpt_shape")
    if len(shape) != 2 or not 1 <= shape[0] <= 1000 or shape[1] not in (2, 3):
        raise FormatError(f"kpt_shape must be [joints, 2 or 3], such as [17, 3], got {shape or 'none'}")
    places = {name: tuple(_places(file, held, held[name])) for name in SPLITS if held.get(name)}
    if not places:
        raise FormatError("it names no images: expected train, val or test")
    flip = held.get("flip_idx")
    return Description(
        places,
        _labels(held.get("names", [])),
        shape[0],
        shape[1],
        _names(held.get("kpt_names"), shape[0]),
        None if flip is None else tuple(whole_numbers(flip, what="flip_idx")),
    )


def _places(file: Path, held: dict[str, Value], value: Value) -> Iterator[Path]:
    base = held.get("path", ".")
    root = file.parent / (base if isinstance(base, str) else ".")
    for one in [value] if isinstance(value, str) else list(value):
        near = [root / one, file.parent / one]
        yield next((path for path in near if path.is_dir()), near[0])


def _labels(value: Value) -> tuple[str, ...]:
    """The classes in the order of their numbers."""
    if isinstance(value, dict):
        if sorted(value) != sorted(str(number) for number in range(len(value))):
            raise FormatError(f"names must number the classes from 0, got {', '.join(value)}")
        return tuple(value[str(number)] for number in range(len(value)))
    names = value if isinstance(value, list) else [value]
    return tuple(names) if names else ("person",)


def _names(value: Value | None, joints: int) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(value)
    return COCO17.names if joints == len(COCO17) else None


def _problems_of(description: Description, item: str) -> Iterator[Problem]:
    flip, count = description.flip, description.joints
    if description.names is not None and len(description.names) != count:
        words = f"kpt_shape says {count} joints, kpt_names names {len(description.names)}"
        yield Problem("wrong-description", item, words)
    if flip is None:
        return
    if sorted(flip) != list(range(count)):
        words = f"flip_idx must name each of the {count} joints of kpt_shape once, got {len(flip)} numbers"
        yield Problem("wrong-flip", item, words)
    elif any(flip[flip[at]] != at for at in range(count)):
        yield Problem("wrong-flip", item, "flip_idx applied twice does not give the joints back")
    elif description.names == COCO17.names and list(flip) != COCO17.flip.tolist():
        yield Problem("wrong-flip", item, f"flip_idx does not exchange left and right: {list(flip)}")


def _take_split(found: _Found, folder: Path, split: str) -> None:
    if not folder.is_dir():
        words = f"data.yaml names the folder {folder.name} for {split}, which is not there"
        found.problems.append(Problem("missing-folder", found.name(folder), words))
        return
    images = images_in(folder)
    labels = _labels_beside(folder)
    by_stem: dict[str, list[Path]] = {}
    for path in images:
        by_stem.setdefault(path.stem, []).append(path)
    for stem, paths in by_stem.items():
        if len(paths) > 1:
            words = f"{' and '.join(path.name for path in paths)} share the labels {stem}.txt"
            found.problems.append(Problem("shared-labels", found.name(paths[1]), words))
    found.images += [_image(found, path, labels / f"{path.stem}.txt", split) for path in images]
    for file in sorted(labels.glob("*.txt")) if labels.is_dir() else ():
        if file.stem not in by_stem and file.name not in ("classes.txt", "train.txt", "val.txt", "test.txt"):
            words = f"{found.name(file)} labels an image that is not in {found.name(folder)}"
            found.problems.append(Problem("missing-image", found.name(file), words))


def _labels_beside(folder: Path) -> Path:
    """The folder of labels: the last part of the path that is called images says labels instead."""
    parts = list(folder.parts)
    places = [at for at, part in enumerate(parts) if part == "images"]
    if places:
        parts[places[-1]] = "labels"
        return Path(*parts)
    return folder.parent / "labels" if (folder.parent / "labels").is_dir() else folder


def _image(found: _Found, path: Path, file: Path, split: str) -> LabelledImage:
    name = found.name(path)
    if not file.is_file():
        return LabelledImage(name, path, split=split, labelled=False)
    try:
        lines = read_text(file).splitlines()
    except (OSError, UnicodeDecodeError, FormatError):
        found.problems.append(Problem("unreadable-labels", name, f"{found.name(file)} is no text"))
        return LabelledImage(name, path, split=split)
    people = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                people.append(_person(line.split(), found.description, where=f"{found.name(file)}:{number}"))
            except _LineError as error:
                words = f"{found.name(file)}, line {number}: {error}"
                found.problems.append(Problem(error.kind, name, words))
    return LabelledImage(name, path, people=tuple(people), split=split)


class _LineError(FormatError):
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _person(cells: list[str], description: Description, *, where: str) -> Person:
    if not description.numbers <= len(cells) <= description.numbers + _MOST_MORE:
        shape = f"[{description.joints}, {description.dimensions}]"
        raise _LineError(
            "wrong-count", f"{len(cells)} numbers, expected {description.numbers} for kpt_shape {shape}"
        )
    numbers = _numbers(cells[: description.numbers])
    at = int(numbers[0])
    if at != numbers[0] or not 0 <= at < len(description.labels):
        raise _LineError("unknown-class", f"class {cells[0]}, expected 0 to {len(description.labels) - 1}")
    x, y, width, height = numbers[1:_BOX_CELLS]
    values = np.array(numbers[_BOX_CELLS:]).reshape(description.joints, description.dimensions)
    flags = _flags(values)
    box = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    return Person(description.labels[at], box, values[:, :2], flags, where)


def _numbers(cells: list[str]) -> list[float]:
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        raise _LineError("not-a-number", "a cell is no number") from None
    if not all(math.isfinite(number) and abs(number) < 1e6 for number in numbers):
        raise _LineError("not-a-number", "a cell is NaN, infinite or enormous")
    return numbers


def _flags(values: np.ndarray) -> np.ndarray:
    """(J,) the third numbers; without them a joint at (0, 0) is missing."""
    if values.shape[1] == 2:
        return np.where((values == 0).all(axis=1), MISSING, SEEN)
    flags = values[:, 2]
    if not np.isin(flags, (0, 1, 2)).all():
        odd = flags[~np.isin(flags, (0, 1, 2))][0]
        raise _LineError("unknown-flag", f"a joint's flag is {odd:g}, expected 0 missing, 1 hidden or 2 seen")
    return flags.astype(np.int64)

"""COCO keypoints with their images: one JSON file, or a folder ``annotations`` with one for each split."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io.files import read_json, reading
from laban.pipeline.image.values import ImageSet, LabelledImage, Person, Problem

_SPLIT = re.compile(r"(train|val|test)", re.IGNORECASE)
Item = Mapping[str, Any]


@dataclass
class _Found:
    root: Path
    images: list[LabelledImage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    labels: dict[str, None] = field(default_factory=dict)
    joints: tuple[str, ...] = COCO17.names


def coco_files(path: Path) -> list[Path]:
    """The JSON files with annotations that ``path`` is or holds; none where it is something else."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" else []
    folder = path / "annotations"
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def read_coco(files: list[Path], root: Path) -> ImageSet:
    """The images and people of COCO files, each a split where its name says so.

    Raises FormatError where a file is none.
    """
    found = _Found(root)
    for file in files:
        with reading(file, form="COCO keypoints"):
            _take(found, file)
    if not found.images:
        raise FormatError(f"{root}: its COCO files tell of no images")
    return ImageSet(
        root.resolve().name,
        root,
        "coco",
        tuple(found.labels),
        tuple(found.images),
        joints=found.joints,
        problems=tuple(found.problems),
    )


def _take(found: _Found, file: Path) -> None:
    content = read_json(file)
    if not isinstance(content, dict):
        raise FormatError("expected images, annotations and categories")
    images, annotations = (_items(content, name) for name in ("images", "annotations"))
    categories = _categories(found, _items(content, "categories"))
    said = _SPLIT.findall(file.stem)
    split = said[-1].lower() if said else None
    held: dict[object, list[tuple[int, Item]]] = {}
    for number, one in enumerate(annotations):
        held.setdefault(one.get("image_id"), []).append((number, one))
    for image in images:
        found.images.append(_image(found, file, image, held.pop(image.get("id"), []), categories, split))
    for image_id, lost in held.items():
        words = f"{file.name} labels the image {image_id!r} {len(lost)} times, which it does not list"
        found.problems.append(Problem("missing-image", str(image_id), words))


def _items(content: Mapping[str, object], name: str) -> list[Item]:
    value = content.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise FormatError(f"{name} must be a list of objects")
    return value


def _categories(found: _Found, categories: list[Item]) -> dict[object, str]:
    for one in categories:
        names = one.get("keypoints")
        if isinstance(names, list) and names:
            found.joints = tuple(str(name) for name in names)
        found.labels.setdefault(str(one.get("name", "person")), None)
    return {one.get("id"): str(one.get("name", "person")) for one in categories}


def _image(
    found: _Found,
    file: Path,
    image: Item,
    held: list[tuple[int, Item]],
    categories: dict[object, str],
    split: str | None,
) -> LabelledImage:
    name = str(image.get("file_name", image.get("id")))
    size = image.get("width"), image.get("height")
    if not all(isinstance(side, int) and side > 0 for side in size):
        raise FormatError(f"the image {name!r} has no width and height")
    people = []
    for number, one in held:
        try:
            people.append(_person(one, np.array(size, float), categories, found, f"{file.name}#{number}"))
        except _AnnotationError as error:
            found.problems.append(Problem(error.kind, name, f"{file.name}, annotation {number}: {error}"))
    return LabelledImage(name, _path(file, name, found.root), people=tuple(people), split=split)


def _path(file: Path, name: str, root: Path) -> Path:
    """The file of an image, by its name in several usual folders."""
    said = _SPLIT.findall(file.stem)
    tails = [
        *(f"{root.name}/{one}" for one in said),
        "images",
        *(f"images/{one}" for one in said),
        *said,
        ".",
    ]
    near = [base / tail / name for base in (root, file.parent) for tail in tails]
    near += [folder / name for folder in sorted(root.glob("*2017"))]
    return next((path for path in near if path.is_file()), root / name)


class _AnnotationError(FormatError):
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _person(one: Item, size: np.ndarray, categories: dict[object, str], found: _Found, where: str) -> Person:
    if one.get("category_id") not in categories:
        raise _AnnotationError("unknown-class", f"category {one.get('category_id')!r} is not listed")
    label = categories[one["category_id"]]
    box = _finite(one.get("bbox"), what="bbox", count=4)
    corner, extent = box[:2] / size, box[2:] / size
    box = np.concatenate([corner, corner + extent])
    if one.get("keypoints") is None:
        return Person(label, box, where=where)
    numbers = _finite(one["keypoints"], what="keypoints", count=3 * len(found.joints)).reshape(-1, 3)
    if not np.isin(numbers[:, 2], (0, 1, 2)).all():
        raise _AnnotationError("unknown-flag", "a joint's flag is not 0 missing, 1 hidden or 2 seen")
    return Person(label, box, numbers[:, :2] / size, numbers[:, 2].astype(np.int64), where)


def _finite(value: object, *, what: str, count: int) -> np.ndarray:
    if not isinstance(value, list) or len(value) != count:
        got = len(value) if isinstance(value, list) else value
        raise _AnnotationError("wrong-count", f"{what} must be {count} numbers, got {got}")
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise _AnnotationError("not-a-number", f"{what} holds what is no number") from None
    if not np.isfinite(array).all():
        raise _AnnotationError("not-a-number", f"{what} holds NaN or an infinite number")
    return array

"""The images, annotations and categories of a COCO keypoint file, checked and sorted by time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.json_values import Json, are_objects, is_number, is_whole
from laban.core.skeleton import COCO17, Skeleton
from laban.errors import FormatError
from laban.io.assumptions import checked_size
from laban.io.frame_times import FrameOrder, order_of_names, order_of_numbers
from laban.io.item_clock import seconds_of_items, sorted_by_times
from laban.io.joint_names import Body, body_of_count, body_of_names, joint_named
from laban.io.limits import MAX_FRAMES, MAX_JOINTS, at_most
from laban.io.loss import warn_of_assumption
from laban.io.people import Detection
from laban.io.table_header import kind_of
from laban.io.text_table import numbers

Item = Mapping[str, object]
_FRAME_KEYS: Final = ("frame_id", "frame_index", "frame")
_SUFFIX: Final = re.compile(r"\.[A-Za-z]\w{1,4}$")
_COUNTS: Final = (17, 18, 25, 26, 133, 136)


@dataclass(frozen=True)
class Content:
    """The content of a file, frame by frame in order of time."""

    frames: list[list[Detection]]
    skeleton: Skeleton
    order: FrameOrder
    names: tuple[str, ...]
    ids: tuple[int | str, ...]
    sizes: tuple[tuple[int, int] | None, ...]
    offset: int = 0
    note: dict[str, object] = field(default_factory=dict)

    @property
    def size_wh(self) -> tuple[int, int] | None:
        """The size that all images share, or None."""
        return self.sizes[0] if len(set(self.sizes)) == 1 else None


def content_of(content: Json, *, asked: Skeleton | None, fps: float | None = None) -> Content:
    """The content of a dataset or of a list of results."""
    images, annotations = _parts(content)
    at_most(len(images), MAX_FRAMES, what="images")
    flags = isinstance(content, dict)
    if isinstance(content, dict):
        categories = _items(content.get("categories") or [], what="categories")
        annotations, body = _of_people(annotations, categories, asked)
    else:
        body = _body_by_count(annotations, asked=asked)
    order = _order_by_time(images, fps=fps) or _order(images, listed=flags)
    images = [images[index] for index in order.order]
    return Content(
        _frames(images, annotations, body=body, flags=flags),
        body.skeleton,
        order,
        tuple(_name(image)[:1000] for image in images),
        tuple(_key(image.get("id")) for image in images),
        tuple(_size(image) for image in images),
        offset=_offset(content) if isinstance(content, dict) else 0,
        note=order.note,
    )


def _parts(content: object) -> tuple[list[Item], list[Item]]:
    if isinstance(content, dict):
        return _items(content.get("images"), what="images"), _items(
            content.get("annotations"), what="annotations"
        )
    found = _items(content, what="the list of results")
    first: dict[int | str, Item] = {}
    for one in found:
        first.setdefault(_key(one.get("image_id")), one)
    return [{**_times_of(one), "id": key} for key, one in first.items()], found


def _times_of(annotation: Item) -> Item:
    """The time fields of a result."""
    return {key: value for key, value in annotation.items() if kind_of(str(key)) == "time"}


def _items(value: object, *, what: str) -> list[Item]:
    if not are_objects(value):
        raise FormatError(f"{what} must be a list of objects")
    return list[Item](value)


def _of_people(
    annotations: Sequence[Item], categories: Sequence[Item], asked: Skeleton | None
) -> tuple[list[Item], Body]:
    """The annotations of people, and their joints; those of animals, objects and other bodies are left out."""
    bodies = {one.get("id"): _body(one["keypoints"]) for one in categories if one.get("keypoints")}
    people = {key: body for key, body in bodies.items() if body is not None}
    if bodies and not people and asked is None:
        raise FormatError(
            "none of its categories is a human body; expected joints such as the 17 of COCO (nose, "
            "left_shoulder, …)"
        )
    if not people or asked is not None:
        marked = [one for one in annotations if one.get("keypoints")]
        return marked, _body_by_count(marked, asked=asked)
    chosen = _commonest(annotations, people)
    meant = [people.get(one.get("category_id", chosen)) == people[chosen] for one in annotations]
    others = [one for one, is_meant in zip(annotations, meant, strict=True) if not is_meant]
    _tell_left_out([one for one in others if one.get("keypoints")], categories)
    return [one for one, is_meant in zip(annotations, meant, strict=True) if is_meant], people[chosen]


def _commonest(annotations: Sequence[Item], people: Mapping[object, Body]) -> object:
    counts = dict.fromkeys(people, 0)
    for one in annotations:
        if one.get("category_id") in counts:
            counts[one["category_id"]] += 1
    return max(counts, key=lambda key: counts[key])


def _tell_left_out(annotations: Sequence[Item], categories: Sequence[Item]) -> None:
    if annotations:
        names = {one.get("id"): str(one.get("name", one.get("id"))) for one in categories}
        words = sorted({names.get(one.get("category_id"), "unknown") for one in annotations})
        warn_of_assumption(
            f"{len(annotations)} annotations of other categories are left out: {', '.join(words)[:200]}"
        )


def _body(names: object) -> Body | None:
    """The joints of a category, or None where they are not those of a person."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FormatError("the keypoints of a category must be a list of names")
    at_most(len(names), MAX_JOINTS, what="joints")
    human = [name for name in names if joint_named(name) is not None]
    return body_of_names(names, form="coco") if len(human) * 2 > len(names) >= 5 else None


def _body_by_count(annotations: Sequence[Item], *, asked: Skeleton | None) -> Body:
    """The joints, by their number in the first annotation; 17 where that is not a known number."""
    first = next((_flat(one["keypoints"]) for one in annotations if one.get("keypoints")), None)
    points = len(first) // 3 if isinstance(first, list) else 0
    if asked is not None or points in _COUNTS:
        return body_of_count(points, asked=asked) if points else body_of_count(17)
    return body_of_count(len(COCO17))


def _order(images: Sequence[Item], *, listed: bool) -> FrameOrder:
    """The order of the images by the first of their numbers and names that is a count.

    With ``listed`` the order of the list is kept where none is.
    """
    for key in _FRAME_KEYS:
        known = _whole_numbers(images, key)
        if images and len(known) == len(images):
            found = order_of_numbers(known)
            if not found.note:
                return found
    numbered = _whole_numbers(images, "id")
    by_id = order_of_numbers(numbered) if len(numbered) == len(images) else None
    names = [_stem(_name(image)) for image in images]
    by_name = order_of_names(names, what="file names") if listed or not by_id else None
    for order in (by_name, by_id):
        if order is not None and (order.own_times_s or not order.note):
            return order
    fallback = by_id or by_name
    if listed or fallback is None:
        counted = tuple(range(len(images)))
        return FrameOrder(counted, counted, {"frames": "in the order of the list"})
    return fallback


def _whole_numbers(images: Sequence[Item], key: str) -> list[int]:
    return [number for image in images if is_whole(number := image.get(key))]


def _order_by_time(images: Sequence[Item], *, fps: float | None) -> FrameOrder | None:
    """The order of images by their own times, where those differ; else None."""
    own = [image["time_s"] for image in images if type(image.get("time_s")) in (int, float)]
    if len(set(own)) < len(own) == len(images):
        raise FormatError("the times of its images must be unique, two have the same time_s")
    found = seconds_of_items(images, fps=fps)
    if found is None:
        return None
    repeats = len(found[0]) - len(np.unique(found[0]))
    if repeats:
        warn_of_assumption(f"{repeats} of its images have the same time as another; the times are ignored")
        return None
    return sorted_by_times(found[0], note=found[1])


def _frames(
    images: Sequence[Item], annotations: Sequence[Item], *, body: Body, flags: bool
) -> list[list[Detection]]:
    positions = {_key(image.get("id")): index for index, image in enumerate(images)}
    if len(positions) != len(images):
        raise FormatError("two of its images have the same id")
    frames: list[list[Detection]] = [[] for _ in images]
    for annotation in annotations:
        key = _key(annotation.get("image_id"))
        if key not in positions:
            raise FormatError(f"an annotation belongs to image {str(key)[:40]}, which is missing")
        detection = _detection(annotation, body=body, flags=flags)
        if detection is not None:
            frames[positions[key]].append(detection)
    return _without_counts(_without_common_id(frames, annotations))


def _without_common_id(frames: list[list[Detection]], annotations: Sequence[Item]) -> list[list[Detection]]:
    """AlphaPose without tracking gives all people the same ``idx``, which then has no meaning."""
    people = [one.person for frame in frames for one in frame]
    if len(set(people)) > 1 or len(people) <= len(frames) or any("track_id" in one for one in annotations):
        return frames
    return [[replace(one, person=None) for one in frame] for frame in frames]


def _without_counts(frames: list[list[Detection]]) -> list[list[Detection]]:
    """Scores above 1, such as AlphaPose's sums, are not probabilities and are left out."""
    if not any(one.score > 1 for frame in frames for one in frame):
        return frames
    return [[replace(one, score=float("nan")) for one in frame] for frame in frames]


def _key(value: object) -> int | str:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int | str):
        return value
    raise FormatError("an image id must be a number or a name")


def _detection(annotation: Item, *, body: Body, flags: bool) -> Detection | None:
    """A person, or None for a box without joints and for a crowd."""
    if "keypoints" not in annotation or annotation.get("iscrowd") == 1:
        return None
    triples = numbers(_flat(annotation["keypoints"]), what="keypoints", count=body.points * 3).reshape(-1, 3)
    missing = triples[:, 2] == 0 if flags else (triples == 0).all(axis=1)
    if missing.all() or (triples[:, :2] == 0).all():
        return None
    triples[missing] = np.nan
    visibility = _from_flags(triples[:, 2]) if flags else triples[:, 2]
    return Detection(
        body.arrange(triples[:, :2]),
        body.arrange(visibility[:, None])[:, 0],
        _person(annotation),
        _score(annotation),
        number=number if is_whole(number := annotation.get("id")) else None,
        area_px=_area(annotation.get("area")),
    )


def _flat(points: object) -> object:
    """Keypoints in one flat list, even if the file has a list for each."""
    if (
        isinstance(points, list)
        and points
        and all(isinstance(point, list) and len(point) == 3 for point in points)
    ):
        return [value for point in points for value in point]
    return points


def _area(value: object) -> float | None:
    return float(value) if is_number(value) else None


def _from_flags(values: Float64Array) -> Float64Array:
    if np.isin(values[~np.isnan(values)], (1, 2)).all():
        return values - 1
    return values


def _person(annotation: Item) -> int | None:
    value = annotation.get("track_id")
    if value is None:
        return _alphapose_id(annotation.get("idx"))
    if not is_whole(value) or not 0 <= value < 2**31:
        raise FormatError("a track_id must be a whole number from 0")
    return value


def _alphapose_id(value: object) -> int | None:
    while isinstance(value, list) and value:
        value = value[0]
    return int(value) if is_number(value) and value == int(value) and 0 <= value < 2**31 else None


def _score(annotation: Item) -> float:
    value = annotation.get("score", float("nan"))
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not is_number(value):
        raise FormatError("a score must be a number")
    return float(value)


def _size(image: Item) -> tuple[int, int] | None:
    if "width" not in image or "height" not in image:
        return None
    return checked_size((image["width"], image["height"]))


def _offset(content: Item) -> int:
    info = content.get("info")
    value = info.get("laban_track_id_offset", 0) if isinstance(info, dict) else 0
    return int(value == 1)


def _name(image: Item) -> str:
    return str(image.get("file_name", image.get("id")))


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name.replace("\\", "/"))

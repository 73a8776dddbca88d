"""COCO keypoints JSON: a dataset (images, annotations, categories) or a list of results; 17 joints in pixels.

Each image is a frame, in the order of ``images`` (of the image ids for results). In a dataset a joint's flag
0 means missing (NaN), 1 hidden (visibility 0), 2 seen (visibility 1); a flag that is another number, and the
third number of a result, is the visibility itself. ``track_id``, ``score`` and the images' ``time_s`` are used
where they are there.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.errors import FormatError, InvalidValueError
from laban.sequences.io.assumptions import checked_size, clock_of, noted
from laban.sequences.io.files import read_json, reading, to_json, write_text
from laban.sequences.io.limits import MAX_FRAMES, at_most
from laban.sequences.io.loss import field_losses, metadata_losses, skeleton_losses, warn_of_loss
from laban.sequences.io.people import Detection, box_xywh, detections_of, given, on_skeleton, recording_of
from laban.sequences.io.text_table import numbers

LOSS: Final = (
    "depth_px, world_m, body, metadata, unseen rows at either end; joints outside coco17; visibility becomes "
    "seen (0.5 and above) or hidden, or with layout='results' the times and picture size go instead"
)
LAYOUTS: Final = ("dataset", "results")
Item = Mapping[str, Any]


def read(
    path: Path, *, fps: float | None = None, size_wh: tuple[int, int] | None = None, identities: str = "auto"
) -> Recording:
    """The people of a dataset or of a list of results.

    ``fps`` (30) gives the times where the images have no ``time_s``; ``size_wh`` the picture size where they
    have none or not all the same. ``identities`` says who is who without ``track_id``: ``auto``, ``order`` or
    ``each``. ``metadata["images"]`` are the file names or ids.
    """
    with reading(path, form="COCO keypoints"):
        content = read_json(path)
        images, annotations = _parts(content)
        at_most(len(images), MAX_FRAMES, what="images")
        frames = _frames(images, annotations, flags=isinstance(content, dict))
        clock = clock_of(fps)
        own = _own_times(images)
        return recording_of(
            frames,
            times_s=clock.times_s(len(images)) if own is None else own,
            skeleton=COCO17,
            source=path.name,
            size_wh=_size(images) if size_wh is None else checked_size(size_wh),
            metadata=noted("coco", {} if own is not None else clock.note, images=_names(images)),
            identities=identities,
        )


def write(recording: Recording, path: Path, *, layout: str = "dataset") -> None:
    """Writes everybody, as a dataset to train on or as a list of results to judge.

    A visibility that is not known counts as seen.
    """
    if layout not in LAYOUTS:
        raise InvalidValueError(f"layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    frames = detections_of(recording, on_skeleton(recording.people, COCO17))
    flags = layout == "dataset"
    found = [
        _annotation(one, image=index + 1, flags=flags) for index, frame in enumerate(frames) for one in frame
    ]
    if flags:
        numbered = [{"id": index + 1, **one} for index, one in enumerate(found)]
        content: Any = {"images": _images(recording), "annotations": numbered, "categories": [_category()]}
    else:
        content = found
    write_text(path, to_json(content))
    people = recording.people.values()
    kept_instead = ["visibility (seen or hidden remains)"] if flags else ["frame times", "picture size"]
    losses = [
        *field_losses(people, kept=("image_px", "score")),
        *skeleton_losses(people, COCO17),
        *kept_instead,
    ]
    warn_of_loss([*losses, *metadata_losses(recording)], form="COCO keypoints")


def _parts(content: Any) -> tuple[list[Item], list[Item]]:
    if isinstance(content, dict):
        _check_categories(content.get("categories"))
        return _items(content.get("images"), what="images"), _items(
            content.get("annotations"), what="annotations"
        )
    found = _items(content, what="the list of results")
    ids = {one.get("image_id") for one in found if isinstance(one.get("image_id"), int | str)}
    ordered = sorted(
        ids, key=lambda one: (isinstance(one, str), one if isinstance(one, int) else 0, str(one))
    )
    return [{"id": one} for one in ordered], found


def _items(value: Any, *, what: str) -> list[Item]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise FormatError(f"{what} must be a list of objects")
    return value


def _check_categories(value: Any) -> None:
    for category in _items(value or [], what="categories"):
        names = category.get("keypoints", list(COCO17.names))
        if names != list(COCO17.names):
            raise FormatError("its category does not name the 17 joints of COCO in their order")


def _frames(images: Sequence[Item], annotations: Sequence[Item], *, flags: bool) -> list[list[Detection]]:
    positions = {_key(image.get("id")): index for index, image in enumerate(images)}
    if len(positions) != len(images):
        raise FormatError("two of its images bear the same id")
    frames: list[list[Detection]] = [[] for _ in images]
    for annotation in annotations:
        key = _key(annotation.get("image_id"))
        if key not in positions:
            raise FormatError(f"an annotation belongs to image {str(key)[:40]}, which is not there")
        detection = _detection(annotation, flags=flags)
        if detection is not None:
            frames[positions[key]].append(detection)
    return frames


def _key(value: Any) -> int | str:
    if isinstance(value, int | str):
        return value
    raise FormatError("an image id must be a number or a name")


def _detection(annotation: Item, *, flags: bool) -> Detection | None:
    """Somebody, or None for a box without joints and for a crowd."""
    if "keypoints" not in annotation or annotation.get("iscrowd") == 1:
        return None
    triples = numbers(annotation["keypoints"], what="keypoints", count=len(COCO17) * 3).reshape(-1, 3)
    missing = triples[:, 2] == 0 if flags else (triples == 0).all(axis=1)
    if missing.all():
        return None
    triples[missing] = np.nan
    visibility = _from_flags(triples[:, 2]) if flags else triples[:, 2]
    return Detection(triples[:, :2], visibility, _person(annotation), _score(annotation))


def _from_flags(values: Float64Array) -> Float64Array:
    if np.isin(values[~np.isnan(values)], (1, 2)).all():
        return values - 1
    return values


def _person(annotation: Item) -> int | None:
    value = annotation.get("track_id")
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < 2**31:
        raise FormatError("a track_id must be a whole number from 0")
    return value


def _score(annotation: Item) -> float:
    value = annotation.get("score", float("nan"))
    if type(value) not in (int, float):
        raise FormatError("a score must be a number")
    return float(value)


def _own_times(images: Sequence[Item]) -> Float64Array | None:
    if not images or any("time_s" not in image for image in images):
        return None
    return numbers([image["time_s"] for image in images], what="time_s")


def _size(images: Sequence[Item]) -> tuple[int, int] | None:
    """The one size that all images share, or None."""
    sizes = {(str(image.get("width")), str(image.get("height"))) for image in images}
    if len(sizes) != 1 or not images or "width" not in images[0]:
        return None
    return checked_size((images[0]["width"], images[0]["height"]))


def _names(images: Sequence[Item]) -> list[str]:
    return [str(image.get("file_name", image.get("id")))[:1000] for image in images]


def _images(recording: Recording) -> list[dict[str, Any]]:
    names = recording.metadata.get("images")
    if not isinstance(names, list) or len(names) != len(recording.times_s):
        stem = Path(recording.source).stem or "frame"
        names = [f"{stem}_{index:06d}.jpg" for index in range(len(recording.times_s))]
    size = {} if recording.size_wh is None else dict(zip(("width", "height"), recording.size_wh, strict=True))
    return [
        {"id": index + 1, "file_name": name, **size, "time_s": float(time_s)}
        for index, (name, time_s) in enumerate(zip(names, recording.times_s, strict=True))
    ]


def _annotation(one: Detection, *, image: int, flags: bool) -> dict[str, Any]:
    known = np.where(np.isnan(one.visibility), 1.0, one.visibility)
    third = np.where(known >= 0.5, 2.0, 1.0) if flags else known
    triples = np.column_stack([one.image_px, third])
    missing = ~given(one.image_px)
    triples[missing] = 0.0
    x, y, width, height = box_xywh(one.image_px)
    return {
        "image_id": image,
        "category_id": 1,
        "keypoints": triples.ravel().tolist(),
        "num_keypoints": int((~missing).sum()),
        "bbox": [x, y, width, height],
        "area": width * height,
        "iscrowd": 0,
        "track_id": one.person,
        **({} if np.isnan(one.score) else {"score": one.score}),
    }


def _category() -> dict[str, Any]:
    bones = [[first + 1, second + 1] for first, second in COCO17.bones]
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": COCO17.names,
        "skeleton": bones,
    }

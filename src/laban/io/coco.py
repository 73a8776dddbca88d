"""COCO keypoints JSON: a dataset (images, annotations, categories) or a list of results, including AlphaPose's.

Each image is a frame: its time is its ``time_s`` (or another time field), else the rule of ``frame_times`` is
applied to ``frame_id``, then to the file names, then to the ids. In a dataset a joint's flag 0 means missing (NaN),
1 hidden (visibility 0), 2 seen (visibility 1); a flag that is another number, and the third number of a result, is
the visibility itself. Joints are found by the names in ``categories`` in any order; without names 17 are COCO's, 26
Halpe's. ``track_id`` (or AlphaPose's ``idx``) and ``score`` are used where present.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError, InvalidValueError
from laban.io.assumptions import checked_size, noted
from laban.io.coco_content import Content, content_of
from laban.io.coordinates import in_pixels
from laban.io.files import compact_json, read_json, reading, write_text
from laban.io.item_clock import times_of
from laban.io.loss import field_losses, metadata_losses, skeleton_losses, warn_of_loss
from laban.io.people import (
    Detection,
    Frames,
    box_xywh,
    detections_of,
    given,
    identify,
    on_skeleton,
    recording_of,
)

LOSS: Final = (
    "depth_px, world_m, body, metadata, unseen rows at either end; joints outside coco17; visibility becomes "
    "seen (0.5 and above) or hidden, or with layout='results' the times and image size go instead"
)
LAYOUTS: Final = ("dataset", "results")
OFFSET: Final = "laban_track_id_offset"
"""The field in which a dataset notes the offset of its ids: the first is 1, as trackers expect."""


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str = "auto",
) -> Recording:
    """The people of a dataset or of a list of results.

    ``fps`` (30) determines the times of images without ``time_s``; ``size_wh`` is the image size where they have
    none or different ones. ``skeleton`` names the joints where the file does not. ``identities`` says how people
    are identified without ``track_id``: ``auto``, ``order`` or ``each``. ``metadata["images"]`` are the file names
    or ids.
    """
    with reading(path, form="COCO keypoints"):
        asked = None if skeleton is None else skeleton_named(skeleton)
        content = content_of(read_json(path), asked=asked, fps=fps)
        times_s, note = times_of(content.order, fps=fps)
        size = content.size_wh if size_wh is None else checked_size(size_wh)
        frames = in_pixels(content.frames, size_wh=size, form="COCO keypoints")
        known = _identified(frames, offset=content.offset, identities=identities)
        return recording_of(
            known,
            times_s=times_s,
            skeleton=content.skeleton,
            source=path.name,
            size_wh=size,
            metadata=noted("coco", note, images=list(content.names), **_origin(content, known)),
            identities="auto",
        )


def write(recording: Recording, path: Path, *, layout: str = "dataset") -> None:
    """Writes all people, as a dataset to train on or as a list of results to evaluate.

    An unknown visibility counts as seen. Ids of images and annotations, areas and sizes from a COCO file are
    preserved. Track ids start at 1.
    """
    if layout not in LAYOUTS:
        raise InvalidValueError(f"layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    frames = detections_of(recording, on_skeleton(recording.people, COCO17))
    flags = layout == "dataset"
    offset = int(0 in recording.people)
    ids = _image_ids(recording)
    images = _images(recording, ids)
    origin = _annotations_of_origin(recording)
    found = [
        _annotation(one, image=ids[index], flags=flags, offset=offset)
        | ({"area": origin[index, one.person][1]} if (index, one.person) in origin else {})
        for index, frame in enumerate(frames)
        for one in frame
    ]
    content: object = found
    if flags:
        keys = [(index, one.person) for index, frame in enumerate(frames) for one in frame]
        known = [origin[key][0] for key in keys if key in origin]
        kept = len(known) == len(keys) == len(set(known))
        numbered = [{"id": known[index] if kept else index + 1, **one} for index, one in enumerate(found)]
        info = {"description": "Poses of one recording, written by Laban", OFFSET: offset}
        content = {"info": info, "images": images, "annotations": numbered, "categories": [_category()]}
    write_text(path, compact_json(content))
    people = recording.people.values()
    kept_instead = ["visibility (seen or hidden remains)"] if flags else _results_losses(offset)
    losses = [
        *field_losses(people, kept=("image_px", "score")),
        *skeleton_losses(people, COCO17),
        *kept_instead,
    ]
    warn_of_loss([*losses, *metadata_losses(recording)], form="COCO keypoints")


def _results_losses(offset: int) -> list[str]:
    return ["frame times", "image size", *(["person ids (counted from 1 instead)"] if offset else [])]


def _identified(frames: Frames, *, offset: int, identities: str) -> list[list[Detection]]:
    ids = identify(frames, identities=identities)
    if offset and any(one < offset for frame in ids for one in frame):
        raise FormatError(f"its {OFFSET} does not fit its ids")
    return [
        [replace(one, person=person - offset) for one, person in zip(frame, people, strict=True)]
        for frame, people in zip(frames, ids, strict=True)
    ]


def _origin(content: Content, frames: Frames) -> dict[str, object]:
    """Values of a COCO file for which a recording has no field, kept so that they can be written again."""
    found = [
        [index, one.person, one.number, one.area_px]
        for index, frame in enumerate(frames)
        for one in frame
        if one.number is not None and one.area_px is not None
    ]
    origin: dict[str, object] = {}
    if list(content.ids) != list(range(1, len(content.ids) + 1)):
        origin["image_ids"] = list(content.ids)
    if len(set(content.sizes)) > 1:
        origin["image_sizes"] = [None if size is None else list(size) for size in content.sizes]
    if found:
        origin["annotations"] = found
    return {"coco": origin} if origin else {}


def _images(recording: Recording, ids: Sequence[object]) -> list[dict[str, object]]:
    names = recording.metadata.get("images")
    if not isinstance(names, list) or len(names) != len(recording.times_s):
        stem = Path(recording.source).stem or "frame"
        names = [f"{stem}_{index:06d}.jpg" for index in range(len(recording.times_s))]
    count = len(recording.times_s)
    sizes = _of_origin(recording, "image_sizes", count) or [recording.size_wh] * count
    return [
        {"id": one, "file_name": name, **_sides(size), "time_s": float(time_s)}
        for one, name, size, time_s in zip(ids, names, sizes, recording.times_s, strict=True)
    ]


def _image_ids(recording: Recording) -> Sequence[object]:
    """The ids that the images had in the COCO file that the recording came from, else numbers from 1."""
    count = len(recording.times_s)
    return _of_origin(recording, "image_ids", count) or range(1, count + 1)


def _sides(size_wh: object) -> dict[str, object]:
    return dict(zip(("width", "height"), size_wh, strict=True)) if isinstance(size_wh, list | tuple) else {}


def _of_origin(recording: Recording, name: str, count: int) -> list[object] | None:
    """The per-frame values of the COCO file that the recording came from, where they still fit."""
    origin = recording.metadata.get("coco")
    values = origin.get(name) if isinstance(origin, dict) else None
    return values if isinstance(values, list) and len(values) == count else None


def _annotations_of_origin(recording: Recording) -> dict[tuple[int, int | None], tuple[int, float]]:
    """The annotation's id and area by frame and person."""
    origin = recording.metadata.get("coco")
    rows = origin.get("annotations", []) if isinstance(origin, dict) else []
    return {(frame, person): (number, area) for frame, person, number, area in rows}


def _annotation(one: Detection, *, image: object, flags: bool, offset: int) -> dict[str, object]:
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
        "track_id": (one.person or 0) + offset,
        **({} if np.isnan(one.score) else {"score": one.score}),
    }


def _category() -> dict[str, object]:
    bones = [[first + 1, second + 1] for first, second in COCO17.bones]
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": COCO17.names,
        "skeleton": bones,
    }

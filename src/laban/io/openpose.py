"""OpenPose JSON: a folder with one file per frame, in pixels with confidences.

OpenPose itself writes 25 (BODY_25), 19, 18 (COCO) or 15 (MPI) points, other programs in its layout 17 (COCO), 26
(Halpe) or 133 (COCO-WholeBody). A joint of 0, 0 with confidence 0 is missing (NaN). ``person_id`` is the identity
unless it is −1. The number that counts up in the files' names is the frame's. AlphaPose writes a video to one such
file, its images under their names, and the points under ``people`` or ``bodies``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.checks import choose
from laban.core.sequence import Recording
from laban.core.skeleton import SKELETONS, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.io.assumptions import checked_size, noted
from laban.io.coordinates import in_pixels
from laban.io.files import compact_json, read_json, reading, replacing_folder
from laban.io.films import looks_like_film
from laban.io.frame_times import FrameOrder
from laban.io.item_clock import (
    keyed_frames,
    listed,
    noted_fps,
    noted_size,
    order_of_items,
    seconds_of_items,
    sorted_by_times,
    times_of,
)
from laban.io.joint_names import OPENPOSE15, OPENPOSE19, Body, body_of_count
from laban.io.keypoint_objects import box_of
from laban.io.limits import MAX_FRAMES, at_most
from laban.io.loss import detection_losses, warn_of_loss
from laban.io.numbered import frame_files
from laban.io.people import Detection, detections_of, given, on_skeleton, recording_of
from laban.io.text_table import numbers

BODIES: Final = {name: SKELETONS[name] for name in ("openpose25", "openpose18")}
_KEYPOINTS: Final = ("pose_keypoints_2d", "pose_keypoints", "joints")
_OPENPOSE_ONLY: Final = {15: OPENPOSE15, 19: OPENPOSE19}
LOSS: Final = (
    "times, image size, depth_px, world_m, body, score, metadata, unseen rows at either end; joints outside "
    "openpose25 (or openpose18); an unknown visibility becomes 1"
)


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str = "auto",
) -> Recording:
    """The people in a folder of frames, or in the file of one frame.

    A frame's time is its own, else its number ÷ ``fps`` (30, noted as assumed);
    the image's size is ``size_wh`` or unknown.
    Coordinates from 0 to 1 become pixels with ``size_wh`` and are refused without. ``skeleton`` names the
    joints where their number is ambiguous. ``identities`` says how people are identified without ``person_id``:
    ``auto``, ``order`` or ``each``.
    """
    with reading(path, form="OpenPose JSON"):
        whole = None if path.is_dir() else read_json(path)
        rate = noted_fps(whole) if fps is None else fps
        names, contents, order = _folder(path, fps=fps) if whole is None else _film(whole, path, fps=rate)
        times_s, note = times_of(order, fps=rate)
        size = noted_size(whole) if size_wh is None else checked_size(size_wh)
        found = [_people(one, where=name) for one, name in zip(contents, names, strict=True)]
        asked = None if skeleton is None else skeleton_named(skeleton)
        body = _one_body({len(triples) for frame in found for triples, _ in frame}, asked=asked)
        frames = [[_detection(triples, person, body) for triples, person in frame] for frame in found]
        return recording_of(
            in_pixels(frames, size_wh=size, form="OpenPose JSON"),
            times_s=times_s,
            skeleton=body.skeleton,
            source=path.name,
            size_wh=size,
            metadata=noted("openpose", note),
            identities=identities,
        )


def write(recording: Recording, path: Path, *, skeleton: str = "openpose25") -> None:
    """Writes all people to a new or empty folder, one file per frame; ``skeleton`` may be openpose18."""
    target = choose(skeleton, BODIES, what="OpenPose body")
    frames = detections_of(recording, on_skeleton(recording.people, target))
    stem = Path(recording.source).stem or "frame"
    with replacing_folder(path) as folder:
        for index, frame in enumerate(frames):
            content = {"version": 1.3, "people": [_person(one) for one in frame]}
            name = f"{stem}_{index:012d}_keypoints.json"
            (folder / name).write_text(compact_json(content), encoding="utf-8")
    warn_of_loss(detection_losses(recording, target, kept=("image_px",)), form="OpenPose JSON")


_Contents = tuple[list[str], Sequence[object], FrameOrder]


def _folder(path: Path, *, fps: float | None) -> _Contents:
    """The content of every file of a folder, ordered by its own time if it has one, else by its name."""
    files = frame_files(path, suffix=".json")
    contents = [read_json(file) for file in files.paths]
    names = [file.name for file in files.paths]
    own = seconds_of_items(contents, fps=fps)
    if own is None or len(np.unique(own[0])) < len(contents):
        return names, contents, files.order
    order = sorted_by_times(own[0], note=own[1])
    return [names[index] for index in order.order], [contents[index] for index in order.order], order


def _film(content: object, path: Path, *, fps: float | None) -> _Contents:
    """The frames of one file: its lines or objects, which may be under ``frames``."""
    if isinstance(content, dict) and isinstance(content.get("frames"), list):
        content = content["frames"]
    elif isinstance(content, dict):
        content = keyed_frames(content, name="people") or content
    frames = content if isinstance(content, list) else [content]
    bodies = _film_of_one(frames[0]) if len(frames) == 1 else None
    if bodies is not None:
        return [path.name] * len(bodies), bodies, listed(len(bodies))
    at_most(len(frames), MAX_FRAMES, what="frames")
    order = order_of_items(frames, fps=fps)
    return [path.name] * len(frames), [frames[index] for index in order.order], order


def _film_of_one(content: object) -> list[object] | None:
    """One frame for each body of what looks like one image, if each overlaps the previous one."""
    people = content.get("people") if isinstance(content, dict) else None
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        return None
    if any(_id(one.get("person_id")) is not None for one in people):
        return None
    flat = [next((one[name] for name in _KEYPOINTS if name in one), None) for one in people]
    if not all(isinstance(one, list) and len(one) % 3 == 0 for one in flat):
        return None
    boxes = [box_of(one) for one in flat]
    return [{"people": [one]} for one in people] if looks_like_film(boxes) else None


_Found = tuple[Float64Array, int | None]


def _people(content: object, *, where: str) -> list[_Found]:
    """(P, 3) points and the id of each person in a file for whom a body was found."""
    people = content.get("people", content.get("bodies")) if isinstance(content, dict) else None
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise FormatError(f"{where} does not hold a list of people")
    found = (_points(person, where=where) for person in people)
    return [
        (triples, _id(person.get("person_id")))
        for triples, person in zip(found, people, strict=True)
        if triples.any()
    ]


def _points(person: Mapping[str, object], *, where: str) -> Float64Array:
    values = next((person[name] for name in _KEYPOINTS if name in person), None)
    flat = numbers(values, what=f"the body keypoints in {where}")
    if len(flat) % 3:
        raise FormatError(f"a body in {where} must have 3 numbers a joint, got {len(flat)} numbers")
    return flat.reshape(-1, 3)


def _detection(triples: Float64Array, person: int | None, body: Body) -> Detection:
    triples[(triples == 0).all(axis=1)] = np.nan
    arranged = body.arrange(triples)
    return Detection(arranged[:, :2], arranged[:, 2], person)


def _id(value: object) -> int | None:
    first = value[0] if isinstance(value, list) and value else value
    if first is None or first == -1:
        return None
    if type(first) is not int or not 0 <= first < 2**31:
        raise FormatError("a person_id must be a whole number from 0, or -1")
    return first


def _one_body(sizes: set[int], *, asked: Skeleton | None) -> Body:
    if len(sizes) > 1:
        counts = " and of ".join(str(size) for size in sorted(sizes))
        raise FormatError(f"its frames mix bodies of {counts} joints")
    joints = sizes.pop() if sizes else len(asked or BODIES["openpose25"])
    return body_of_count(joints, asked=asked, more=_OPENPOSE_ONLY)


def _person(one: Detection) -> dict[str, object]:
    confidence = np.where(np.isnan(one.visibility), 1.0, one.visibility)
    triples = np.column_stack([one.image_px, confidence])
    triples[~given(one.image_px)] = 0.0
    return {"person_id": [one.person], "pose_keypoints_2d": triples.ravel().tolist()}

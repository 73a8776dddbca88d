"""OpenPose JSON: a folder with one file a frame, BODY_25 or COCO's 18 points, pixels and confidences.

A joint of 0, 0 with confidence 0 is missing (NaN). ``person_id`` is the identity where it is not −1. The number
at the end of a file's name is the frame's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from laban.core.checks import choose
from laban.core.sequence import Recording
from laban.core.skeleton import SKELETONS, Skeleton
from laban.errors import FormatError
from laban.sequences.io.assumptions import checked_size, clock_of, noted
from laban.sequences.io.files import read_json, reading, replacing_folder, to_json
from laban.sequences.io.loss import field_losses, lost_times, metadata_losses, skeleton_losses, warn_of_loss
from laban.sequences.io.numbered import FrameFiles, frame_files
from laban.sequences.io.people import Detection, detections_of, given, on_skeleton, recording_of
from laban.sequences.io.text_table import numbers

BODIES: Final = {name: SKELETONS[name] for name in ("openpose25", "openpose18")}
LOSS: Final = (
    "times, picture size, depth_px, world_m, body, score, metadata, unseen rows at either end; joints outside "
    "openpose25 (or openpose18); an unknown visibility becomes 1"
)


def read(
    path: Path, *, fps: float | None = None, size_wh: tuple[int, int] | None = None, identities: str = "auto"
) -> Recording:
    """The people in a folder of frames, or in the file of one frame.

    A frame's time is its number ÷ ``fps`` (30, noted as assumed); the picture's size is ``size_wh`` or unknown.
    ``identities`` says who is who without ``person_id``: ``auto``, ``order`` or ``each``.
    """
    with reading(path, form="OpenPose JSON"):
        files = frame_files(path, suffix=".json") if path.is_dir() else FrameFiles((path,), (0,))
        clock = clock_of(fps)
        found = [_people(read_json(file), where=file.name) for file in files.paths]
        skeleton = _one_body({len(one.visibility) for frame in found for one in frame})
        return recording_of(
            found,
            times_s=files.times_s(clock),
            skeleton=skeleton,
            source=path.name,
            size_wh=None if size_wh is None else checked_size(size_wh),
            metadata=noted("openpose", clock.note),
            identities=identities,
        )


def write(recording: Recording, path: Path, *, skeleton: str = "openpose25") -> None:
    """Writes everybody into a new or empty folder, one file for every frame; ``skeleton`` may be openpose18."""
    target = choose(skeleton, BODIES, what="OpenPose body")
    frames = detections_of(recording, on_skeleton(recording.people, target))
    stem = Path(recording.source).stem or "frame"
    with replacing_folder(path) as folder:
        for index, frame in enumerate(frames):
            content = {"version": 1.3, "people": [_person(one) for one in frame]}
            name = f"{stem}_{index:012d}_keypoints.json"
            (folder / name).write_text(to_json(content), encoding="utf-8")
    people = recording.people.values()
    losses = [*lost_times(recording.times_s), "picture size", *field_losses(people, kept=("image_px",))]
    losses += [*skeleton_losses(people, target), *metadata_losses(recording)]
    warn_of_loss(losses, form="OpenPose JSON")


def _people(content: Any, *, where: str) -> list[Detection]:
    people = content.get("people") if isinstance(content, dict) else None
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise FormatError(f"{where} does not hold a list of people")
    found = (_detection(person, where=where) for person in people)
    return [one for one in found if one is not None]


def _detection(person: Mapping[str, Any], *, where: str) -> Detection | None:
    """Somebody, or None where no body was found around a hand or a face."""
    values = person.get("pose_keypoints_2d", person.get("pose_keypoints"))
    flat = numbers(values, what=f"the body keypoints in {where}")
    if len(flat) not in (0, *(3 * len(body) for body in BODIES.values())):
        raise FormatError(
            f"a body in {where} must have 25 or 18 joints of 3 numbers, got {len(flat)} numbers"
        )
    triples = flat.reshape(-1, 3)
    missing = (triples == 0).all(axis=1)
    if missing.all():
        return None
    triples[missing] = np.nan
    return Detection(triples[:, :2], triples[:, 2], _id(person.get("person_id")))


def _id(value: Any) -> int | None:
    first = value[0] if isinstance(value, list) and value else value
    if first is None or first == -1:
        return None
    if type(first) is not int or not 0 <= first < 2**31:
        raise FormatError("a person_id must be a whole number from 0, or -1")
    return first


def _one_body(sizes: set[int]) -> Skeleton:
    if len(sizes) > 1:
        raise FormatError("its frames mix bodies of 18 and of 25 joints")
    joints = sizes.pop() if sizes else len(BODIES["openpose25"])
    return next(body for body in BODIES.values() if len(body) == joints)


def _person(one: Detection) -> dict[str, Any]:
    confidence = np.where(np.isnan(one.visibility), 1.0, one.visibility)
    triples = np.column_stack([one.image_px, confidence])
    triples[~given(one.image_px)] = 0.0
    return {"person_id": [one.person], "pose_keypoints_2d": triples.ravel().tolist()}

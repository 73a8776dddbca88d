"""JSON of detections frame by frame: ``to_json`` and ``summary`` of Ultralytics, and objects of the same kind.

A list with the detections of each frame, or a line of them per frame: ``[{"name", "confidence", "box",
"track_id", "keypoints": {"x": […], "y": […], "visible": […]}}, …]``. A frame may be text that is JSON itself, an
object with its number and its detections, or one object with keypoints. Keypoints may also be a list of [x, y] or
[x, y, confidence], all of them in one list of three numbers each, or objects and lists under the joints' names,
which may also be in the frame itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.json_values import are_objects, is_number, is_whole
from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.io.assumptions import checked_size, noted
from laban.io.coordinates import in_pixels
from laban.io.files import compact_json, read_json, read_text, reading, write_text
from laban.io.films import looks_like_film
from laban.io.frame_times import FrameOrder
from laban.io.item_clock import (
    frames_of_bodies,
    keyed_frames,
    listed,
    noted_fps,
    noted_size,
    order_of_items,
    times_of,
    whole_key,
)
from laban.io.joint_names import Body, body_of_count, body_of_names, joint_named
from laban.io.keypoint_cells import has_keypoint_cells, items_of_cells
from laban.io.keypoint_objects import SCORES, box_of, points_of
from laban.io.limits import MAX_FRAMES, MAX_PEOPLE, at_most
from laban.io.loss import (
    detection_losses,
    warn_of_assumption,
    warn_of_loss,
)
from laban.io.people import Detection, box_xywh, detections_of, given, on_skeleton, recording_of
from laban.io.text_table import split_rows

LOSS: Final = (
    "times, image size, depth_px, world_m, body, metadata, unseen rows at either end; joints outside coco17 (or "
    "the skeleton asked for); an unknown visibility becomes 1"
)
Item = Mapping[str, object]
_WRAPPERS: Final = ("frames", "results", "data")
_HELD_KEYS: Final = (
    "detections",
    "results",
    "predictions",
    "objects",
    "people",
    "persons",
    "instances",
    "poses",
    "bodies",
)
_ID_KEYS: Final = ("track_id", "id", "person_id", "person")
_LEAST_NAMED: Final = 5


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str = "auto",
) -> Recording:
    """The people of a file; detections without keypoints are ignored.

    A frame's time is its own, else its number ÷ ``fps`` (that of the file, else 30).
    Coordinates from 0 to 1 need ``size_wh``. ``skeleton`` names the
    joints where their number is ambiguous, ``identities`` says how people are identified without ``track_id``.
    """
    with reading(path, form="JSON of detections"):
        content = _content(path)
        parts = _unwrapped(content)
        rate = noted_fps(content) if fps is None else fps
        frames, order = _frames(parts, fps=rate)
        body = _body(frames, asked=None if skeleton is None else skeleton_named(skeleton))
        times_s, note = times_of(order, fps=rate)
        size = _size_of(content) if size_wh is None else checked_size(size_wh)
        found = _with_confidence([[_detection(one, body) for one in frame] for frame in frames])
        return recording_of(
            in_pixels(found, size_wh=size, form="JSON of detections"),
            times_s=times_s,
            skeleton=body.skeleton,
            source=path.name,
            size_wh=size,
            metadata=noted("ultralytics", note),
            identities=identities,
        )


def write(recording: Recording, path: Path, *, skeleton: str = "coco17") -> None:
    """Writes all people like ``summary`` of Ultralytics, one list per frame, in pixels."""
    target = skeleton_named(skeleton)
    frames = detections_of(recording, on_skeleton(recording.people, target))
    write_text(path, compact_json([[_summary(one) for one in frame] for frame in frames]))
    warn_of_loss(detection_losses(recording, target, kept=("image_px", "score")), form="JSON of detections")


def _content(path: Path) -> object:
    """The content of a JSON file, or one object per row of a table with keypoints in its cells."""
    try:
        return _parsed(read_json(path))
    except json.JSONDecodeError:
        rows = split_rows(read_text(path))
        if not has_keypoint_cells(rows):
            raise
        return items_of_cells(rows)


def _frames(content: object, *, fps: float | None) -> tuple[list[list[Item]], FrameOrder]:
    """The detections with keypoints of every frame, in order of time."""
    if not isinstance(content, list):
        raise FormatError("expected a list with the detections of every frame")
    at_most(len(content), MAX_FRAMES, what="frames")
    parts = [_with_names(_parsed(one)) for one in content]
    if parts and are_objects(parts) and all("keypoints" in one for one in parts):
        return _of_bodies(parts, fps=fps)
    order = order_of_items([_about(one) for one in parts], fps=fps)
    frames = [_with_keypoints(_held(parts[index])) for index in order.order]
    if len(frames) == 1 and _are_film(frames[0]):
        return [[one] for one in frames[0]], listed(len(frames[0]))
    return frames, order


def _are_film(bodies: Sequence[Item]) -> bool:
    """Whether the bodies of what looks like one image are one person's, frame by frame."""
    return all(_id(one) is None for one in bodies) and looks_like_film(
        [box_of(one["keypoints"]) for one in bodies]
    )


def _unwrapped(content: object) -> object:
    """The list of frames that an object holds, or the object's own values by their names."""
    if not isinstance(content, dict):
        return content
    frames = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), list)), None)
    if isinstance(frames, list):
        return frames
    keyed = keyed_frames(content, name="detections")
    if keyed is not None:
        return keyed
    if content and all(isinstance(one, list) for one in content.values()):
        return [{"frame": whole_key(name), "detections": held} for name, held in content.items()]
    return [content]


def _parsed(one: object) -> object:
    """The content of text that is itself JSON, as ``to_json`` returns it."""
    if not isinstance(one, str):
        return one
    try:
        return json.loads(one)
    except ValueError as error:
        raise FormatError(f"one of its frames is the text {one[:30]!r}, expected JSON") from error


def _with_names(one: object) -> object:
    """A frame whose joints are under their own names, with these moved to ``keypoints``."""
    if not isinstance(one, dict) or "keypoints" in one:
        return one
    named = {
        key: value for key, value in one.items() if isinstance(value, list | dict) and joint_named(str(key))
    }
    return {**one, "keypoints": named} if len(named) >= _LEAST_NAMED else one


def _of_bodies(bodies: Sequence[Item], *, fps: float | None) -> tuple[list[list[Item]], FrameOrder]:
    """Single bodies: those of one frame share its time or number; without these, they are one frame, or a video of
    one person."""
    found = frames_of_bodies(bodies, fps=fps)
    if found is not None:
        frames, order = found
        return [_with_keypoints(frame) for frame in frames], order
    if looks_like_film([box_of(one.get("keypoints")) for one in bodies]):
        return [_with_keypoints([one]) for one in bodies], listed(len(bodies))
    return [_with_keypoints(bodies)], listed(1)


def _about(frame: object) -> object:
    """The object with the time of a frame: the frame itself, or its first detection."""
    return frame[0] if isinstance(frame, list) and frame else frame


def _size_of(content: object) -> tuple[int, int] | None:
    """The image size, if the object around the frames has it."""
    wraps = isinstance(content, dict) and any(isinstance(content.get(key), list) for key in _WRAPPERS)
    return noted_size(content) if wraps else None


def _held(frame: object) -> object:
    """The detections of a frame, which may be an object around them or a single body."""
    if not isinstance(frame, dict):
        return frame
    if "keypoints" in frame:
        return [frame]
    return next((frame[key] for key in _HELD_KEYS if key in frame), [])


def _with_keypoints(frame: object) -> list[Item]:
    frame = _parsed(frame)
    if not are_objects(frame):
        raise FormatError("the detections of a frame must be a list of objects")
    at_most(len(frame), MAX_PEOPLE, what="people in a frame")
    return [one for one in frame if one.get("keypoints")]


def _body(frames: Sequence[Sequence[Item]], *, asked: Skeleton | None) -> Body:
    first = next((one for frame in frames for one in frame), None)
    if first is None:
        raise FormatError("none of its detections has keypoints")
    table, names = points_of(first["keypoints"])
    if asked is None and names is not None:
        return body_of_names(names, form="ultralytics")
    return body_of_count(len(table), asked=asked, more={33: BLAZEPOSE33})


def _detection(one: Item, body: Body) -> Detection:
    table, _ = points_of(one["keypoints"])
    if len(table) != body.points:
        raise FormatError(f"its bodies have {body.points} and {len(table)} joints")
    arranged = body.arrange(table)
    return Detection(arranged[:, :2], arranged[:, 2], _id(one), _score(one))


def _with_confidence(frames: list[list[Detection]]) -> list[list[Detection]]:
    """The detections without their third number if it falls below 0, like depth and unlike a confidence."""
    lowest = min(
        (float(np.nanmin(one.visibility, initial=0)) for frame in frames for one in frame), default=0.0
    )
    if lowest >= 0 or lowest == -1:
        return frames
    warn_of_assumption(
        "the third number of its keypoints falls below 0 and is not a confidence; it is ignored"
    )
    return [
        [replace(one, visibility=np.full_like(one.visibility, np.nan)) for one in frame] for frame in frames
    ]


def _id(one: Item) -> int | None:
    value = next((one[key] for key in _ID_KEYS if one.get(key) is not None), None)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if is_whole(value) and 0 <= value < 2**31 else None


def _score(one: Item) -> float:
    value = next((one[key] for key in SCORES if key in one), None)
    return float(value) if is_number(value) and 0 <= value <= 1 else float("nan")


def _summary(one: Detection) -> dict[str, object]:
    missing = ~given(one.image_px)
    seen = np.where(missing, 0.0, np.where(np.isnan(one.visibility), 1.0, one.visibility))
    pixels = np.where(missing[:, None], 0.0, one.image_px)
    x, y, width, height = box_xywh(one.image_px)
    score = {} if np.isnan(one.score) else {"confidence": one.score}
    return {
        "name": "person",
        "class": 0,
        **score,
        "box": {"x1": x, "y1": y, "x2": x + width, "y2": y + height},
        "track_id": one.person,
        "keypoints": {"x": pixels[:, 0].tolist(), "y": pixels[:, 1].tolist(), "visible": seen.tolist()},
    }

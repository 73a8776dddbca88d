"""JSON of MMPose: results of the inferencer and the demos, of a video in one file or of one image per file.

``[{"frame_id", "instances": [{"keypoints" [[x, y], …], "keypoint_scores", "bbox", "bbox_score"}, …]}, …]``,
which the demos put under ``instance_info`` next to ``meta_info``; a file of one image is a list of instances.
Joints are found by the names in ``meta_info`` if present, else by their number: 17 are COCO's, 26
Halpe's, 133 COCO-WholeBody's. A ``track_id`` is the identity. TensorFlow.js, whose keypoints are objects with a
name, x, y and score, is read too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeGuard

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.json_values import JsonObject, are_objects, is_number, is_whole
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.io.assumptions import checked_size, noted
from laban.io.coordinates import in_pixels
from laban.io.files import compact_json, read_json, reading, write_text
from laban.io.films import looks_like_film
from laban.io.frame_times import FrameOrder
from laban.io.item_clock import frames_of_bodies, listed, noted_fps, order_of_items, times_of
from laban.io.joint_names import Body, body_of_count, body_of_names
from laban.io.keypoint_objects import box_of
from laban.io.limits import MAX_FRAMES, at_most
from laban.io.loss import detection_losses, warn_of_loss
from laban.io.numbered import frame_files
from laban.io.people import Detection, box_xywh, detections_of, given, on_skeleton, recording_of
from laban.io.text_table import numbers

LOSS: Final = (
    "times, image size, depth_px, world_m, body, metadata, unseen rows at either end; joints "
    "outside coco17 (or the "
    "skeleton asked for); an unknown visibility becomes 1"
)
Item = Mapping[str, object]


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str = "auto",
) -> Recording:
    """The people of a video's file, or of a folder with a file for every image.

    A frame's time is its own, else its ``frame_id`` (of an image's file the number in its name) ÷ ``fps`` (that of
    the file, else 30). ``skeleton`` names the joints where the file does not, ``identities`` says how people are
    identified without ``track_id``.
    """
    with reading(path, form="MMPose JSON"):
        content = None if path.is_dir() else read_json(path)
        rate = noted_fps(content) if fps is None else fps
        names, frames, order = _folder(path) if path.is_dir() else _film(content, fps=rate)
        body = _body(names, frames, asked=None if skeleton is None else skeleton_named(skeleton))
        times_s, note = times_of(order, fps=rate)
        size = None if size_wh is None else checked_size(size_wh)
        found = [[_detection(one, body) for one in frame] for frame in frames]
        return recording_of(
            in_pixels(
                [[one for one in frame if one is not None] for frame in found],
                size_wh=size,
                form="MMPose JSON",
            ),
            times_s=times_s,
            skeleton=body.skeleton,
            source=path.name,
            size_wh=size,
            metadata=noted("mmpose", note),
            identities=identities,
        )


def write(recording: Recording, path: Path, *, skeleton: str = "coco17") -> None:
    """Writes all people as the inferencer writes a video, with the names of the joints and track ids."""
    target = skeleton_named(skeleton)
    frames = detections_of(recording, on_skeleton(recording.people, target))
    info = [
        {"frame_id": index, "instances": [_instance(one) for one in frame]}
        for index, frame in enumerate(frames)
    ]
    meta = {"dataset_name": target.name, "keypoint_id2name": dict(enumerate(target.names))}
    write_text(path, compact_json({"meta_info": meta, "instance_info": info}))
    warn_of_loss(detection_losses(recording, target, kept=("image_px", "score")), form="MMPose JSON")


_Film = tuple[list[str] | None, Sequence[Sequence[Item]], FrameOrder]


def _film(content: object, *, fps: float | None) -> _Film:
    names = None
    if isinstance(content, dict) and "instance_info" in content:
        names = _names(content.get("meta_info"))
        content = content["instance_info"]
    elif isinstance(content, dict):
        content = content.get("predictions", [content])
    frames = _items(content, what="its frames")
    at_most(len(frames), MAX_FRAMES, what="frames")
    if not frames or "instances" not in frames[0]:
        return names, *_of_images(frames, fps=fps)
    order = order_of_items(frames, fps=fps)
    people = [
        _items(frames[index].get("instances"), what="the instances of a frame") for index in order.order
    ]
    return names, people, order


def _of_images(poses: Sequence[Item], *, fps: float | None) -> tuple[Sequence[Sequence[Item]], FrameOrder]:
    """The poses by their times or frames, else of one image, or one per frame if every pose names its joints."""
    found = frames_of_bodies(poses, fps=fps) if poses else None
    if found is not None:
        return found
    if len(poses) > 1 and all(_is_named(one.get("keypoints")) for one in poses):
        return [[one] for one in poses], listed(len(poses))
    if looks_like_film([box_of(one.get("keypoints")) for one in poses]):
        return [[one] for one in poses], listed(len(poses))
    return [poses], listed(1)


def _folder(path: Path) -> _Film:
    files = frame_files(path, suffix=".json")
    names = None
    frames: list[Sequence[Item]] = []
    for file in files.paths:
        found, people, order = _film(read_json(file), fps=None)
        if len(order.numbers) > 1:
            raise FormatError(f"{file.name} holds a video; expected one image in every file of a folder")
        names = found or names
        frames += people
    return names, frames, files.order


def _items(value: object, *, what: str) -> list[Item]:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if not are_objects(value):
        raise FormatError(f"{what} must be a list of objects")
    return list[Item](value)


def _names(meta: object) -> list[str] | None:
    """The names of the joints in order, if the file has them."""
    named = meta.get("keypoint_id2name") if isinstance(meta, dict) else None
    if not isinstance(named, dict) or not all(str(key).isdecimal() for key in named):
        return None
    return [str(named[key]) for key in sorted(named, key=int)]


def _body(names: list[str] | None, frames: Sequence[Sequence[Item]], *, asked: Skeleton | None) -> Body:
    first = next((one.get("keypoints") for frame in frames for one in frame), None)
    points = len(first) if isinstance(first, list) else len(asked or COCO17)
    if isinstance(first, list) and _is_named(first):
        names = [str(point["name"]) for point in first]
    if asked is None and names is not None and len(names) == points and points < 100:
        return body_of_names(names, form="mmpose")
    return body_of_count(points, asked=asked)


def _is_named(points: object) -> TypeGuard[list[JsonObject]]:
    return are_objects(points) and bool(points) and all("name" in one for one in points)


def _detection(one: Item, body: Body) -> Detection | None:
    points, scores = _points(one.get("keypoints"), one.get("keypoint_scores"), count=body.points)
    missing = (points == 0).all(axis=1)
    points[missing], scores[missing] = np.nan, np.nan
    if missing.all():
        return None
    person = one.get("track_id", one.get("instance_id"))
    arranged = body.arrange(np.column_stack([points, scores]))
    return Detection(
        arranged[:, :2],
        arranged[:, 2],
        person if is_whole(person) and 0 <= person < 2**31 else None,
        _score(one.get("bbox_score", one.get("score"))),
    )


def _points(points: object, scores: object, *, count: int) -> tuple[Float64Array, Float64Array]:
    if _is_named(points):
        named = [[point.get("x"), point.get("y"), point.get("score", 1.0)] for point in points]
        table = np.array([numbers(row, what="a keypoint", count=3) for row in named])
        return table[:, :2], table[:, 2]
    if not isinstance(points, list) or len(points) != count:
        raise FormatError(f"keypoints must be a list of {count} points")
    rows = [numbers(point, what="a keypoint") for point in points]
    if any(len(row) not in (2, 3) for row in rows) or len({len(row) for row in rows}) != 1:
        raise FormatError("a keypoint must be x and y")
    table = np.array(rows)
    if table.shape[1] == 3 and scores is not None:
        raise FormatError("its keypoints have three coordinates; expected x and y in pixels")
    own = table[:, 2] if table.shape[1] == 3 else np.full(count, np.nan)
    return table[:, :2], own if scores is None else numbers(scores, what="keypoint_scores", count=count)


def _score(value: object) -> float:
    value = value[0] if isinstance(value, list) and value else value
    return float(value) if is_number(value) and 0 <= value <= 1 else float("nan")


def _instance(one: Detection) -> dict[str, object]:
    missing = ~given(one.image_px)
    known = np.where(np.isnan(one.visibility), 1.0, one.visibility)
    x, y, width, height = box_xywh(one.image_px)
    score = {} if np.isnan(one.score) else {"bbox_score": one.score}
    return {
        "keypoints": np.where(missing[:, None], 0.0, one.image_px).tolist(),
        "keypoint_scores": np.where(missing, 0.0, known).tolist(),
        "bbox": [[x, y, x + width, y + height]],
        "track_id": one.person,
        **score,
    }

"""JSON of MediaPipe Tasks: a list with one object per frame, as its results are usually dumped.

``[{"timestampMs", "landmarks": [[{"x", "y", "z", "visibility"}, …] of each person], "worldLandmarks": …}, …]``,
with the names of any of its APIs (``timestamp_ms``, ``pose_landmarks``, ``poseWorldLandmarks``, …), and other
layouts (``landmark_frames``). x and y are pixels ÷ width and height, z is pixels ÷ width, the world landmarks are
metres.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.json_values import is_number
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import FormatError, InvalidValueError
from laban.io.assumptions import noted
from laban.io.coordinates import placed
from laban.io.files import compact_json, read_json, reading, write_text
from laban.io.item_clock import noted_fps, noted_size, order_of_items, times_of
from laban.io.landmark_frames import POSE, WORLD, bodies_of, frames_of
from laban.io.limits import MAX_LANDMARKS, at_most
from laban.io.loss import (
    field_losses,
    metadata_losses,
    skeleton_losses,
    warn_of_loss,
)
from laban.io.normalised_table import written_size
from laban.io.people import on_skeleton, pixels_of

LOSS: Final = (
    "person ids (their places instead), image size, body, score, metadata; joints outside blazepose33"
)
Item = Mapping[str, object]


def read(path: Path, *, fps: float | None = None, size_wh: tuple[int, int] | None = None) -> Recording:
    """The people of a file, numbered by their positions in each frame.

    The times are those of the file, else its frame numbers or its order ÷ ``fps`` (30). Without ``size_wh`` an
    image of 1280×720 is assumed, with an ``AssumptionWarning``.
    """
    with reading(path, form="MediaPipe JSON"):
        content = read_json(path)
        items = frames_of(content)
        rate = noted_fps(content) if fps is None else fps
        order = order_of_items(items, fps=rate)
        times_s, note = times_of(order, fps=rate)
        items = [items[index] for index in order.order]
        image = _stacked([_people(item, POSE) for item in items])
        world = _stacked([_people(item, WORLD) for item in items])
        fields, size, more = _fields(
            image, world, size_wh=noted_size(content) if size_wh is None else size_wh
        )
        people = {
            person: _sequence(
                {name: values[:, person] for name, values in fields.items()}, times_s, size_wh=size
            )
            for person in range(image.shape[1])
        }
        return Recording(path.name, times_s, people, size, noted("mediapipe", note, more))


def write(recording: Recording, path: Path, *, size_wh: tuple[int, int] | None = None) -> None:
    """Writes all people; ``size_wh`` is needed if the recording has no image size."""
    if not recording.people:
        raise InvalidValueError("the recording has no people, the format needs at least one")
    size = written_size(recording, size_wh)
    people = on_skeleton(recording.people, BLAZEPOSE33)
    has_world = all(one.world_m is not None for one in people.values())
    image = [_normalised(recording, person, one, size_wh=size) for person, one in people.items()]
    world = [_metres(recording, person, one) for person, one in people.items()] if has_world else []
    frames = [
        {
            "timestampMs": float(time_s) * 1000,
            "landmarks": [_dumped(one[index]) for one in image],
            **({"worldLandmarks": [_dumped(one[index]) for one in world]} if has_world else {}),
        }
        for index, time_s in enumerate(recording.times_s)
    ]
    write_text(path, compact_json(frames))
    losses = ["person ids (their places instead)"] if list(people) != list(range(len(people))) else []
    losses += [
        "image size",
        *field_losses(recording.people.values(), kept=("image_px", "depth_px", "world_m")),
    ]
    losses += [*skeleton_losses(recording.people.values(), BLAZEPOSE33), *metadata_losses(recording)]
    warn_of_loss(losses, form="MediaPipe JSON")


def _people(item: Item, names: Sequence[str]) -> list[Float64Array]:
    """(33, 4) x, y, z and visibility of each person in one frame."""
    return [_landmarks(one) for one in bodies_of(item, names)]


def _landmarks(points: object) -> Float64Array:
    if not isinstance(points, list) or len(points) != len(BLAZEPOSE33):
        count = len(points) if isinstance(points, list) else 0
        raise FormatError(f"a person must have 33 landmarks, got {count}")
    if all(isinstance(point, list) and 2 <= len(point) <= 5 for point in points):
        axes = ("x", "y", "visibility") if _end_in_confidence(points) else ("x", "y", "z", "visibility")
        points = [dict(zip(axes, point, strict=False)) for point in points]
    if not all(isinstance(point, dict) for point in points):
        raise FormatError("a landmark must be an object with x, y and z, or a list of them")
    rows = [[_number(point, axis) for axis in ("x", "y", "z", "visibility")] for point in points]
    return np.array(rows)


def _end_in_confidence(points: Sequence[Sequence[object]]) -> bool:
    """Whether the third of three numbers is a confidence: from 0 to 1, which depth relative to the hips never
    is."""
    thirds = [point[2] for point in points if len(point) == 3]
    known = [one for one in thirds if is_number(one)]
    return len(thirds) == len(points) and bool(known) and min(known) >= 0 and 0 < max(known) <= 1


def _number(point: Item, axis: str) -> float:
    value = point.get(axis)
    if value is None and axis != "x" and axis != "y":
        return float("nan")
    if value is None and point.get("x") is None and point.get("y") is None:
        return float("nan")
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise FormatError(f"a landmark must have numbers, {axis} is {str(value)[:20]}")
    return float(value)


def _stacked(frames: Sequence[Sequence[Float64Array]]) -> Float64Array:
    """(T, P, 33, 4) with NaN for people who are absent."""
    most = max((len(frame) for frame in frames), default=0)
    at_most(len(frames) * most * len(BLAZEPOSE33), MAX_LANDMARKS, what="landmarks")
    out = np.full((len(frames), most, len(BLAZEPOSE33), 4), np.nan)
    for index, frame in enumerate(frames):
        for place, one in enumerate(frame):
            out[index, place] = one
    return out


def _fields(
    image: Float64Array, world: Float64Array, *, size_wh: tuple[int, int] | None
) -> tuple[dict[str, Float32Array], tuple[int, int] | None, dict[str, object]]:
    found = placed(image[..., :2], size_wh=size_wh, form="MediaPipe JSON", shares=True)
    image[found.missing] = np.nan
    with np.errstate(over="ignore"):
        depth = (image[..., 2] * found.scale[0]).astype(np.float32)
        fields = {"image_px": found.points.astype(np.float32), "visibility": image[..., 3].astype(np.float32)}
        if not np.isnan(depth).all():
            fields["depth_px"] = depth
        if world.shape == image.shape:
            fields["world_m"] = world[..., :3].astype(np.float32)
    return fields, found.size_wh, found.note


def _sequence(
    fields: dict[str, Float32Array], times_s: Float64Array, *, size_wh: tuple[int, int] | None
) -> PoseSequence:
    return PoseSequence(times_s, BLAZEPOSE33, fields.pop("visibility"), size_wh=size_wh, **fields)


def _normalised(
    recording: Recording, person: int, sequence: PoseSequence, *, size_wh: tuple[int, int]
) -> Float64Array:
    pixels = pixels_of(sequence, person=person).astype(np.float64) / np.array(size_wh)
    depth = np.full(pixels.shape[:2], np.nan) if sequence.depth_px is None else sequence.depth_px / size_wh[0]
    values = np.concatenate([pixels, depth[..., None], sequence.visibility[..., None]], axis=2)
    return _everywhere(recording, person, values)


def _metres(recording: Recording, person: int, sequence: PoseSequence) -> Float64Array:
    if sequence.world_m is None:
        raise InvalidValueError(f"person {person} has no world_m")
    return _everywhere(
        recording, person, np.concatenate([sequence.world_m, sequence.visibility[..., None]], axis=2)
    )


def _everywhere(recording: Recording, person: int, values: Float64Array) -> Float64Array:
    out = np.full((len(recording.times_s), *values.shape[1:]), np.nan)
    start = recording.start_of(person)
    out[start : start + len(values)] = values
    return out


def _dumped(values: Float64Array) -> list[dict[str, float | None]]:
    axes = ("x", "y", "z", "visibility")
    return [
        {axis: None if np.isnan(value) else float(value) for axis, value in zip(axes, point, strict=True)}
        for point in values
    ]

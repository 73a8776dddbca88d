"""MediaPipe's landmarks in any JSON layout, as one object per frame.

A body is a list of 33 points, each an object with x and y or a list of numbers. A frame is a body, a list of them,
or an object that holds either; frames are in a list, in an object that holds such a list, or under their numbers.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeGuard

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.json_values import Json, JsonObject, are_objects
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import FormatError
from laban.io.films import box_of_points, looks_like_film
from laban.io.item_clock import keyed_frames, noted_fps, say_when
from laban.io.limits import MAX_FRAMES, at_most
from laban.io.table_header import snake

POSE: Final = ("landmarks", "pose_landmarks", "pose", "poses", "landmark", "keypoints", "people", "bodies")
"""The names of a frame's landmarks, in lower case with underscores."""
WORLD: Final = ("world_landmarks", "pose_world_landmarks")
_FRAMES: Final = ("frames", "results", "data")
Item = Mapping[str, object]


Body = list[JsonObject | list[Json]]


def is_body(value: object) -> TypeGuard[Body]:
    """Whether a value is a body of 33 points."""
    return isinstance(value, list) and len(value) == len(BLAZEPOSE33) and all(map(_is_point, value))


def frames_of(content: object) -> list[Item]:
    """One object per frame, with its landmarks under one of the names ``POSE``. Raises FormatError for anything
    else."""
    frames = _frames(content)
    if not frames or not all(isinstance(one, dict | list) for one in frames):
        raise FormatError("expected a list with an object for every frame")
    at_most(len(frames), MAX_FRAMES, what="frames")
    items = [_item(one) for one in frames]
    if not any(name in one for one in items for name in POSE):
        raise FormatError("none of its frames holds landmarks")
    return _film(items[0], content) if len(items) == 1 else items


def bodies_of(item: Item, names: Sequence[str]) -> list[object]:
    """The bodies of a frame, under the first of ``names`` that is not empty."""
    found = _unwrapped(next((item[name] for name in names if item.get(name)), []))
    if isinstance(found, list) and found and all(map(_is_point, found)):
        return [found]
    if not isinstance(found, list):
        raise FormatError("its landmarks must be lists of people")
    return [_unwrapped(one) for one in found]


def _frames(content: object) -> Sequence[object]:
    if isinstance(content, list):
        return [content] if is_body(content) else content
    if not isinstance(content, dict):
        return []
    keyed = keyed_frames(content, name="landmarks")
    if keyed is not None:
        return keyed
    held = {snake(str(key)): value for key, value in content.items()}
    listed = _first_list(held, _FRAMES)
    if listed is not None:
        return listed
    found = _first_list(held, POSE) or []
    return found if found and _are_frames(found) else [content]


def _first_list(held: Item, names: Sequence[str]) -> list[object] | None:
    return next((found for name in names if isinstance(found := held.get(name), list)), None)


def _are_frames(found: list[object]) -> bool:
    """Whether a list of landmarks certainly holds frames: objects with times, or lists of people."""
    if are_objects(found):
        return say_when(found)
    return all(isinstance(one, list) for one in found) and not any(map(is_body, found)) and not is_body(found)


def _film(item: Item, content: object) -> list[Item]:
    """One frame, or one for each of its bodies where each overlaps the previous one.

    Raises FormatError for bodies that may be either, because they come with a frame rate.
    """
    bodies = bodies_of(item, POSE)
    boxes = [box_of_points(_planar(one)) if is_body(one) else None for one in bodies]
    if looks_like_film(boxes):
        alike = [name for name in (*POSE, *WORLD) if len(bodies_of(item, [name])) == len(bodies)]
        return [{name: [bodies_of(item, [name])[index]] for name in alike} for index in range(len(bodies))]
    if len(bodies) > 2 and noted_fps(content) is not None:
        raise FormatError(
            f"it holds {len(bodies)} bodies and a frame rate, and they may be the people of one image or frames; "
            "put every frame into a list of its own, under frames"
        )
    return [item]


def _planar(body: Body) -> Float64Array:
    """(33, 2) x and y of a body, NaN where a point has none."""
    pairs = [point[:2] if isinstance(point, list) else [point.get("x"), point.get("y")] for point in body]
    known = [pair if all(type(one) in (int, float) for one in pair) else [np.nan] * 2 for pair in pairs]
    return np.array(known, dtype=np.float64)


def _item(frame: object) -> Item:
    if isinstance(frame, dict):
        return {snake(str(key)): value for key, value in frame.items()}
    return {"landmarks": frame}


def _unwrapped(one: object) -> object:
    """The landmarks of one person or of all, which may be in an object of their own."""
    if not isinstance(one, dict) or _is_point(one):
        return one
    held = {snake(str(key)): value for key, value in one.items()}
    found = _first_list(held, POSE)
    return one if found is None else found


def _is_point(value: object) -> bool:
    if isinstance(value, dict):
        return "x" in value and "y" in value
    return (
        isinstance(value, list) and 2 <= len(value) <= 5 and all(type(one) in (int, float) for one in value)
    )

"""The keypoints of one body in any JSON layout: by axis, in lists, in one list, under names."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.films import box_of_points
from laban.io.limits import MAX_JOINTS, at_most
from laban.io.text_table import numbers

SCORES: Final = ("confidence", "score", "conf")
"""The names of a confidence."""


def points_of(points: object) -> tuple[Float64Array, list[str] | None]:
    """(P, 3) x, y and confidence (NaN where there is none), and the names of the joints, if any."""
    if isinstance(points, dict) and isinstance(points.get("x"), list):
        return _by_axis(points), None
    if isinstance(points, dict):
        at_most(len(points), MAX_JOINTS, what="joints")
        return np.array([_point(one) for one in points.values()]).reshape(-1, 3), [str(key) for key in points]
    if not isinstance(points, list):
        raise FormatError("keypoints must be a list or an object")
    if points and all(type(one) in (int, float) for one in points):
        if len(points) % 3:
            raise FormatError(
                f"keypoints in one list must be three numbers a joint, got {len(points)} numbers"
            )
        return numbers(points, what="keypoints").reshape(-1, 3), None
    at_most(len(points), MAX_JOINTS, what="joints")
    named = bool(points) and all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in points)
    names = [str(one["name"]) for one in points] if named else None
    return np.array([_point(one) for one in points]).reshape(-1, 3), names


def _by_axis(points: Mapping[str, object]) -> Float64Array:
    x = numbers(points["x"], what="x of the keypoints")
    y = numbers(points.get("y"), what="y of the keypoints", count=len(x))
    at_most(len(x), MAX_JOINTS, what="joints")
    visible = points.get("visible", points.get("confidence"))
    seen = np.full(len(x), np.nan) if visible is None else numbers(visible, what="visible", count=len(x))
    return np.column_stack([x, y, seen])


def _point(one: object) -> list[float]:
    if isinstance(one, dict):
        score = next((one[key] for key in (*SCORES, "visibility", "visible") if key in one), None)
        one = [one.get("x"), one.get("y"), *([] if score is None else [score])]
    if one is None or one == []:
        return [float("nan")] * 3
    found = numbers(one, what="a keypoint")
    if len(found) not in (2, 3):
        raise FormatError("a keypoint must be x and y, perhaps with a confidence")
    return [*found, *([float("nan")] if len(found) == 2 else [])]


def box_of(points: object) -> Float64Array | None:
    """(4,) the bounding box of the keypoints of a body; None where it has none."""
    return box_of_points(points_of(points)[0][:, :2])

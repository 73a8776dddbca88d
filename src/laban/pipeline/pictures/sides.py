"""Whether left and right of a labelled person contradict each other.

In a picture alone a person seen from the side may be labelled either way. What is told are contradictions: a
face that looks at the camera with its eyes the wrong way round, a trunk turned against the face or against
itself, and limbs that are attached to the other side's joints.
"""

from collections.abc import Iterator

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.skeleton import COCO17
from laban.pipeline.pictures.values import MISSING, SEEN

_AT = {name: index for index, name in enumerate(COCO17.names)}
_FACE = ("nose", "left_eye", "right_eye")
_LIMBS = (("arms", "shoulder", "elbow"), ("thighs", "hip", "knee"))
_WORSE, _APART_TORSO = 1.5, 0.6
_BACK, _HIPS_BACK = 0.5, 0.25
"""How wide, in torso lengths, shoulders and hips of a back are that no head can look out from."""
_LEAST = {"eye": 0.2, "ear": 0.4}
"""What lies nearer together than the shoulders is clear sooner."""
_UPRIGHT = 0.5


def side_contradictions(joints_px: Float64Array, flags: IntArray, *, torso: float) -> Iterator[str]:
    """What contradicts itself in a body of COCO's 17 joints (17, 2) with flags (17,), each in a few words.

    ``torso`` is how many torso lengths apart two joints of a pair must lie to say which is which.
    """
    points = np.where((flags == MISSING)[:, None], np.nan, joints_px)
    up, length = _trunk(points)
    if not np.isfinite(length) or length <= 0:
        return
    turned = {pair: _turn(points, pair, up) / length for pair in ("eye", "ear", "shoulder", "hip")}
    clear = {pair: value for pair, value in turned.items() if abs(value) >= torso * _LEAST.get(pair, 1.0)}
    if _faces_camera(points, flags, up) and clear.get("eye", 0.0) < 0:
        yield "the face looks here and its eyes are exchanged"
    elif "shoulder" in clear and "hip" in clear and clear["shoulder"] * clear["hip"] < 0:
        yield "shoulders and hips are turned against each other"
    elif _faces_camera(points, flags, up) and turned["shoulder"] < -_BACK and turned["hip"] < -_HIPS_BACK:
        yield "the face looks here and the trunk is turned away"
    yield from _limbs(points, length)


def _trunk(points: Float64Array) -> tuple[Float64Array, float]:
    """(2,) from mid-hip to mid-shoulder as a direction, and how far that is."""
    shoulder, hip = (
        (points[_AT[f"left_{name}"]] + points[_AT[f"right_{name}"]]) / 2 for name in ("shoulder", "hip")
    )
    length = float(np.linalg.norm(shoulder - hip))
    return (shoulder - hip) / (length if length > 0 else np.nan), length


def _turn(points: Float64Array, pair: str, up: Float64Array) -> float:
    """How far the left joint lies to the right of the right one, seen along the trunk: above 0 for a person who
    faces the camera. NaN where either is missing."""
    across = points[_AT[f"left_{pair}"]] - points[_AT[f"right_{pair}"]]
    return float(up[0] * across[1] - up[1] * across[0])


def _faces_camera(points: Float64Array, flags: IntArray, up: Float64Array) -> bool:
    """Nose and both eyes are seen, and the eyes lie above the nose as the trunk goes, so that neither a back
    of a head nor one upside down is taken for a face."""
    if not all(flags[_AT[name]] == SEEN for name in _FACE):
        return False
    eyes = (points[_AT["left_eye"]] + points[_AT["right_eye"]]) / 2 - points[_AT["nose"]]
    apart = float(np.linalg.norm(eyes))
    return apart > 0 and float(eyes @ up) / apart > _UPRIGHT


def _limbs(points: Float64Array, length: float) -> Iterator[str]:
    """Limbs that would be much shorter, both together, if their lower ends were exchanged."""
    for name, upper, lower in _LIMBS:
        ends = [points[_AT[f"{side}_{joint}"]] for joint in (upper, lower) for side in ("left", "right")]
        given = np.linalg.norm(ends[0] - ends[2]) + np.linalg.norm(ends[1] - ends[3])
        exchanged = np.linalg.norm(ends[0] - ends[3]) + np.linalg.norm(ends[1] - ends[2])
        if given > _WORSE * exchanged and given - exchanged > _APART_TORSO * length:
            yield f"left and right of the {name} are exchanged"

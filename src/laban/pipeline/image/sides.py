"""Whether left and right of a labelled person contradict each other, or the image.

In labels alone a person seen from the side may be either way round. Only contradictions are reported: a
face that is seen with its eyes the wrong way round, a trunk turned against itself, and limbs attached to the
other side's joints. Comparison with the landmarks of the pose engine shows more.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.skeleton import COCO17
from laban.pipeline.image.values import MISSING, SEEN

_AT = {name: index for index, name in enumerate(COCO17.names)}
_FACE = ("nose", "left_eye", "right_eye")
_LIMBS = (("arms", "shoulder", "elbow", "wrist"), ("legs", "hip", "knee", "ankle"))
_CROSSED, _APART = 0.12, 0.2
"""How far, in torso lengths, both lower joints of a limb lie beyond each other where the upper ones are so far
apart: arms and legs cross with one of them, not with both."""
_WORSE, _APART_TORSO = 1.5, 0.6
_BACK, _HIPS_BACK = 0.5, 0.25
"""How wide, in torso lengths, shoulders and hips of a back are that no head can look out from."""
_LEAST_EYES = 0.2
"""Eyes lie nearer together than shoulders, and are clear sooner."""
_UPRIGHT = 0.5
_LONGEST_THIGH, _WIDEST = 1.35, 1.1
"""In torso lengths: longer parts belong to a trunk that points at the camera, which is ambiguous."""
PARTS: Mapping[str, tuple[str, ...]] = {
    "body": ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"),
    "face": ("eye", "ear"),
    "trunk": ("shoulder", "hip"),
    "arms": ("elbow", "wrist"),
    "legs": ("knee", "ankle"),
}
_NEARER, _GAIN_TORSO, _FIT_TORSO = 0.5, 0.1, 0.35


def side_contradictions(
    joints_px: Float64Array, flags: IntArray, *, torso: float, faces_tell: bool = True
) -> Iterator[str]:
    """The contradictions in a body of COCO's 17 joints (17, 2) with flags (17,), each in a few words.

    ``torso`` is the least distance, in torso lengths, of two joints of a pair to distinguish them. ``faces_tell``
    says that the flags of faces are reliable: labels made by a program call those of backs seen too.
    """
    points = np.where((flags == MISSING)[:, None], np.nan, joints_px)
    up, length = _trunk(points)
    if not np.isfinite(length) or length <= 0:
        return
    turned = {pair: _turn(points, pair, up) / length for pair in ("eye", "shoulder", "hip")}
    if _foreshortened(points, turned["shoulder"], length):
        return
    faces = faces_tell and _faces_camera(points, flags, up)
    if faces and turned["eye"] < -torso * _LEAST_EYES:
        yield "the face looks here and its eyes are exchanged"
    elif min(abs(turned["shoulder"]), abs(turned["hip"])) >= torso and turned["shoulder"] * turned["hip"] < 0:
        yield "shoulders and hips are turned against each other"
    elif faces and turned["shoulder"] < -_BACK and turned["hip"] < -_HIPS_BACK:
        yield "the face looks here and the trunk is turned away"
    yield from _limbs(points, up, length)


def side_disagreements(
    joints_px: Float64Array, flags: IntArray, found_px: FloatArray, sure: BoolArray
) -> Iterator[str]:
    """Which parts of a labelled body (17, 2) fit the body that was found in the image, ``found_px`` (17, 2),
    better with left and right exchanged; joints that are not ``sure`` (17,) are ignored."""
    points = np.where((flags == MISSING)[:, None], np.nan, joints_px)
    _, length = _trunk(np.asarray(found_px, dtype=np.float64))
    if not np.isfinite(length) or length <= 0:
        return
    for part, pairs in PARTS.items():
        joints = [_AT[f"{side}_{pair}"] for pair in pairs for side in ("left", "right")]
        held = [joint for joint in joints if sure[joint] and sure[COCO17.flip[joint]]]
        given = _apart(points[held], found_px[held], length)
        exchanged = _apart(points[COCO17.flip[held]], found_px[held], length)
        fits = exchanged < min(_NEARER * given, _FIT_TORSO)
        if fits and given - exchanged > _GAIN_TORSO * (0.5 if part == "face" else 1.0):
            yield f"left and right of the {part} are exchanged, according to the image"
            if part == "body":
                return


def _apart(points: FloatArray, found: FloatArray, length: float) -> float:
    """The mean distance, in torso lengths, of joints known in both; NaN where fewer than two are."""
    distance = np.linalg.norm(points - found, axis=1) / length
    known = distance[np.isfinite(distance)]
    return float(known.mean()) if len(known) > 1 else float("nan")


def _foreshortened(points: Float64Array, shoulders: float, length: float) -> bool:
    thighs = [
        float(np.linalg.norm(points[_AT[f"{side}_hip"]] - points[_AT[f"{side}_knee"]])) / length
        for side in ("left", "right")
    ]
    known = [thigh for thigh in thighs if np.isfinite(thigh)]
    return abs(shoulders) > _WIDEST or max(known, default=0.0) > _LONGEST_THIGH


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
    if not face_is_seen(flags):
        return False
    eyes = (points[_AT["left_eye"]] + points[_AT["right_eye"]]) / 2 - points[_AT["nose"]]
    apart = float(np.linalg.norm(eyes))
    return apart > 0 and float(eyes @ up) / apart > _UPRIGHT


def face_is_seen(flags: IntArray) -> bool:
    """Whether nose and eyes are all flagged as seen."""
    return all(flags[_AT[name]] == SEEN for name in _FACE)


def _limbs(points: Float64Array, up: Float64Array, length: float) -> Iterator[str]:
    """Limbs whose two lower joints lie both on the other side, or that would be much shorter if they did."""
    for name, upper, middle, lower in _LIMBS:
        turns = [_turn(points, joint, up) / length for joint in (upper, middle, lower)]
        crossed = abs(turns[0]) >= _APART and all(turn * np.sign(turns[0]) <= -_CROSSED for turn in turns[1:])
        if crossed or _too_long(points, upper, middle, length):
            yield f"left and right of the {name} are exchanged"


def _too_long(points: Float64Array, upper: str, lower: str, length: float) -> bool:
    ends = [points[_AT[f"{side}_{joint}"]] for joint in (upper, lower) for side in ("left", "right")]
    given = float(np.linalg.norm(ends[0] - ends[2]) + np.linalg.norm(ends[1] - ends[3]))
    exchanged = float(np.linalg.norm(ends[0] - ends[3]) + np.linalg.norm(ends[1] - ends[2]))
    return given > _WORSE * exchanged and given - exchanged > _APART_TORSO * length

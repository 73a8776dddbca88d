"""BVH, the skeleton animation of motion capture programs: one person as a hierarchy of joints and their rotations.

Written in centimetres, x right, y up, z to the viewer, with rotations in degrees in the order z, x, y. The hips
stay at the origin. Bones have constant length, their median: of a body whose bones change length from
frame to frame, as estimated bodies' do, the directions are kept. A joint that is not seen keeps its previous
direction.

Any hierarchy is read: joints with the usual names (``LeftUpLeg``, ``mixamorig:LeftArm``) get Laban's,
the others keep their own. Bodies more than three units large are taken for centimetres, others for metres.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.body import mid_hip, mid_shoulder
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.errors import FormatError, InvalidValueError
from laban.io.assumptions import noted
from laban.io.bvh_text import parse_bvh
from laban.io.files import read_text, reading, write_text
from laban.io.limits import MAX_LANDMARKS, at_most
from laban.io.loss import field_losses, mean_fps, metadata_losses, time_losses, warn_of_loss
from laban.io.people import chosen_person
from laban.io.rotations import euler_zxy_deg, frame_of_axes, turned_to
from laban.io.world import hip_centred

LOSS: Final = (
    "other people, frames outside the person's own, image_px, depth_px, body, score, visibility, "
    "metadata, unevenness "
    "of the times, changes in the length of bones, rows and joints not seen; joints other than hips, "
    "knees, ankles, "
    "toes, shoulders, elbows, wrists and nose"
)
_TO_BVH: Final = np.array([100.0, -100.0, -100.0])
_LARGEST_BODY_M: Final = 3.0
_X, _Y, _Z = np.eye(3)

_Parts = tuple[str, ...]
_TREE: Final[dict[str, tuple[str | None, tuple[_Parts, ...], Float64Array]]] = {
    "Hips": (None, (("left_hip", "right_hip"),), 0 * _X),
    "LeftUpLeg": ("Hips", (("left_hip",),), _X),
    "LeftLeg": ("LeftUpLeg", (("left_knee",),), -_Y),
    "LeftFoot": ("LeftLeg", (("left_ankle",),), -_Y),
    "LeftToeBase": ("LeftFoot", (("left_foot_index",), ("left_big_toe",)), _Z),
    "RightUpLeg": ("Hips", (("right_hip",),), -_X),
    "RightLeg": ("RightUpLeg", (("right_knee",),), -_Y),
    "RightFoot": ("RightLeg", (("right_ankle",),), -_Y),
    "RightToeBase": ("RightFoot", (("right_foot_index",), ("right_big_toe",)), _Z),
    "Spine": ("Hips", (("left_hip", "right_hip"),), 0 * _X),
    "Neck": ("Spine", (("left_shoulder", "right_shoulder"),), _Y),
    "LeftArm": ("Neck", (("left_shoulder",),), _X),
    "LeftForeArm": ("LeftArm", (("left_elbow",),), _X),
    "LeftHand": ("LeftForeArm", (("left_wrist",),), _X),
    "RightArm": ("Neck", (("right_shoulder",),), -_X),
    "RightForeArm": ("RightArm", (("right_elbow",),), -_X),
    "RightHand": ("RightForeArm", (("right_wrist",),), -_X),
    "Neck1": ("Neck", (("left_shoulder", "right_shoulder"),), 0 * _X),
    "Head": ("Neck1", (("nose",),), _Y),
}
"""Each joint with its parent, the landmarks whose mean it is, and its rest direction from the parent."""
_OURS: Final = {
    "hips": "mid_hip",
    "neck": "neck",
    "head": "head",
    **{
        f"{side}{theirs}": f"{side}_{ours}"
        for side in ("left", "right")
        for theirs, ours in {
            "upleg": "hip",
            "leg": "knee",
            "foot": "ankle",
            "toebase": "foot_index",
            "arm": "shoulder",
            "forearm": "elbow",
            "hand": "wrist",
        }.items()
    },
}


def read(path: Path) -> Recording:
    """The person of a file, as person 0, with ``world_m`` centred on the hips and unknown visibility."""
    with reading(path, form="BVH"):
        motion = parse_bvh(read_text(path))
        at_most(motion.points.shape[0] * motion.points.shape[1], MAX_LANDMARKS, what="landmarks")
        kept = [index for index, offset in enumerate(motion.offsets) if index == 0 or offset.any()]
        names = [_OURS.get(_plain(motion.names[index]), motion.names[index]) for index in kept]
        if len(set(names)) != len(names):
            raise FormatError("its joints must have unique names")
        skeleton = Skeleton("bvh", tuple(names), _bones(motion.parents, kept, names))
        points = motion.points[:, kept]
        scale = 0.01 if _extent(points) > _LARGEST_BODY_M else 1.0
        world, note = hip_centred(points * np.sign(_TO_BVH) * scale, skeleton)
        times_s: Float64Array = np.arange(len(points), dtype=np.float64) * motion.step_s
        unknown = np.full(points.shape[:2], np.nan, dtype=np.float32)
        with np.errstate(over="ignore"):
            sequence = PoseSequence(times_s, skeleton, unknown, world_m=world.astype(np.float32))
        return Recording(path.name, times_s, {0: sequence}, None, noted("bvh", note))


def write(recording: Recording, path: Path, *, person: int | None = None) -> None:
    """Writes the world landmarks of one person, by default of the one seen in most frames."""
    sequence, losses = chosen_person(recording, person)
    if sequence.world_m is None:
        raise InvalidValueError("BVH needs metres, the sequence has no world_m")
    points = sequence.world_m.astype(np.float64) * _TO_BVH
    if (
        not np.isfinite(mid_hip(points, sequence.skeleton) + mid_shoulder(points, sequence.skeleton))
        .all(axis=1)
        .any()
    ):
        raise InvalidValueError("BVH needs shoulders and hips, which are never seen together")
    places = _places(points, sequence.skeleton)
    offsets = {name: _offset(name, places) for name in places}
    rotations = _rotations(places)
    fps = mean_fps(sequence.times_s)
    lines = ["HIERARCHY", *_hierarchy("Hips", places, offsets), "MOTION", f"Frames: {len(sequence)}"]
    lines.append(f"Frame Time: {1 / fps:.9f}")
    table = np.concatenate([np.zeros((len(sequence), 3)), *(rotations[name] for name in places)], axis=1)
    lines += [" ".join(f"{value:.6f}" for value in row) for row in table]
    write_text(path, "\n".join(lines) + "\n")
    losses += [*field_losses([sequence], kept=("world_m",)), "visibility", "changes in the length of bones"]
    losses += ["frames outside the person's own"] if len(recording.times_s) > len(sequence) else []
    losses += ["what is not seen (held)"] if np.isnan(sequence.world_m).any() else []
    losses += [*time_losses(sequence.times_s - sequence.times_s[0], fps=fps), *metadata_losses(recording)]
    warn_of_loss(losses, form="BVH")


def _places(points: Float64Array, skeleton: Skeleton) -> dict[str, Float64Array]:
    """(T, 3) centimetres of each joint that the recording has, and of its parents; NaN where it is not seen."""
    found: dict[str, Float64Array] = {}
    for name, (parent, choices, _) in _TREE.items():
        parts = next((one for one in choices if skeleton.has(*one)), None)
        if parts is None or (parent is not None and parent not in found):
            continue
        middle = points[:, [skeleton.index(part) for part in parts]].mean(axis=1)
        if np.isfinite(middle).all(axis=1).any():
            found[name] = middle
    return {name: place for name, place in found.items() if name not in ("Neck1",) or "Head" in found}


def _offset(name: str, places: Mapping[str, Float64Array]) -> Float64Array:
    """The rest offset of a joint from its parent."""
    parent, _, direction = _TREE[name]
    if parent is None or not direction.any():
        return np.zeros(3)
    length = np.linalg.norm(places[name] - places[parent], axis=1)
    return direction * float(np.nanmedian(length)) if np.isfinite(length).any() else direction * 0.0


def _rotations(places: Mapping[str, Float64Array]) -> dict[str, Float64Array]:
    """(T, 3) z, x and y rotations in degrees of each joint relative to its parent."""
    turned: dict[str, Float64Array] = {}
    local = {}
    for name in places:
        parent = _TREE[name][0]
        above = np.broadcast_to(np.eye(3), (len(places[name]), 3, 3)) if parent is None else turned[parent]
        turned[name] = _turned(name, places, above)
        local[name] = euler_zxy_deg(np.swapaxes(above, 1, 2) @ turned[name])
    return local


def _turned(name: str, places: Mapping[str, Float64Array], above: Float64Array) -> Float64Array:
    """(T, 3, 3) global rotation of a joint, from its children's positions; that of its parent where it has none."""
    for axis, (left, right) in {"Hips": ("LeftUpLeg", "RightUpLeg"), "Neck": ("LeftArm", "RightArm")}.items():
        if name == axis:
            up = places["Neck"] - places["Hips"]
            return frame_of_axes(_held(places[left] - places[right], _X), _held(up, _Y))
    child = next((one for one in places if _TREE[one][0] == name), None)
    if child is None:
        return above
    rest = _TREE[child][2]
    return turned_to(above, rest, _held(places[child] - places[name], above[0] @ rest))


def _held(directions: Float64Array, first: Float64Array) -> Float64Array:
    """(T, 3) with missing directions replaced by the previous one, or by ``first``."""
    length = np.linalg.norm(np.nan_to_num(directions), axis=1)
    known: BoolArray = np.isfinite(directions).all(axis=1) & (length > 0)
    last = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    return np.where((last >= 0)[:, None], directions[np.maximum(last, 0)], first)


def _hierarchy(
    name: str, places: Mapping[str, Float64Array], offsets: Mapping[str, Float64Array], depth: int = 0
) -> list[str]:
    """The lines that describe a joint and those below it; the order is that of ``places``."""
    tab, inner = "\t" * depth, "\t" * (depth + 1)
    channels = "Zrotation Xrotation Yrotation"
    channels = f"6 Xposition Yposition Zposition {channels}" if depth == 0 else f"3 {channels}"
    lines = [f"{tab}{'JOINT' if depth else 'ROOT'} {name}", f"{tab}{{"]
    lines += [f"{inner}OFFSET {_numbers(offsets[name])}", f"{inner}CHANNELS {channels}"]
    below = [one for one in places if _TREE[one][0] == name]
    for one in below:
        lines += _hierarchy(one, places, offsets, depth + 1)
    if not below:
        lines += [f"{inner}End Site", f"{inner}{{", f"{inner}\tOFFSET 0 0 0", f"{inner}}}"]
    return [*lines, f"{tab}}}"]


def _numbers(values: Sequence[float] | Float64Array) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _plain(name: str) -> str:
    return name.rsplit(":", 1)[-1].replace("_", "").lower()


def _bones(parents: Sequence[int], kept: Sequence[int], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The nearest kept ancestor of each joint."""
    named = dict(zip(kept, names, strict=True))
    bones = []
    for index, name in named.items():
        above = parents[index]
        while above >= 0 and above not in named:
            above = parents[above]
        if above >= 0:
            bones.append((named[above], name))
    return tuple(bones)


def _extent(points: Float64Array) -> float:
    return float(np.median(np.ptp(points, axis=1).max(axis=1))) if points.size else 0.0

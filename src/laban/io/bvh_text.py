"""Parsing of BVH files, and the positions of their joints in every frame."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.limits import MAX_FRAMES, MAX_JOINTS, at_most
from laban.io.rotations import rotation
from laban.io.text_table import parse_cells

_CHANNELS = frozenset(f"{axis}{kind}" for axis in "XYZ" for kind in ("position", "rotation"))


@dataclass(frozen=True, eq=False)
class Motion:
    """The joints of a file: ``points`` (T, J, 3) in its own units, and their hierarchy."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: tuple[Float64Array, ...]
    points: Float64Array
    step_s: float


@dataclass
class _Hierarchy:
    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[Float64Array] = field(default_factory=list)
    channels: list[tuple[str, ...]] = field(default_factory=list)


def parse_bvh(text: str) -> Motion:
    """The joints of a BVH file in every frame; raises FormatError for anything else."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != ["HIERARCHY"] or ["MOTION"] not in lines:
        raise FormatError("it does not begin with HIERARCHY followed by MOTION")
    start = lines.index(["MOTION"])
    tree = _hierarchy(iter(lines[1:start]))
    head, rows = lines[start + 1 : start + 3], lines[start + 3 :]
    if [line[0] for line in head] != ["Frames:", "Frame"] or len(head[1]) != 3:
        raise FormatError("its MOTION does not begin with Frames: and Frame Time:")
    step_s = float(head[1][2])
    if not 0 < step_s < 1e6:
        raise FormatError(f"its Frame Time is {head[1][2][:20]}, expected seconds above 0")
    at_most(len(rows), MAX_FRAMES, what="frames")
    width = sum(map(len, tree.channels))
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise FormatError(f"frame {number} has {len(row)} numbers, expected {width}")
    if not rows:
        raise FormatError("it holds no frames")
    values = parse_cells(rows, columns=width)
    return Motion(tuple(tree.names), tuple(tree.parents), tuple(tree.offsets), _points(tree, values), step_s)


def _hierarchy(lines: Iterator[list[str]]) -> _Hierarchy:
    tree, open_joints = _Hierarchy(), list[int]()
    for words in lines:
        if words[0] in ("ROOT", "JOINT") and len(words) > 1:
            tree.names.append(" ".join(words[1:])[:100])
            tree.parents.append(open_joints[-1] if open_joints else -1)
            tree.offsets.append(np.zeros(3))
            tree.channels.append(())
            at_most(len(tree.names), MAX_JOINTS, what="joints")
            open_joints.append(len(tree.names) - 1)
        elif words[0] == "OFFSET" and open_joints:
            tree.offsets[open_joints[-1]] = parse_cells([words[1:4]], columns=3)[0]
        elif words[0] == "CHANNELS" and open_joints:
            tree.channels[open_joints[-1]] = _channels(words)
        elif words == ["End", "Site"]:
            _skip(lines)
        elif words == ["}"] and open_joints:
            open_joints.pop()
        elif words != ["{"]:
            raise FormatError(f"its HIERARCHY holds {' '.join(words)[:40]!r}")
    if not tree.names or tree.parents.count(-1) != 1:
        raise FormatError("its HIERARCHY must have one ROOT")
    return tree


def _channels(words: list[str]) -> tuple[str, ...]:
    named = tuple(words[2:])
    if not set(named) <= _CHANNELS or words[1] != str(len(named)):
        raise FormatError(f"its HIERARCHY holds {' '.join(words)[:60]!r}")
    return named


def _skip(lines: Iterator[list[str]]) -> None:
    """Skips an end site."""
    for words in lines:
        if words == ["}"]:
            return


def _points(tree: _Hierarchy, values: Float64Array) -> Float64Array:
    """(T, J, 3) by forward kinematics."""
    count = len(values)
    points, turned = np.zeros((count, len(tree.names), 3)), list[Float64Array]()
    column = 0
    for joint, (parent, channels) in enumerate(zip(tree.parents, tree.channels, strict=True)):
        place, turn = np.tile(tree.offsets[joint], (count, 1)), np.broadcast_to(np.eye(3), (count, 3, 3))
        for channel in channels:
            if channel.endswith("position"):
                place[:, "XYZ".index(channel[0])] = values[:, column]
            else:
                turn = turn @ rotation(channel[0], values[:, column])
            column += 1
        above = turned[parent] if parent >= 0 else np.broadcast_to(np.eye(3), (count, 3, 3))
        origin = points[:, parent] if parent >= 0 else np.zeros((count, 3))
        points[:, joint] = origin + (above @ place[:, :, None])[:, :, 0]
        turned.append(above @ turn)
    return points

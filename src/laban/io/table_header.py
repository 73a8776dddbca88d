"""The meaning of the columns of a landmark table, by their header or, without one, by their order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import FormatError
from laban.io.clock_text import is_clock_text
from laban.io.joint_names import Body, body_of_count, body_of_names, joint_named
from laban.io.text_table import all_numbers

AXES: Final = ("x", "y", "z", "v")
_AXIS: Final = {
    **{axis: axis for axis in AXES},
    **dict.fromkeys(
        ("vis", "visibility", "score", "conf", "confidence", "likelihood", "prob", "c", "s"), "v"
    ),
}
_AXIS_WORDS: Final = "|".join(sorted(_AXIS, key=len, reverse=True))
_NUMBERED: Final = (
    re.compile(rf"(?:[a-z]+_)??({_AXIS_WORDS})_?(?:landmark|keypoint|joint|point|kp|lm)?_?(\d{{1,4}})"),
    re.compile(
        rf"(?:pose_)?(?:landmark|landmarks|keypoint|joint|point|kpt|kp|lm|p|j)?_?(\d{{1,4}})_?({_AXIS_WORDS})"
    ),
)
_NAMED: Final = (re.compile(rf"(.+)_({_AXIS_WORDS})"), re.compile(rf"({_AXIS_WORDS})_(.+)"))
_FRAME: Final = re.compile(r"frames?(_?(id|no|num|nr|number|idx|index|count))?|(image|img)_id")
_TIME: Final = re.compile(
    r"(rel|relative|system|device|frame|video|kinect|sensor|pts|wall|unix|epoch|utc)?_?"
    r"(t|ts|time|time_?stamp|times|clock|ticks|seconds?|secs?|minutes?|(milli|micro|nano)seconds|"
    r"elapsed(_time)?|date_?time|epoch)"
    r"(_?(in_)?(s|sec|secs|seconds|ms|msec|millis\w*|us|usec|micros\w*|ns|nsec|nanos\w*|min|mins|minutes))?"
    r"|(smpte_?)?time_?code"
)
_INDEX: Final = {"", "index_level_0", "index", "unnamed_0", "row", "no", "nr"}
_IMAGE: Final = {
    "image",
    "img",
    "file",
    "filename",
    "file_name",
    "image_name",
    "image_path",
    "path",
}
_PERSON: Final = {
    "person",
    "person_id",
    "person_idx",
    "track",
    "track_id",
    "subject",
    "subject_id",
    "player",
    "pid",
    "individual",
    "instance",
    "instance_id",
    "who",
}
JOINT_COLUMNS: Final = frozenset(
    f"{word}{ending}"
    for word in ("joint", "joints", "keypoint", "keypoints", "landmark", "bodypart", "bodyparts", "body_part")
    for ending in ("", "_name", "_id", "_idx", "_index", "_no", "_number")
) | {"marker", "point", "part", "kp", "kpt", "node", "lm"}
"""Names of a column that holds the name or number of a row's joint."""
_HOLISTIC: Final = (501, 511, 543, 553)
"""Numbers of points of MediaPipe Holistic: 33 of the body, 468 or 478 of the face, perhaps 42 of the hands."""
_LEAST_JOINTS: Final = 5
_LABEL: Final = {
    "class",
    "label",
    "action",
    "category",
    "target",
    "exercise",
    "activity",
    "pose",
    "class_name",
}


@dataclass(frozen=True)
class Columns:
    """The columns of a table. ``places[axis][j]`` is the column of joint ``j``, −1 where there is none."""

    skeleton: Skeleton
    places: Mapping[str, tuple[int, ...]]
    header: int
    frame: int | None = None
    time: tuple[str, int] | None = None
    image: int | None = None
    person: int | None = None
    label: int | None = None
    left_out: tuple[str, ...] = ()


def is_named(cells: Sequence[str]) -> bool:
    """Whether a first row is a header of names: at least two of its cells name an axis of something."""
    return len(_axes(cells)[0]) > 0


def columns_of(rows: Sequence[Sequence[str]], *, asked: Skeleton | None = None) -> Columns:
    """The columns that a header of names describes. A column without a name that counts is the frame's."""
    cells = rows[0]
    found, rest = _axes(cells)
    body, keys = _body(found, asked=asked)
    places = {
        axis: tuple(found[keys[place]].get(axis, -1) if place >= 0 else -1 for place in body.places)
        for axis in AXES
    }
    left_out = [
        cells[place].strip()[:40] for key in found if key not in keys for place in found[key].values()
    ]
    if len(keys) == len(BLAZEPOSE33) and len(found) in _HOLISTIC:
        left_out = ["all joints but the first 33, the body of MediaPipe Holistic"]
    return with_others(rows, rest, Columns(body.skeleton, places, header=1, left_out=tuple(left_out)))


def with_others(rows: Sequence[Sequence[str]], rest: Sequence[int], columns: Columns) -> Columns:
    """``columns`` with the meaning of the columns ``rest``, by their names; unknown ones are listed as ignored."""
    cells = rows[0]
    others: dict[str, int] = {}
    left_out = list(columns.left_out)
    for place in rest:
        kind = kind_of(cells[place])
        if kind is None or kind in others:
            left_out.append(cells[place].strip()[:40])
        else:
            others[kind] = place
    index = others.get("index")
    counts = index if index is not None and _rises(rows[1:], index) else None
    if index is not None and counts is None and "time" not in others and _is_clock(rows[1:], index):
        others["time"] = index
    return replace(
        columns,
        frame=others.get("frame", counts),
        time=(cells[others["time"]], others["time"]) if "time" in others else None,
        image=others.get("image"),
        person=others.get("person"),
        label=others.get("label"),
        left_out=tuple(left_out),
    )


def positions_of(
    rows: Sequence[Sequence[str]], *, axes: Sequence[str], asked: Skeleton | None = None
) -> Columns:
    """The columns of a table without names: the last are the joints'; an index and words may come first."""
    skeleton = asked or BLAZEPOSE33
    width = len(rows[0])
    if width < len(skeleton) * len(axes) and len(axes) > 2:
        axes = axes[:3] if width >= len(skeleton) * 3 else axes
    count = len(skeleton) * len(axes)
    extra = width - count
    last = int(extra > 0 and not all_numbers(rows[-1][-1:]))
    extra -= last
    words = [place for place in range(max(extra, 0)) if not all_numbers(rows[-1][place : place + 1])]
    index = [place for place in range(max(extra, 0)) if place not in words]
    if extra < 0 or len(index) > 1 or len(words) > 2:
        raise FormatError(f"line 1 has {width} cells, expected {count}, or one more with an index column")
    header = int(_counts_columns(rows[0][extra : width - last]))
    return Columns(
        skeleton,
        {axis: _spaced(axes, axis, first=extra, joints=len(skeleton)) for axis in AXES},
        header,
        frame=index[0] if index and _rises(rows[header:], index[0]) else None,
        image=words[0] if len(words) == 2 else None,
        label=width - 1 if last else (words[-1] if words else None),
    )


def _spaced(axes: Sequence[str], axis: str, *, first: int, joints: int) -> tuple[int, ...]:
    """The columns of one axis where x, y, … of joint after joint follow each other from column ``first``."""
    if axis not in axes:
        return (-1,) * joints
    return tuple(first + joint * len(axes) + axes.index(axis) for joint in range(joints))


def snake(text: str) -> str:
    """A column's name in lower case with underscores.

    >>> snake("Left Hip.X"), snake("timestampMs")
    ('left_hip_x', 'timestamp_ms')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


_LONE_AXIS: Final = re.compile(
    rf"(?:pos(?:ition)?_|coord_)?({_AXIS_WORDS})(?:_?(?:px|pix|pixels?|norm|pos|coord))?"
)


def axis_named(name: str) -> str | None:
    """The axis that is the whole name of a column, as in a table with a row for every joint.

    >>> [axis_named(name) for name in ("x", "y_px", "confidence", "nose_x")]
    ['x', 'y', 'v', None]
    """
    match = _LONE_AXIS.fullmatch(name)
    return _AXIS[match.group(1)] if match else None


def names_axis(cell: str) -> bool:
    """Whether a cell names an axis of a joint."""
    return bool(_key(snake(cell))[1])


def _axes(cells: Sequence[str]) -> tuple[dict[str, dict[str, int]], list[int]]:
    """The columns of each joint that has an x and a y, by name or number, and the remaining columns."""
    found: dict[str, dict[str, int]] = {}
    for place, cell in enumerate(cells):
        key, axis = _key(snake(cell))
        if axis and axis not in found.setdefault(key, {}):
            found[key][axis] = place
    whole = {key: axes for key, axes in found.items() if {"x", "y"} <= set(axes)}
    used = {place for axes in whole.values() for place in axes.values()}
    return whole, [place for place in range(len(cells)) if place not in used]


def _key(name: str) -> tuple[str, str]:
    """The joint and the axis of a column, or two empty words."""
    if "world" in name.split("_"):
        return "", ""
    for pattern, joint_first in zip(_NUMBERED, (False, True), strict=True):
        match = pattern.fullmatch(name)
        if match:
            number, axis = match.groups() if joint_first else match.groups()[::-1]
            return str(int(number)), _AXIS[axis]
    for pattern, joint_first in zip(_NAMED, (True, False), strict=True):
        match = pattern.fullmatch(name)
        if match:
            joint, axis = match.groups() if joint_first else match.groups()[::-1]
            return joint, _AXIS[axis]
    return "", ""


def _body(found: Mapping[str, Mapping[str, int]], *, asked: Skeleton | None) -> tuple[Body, list[str]]:
    numbered = sorted((key for key in found if key.isdigit()), key=int)
    if len(numbered) * 2 <= len(found):
        names = [key for key in found if not key.isdigit()]
        joints = [name for name in names if joint_named(name) is not None]
        names = (
            joints if len(joints) >= _LEAST_JOINTS else names
        )  # a box or a ball next to the body is not a joint
        return body_of_names(names, form="table"), names
    first = int(numbered[0])
    if first not in (0, 1) or [int(key) for key in numbered] != list(range(first, first + len(numbered))):
        raise FormatError(
            f"its header numbers {len(numbered)} joints with gaps; expected consecutive numbers from 0 or 1"
        )
    if asked is None and len(numbered) in _HOLISTIC:
        numbered = numbered[: len(BLAZEPOSE33)]
    if asked is None and len(numbered) == len(BLAZEPOSE33):
        asked = BLAZEPOSE33
    if asked is None:
        raise FormatError(
            f"its header numbers {len(numbered)} joints, which is not a known body; pass skeleton= "
            "(--skeleton NAME)"
        )
    return body_of_count(len(numbered), asked=asked), numbered


def kind_of(cell: str) -> str | None:
    """The meaning of a column or field by its name: frame, time, index, image, person or label; or None.

    >>> kind_of("timestampMs"), kind_of("frame_id"), kind_of("nose_x")
    ('time', 'frame', None)
    """
    name = snake(cell)
    if _FRAME.fullmatch(name):
        return "frame"
    if _TIME.fullmatch(name):
        return "time"
    sets = {"index": _INDEX, "image": _IMAGE, "person": _PERSON, "label": _LABEL}
    return next((kind for kind, names in sets.items() if name in names), None)


def _counts_columns(cells: Sequence[str]) -> bool:
    """Whether a first row without names is a header: by words, or by counting the columns from 0 or 1."""
    named = [cell.strip() for cell in cells]
    counted = [[str(first + column) for column in range(len(cells))] for first in (0, 1)]
    return not all_numbers(named) or named in counted


def _is_clock(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column without a name holds dates or times, like the index of a time series."""
    cells = [row[place] for row in rows if place < len(row)]
    return (
        len(cells) == len(rows) > 1
        and all(any(mark in cell for mark in ":-/") for cell in cells)
        and is_clock_text(cells)
    )


def _rises(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column without a name counts the frames: rising whole numbers."""
    cells = [row[place].strip() if place < len(row) else "" for row in rows]
    if not all(cell.isascii() and cell.isdigit() and len(cell) <= 12 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return all(before < after for before, after in pairwise(numbers))

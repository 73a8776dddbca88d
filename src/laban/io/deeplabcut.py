"""The CSV of DeepLabCut and LightningPose, of one individual or several, in pixels.

Header rows ``scorer``, perhaps ``individuals``, ``bodyparts`` and ``coords`` (x, y, likelihood), then a row for
every frame that begins with its number or the name of its image. Body parts with the names of joints
become joints; others form a skeleton of their own, without bones.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.sequence import PoseSequence, Recording
from laban.errors import FormatError, InvalidValueError
from laban.io.assumptions import checked_size, noted
from laban.io.coordinates import placed, warn_of_percent
from laban.io.files import read_text, reading, write_text
from laban.io.frame_times import FrameOrder, order_of_names, order_of_numbers
from laban.io.item_clock import times_of
from laban.io.joint_names import Body, body_of_names
from laban.io.limits import MAX_JOINTS, MAX_LANDMARKS, MAX_PEOPLE, at_most
from laban.io.loss import (
    field_losses,
    lost_times,
    metadata_losses,
    warn_of_assumption,
    warn_of_loss,
)
from laban.io.people import pixels_of
from laban.io.table_rows import without_repeats
from laban.io.text_table import cell_of, parse_cells, split_rows

LOSS: Final = "times, image size, depth_px, world_m, body, score, metadata, unseen rows at either end"
_HEADERS: Final = ("scorer", "individuals", "bodyparts", "coords")


def read(path: Path, *, fps: float | None = None, size_wh: tuple[int, int] | None = None) -> Recording:
    """The individuals of a file, numbered from 0 in their order, with ``likelihood`` as visibility.

    A frame's time is its number ÷ ``fps`` (30, noted as assumed). ``metadata["individuals"]`` are their names.
    """
    with reading(path, form="DeepLabCut CSV"):
        rows = without_repeats(split_rows(read_text(path)))
        header = _header(rows)
        body, places = _columns(header)
        at_most(len(rows) * len(places) * len(body.skeleton), MAX_LANDMARKS, what="landmarks")
        numbered = rows[len(header) :]
        used = {int(place) for where in places.values() for place in where.ravel() if place}
        order = _order(["/".join(cell.strip() for cell in row[: min(used)]) for row in numbered])
        cells = [[cell if place in used else "" for place, cell in enumerate(row)] for row in numbered]
        table = parse_cells(cells, columns=len(rows[0]), first_line=1 + len(header))[list(order.order)]
        times_s, note = times_of(order, fps=fps)
        size = None if size_wh is None else checked_size(size_wh)
        people = {
            person: _sequence(table[:, where], body, times_s, size_wh=size)
            for person, where in zip(_ids(list(places)), places.values(), strict=True)
        }
        named = {"individuals": list(places)} if "individuals" in header else {}
        metadata = noted("deeplabcut", note, **named)
        return Recording(path.name, times_s, people, size, metadata)


def write(recording: Recording, path: Path) -> None:
    """Writes all people as individuals named after their ids."""
    people = recording.people
    if not people:
        raise InvalidValueError("the recording has no people, the format needs at least one")
    count = sum(len(sequence.skeleton) for sequence in people.values())
    keys = [(f"person_{person}", joint) for person, one in people.items() for joint in one.skeleton.names]
    lines = [
        ",".join(["scorer", *["laban"] * count * 3]),
        ",".join(["individuals", *(name for name, _ in keys for _ in range(3))]),
        ",".join(["bodyparts", *(joint for _, joint in keys for _ in range(3))]),
        ",".join(["coords", *["x", "y", "likelihood"] * count]),
    ]
    values = np.concatenate([_written(recording, person) for person in people], axis=1)
    lines += [",".join([str(index), *(cell_of(value) for value in row)]) for index, row in enumerate(values)]
    write_text(path, "\n".join(lines) + "\n")
    losses = [
        *lost_times(recording.times_s),
        "image size",
        *field_losses(people.values(), kept=("image_px",)),
    ]
    warn_of_loss([*losses, *metadata_losses(recording)], form="DeepLabCut CSV")


def _header(rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """The header rows by their first cells."""
    header: dict[str, list[str]] = {}
    for row in rows[: len(_HEADERS)]:
        name = row[0].strip().lower() if row else ""
        if name in _HEADERS:
            header[name] = [cell.strip() for cell in row[1:]]
    if not {"bodyparts", "coords"} <= set(header) or len({len(cells) for cells in header.values()}) != 1:
        raise FormatError("it does not begin with rows bodyparts and coords of equal length")
    if len(rows) == len(header):
        raise FormatError("it holds a header and no rows")
    if any(len(row) != len(rows[0]) for row in rows):
        raise FormatError("its rows are not all of one length")
    return header


def _columns(header: dict[str, list[str]]) -> tuple[Body, dict[str, IntArray]]:
    """The body of the individuals, and (J, 3) for each the columns of its x, y and likelihood, 0 where missing.

    Column 0, the index, is emptied before it is read. Body parts that not all have are left out with a warning.
    """
    whose = header.get("individuals", [""] * len(header["coords"]))
    found: dict[str, dict[str, dict[str, int]]] = {}
    for place, (who, part, axis) in enumerate(
        zip(whose, header["bodyparts"], header["coords"], strict=True), 1
    ):
        if axis.lower() in ("x", "y", "likelihood"):
            found.setdefault(who, {}).setdefault(part, {})[axis.lower()] = place
    at_most(len(found), MAX_PEOPLE, what="individuals")
    parts = next(iter(found.values()), {})
    at_most(len(parts), MAX_JOINTS, what="body parts")
    if not all({"x", "y"} <= set(axes) for one in found.values() for axes in one.values()) or not parts:
        raise FormatError("each of its body parts must have x and y")
    body = body_of_names(list(parts), form="deeplabcut")
    alike = {who: one for who, one in found.items() if set(one) == set(parts)}
    if len(alike) < len(found):
        warn_of_assumption(
            f"body parts that not every individual has are left out: {', '.join(set(found) - set(alike))}"
        )
    names = list(parts)
    where = {
        who: np.array([[one[part].get(axis, 0) for axis in ("x", "y", "likelihood")] for part in names])
        for who, one in alike.items()
    }
    return body, where


def _order(cells: Sequence[str]) -> FrameOrder:
    """The order of the rows by their numbers or the names of their images."""
    if all(cell.isascii() and cell.isdigit() and len(cell) <= 12 for cell in cells):
        if len(set(cells)) != len(cells):
            raise FormatError("two of its rows have the same frame number")
        return order_of_numbers([int(cell) for cell in cells])
    return order_of_names(
        [cell.replace("\\", "/").removesuffix(".png") for cell in cells], what="first column"
    )


def _ids(names: Sequence[str]) -> list[int]:
    """The numbers in names that Laban wrote, else the positions."""
    own = [re.fullmatch(r"person_(\d{1,9})", name) for name in names]
    return [int(one.group(1)) for one in own if one] if all(own) else list(range(len(names)))


def _sequence(
    values: Float64Array, body: Body, times_s: Float64Array, *, size_wh: tuple[int, int] | None
) -> PoseSequence:
    """One individual from its (T, J, 3) cells."""
    points, visibility = values[..., :2], values[..., 2]
    points = placed(points, size_wh=size_wh, form="DeepLabCut CSV", shares=False, percent=False).points
    warn_of_percent(points, size_wh=size_wh, form="DeepLabCut CSV")
    visibility = np.where(np.isnan(points).any(axis=2), np.nan, visibility)
    arranged = body.arrange(np.concatenate([points, visibility[..., None]], axis=2))
    with np.errstate(over="ignore"):
        rounded = arranged.astype(np.float32)
    return PoseSequence(times_s, body.skeleton, rounded[..., 2], image_px=rounded[..., :2], size_wh=size_wh)


def _written(recording: Recording, person: int) -> Float64Array:
    """(T, J * 3) cells of one individual over all frames."""
    sequence = recording.people[person]
    out = np.full((len(recording.times_s), len(sequence.skeleton), 3), np.nan)
    rows = slice(recording.start_of(person), recording.start_of(person) + len(sequence))
    out[rows, :, :2] = pixels_of(sequence, person=person)
    out[rows, :, 2] = sequence.visibility
    return out.reshape(len(out), -1)

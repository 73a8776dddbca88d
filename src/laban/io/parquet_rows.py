"""Conversion between the people of a recording and the rows of a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from laban.core.arrays import Array, BoolArray, Float32Array, Float64Array, IntArray
from laban.core.sequence import Recording
from laban.core.skeleton import Skeleton
from laban.errors import FormatError
from laban.io.limits import MAX_LANDMARKS, MAX_PEOPLE, at_most

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

LISTS: Final = ("image_px", "depth_px", "world_m", "body", "visibility")
_DIMENSIONS: Final = {"image_px": (2,), "depth_px": (1,), "world_m": (3,), "body": (2, 3), "visibility": (1,)}
_FLAT: Final = ("depth_px", "visibility")


@dataclass(frozen=True)
class Keys:
    """The frame and the person of each row of a table; person −1 is a frame without people."""

    frames: IntArray
    people: IntArray

    def part(self, rows: slice) -> "Keys":
        return Keys(self.frames[rows], self.people[rows])


def group_keys(recording: Recording, *, rows_per_group: int) -> Iterator[Keys]:
    """The keys of every row of ``recording`` in order, in groups."""
    keys = keys_of(recording)
    for start in range(0, len(keys.frames), rows_per_group):
        yield keys.part(slice(start, start + rows_per_group))


def keys_of(recording: Recording) -> Keys:
    """One key for each row of each person and for each frame without people, by frame, then person."""
    starts = {person: recording.start_of(person) for person in recording.people}
    runs = [
        (np.arange(start, start + len(recording.people[person])), person) for person, start in starts.items()
    ]
    covered = np.zeros(len(recording.times_s), dtype=bool)
    for frames, _ in runs:
        covered[frames] = True
    runs.append((np.flatnonzero(~covered), -1))
    all_frames = np.concatenate([frames for frames, _ in runs])
    all_people = np.concatenate([np.full(len(frames), person, dtype=np.int64) for frames, person in runs])
    order = np.lexsort((all_people, all_frames))
    return Keys(all_frames[order], all_people[order])


def values_of(recording: Recording, keys: Keys, *, name: str, width: int) -> tuple[Float32Array, BoolArray]:
    """(N, width) the values of one field in the rows of ``keys``, and (N,) where a row has none."""
    values = np.full((len(keys.frames), width), np.nan, dtype=np.float32)
    absent = np.ones(len(keys.frames), dtype=bool)
    for person in np.unique(keys.people[keys.people >= 0]):
        field = getattr(recording.people[int(person)], name)
        if field is not None:
            rows = keys.people == person
            picked = field[keys.frames[rows] - recording.start_of(int(person))]
            values[rows] = picked.reshape(len(picked), width)
            absent[rows] = False
    return values, absent


Fields = dict[str, Float32Array]


def filled_people(
    file: "pq.ParquetFile", *, skeleton: Skeleton
) -> tuple[Float64Array, dict[int, tuple[slice, Fields]]]:
    """The frame times of an open Parquet file, and each person's frames and the arrays that the file has."""
    table = file.read(columns=["frame", "time_s", "person"])
    frames = _numbers(table, "frame").astype(np.int64)
    people = _numbers(table, "person", absent=-1).astype(np.int64)
    times_s, index = _frame_times(frames, _numbers(table, "time_s"))
    spans = _spans(index, people)
    rows = sum(stop - start for start, stop in spans.values())
    at_most(rows * len(skeleton), MAX_LANDMARKS, what="landmarks")
    found: dict[int, Fields] = {person: {} for person in spans}
    keys = Keys(index, people)
    for name in (*LISTS, "score"):
        if name in file.schema_arrow.names:
            _fill(found, file, keys, spans=spans, name=name, joints=len(skeleton))
    return times_s, {person: (slice(*span), found[person]) for person, span in spans.items()}


def _numbers(table: "pa.Table", name: str, *, absent: float | None = None) -> Array:
    column = table.column(name)
    if column.null_count and absent is None:
        raise FormatError(f"its column {name} has empty cells")
    filled = column.fill_null(absent) if column.null_count else column
    values = np.asarray(filled.to_numpy())
    if values.dtype.kind not in "iuf":
        raise FormatError(f"its column {name} must hold numbers, not {column.type}")
    return values


def _frame_times(frames: IntArray, times_s: Array) -> tuple[Float64Array, IntArray]:
    """The time of each frame in order, and the position of each row's frame among them."""
    _, first, index = np.unique(frames, return_index=True, return_inverse=True)
    frame_times = times_s[first].astype(np.float64)
    if not np.array_equal(frame_times[index], times_s):
        raise FormatError("its rows of one frame differ in time_s")
    return frame_times, index.reshape(-1)


def _spans(index: IntArray, people: IntArray) -> dict[int, tuple[int, int]]:
    known, rows = np.unique(people[people >= 0], return_inverse=True)
    at_most(len(known), MAX_PEOPLE, what="people")
    frames = index[people >= 0]
    keys = np.unique(np.stack([rows.reshape(-1), frames]), axis=1)
    if keys.shape[1] != len(frames):
        raise FormatError("it has two rows for one person in one frame")
    starts = np.full(len(known), np.iinfo(np.int64).max)
    stops = np.zeros(len(known), dtype=np.int64)
    np.minimum.at(starts, rows.reshape(-1), frames)
    np.maximum.at(stops, rows.reshape(-1), frames + 1)
    return {int(person): (int(a), int(b)) for person, a, b in zip(known, starts, stops, strict=True)}


def _fill(
    found: Mapping[int, Fields],
    file: "pq.ParquetFile",
    keys: Keys,
    *,
    spans: dict[int, tuple[int, int]],
    name: str,
    joints: int,
) -> None:
    """Adds the field ``name`` to each person who has it, one row group at a time."""
    row = 0
    _check_column(file, name=name, joints=joints)
    for group in range(file.num_row_groups):
        column = file.read_row_group(group, columns=[name]).column(0).combine_chunks()
        part = keys.part(slice(row, row + len(column)))
        row += len(column)
        valid = np.asarray(column.is_valid())
        values = _rows(column, name=name, joints=joints)
        _scatter(found, part, values, valid=valid, spans=spans, name=name)


def _check_column(file: "pq.ParquetFile", *, name: str, joints: int) -> None:
    """Refuses lists of the wrong length before they are read, so that nothing is allocated needlessly."""
    import pyarrow as pa

    kind = file.schema_arrow.field(name).type
    if name == "score":
        fits = pa.types.is_floating(kind)
    elif pa.types.is_fixed_size_list(kind):
        fits = kind.list_size in {joints * width for width in _DIMENSIONS[name]}
    else:
        fits = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if not fits:
        raise FormatError(f"its column {name} must hold numbers for {joints} joints, not {kind}")


def _scatter(
    found: Mapping[int, Fields],
    keys: Keys,
    values: Float32Array,
    *,
    valid: BoolArray,
    spans: dict[int, tuple[int, int]],
    name: str,
) -> None:
    """Puts the values of the valid rows into the arrays of their people."""
    frames, people = keys.frames[valid], keys.people[valid]
    for person in np.unique(people[people >= 0]):
        start, stop = spans[int(person)]
        fields = found[int(person)]
        if name not in fields:
            fields[name] = np.full((stop - start, *values.shape[1:]), np.nan, dtype=np.float32)
        rows = people == person
        fields[name][frames[rows] - start] = values[rows]


def _rows(column: "pa.Array", *, name: str, joints: int) -> Float32Array:
    """The non-null rows of a column as (N,), (N, J) or (N, J, C)."""
    import pyarrow as pa

    if name == "score":
        return np.asarray(column.drop_null().cast(pa.float32()).to_numpy(zero_copy_only=False))
    column = column.drop_null()
    flat = np.asarray(column.flatten().cast(pa.float32()).to_numpy(zero_copy_only=False))
    for width in _DIMENSIONS[name]:
        if _all_lists_hold(column, joints * width):
            return flat.reshape(len(column), *((joints,) if name in _FLAT else (joints, width)))
    raise FormatError(f"its column {name} must hold lists for {joints} joints")


def _all_lists_hold(column: "pa.Array", count: int) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_fixed_size_list(column.type):
        return bool(column.type.list_size == count)
    lengths = np.asarray(pc.list_value_length(column))
    return bool((lengths == count).all())

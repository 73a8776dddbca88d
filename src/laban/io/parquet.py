"""Laban's own format: Parquet, one row per frame and person, sorted by frame and then person.

Columns: ``frame`` int32; ``time_s`` float64; ``person`` int32, null in the single row of a frame without
people; ``score`` float32; ``image_px``, ``depth_px``, ``world_m``, ``body`` and ``visibility`` as
fixed-size lists of float32, joint after joint (x, y or x, y, z of joint 0, then of joint 1, …). A field that
no one has is omitted; one that a person lacks is null in that person's rows. NaN is a landmark not seen.

The schema metadata holds, under ``laban``, a JSON header: ``version``, ``skeleton`` (name, joints, bones),
``source``, ``size_wh`` and ``metadata``. pandas, polars and DuckDB read the file directly.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, SKELETONS, Skeleton
from laban.errors import FormatError, InvalidValueError
from laban.io.files import one_line, reading, replacing
from laban.io.limits import MAX_FILE_BYTES, MAX_FRAMES, MAX_JOINTS, MAX_LANDMARKS, at_most
from laban.io.parquet_rows import LISTS, Keys, filled_people, group_keys, values_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

VERSION: Final = 1
KEY: Final = b"laban"
_LARGEST_ID: Final = 2**31 - 1


def write(recording: Recording, path: Path, *, rows_per_group: int = 2000) -> None:
    """Writes ``recording`` exactly.

    Its metadata must be plain JSON (string keys, lists instead of tuples, no NaN) and all people must have the
    same skeleton; anything else raises ``InvalidValueError``.
    """
    import pyarrow.parquet as pq

    if rows_per_group < 1:
        raise InvalidValueError(f"rows_per_group must be at least 1, got {rows_per_group}")
    schema = _schema(recording)
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            use_dictionary=["person"],  # landmarks hardly repeat: a dictionary would cost time and space
            write_page_checksum=True,
        ) as writer,
    ):
        for keys in group_keys(recording, rows_per_group=rows_per_group):
            writer.write_batch(_batch(recording, keys, schema=schema), row_group_size=rows_per_group)


def read(path: Path) -> Recording:
    """The recording that a Parquet file holds.

    Rows missing between a person's first and last become rows of NaN, so that files written row by row by
    other programs load too. A file of a later version, without the header or with columns of other shapes
    raises ``FormatError``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading(path, form="Parquet"):
        at_most(path.stat().st_size, MAX_FILE_BYTES, what="bytes")
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return _recording(file)
        except (pa.ArrowException, TypeError, KeyError, IndexError) as error:
            raise FormatError(one_line(error)) from error


@dataclass(frozen=True)
class Header:
    """The header of a file: what applies to the whole recording."""

    skeleton: Skeleton
    source: str
    size_wh: tuple[int, int] | None
    metadata: Mapping[str, object]


def header_of(metadata: Mapping[bytes, bytes] | None) -> Header:
    """The checked header among a schema's metadata."""
    if not metadata or KEY not in metadata:
        raise FormatError("it has no Laban header; write it with laban.save")
    header = json.loads(metadata[KEY])
    if not isinstance(header, dict) or not isinstance(header.get("version"), int):
        raise FormatError("its Laban header has no version")
    if header["version"] > VERSION:
        raise FormatError(
            f"it has version {header['version']}, this Laban reads up to {VERSION}; upgrade Laban"
        )
    about, size_wh = header.get("metadata", {}), header.get("size_wh")
    if not isinstance(about, dict):
        raise FormatError("the metadata in its header is not an object")
    size_wh = None if size_wh is None else (int(size_wh[0]), int(size_wh[1]))
    return Header(_skeleton_of(header["skeleton"]), str(header.get("source", "")), size_wh, about)


def _schema(recording: Recording) -> "pa.Schema":
    import pyarrow as pa

    people = recording.people.values()
    if recording.people and max(recording.people) > _LARGEST_ID:
        raise InvalidValueError(
            f"a Parquet file holds person ids up to {_LARGEST_ID}, got {max(recording.people)}"
        )
    skeleton = _shared_skeleton(people)
    fields = [pa.field("frame", pa.int32(), nullable=False), pa.field("time_s", pa.float64(), nullable=False)]
    fields.append(pa.field("person", pa.int32()))
    if any(sequence.score is not None for sequence in people):
        fields.append(pa.field("score", pa.float32()))
    fields += [
        pa.field(name, pa.list_(pa.float32(), len(skeleton) * width))
        for name in LISTS
        if (width := _width(people, name))
    ]
    return pa.schema(fields, metadata={KEY: _header_text(recording, skeleton).encode()})


def _header_text(recording: Recording, skeleton: Skeleton) -> str:
    header = {
        "version": VERSION,
        "skeleton": {"name": skeleton.name, "joints": skeleton.names, "bones": skeleton.bone_names},
        "source": recording.source,
        "size_wh": recording.size_wh,
        "metadata": dict(recording.metadata),
    }
    try:
        text = json.dumps(header, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(f"the metadata of a recording must be plain JSON: {error}") from error
    if json.loads(text)["metadata"] != header["metadata"]:
        raise InvalidValueError(
            "the metadata of a recording must be plain JSON: string keys, lists, no tuples"
        )
    return text


def _shared_skeleton(people: Iterable[PoseSequence]) -> Skeleton:
    found = {sequence.skeleton for sequence in people} or {BLAZEPOSE33}
    if len(found) > 1:
        names = ", ".join(sorted(skeleton.name for skeleton in found))
        raise InvalidValueError(f"a Parquet file holds one skeleton, got {names}; use to_skeleton first")
    return found.pop()


def _width(people: Iterable[PoseSequence], name: str) -> int:
    """How many numbers a joint takes in the column ``name``; 0 where no one has it."""
    shapes = {value.shape[2:] for sequence in people if (value := getattr(sequence, name)) is not None}
    if len(shapes) > 1:
        raise InvalidValueError(f"a Parquet file holds {name} in 2 or in 3 dimensions, not both")
    return int(np.prod(shapes.pop())) if shapes else 0


def _batch(recording: Recording, keys: Keys, *, schema: "pa.Schema") -> "pa.RecordBatch":
    import pyarrow as pa

    return pa.record_batch([_array(recording, keys, field) for field in schema], schema=schema)


def _array(recording: Recording, keys: Keys, field: "pa.Field") -> "pa.Array":
    import pyarrow as pa

    if field.name == "frame":
        return pa.array(keys.frames, field.type)
    if field.name == "time_s":
        return pa.array(recording.times_s[keys.frames], field.type)
    if field.name == "person":
        return pa.array(keys.people, field.type, mask=keys.people < 0)
    width = field.type.list_size if field.name in LISTS else 1
    values, absent = values_of(recording, keys, name=field.name, width=width)
    flat = pa.array(values.ravel(), pa.float32())
    if field.name in LISTS:
        return pa.FixedSizeListArray.from_arrays(flat, width, mask=pa.array(absent))
    return pa.array(values.ravel(), field.type, mask=absent)


def _recording(file: "pq.ParquetFile") -> Recording:
    header = header_of(file.schema_arrow.metadata)
    skeleton, size_wh = header.skeleton, header.size_wh
    at_most(file.metadata.num_rows, MAX_FRAMES, what="rows")
    at_most(file.metadata.num_rows * len(skeleton), MAX_LANDMARKS, what="landmarks")
    times_s, people = filled_people(file, skeleton=skeleton)
    sequences = {
        person: _sequence(fields, times_s[rows], skeleton, size_wh=size_wh)
        for person, (rows, fields) in people.items()
    }
    return Recording(header.source, times_s, sequences, size_wh, header.metadata)


def _sequence(
    fields: Mapping[str, Float32Array],
    times_s: Float64Array,
    skeleton: Skeleton,
    *,
    size_wh: tuple[int, int] | None,
) -> PoseSequence:
    unknown = np.full((len(times_s), len(skeleton)), np.nan, dtype=np.float32)
    known = {"visibility": unknown, **fields}
    return PoseSequence(times_s, skeleton, known.pop("visibility"), size_wh=size_wh, **known)


def _skeleton_of(described: Mapping[str, Sequence[Sequence[object]]]) -> Skeleton:
    """The skeleton of a header; anything else raises TypeError or KeyError, which ``read`` reports."""
    at_most(len(described["joints"]), MAX_JOINTS, what="joints")
    joints = tuple(str(joint) for joint in described["joints"])
    bones = tuple((str(first), str(second)) for first, second in described["bones"])
    given = Skeleton(str(described["name"]), joints, bones)
    known = SKELETONS.get(given.name)
    return known if known == given else given

"""The native file: exact, readable by others, forgiving to rows that are missing, strict about the rest."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.errors import FormatError, InvalidValueError, OutputError
from laban.io import limits, parquet

STICK = {"name": "stick", "joints": ["top", "end"], "bones": [["top", "end"]]}


def write_rows(path: Path, columns: dict[str, Any], **header: Any) -> Path:
    """A file as another program might write it."""
    text = {"version": 1, "skeleton": STICK, "source": "x", "size_wh": None, "metadata": {}} | header
    table = pa.table(columns).replace_schema_metadata({b"laban": json.dumps(text).encode()})
    pq.write_table(table, path)
    return path


def test_gives_back_what_it_was_given(pair: Recording, tmp_path: Path) -> None:
    assert laban.load(pair.save(tmp_path / "pair.parquet")) == pair


def test_keeps_a_recording_of_nobody(tmp_path: Path) -> None:
    empty = Recording("x.mp4", np.arange(3) / 3, {})
    assert laban.load(empty.save(tmp_path / "empty.parquet")) == empty


def test_keeps_rows_in_which_nobody_is_seen(alone: Recording, tmp_path: Path) -> None:
    image = alone.people[4].image_px.copy()
    image[[0, 2, 4]] = np.nan
    lost = alone.replace(people={4: alone.people[4].replace(image_px=image)})
    assert laban.load(lost.save(tmp_path / "lost.parquet")) == lost


def test_people_may_have_different_fields(pair: Recording, tmp_path: Path) -> None:
    bare = pair.people[1].replace(world_m=None, depth_px=None, score=None)
    mixed = pair.replace(people={1: bare, 4: pair.people[4]})
    assert laban.load(mixed.save(tmp_path / "mixed.parquet")) == mixed


def test_rows_are_sorted_and_grouped(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "pair.parquet", rows_per_group=4)
    table = pq.read_table(path)
    keys = list(zip(table["frame"].to_pylist(), table["person"].to_pylist(), strict=True))
    both = [(frame, person) for frame in range(2, 5) for person in (1, 4)]
    assert keys == [(0, None), (1, 1), *both, (5, 4), (6, 4), (7, None)]
    assert [pq.ParquetFile(path).metadata.row_group(group).num_rows for group in range(3)] == [4, 4, 3]


def test_pandas_reads_it_without_laban(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "pair.parquet")
    frame = pd.read_parquet(path)
    row = frame[(frame.person == 4) & (frame.frame == 3)].iloc[0]
    np.testing.assert_array_equal(row.image_px.reshape(33, 2), pair.people[4].image_px[1])
    assert row.time_s == pair.times_s[3]


def test_duckdb_reads_it_without_laban(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "pair.parquet")
    query = f"SELECT person, count(*), max(world_m[1]) FROM '{path}' WHERE person = 1 GROUP BY person"
    [(person, rows, highest)] = duckdb.sql(query).fetchall()
    assert (person, rows) == (1, 4)
    assert highest == pytest.approx(pair.people[1].world_m[:, 0, 0].max())


def test_an_earlier_file_survives_a_failed_save(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "pair.parquet")
    with pytest.raises(InvalidValueError, match="plain JSON"):
        pair.replace(metadata={"size": (1, 2)}).save(path)
    assert laban.load(path) == pair
    assert [one.name for one in tmp_path.iterdir()] == ["pair.parquet"]


@pytest.mark.parametrize("metadata", [{"a": float("nan")}, {"a": {1: 2}}, {"a": (1,)}, {"a": {3}}, {1: "a"}])
def test_refuses_metadata_that_json_would_change(pair: Recording, tmp_path: Path, metadata: Any) -> None:
    with pytest.raises(InvalidValueError, match="plain JSON"):
        pair.replace(metadata=metadata).save(tmp_path / "x.parquet")


def test_refuses_two_skeletons(pair: Recording, tmp_path: Path) -> None:
    mixed = pair.replace(people={1: pair.people[1], 4: pair.people[4].to_skeleton(COCO17)})
    with pytest.raises(InvalidValueError, match="one skeleton"):
        mixed.save(tmp_path / "x.parquet")


def test_refuses_an_id_that_does_not_fit(alone: Recording, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="person ids up to"):
        alone.replace(people={2**31: alone.people[4]}).save(tmp_path / "x.parquet")


def test_an_unwritable_place_is_one_error(pair: Recording, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        pair.save(tmp_path / "file" / "x.parquet")


def test_fills_rows_that_are_missing_with_nan(tmp_path: Path) -> None:
    columns = {
        "frame": [10, 11, 11, 14],
        "time_s": [0.5, 0.6, 0.6, 0.9],
        "person": [7, None, 8, 7],
        "image_px": [[1.0, 2, 3, 4], None, [5.0, 6, 7, None], [9.0, 9, 9, 9]],
    }
    recording = laban.load(write_rows(tmp_path / "x.parquet", columns))
    np.testing.assert_array_equal(recording.times_s, [0.5, 0.6, 0.9])
    first, second = recording.people[7], recording.people[8]
    np.testing.assert_array_equal(first.image_px[:, 0], [[1, 2], [np.nan, np.nan], [9, 9]])
    np.testing.assert_array_equal(second.image_px, [[[5, 6], [7, np.nan]]])
    assert np.isnan(first.visibility).all()
    assert recording.people[7].skeleton.bones == ((0, 1),)


def test_order_of_rows_does_not_matter(pair: Recording, tmp_path: Path) -> None:
    table = pq.read_table(pair.save(tmp_path / "pair.parquet"))
    shuffled = table.take(np.random.default_rng(1).permutation(len(table)))
    pq.write_table(shuffled, tmp_path / "shuffled.parquet", row_group_size=3)
    assert laban.load(tmp_path / "shuffled.parquet") == pair


GOOD: dict[str, Any] = {"frame": [0], "time_s": [0.0], "person": [0], "image_px": [[1.0, 2, 3, 4]]}


@pytest.mark.parametrize(
    ("columns", "header", "message"),
    [
        ({}, {"version": 2}, "upgrade Laban"),
        ({}, {"version": "1"}, "no version"),
        ({}, {"skeleton": 3}, "cannot read"),
        ({}, {"skeleton": {"name": "x", "joints": ["a", "a"], "bones": []}}, "twice"),
        ({}, {"skeleton": {"name": "x", "joints": ["a"] * 5000, "bones": []}}, "limit"),
        ({}, {"size_wh": [0, 5]}, "size_wh"),
        ({}, {"metadata": []}, "metadata"),
        ({"image_px": [[1.0, 2, 3]]}, {}, "2 joints"),
        ({"image_px": [[1.0, 2, 3, float("inf")]]}, {}, "infinite"),
        ({"image_px": ["text"]}, {}, "2 joints"),
        ({"time_s": [float("nan")]}, {}, "finite|differ"),
        ({"time_s": ["now"]}, {}, "must hold numbers"),
        ({"frame": [None]}, {}, "empty cells"),
        ({key: value * 2 for key, value in GOOD.items()}, {}, "two rows"),
        ({**{key: value * 2 for key, value in GOOD.items()}, "time_s": [0.0, 1.0]}, {}, "differ in time_s"),
    ],
)
def test_refuses_what_does_not_fit(
    tmp_path: Path, columns: dict[str, Any], header: dict[str, Any], message: str
) -> None:
    path = write_rows(tmp_path / "x.parquet", {**GOOD, **columns}, **header)
    with pytest.raises(FormatError, match=message):
        laban.load(path)


def test_refuses_a_table_without_the_header(tmp_path: Path) -> None:
    pq.write_table(pa.table(GOOD), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="no Laban header"):
        laban.load(tmp_path / "x.parquet")


def test_refuses_a_gap_that_would_fill_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laban.io.parquet_rows.MAX_LANDMARKS", 100)
    frames = list(range(60))
    columns = {
        "frame": frames,
        "time_s": [float(frame) for frame in frames],
        "person": [0, *[None] * 58, 0],
        "image_px": [[0.0] * 4, *[None] * 58, [0.0] * 4],
    }
    with pytest.raises(FormatError, match="120 landmarks"):
        laban.load(write_rows(tmp_path / "x.parquet", columns))


def test_notices_a_flipped_bit(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "pair.parquet")
    group = pq.ParquetFile(path).metadata.row_group(0)
    column = next(
        group.column(index) for index in range(9) if "world_m" in group.column(index).path_in_schema
    )
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(FormatError, match="CRC"):
        laban.load(path)


def test_a_file_too_large_is_not_opened(
    pair: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pair.save(tmp_path / "pair.parquet")
    monkeypatch.setattr(parquet, "MAX_FILE_BYTES", 10)
    with pytest.raises(FormatError, match="limit of 10"):
        laban.load(path)
    assert limits.MAX_FILE_BYTES > 10


def test_refuses_groups_of_no_rows(pair: Recording, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="rows_per_group"):
        pair.save(tmp_path / "x.parquet", rows_per_group=0)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_a_claim_of_many_rows_costs_no_memory(tmp_path: Path) -> None:
    """A column of one repeated value packs a thousandfold; the limit holds before it is unpacked."""
    rows, joints = 20_000, 1000
    skeleton = {"name": "wide", "joints": [f"j{index}" for index in range(joints)], "bones": []}
    values = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(rows * joints * 2, np.float32)), joints * 2)
    columns = {"frame": np.arange(rows), "time_s": np.arange(float(rows)), "person": np.zeros(rows, int)}
    path = write_rows(tmp_path / "x.parquet", {**columns, "image_px": values}, skeleton=skeleton)
    assert path.stat().st_size < 1_000_000
    code = (
        "import re, sys, laban\nfrom pathlib import Path\n"
        "from laban.io import parquet\n"
        "parquet.MAX_LANDMARKS = 1_000_000\n"
        "try:\n    laban.load(sys.argv[1])\n"
        "except laban.errors.FormatError as error:\n"
        "    assert 'more than the limit' in str(error)\n"
        "    print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert float(done.stdout) / 1024 < 150  # unpacked, the column alone takes 160 MB


def test_joints_in_the_header_win_over_a_known_name(tmp_path: Path) -> None:
    """Another program may call its own order of joints coco17; they are then not taken for COCO's."""
    joints = list(COCO17.names[::-1])
    described = {"name": "coco17", "joints": joints, "bones": []}
    points = pa.array([[float(value) for value in range(34)]] * 2)
    columns = {"frame": [0, 1], "time_s": [0.0, 0.1], "person": [0, 0], "image_px": points}
    sequence = laban.load(write_rows(tmp_path / "x.parquet", columns, skeleton=described)).people[0]
    assert sequence.skeleton.names == tuple(joints)
    assert sequence.skeleton is not COCO17
    assert sequence.skeleton != COCO17
    nose = sequence.to_skeleton(COCO17).image_px[0, COCO17.index("nose")]
    np.testing.assert_array_equal(nose, [32, 33])

"""Tables with a row for every joint, and the files in which tables come."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.io.standing import NAMES, SIZE_WH, standing, table

import laban
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import FormatError
from laban.io import AssumptionWarning, format_of
from laban.io import files as files_module

Records = list[dict[str, Any]]


def records(points: np.ndarray, *, people: int = 1, **names: str) -> Records:
    """Long rows; ``names`` rename columns."""
    return [
        {
            names.get("frame", "frame"): frame,
            **({"person": person + 1} if people > 1 else {}),
            names.get("joint", "joint"): NAMES[joint],
            names.get("x", "x"): float(points[frame, joint, 0]) + 100 * person,
            names.get("y", "y"): float(points[frame, joint, 1]),
            names.get("visibility", "visibility"): 0.5 + joint / 100,
        }
        for frame in range(len(points))
        for person in range(people)
        for joint in range(points.shape[1])
    ]


def as_csv(path: Path, rows: Records, *, separator: str = ",") -> Path:
    lines = [separator.join(rows[0])] + [separator.join(map(str, one.values())) for one in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def as_json(path: Path, rows: Records) -> Path:
    path.write_text(json.dumps(rows))
    return path


def as_lines(path: Path, rows: Records) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def as_parquet(path: Path, rows: Records) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def as_gzip(path: Path, rows: Records) -> Path:
    path.write_bytes(gzip.compress(as_csv(path, rows).read_bytes()))
    return path


FILES = [as_csv, as_json, as_lines, as_parquet, as_gzip]


@pytest.mark.parametrize("write", FILES)
def test_every_file_that_holds_a_long_table_is_read(
    tmp_path: Path, write: Callable[[Path, Records], Path]
) -> None:
    path = write(tmp_path / "poses", records(standing()))
    assert format_of(path).name == "long"
    recording = laban.load(path, fps=10, size_wh=SIZE_WH)
    np.testing.assert_allclose(recording.people[0].image_px, standing(), atol=1e-3)
    np.testing.assert_allclose(recording.times_s, np.arange(12) / 10)
    np.testing.assert_allclose(recording.people[0].visibility[3], 0.5 + np.arange(17) / 100, atol=1e-6)
    assert recording.people[0].skeleton.name == "coco17"


@pytest.mark.parametrize("write", FILES)
def test_every_file_that_holds_a_wide_table_is_read(
    tmp_path: Path, write: Callable[[Path, Records], Path]
) -> None:
    points = standing()
    rows = [
        {
            "": row,
            "timestamp": row * 40,
            **{f"{n}_{a}": float(one[j, k]) for j, n in enumerate(NAMES) for k, a in enumerate("xy")},
        }
        for row, one in enumerate(points)
    ]
    path = write(tmp_path / "poses", rows)
    assert format_of(path).name == "features66"
    recording = laban.load(path, size_wh=SIZE_WH)
    np.testing.assert_allclose(recording.people[0].image_px, points, atol=1e-3)
    np.testing.assert_allclose(recording.times_s, np.arange(12) * 0.04)


@pytest.mark.parametrize(
    "names",
    [
        {"frame": "Frame Number", "joint": "Keypoint", "x": "X", "y": "Y", "visibility": "Confidence"},
        {"frame": "image_id", "joint": "bodypart", "x": "x_px", "y": "y_px", "visibility": "likelihood"},
        {"frame": "frame_idx", "joint": "landmark_name", "x": "pos_x", "y": "pos_y", "visibility": "score"},
    ],
)
def test_columns_are_known_by_the_usual_names(tmp_path: Path, names: dict[str, str]) -> None:
    path = as_csv(tmp_path / "x.csv", records(standing(), **names), separator=";")
    recording = laban.load(path)
    np.testing.assert_allclose(recording.people[0].image_px, standing(), atol=1e-3)
    np.testing.assert_allclose(recording.people[0].visibility[0, 10], 0.6, atol=1e-6)


def test_rows_in_any_order_with_gaps_and_people(tmp_path: Path) -> None:
    rows = records(standing(), people=2)
    rows = [one for one in rows if not (one["frame"] == 4 and one["person"] == 2)]
    rows = [one for one in rows if not (one["joint"] == "nose" and one["frame"] == 7)]
    order = np.random.default_rng(0).permutation(len(rows))
    with pytest.warns(AssumptionWarning, match="not in order of time"):
        recording = laban.load(as_csv(tmp_path / "x.csv", [rows[index] for index in order]))
    assert list(recording.people) == [1, 2]
    assert np.isnan(recording.people[2].image_px[4]).all()
    assert np.isnan(recording.people[1].image_px[7, 0]).all()
    np.testing.assert_allclose(recording.people[2].image_px[5] - [100, 0], standing()[5], atol=1e-3)


@pytest.mark.parametrize("first", [0, 1])
def test_numbered_joints_count_from_0_or_1(tmp_path: Path, first: int) -> None:
    rows = [
        {
            "time_ms": 40 * (one["frame"]),
            "landmark": NAMES.index(one["joint"]) + first,
            "x": one["x"],
            "y": one["y"],
        }
        for one in records(standing())
    ]
    recording = laban.load(as_csv(tmp_path / "x.csv", rows))
    assert recording.times_s[-1] == pytest.approx(0.44)
    np.testing.assert_allclose(recording.people[0].image_px, standing(), atol=1e-3)
    with pytest.raises(FormatError, match="17 joints, openpose18"):
        laban.load(tmp_path / "x.csv", skeleton="openpose18")


def test_33_numbered_joints_are_blazepose(tmp_path: Path) -> None:
    rows = [
        {"frame": f, "joint": j, "x": 300.5 + 3 * j + f, "y": 200 + 9 * j}
        for f in range(3)
        for j in range(33)
    ]
    assert laban.load(as_csv(tmp_path / "x.csv", rows)).people[0].skeleton == BLAZEPOSE33


def test_shares_of_the_image_need_its_size(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "x.csv", records(standing() / SIZE_WH))
    with pytest.raises(FormatError, match="--size"):
        laban.load(path)
    np.testing.assert_allclose(laban.load(path, size_wh=SIZE_WH).people[0].image_px, standing(), atol=1e-2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows + rows[-1:], "same joint of the same person"),
        (lambda rows: [{k: v for k, v in one.items() if k != "frame"} for one in rows], "no column frame"),
        (lambda rows: [one | {"x": "left"} for one in rows], "'left' where a number is expected"),
        (lambda rows: [one | {"x": "1e999"} for one in rows], "infinite"),
        (lambda rows: [one | {"frame": 1.5} for one in rows[:1]], "expected a whole number"),
        (lambda rows: [one | {"joint": 10**5} for one in rows], "joints, more than the limit"),
        (
            lambda rows: [one | {"joint": f"j{index}"} for index, one in enumerate(rows * 6)],
            "joints, more than the limit",
        ),
        (lambda rows: [one | {"extra,": 1} for one in rows[:1]], "cells, expected"),
    ],
)
def test_what_is_no_long_table_is_refused(
    tmp_path: Path, change: Callable[[Records], Records], words: str
) -> None:
    path = as_csv(tmp_path / "x.csv", change(records(standing())))
    with pytest.raises(FormatError, match=words):
        laban.load(path, format="long")


def test_a_header_that_comes_again_is_passed_over_with_a_word(tmp_path: Path) -> None:
    whole = table(tmp_path / "x.csv", standing()).read_text().splitlines()
    (tmp_path / "x.csv").write_text("\n".join([*whole[:7], whole[0], *whole[7:], whole[0]]))
    with pytest.warns(AssumptionWarning, match="header is repeated 2 times"):
        recording = laban.load(tmp_path / "x.csv")
    np.testing.assert_allclose(recording.people[0].image_px, standing(), atol=1e-3)


@pytest.mark.filterwarnings("ignore::laban.io.loss.AssumptionWarning")
def test_files_put_together_whose_frames_begin_again_are_refused(tmp_path: Path) -> None:
    one = table(tmp_path / "x.csv", standing(), frame=range(12)).read_text()
    (tmp_path / "x.csv").write_text(one + one)
    with pytest.raises(FormatError, match="begin again, as if 2 clips"):
        laban.load(tmp_path / "x.csv")


def test_commas_at_the_end_of_rows_alone_are_nothing(tmp_path: Path) -> None:
    lines = table(tmp_path / "x.csv", standing()).read_text().splitlines()
    (tmp_path / "x.csv").write_text("\n".join([lines[0], *(f"{line},," for line in lines[1:])]))
    np.testing.assert_allclose(laban.load(tmp_path / "x.csv").people[0].image_px, standing(), atol=1e-3)


def test_parquet_of_lists_or_of_something_else_is_no_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"frame": [0], "keypoints": [[1.0, 2.0]]}), tmp_path / "lists.parquet")
    pq.write_table(pa.table({"a": [0], "b": [1.0]}), tmp_path / "other.parquet")
    for name in ("lists", "other"):
        with pytest.raises(FormatError, match="no Laban header"):
            laban.load(tmp_path / f"{name}.parquet")
    with pytest.raises(FormatError, match="not plain numbers"):
        laban.load(tmp_path / "lists.parquet", format="long")


def test_an_index_of_pandas_is_the_frame(tmp_path: Path) -> None:
    names = [f"{name}_{axis}" for name in NAMES for axis in "xy"]
    values = standing()[[0, 1, 5]].reshape(3, -1)
    columns = {name: values[:, place] for place, name in enumerate(names)} | {"__index_level_0__": [0, 1, 5]}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    np.testing.assert_allclose(laban.load(tmp_path / "x.parquet", fps=10).times_s, [0, 0.1, 0.5])


def test_a_bomb_of_gzip_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MAX_TEXT_BYTES", 1 << 20)
    head = table(tmp_path / "x.csv", standing()).read_bytes()
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(head + b"," * (1 << 22)))
    with pytest.raises(FormatError, match="larger than the limit"):
        laban.load(tmp_path / "x.csv.gz")


def test_damaged_gzip_is_refused_in_one_line(tmp_path: Path) -> None:
    packed = gzip.compress(table(tmp_path / "x.csv", standing(300)).read_bytes())
    for content in (packed[: len(packed) // 2], packed[:12], packed[:-9] + b"\0" * 9, b"\x1f\x8b"):
        (tmp_path / "x.csv.gz").write_bytes(content)
        for name in (None, "long", "tutorial", "features66"):
            with pytest.raises(FormatError, match=r"^[^\n]*\Z"):
                laban.load(tmp_path / "x.csv.gz", format=name)


@pytest.mark.filterwarnings("ignore::laban.io.loss.LossWarning")
@pytest.mark.parametrize("suffix", ["npy", "parquet", "pkl"])
def test_packed_files_of_other_sorts_say_what_to_do(tmp_path: Path, suffix: str) -> None:
    if suffix == "npy":
        np.save(tmp_path / "x.npy", standing())
    else:
        laban.load(table(tmp_path / "x.csv", standing()), size_wh=SIZE_WH).replace(metadata={}).save(
            tmp_path / f"x.{suffix}"
        )
    packed = tmp_path / f"x.{suffix}.gz"
    packed.write_bytes(gzip.compress((tmp_path / f"x.{suffix}").read_bytes()))
    with pytest.raises(FormatError, match="unpack it first"):
        laban.load(packed)


@pytest.mark.parametrize(
    ("start", "words"), [(b"BZh91AY", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd")]
)
def test_other_packers_are_named(tmp_path: Path, start: bytes, words: str) -> None:
    (tmp_path / "x.csv.bin").write_bytes(start + bytes(range(100)))
    with pytest.raises(FormatError, match=f"packed by {words}.*unpack it"):
        laban.load(tmp_path / "x.csv.bin")

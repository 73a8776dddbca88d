"""Tables of measurements as files: what is in them, to the bit."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import laban
from laban.core.features import Features
from laban.errors import InvalidValueError, OutputError
from laban.io.feature_table import headings, save_people_features, table_path


def table(shift: float = 0.0) -> Features:
    values = [[90.5 + shift, np.nan], [1 / 3, -2.0]]
    return Features([0.0, 0.1], ("left_knee", "velocity_nose_x"), ("deg", "px/s"), values)


def test_the_headings_hold_the_units() -> None:
    assert headings(table()) == ("left_knee [deg]", "velocity_nose_x [px/s]")


def test_a_table_saves_itself_as_csv_and_parquet(tmp_path: Path) -> None:
    assert laban.__version__
    path = table().save(tmp_path / "out" / "angles.csv")
    assert path.read_text() == (
        "time_s,left_knee [deg],velocity_nose_x [px/s]\n0.0,90.5,\n0.1,0.3333333333333333,-2.0\n"
    )
    columns = pq.read_table(table().save(str(tmp_path / "angles.PARQUET"))).to_pydict()
    assert list(columns) == ["time_s", "left_knee [deg]", "velocity_nose_x [px/s]"]
    assert columns["left_knee [deg]"] == [90.5, 1 / 3]
    assert np.isnan(columns["velocity_nose_x [px/s]"][0])


def test_people_stand_one_after_the_other_with_their_number(tmp_path: Path) -> None:
    people = {3: table(), 7: table(shift=1.0)}
    text = save_people_features(people, tmp_path / "a.csv").read_text().splitlines()
    assert text[0].startswith("person,time_s,left_knee [deg]")
    assert [line.split(",")[:3] for line in text[1:]] == [
        ["3", "0.0", "90.5"],
        ["3", "0.1", "0.3333333333333333"],
        ["7", "0.0", "91.5"],
        ["7", "0.1", "0.3333333333333333"],
    ]
    columns = pq.read_table(save_people_features(people, tmp_path / "a.parquet"))
    assert columns["person"].to_pylist() == [3, 3, 7, 7]
    assert str(columns.schema.field("person").type) == "int64"
    assert str(columns.schema.field("time_s").type) == "double"


@pytest.mark.parametrize("name", ["angles.xlsx", "angles", "angles.csv.gz"])
def test_other_suffixes_are_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"written as \.csv or \.parquet, got .*angles"):
        table_path(tmp_path / name)
    with pytest.raises(InvalidValueError, match=r"written as \.csv"):
        table().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_people_with_other_columns_and_no_people_make_no_table(tmp_path: Path) -> None:
    other = Features([0.0], ("left_hip",), ("deg",), [[1.0]])
    with pytest.raises(InvalidValueError, match="same columns, got 2 kinds"):
        save_people_features({1: table(), 2: other}, tmp_path / "a.csv")
    with pytest.raises(InvalidValueError, match="same columns, got 0 kinds"):
        save_people_features({}, tmp_path / "a.csv")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        table().save(tmp_path / "file" / "a.csv")

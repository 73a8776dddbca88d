import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.features import Features
from laban.errors import InvalidValueError, MissingExtraError, UnknownNameError


def table(**changes: Any) -> Features:
    values: dict[str, Any] = {
        "times_s": [0.0, 0.5, 1.0],
        "names": ("knee", "speed"),
        "units": ("deg", "m/s"),
        "values": [[90.0, 1.0], [np.nan, 2.0], [180.0, 3.0]],
    }
    return Features(**{**values, **changes})


def test_columns_go_by_name() -> None:
    one = table()
    assert len(one) == 3
    assert one["speed"].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(UnknownNameError, match="unknown feature 'nee'; did you mean 'knee'"):
        one["nee"]


def test_nothing_in_it_can_be_changed() -> None:
    one = table()
    for array in (one.times_s, one.values, one["knee"]):
        assert array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(FrozenInstanceError):
        one.names = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"units": ("deg",)}, "got 1 units for 2 features"),
        ({"names": ("knee", "knee")}, "named once, got knee more than once"),
        ({"values": np.zeros((3, 3))}, r"values must have shape \(3, 2\), got \(3, 3\)"),
        ({"times_s": [0.0, 1.0]}, r"values must have shape \(2, 2\), got \(3, 2\)"),
        ({"times_s": 0.0}, r"times_s must have shape \(T\), got \(\)"),
        ({"values": np.full((3, 2), np.inf)}, "values holds infinite values"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        table(**changes)


@pytest.mark.parametrize(
    "changes", [{"names": ("knee", "pace")}, {"units": ("deg", "km/h")}, {"values": np.zeros((3, 2))}]
)
def test_tables_are_equal_by_content(changes: dict[str, Any]) -> None:
    assert table() == table(names=["knee", "speed"])
    assert table() != table(**changes)


def test_tables_of_the_same_times_stand_side_by_side() -> None:
    both = table().join(table(names=("hip", "pace")))
    assert both.names == ("knee", "speed", "hip", "pace")
    assert both.units == ("deg", "m/s", "deg", "m/s")
    assert np.array_equal(both["pace"], table()["speed"])


def test_a_table_without_columns_stands_beside_any() -> None:
    empty = Features(table().times_s, (), (), np.zeros((3, 0)))
    assert table().join(empty) == table()


def test_tables_of_other_times_or_of_the_same_names_do_not() -> None:
    with pytest.raises(InvalidValueError, match="different times cannot be joined"):
        table().join(table(times_s=[0.0, 0.5, 1.1], names=("hip", "pace")))
    with pytest.raises(InvalidValueError, match="named once, got knee more than once"):
        table().join(table(names=("knee", "pace")))


def test_a_table_becomes_a_data_frame_with_its_units() -> None:
    pandas = pytest.importorskip("pandas")
    frame = table().to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.index.name == "time_s"
    assert frame.index.tolist() == [0.0, 0.5, 1.0]
    assert frame.attrs["units"] == {"knee": "deg", "speed": "m/s"}
    assert frame["speed"].tolist() == [1.0, 2.0, 3.0]
    frame.loc[0.0, "speed"] = 9.0
    assert table()["speed"][0] == 1.0


def test_without_pandas_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match="needs pandas; get it with: pip install pandas"):
        table().to_pandas()


def test_saving_writes_the_table(tmp_path: Path) -> None:
    path = table().save(str(tmp_path / "angles.csv"))
    assert path == tmp_path / "angles.csv"
    assert path.read_text().startswith("time_s,")

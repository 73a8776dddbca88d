"""Tables that hold several clips are told as such, with the way to split them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.io.standing import standing, table

import laban
from laban.errors import FormatError
from laban.io import AssumptionWarning

TWICE = [*range(6), *range(6)]
CLIPS = ["a"] * 6 + ["b"] * 6


@pytest.mark.parametrize("name", ["video", "Clip ID", "file", "session"])
def test_a_column_that_names_clips_is_named(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / "x.csv", standing(12), **{"frame": TWICE, name: CLIPS})
    with pytest.raises(FormatError, match=rf"holds 2 clips, named in the column {name}.*groupby\('{name}'\)"):
        laban.load(path)


@pytest.mark.parametrize(
    "before",
    [{"frame": TWICE}, {"time_s": [one / 10 for one in TWICE]}, {"image": [f"{one}.jpg" for one in TWICE]}],
)
def test_frames_that_begin_again_are_clips(tmp_path: Path, before: dict[str, Sequence[Any]]) -> None:
    path = table(tmp_path / "x.csv", standing(12), **before)
    with pytest.raises(FormatError, match="begin again, as if 2 clips were put together"):
        laban.load(path)


def test_rows_of_one_frame_beside_each_other_are_people(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", standing(12), frame=np.repeat(range(6), 2))
    with pytest.raises(FormatError, match="add a column person"):
        laban.load(path)


def test_clips_whose_frames_go_on_are_one_with_a_word(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", standing(12), frame=range(12), video=CLIPS)
    with pytest.warns(AssumptionWarning) as warned:
        assert len(laban.load(path).times_s) == 12
    assert any("column video names 2 clips" in str(one.message) for one in warned)


@pytest.mark.parametrize("clips", [["a"] * 12, [f"{index}.mp4" for index in range(12)]])
@pytest.mark.filterwarnings("ignore:these columns are left out")
def test_one_clip_and_a_name_for_every_row_are_no_clips(tmp_path: Path, clips: list[str]) -> None:
    assert (
        len(laban.load(table(tmp_path / "x.csv", standing(12), frame=range(12), video=clips)).times_s) == 12
    )

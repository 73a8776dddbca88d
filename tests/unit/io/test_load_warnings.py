"""What tables and JSON hold that cannot be right: clocks that jump, two scales, bodies outside, ids left out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io.frame_times import seconds_of, seconds_of_cells

BODY = np.array([[100.0 + 10 * (joint % 4), 50.0 + 20 * joint] for joint in range(17)])


def table(folder: Path, bodies: Any, *, column: str = "frame", cells: Sequence[Any] | None = None) -> Path:
    cells = range(len(bodies)) if cells is None else cells
    header = "frame" if column == "frame" else f"frame,{column}"
    names = [f"{name}_{axis}" for name in COCO17.names for axis in "xy"]
    lines = [",".join([header, *names])]
    for index, (cell, body) in enumerate(zip(cells, bodies, strict=True)):
        first = f"{index},{cell}" if column != "frame" else str(cell)
        lines.append(",".join([first, *(f"{value:.5f}" for value in np.ravel(body))]))
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(("scale", "axis"), [((1 / 640, 1), "x"), ((1, 1 / 640), "y")])
def test_one_axis_in_shares_is_refused(tmp_path: Path, scale: tuple[float, float], axis: str) -> None:
    with pytest.raises(FormatError, match=rf"its {axis} runs from 0 to .*multiply {axis}"):
        laban.load(table(tmp_path, [BODY * scale] * 6))


def test_rows_of_two_scales_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"2 of its bodies have coordinates from 0 to 1.*6 have pixels"):
        laban.load(table(tmp_path, [BODY] * 6 + [BODY / 640] * 2))


def test_a_single_row_of_another_scale_is_warned_of(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="1 of its bodies"):
        laban.load(table(tmp_path, [BODY] * 39 + [BODY / 640]))


@pytest.mark.parametrize(
    ("shift", "where"),
    [((700, 0), "right of"), ((0, 640), "below"), ((-700, 0), "left of"), ((0, -900), "above")],
)
def test_a_body_outside_the_image_is_warned_of(tmp_path: Path, shift: tuple[int, int], where: str) -> None:
    with pytest.warns(UserWarning, match=rf"100% of its joints lie {where} the image of 640x480"):
        recording = laban.load(table(tmp_path, [BODY + shift] * 4), size_wh=(640, 480))
    assert any(where in note for note in recording.metadata["notes"])


def test_a_row_without_an_id_is_the_one_persons(tmp_path: Path) -> None:
    path = table(tmp_path, [BODY] * 7, column="person", cells=[3, 3, "", 3, 3, "nan", 3])
    with pytest.warns(UserWarning, match=r"2 of its rows have no person id.*the one person, 3"):
        recording = laban.load(path)
    assert list(recording.people) == [3]


def test_rows_without_ids_among_several_people_are_warned_of(tmp_path: Path) -> None:
    path = table(tmp_path, [BODY] * 4, column="person", cells=[1, 2, "", 2])
    with pytest.warns(UserWarning, match="one more person, 3"):
        assert list(laban.load(path).people) == [1, 2, 3]


def test_a_detection_without_an_id_is_the_one_persons(tmp_path: Path) -> None:
    frames = [{"frame": t, "people": [{"id": 5, "keypoints": BODY.tolist()}]} for t in range(4)]
    del frames[2]["people"][0]["id"]  # type: ignore[index]
    path = tmp_path / "frames.json"
    path.write_text(json.dumps(frames))
    with pytest.warns(UserWarning, match=r"1 detections have no id.*the one person, 5"):
        assert list(laban.load(path).people) == [5]


def test_a_clock_that_jumps_is_warned_of(tmp_path: Path) -> None:
    cells = [index / 30 + 3600 * (index > 3) for index in range(8)]
    with pytest.warns(UserWarning, match=r"jumps by 3600\.\d+ s after 0\.1 s"):
        recording = laban.load(table(tmp_path, [BODY] * 8, column="time", cells=cells))
    assert "jumps" in recording.metadata["notes"][0]


def test_a_clock_below_0_is_warned_of(tmp_path: Path) -> None:
    cells = [index / 30 - 1 for index in range(8)]
    with pytest.warns(UserWarning, match="starts below 0, at -1 s"):
        laban.load(table(tmp_path, [BODY] * 8, column="time", cells=cells))


def test_a_pause_is_not_warned_of(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    cells = [index / 30 + 10 * (index > 3) for index in range(8)]
    laban.load(table(tmp_path, [BODY] * 8, column="time", cells=cells))
    assert not recwarn.list


def test_drop_frame_timecodes_bear_their_rate() -> None:
    cells = ["00:00:00;00", "00:00:01;05", "00:00:59;29", "00:01:00;02", "00:10:00;00"]
    found, _ = seconds_of_cells(cells, name="timecode")
    np.testing.assert_allclose(found, np.array([0, 35, 1799, 1800, 17982]) * 1.001 / 30)


def test_a_column_of_timecodes_is_the_clock(tmp_path: Path) -> None:
    cells = [f"00:00:0{index};15" for index in range(4)]
    recording = laban.load(table(tmp_path, [BODY] * 4, column="timecode", cells=cells))
    np.testing.assert_allclose(np.diff(recording.times_s), 1.001)


@pytest.mark.parametrize("name", ["time_min", "timeMin", "minutes"])
def test_minutes_are_a_unit(name: str) -> None:
    found, _ = seconds_of(np.array([0, 1, 2]) / 1800, name=name)
    np.testing.assert_allclose(found, [0, 1 / 30, 2 / 30])

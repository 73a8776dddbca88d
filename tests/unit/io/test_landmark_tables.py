"""Tables of landmarks with the headers, separators, clocks and gaps that people have."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import laban
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import FormatError
from laban.io import AssumptionWarning

SIZE = {"size_wh": (640, 480)}
ROWS = 4
RNG = np.random.default_rng(5)
POINTS = RNG.uniform(0.2, 0.8, (ROWS, 33, 2)).round(4)
NUMBERED = [f"{axis}{joint}" for joint in range(33) for axis in "xy"]
Header = Callable[[int, str], str]


def table(
    path: Path,
    header: Sequence[str],
    *,
    before: Sequence[Sequence[object]] = (),
    points: np.ndarray = POINTS,
    separator: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """A table with the columns ``before`` in front of those of the landmarks."""
    lines = [separator.join(header)]
    for row, values in enumerate(points.reshape(len(points), -1)):
        cells = [str(column[row]) for column in before] + [str(value) for value in values]
        lines.append(separator.join(cells))
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def in_pixels(recording: laban.Recording) -> np.ndarray:
    return recording.people[0].image_px


@pytest.mark.parametrize(
    "name",
    [
        lambda joint, axis: f"{axis}{joint}",
        lambda joint, axis: f"{axis}{joint + 1}",
        lambda joint, axis: f"{axis.upper()}_{joint}",
        lambda joint, axis: f"{joint}_{axis}",
        lambda joint, axis: f"landmark_{joint:02d}_{axis}",
        lambda joint, axis: f"lm{joint}_{axis}",
        lambda joint, axis: f"{BLAZEPOSE33.names[joint]}_{axis}",
        lambda joint, axis: f"{axis}_{BLAZEPOSE33.names[joint]}",
        lambda joint, axis: f"{BLAZEPOSE33.names[joint].upper()}_{axis.upper()}",
        lambda joint, axis: f"PoseLandmark.{BLAZEPOSE33.names[joint].upper()}.{axis}",
        lambda joint, axis: f'"{BLAZEPOSE33.names[joint].replace("_", " ").title()} {axis}"',
    ],
)
@pytest.mark.parametrize("by_axis", [False, True])
def test_headers_name_the_columns(tmp_path: Path, name: Header, by_axis: bool) -> None:
    header = [name(joint, axis) for joint in range(33) for axis in "xy"]
    points = POINTS
    if by_axis:
        header = [name(joint, axis) for axis in "xy" for joint in range(33)]
        points = POINTS.transpose(0, 2, 1)
    recording = laban.load(table(tmp_path / "x.csv", header, points=points), **SIZE)
    np.testing.assert_allclose(in_pixels(recording), POINTS * (640, 480), rtol=1e-6)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(tmp_path: Path, separator: str, encoding: str) -> None:
    label = [["geübt"] * ROWS]
    path = table(
        tmp_path / "x.csv", ["class", *NUMBERED], before=label, separator=separator, encoding=encoding
    )
    recording = laban.load(path, **SIZE)
    np.testing.assert_allclose(in_pixels(recording), POINTS * (640, 480), rtol=1e-6)
    assert recording.metadata["label"] == "geübt"


@pytest.mark.parametrize(
    ("column", "values", "times_s"),
    [
        ("frame", [0, 1, 5, 6], [0, 0.1, 0.5, 0.6]),
        ("Frame Number", [1, 2, 6, 7], [0, 0.1, 0.5, 0.6]),
        ("frame_id", ["3.0", "4.0", "5.0", "9.0"], [0.3, 0.4, 0.5, 0.9]),
        ("", [0, 1, 2, 7], [0, 0.1, 0.2, 0.7]),
        ("image_name", ["a/f_0.png", "a/f_2.png", "a/f_4.png", "a/f_10.png"], [0, 0.2, 0.4, 1.0]),
        ("time", [0, 0.5, 0.75, 2], [0, 0.5, 0.75, 2]),
        ("timestamp_ms", [0, 40, 80, 120], [0, 0.04, 0.08, 0.12]),
        ("Timestamp", [0, 40, 80, 120], [0, 0.04, 0.08, 0.12]),
        ("time", ["00:00:59.5", "00:01:00.0", "00:01:00.5", "01:00:00.0"], [59.5, 60, 60.5, 3600]),
        ("timestamp", [f"2026-01-02 03:04:05.{digit}" for digit in "0137"], [0, 0.1, 0.3, 0.7]),
        ("index", [9, 9, 9, 9], [0, 0.1, 0.2, 0.3]),
    ],
)
def test_a_column_is_the_clock(
    tmp_path: Path, column: str, values: list[object], times_s: list[float]
) -> None:
    path = table(tmp_path / "x.csv", [column, *NUMBERED], before=[values])
    np.testing.assert_allclose(laban.load(path, fps=10, **SIZE).times_s, times_s, atol=1e-6)


def test_rows_out_of_order_are_put_into_it_with_a_word(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", ["frame", *NUMBERED], before=[[2, 0, 1, 3]])
    with pytest.warns(AssumptionWarning, match="not in order of time"):
        recording = laban.load(path, fps=10, **SIZE)
    np.testing.assert_allclose(in_pixels(recording)[0], POINTS[1] * (640, 480), rtol=1e-6)


def test_people_are_told_apart_by_their_column(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", ["frame", "person_id", *NUMBERED], before=[[0, 0, 1, 2], [4, 7, 4, 4]])
    recording = laban.load(path, fps=10, **SIZE)
    assert {person: len(one) for person, one in recording.people.items()} == {4: 3, 7: 1}
    with pytest.raises(FormatError, match="add a column person"):
        laban.load(table(tmp_path / "y.csv", ["frame", *NUMBERED], before=[[0, 0, 1, 2]]), **SIZE)


@pytest.mark.parametrize("missing", ["", "nan", "NaN", "NA", "null", "0.0"])
def test_rows_of_nothing_are_not_seen(tmp_path: Path, missing: str) -> None:
    path = table(tmp_path / "x.csv", NUMBERED)
    lines = path.read_text().splitlines()
    lines[2] = ",".join([missing] * 66)
    path.write_text("\n".join(lines))
    assert laban.load(path, **SIZE).people[0].seen.tolist() == [True, False, True, True]


def test_pixels_are_pixels(tmp_path: Path) -> None:
    pixels = (POINTS * (640, 480)).round(1)
    recording = laban.load(table(tmp_path / "x.csv", NUMBERED, points=pixels))
    np.testing.assert_allclose(in_pixels(recording), pixels, rtol=1e-6)
    assert recording.size_wh is None


def test_metres_around_the_hips_are_refused(tmp_path: Path) -> None:
    world = RNG.normal(0, 0.4, (ROWS, 33, 2))
    world[:, 24] = -world[:, 23]
    with pytest.raises(FormatError, match="world landmarks"):
        laban.load(table(tmp_path / "x.csv", NUMBERED, points=world), **SIZE)


def test_named_joints_of_another_skeleton(tmp_path: Path) -> None:
    header = [f"{joint}_{axis}" for joint in COCO17.names for axis in "xy"]
    recording = laban.load(table(tmp_path / "x.csv", header, points=POINTS[:, :17]), **SIZE)
    assert recording.people[0].skeleton is COCO17


def test_numbered_joints_of_another_skeleton_need_its_name(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", NUMBERED[:34], points=POINTS[:, :17])
    with pytest.raises(FormatError, match=r"numbers 17 joints.*--skeleton"):
        laban.load(path, **SIZE)
    assert laban.load(path, skeleton="coco17", **SIZE).people[0].skeleton is COCO17


def test_other_columns_are_left_out_with_a_word(tmp_path: Path) -> None:
    header = [
        "bbox_x",
        "bbox_y",
        "camera",
        *(f"{joint}_{axis}" for joint in BLAZEPOSE33.names for axis in "xy"),
    ]
    path = table(tmp_path / "x.csv", header, before=[[1] * ROWS, [2] * ROWS, ["north"] * ROWS])
    with pytest.warns(AssumptionWarning, match="left out: bbox_x, bbox_y, camera"):
        recording = laban.load(path, **SIZE)
    np.testing.assert_allclose(in_pixels(recording), POINTS * (640, 480), rtol=1e-6)


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_class_without_a_header(tmp_path: Path, place: str) -> None:
    rows = [",".join(map(str, row)) for row in POINTS.reshape(ROWS, -1)]
    lines = [f"squat,{row}" if place == "first" else f"{row},squat" for row in rows]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    recording = laban.load(tmp_path / "x.csv", **SIZE)
    np.testing.assert_allclose(in_pixels(recording), POINTS * (640, 480), rtol=1e-6)
    assert recording.metadata["label"] == "squat"


def test_blanks_separate_too(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "x.txt", POINTS.reshape(ROWS, -1))
    recording = laban.load(tmp_path / "x.txt", **SIZE)
    np.testing.assert_allclose(in_pixels(recording), POINTS * (640, 480), rtol=1e-6)


def test_a_clock_that_stands_still_needs_the_frame_rate(tmp_path: Path) -> None:
    header = ["time", *NUMBERED]
    clock = ["12:00:00", "12:00:00", "12:00:01", "12:00:01"]
    path = table(tmp_path / "x.csv", header, before=[clock])
    with pytest.raises(FormatError, match=r"2 of its rows have the time of another.*--fps"):
        laban.load(path, **SIZE)
    recording = laban.load(path, fps=2, **SIZE)
    np.testing.assert_allclose(recording.times_s, [0, 0.5, 1, 1.5])
    assert "stands still" in recording.metadata["assumed"]["frames"]


@pytest.mark.parametrize(
    "name", ["relative_time", "ticks", "datetime", "frame_timestamp", "unix_time", "epoch_ms"]
)
def test_further_names_of_clocks(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / "x.csv", [name, *NUMBERED], before=[[0, 33, 67, 100]])
    assert laban.load(path, **SIZE).times_s[-1] == pytest.approx(0.1)

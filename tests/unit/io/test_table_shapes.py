"""The same poses in all the shapes in which tables come are the same recording."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, standing

import laban
from laban.core.skeleton import COCO17
from laban.errors import FormatError

FRAMES = [*range(8), *range(10, 14)]
POINTS = np.round(standing(len(FRAMES)), 2)
COLUMNS = [f"{name}_{axis}" for name in NAMES for axis in "xy"]
HEADER = ["frame", *COLUMNS]
ROWS = [
    [frame, *values] for frame, values in zip(FRAMES, POINTS.reshape(len(FRAMES), -1).tolist(), strict=True)
]
RECORDS = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
Shape = Callable[[], str]


def text(*rows: Any, separator: str = ",") -> str:
    return "\n".join(separator.join(map(str, row)) for row in rows)


def quoted(cells: list[str]) -> list[str]:
    return [f'"{cell}"' for cell in cells]


def points_in_cells() -> str:
    rows = [
        [frame, *quoted([f"({x}, {y})" for x, y in body])] for frame, body in zip(FRAMES, POINTS, strict=True)
    ]
    return text(["frame", *NAMES], *rows)


def melted() -> str:
    numbers = ((row[0], name, row[1 + place]) for place, name in enumerate(COLUMNS) for row in ROWS)
    return text(["frame", "variable", "value"], *numbers)


def by_axis() -> str:
    places = [(joint, axis) for axis in "xy" for joint in NAMES]
    rows = ((row[0], *place, row[HEADER.index("_".join(place))]) for place in places for row in ROWS)
    return text(["frame", "joint", "axis", "value"], *rows)


def keypoint_cells(*, dictionary: bool) -> str:
    def cell(body: np.ndarray) -> str:
        held = {"x": body[:, 0].tolist(), "y": body[:, 1].tolist()} if dictionary else body.tolist()
        return str(held) if dictionary else json.dumps(held)

    return text(
        ["frame", "keypoints"],
        *([frame, f'"{cell(body)}"'] for frame, body in zip(FRAMES, POINTS, strict=True)),
    )


SHAPES: dict[str, Shape] = {
    "plain": lambda: text(HEADER, *ROWS),
    "comments": lambda: "# made by a tool\n# fps: 30\n" + text(HEADER, *ROWS),
    "commented header": lambda: "# " + text(HEADER, *ROWS),
    "commented header, blanks": lambda: "# " + text(HEADER, *ROWS, separator=" "),
    "two rows": lambda: text(["", *(name for name in NAMES for _ in "xy")], ["", *"xy" * 17], *ROWS),
    "two rows, merged": lambda: text(
        ["", *(one for name in NAMES for one in (name, ""))], ["frame", *"xy" * 17], *ROWS
    ),
    "two rows and the index's name": lambda: text(
        ["joint", *(name for name in NAMES for _ in "xy")], ["axis", *"xy" * 17], ["frame", *[""] * 34], *ROWS
    ),
    "units": lambda: text(HEADER, ["-", *["px"] * 34], *ROWS),
    "units in brackets": lambda: text(HEADER, ["", *["[pixel]"] * 34], *ROWS, separator=";"),
    "points in cells": points_in_cells,
    "melted": melted,
    "melted by axis": by_axis,
    "frames side by side": lambda: text(*zip(HEADER, *ROWS, strict=True)),
    "keypoints in a cell": lambda: keypoint_cells(dictionary=False),
    "a dictionary in a cell": lambda: keypoint_cells(dictionary=True),
    "json records": lambda: json.dumps(RECORDS),
    "json columns": lambda: json.dumps(
        {name: {str(index): one[name] for index, one in enumerate(RECORDS)} for name in HEADER}
    ),
    "json index": lambda: json.dumps({str(index): one for index, one in enumerate(RECORDS)}),
    "json index of frames": lambda: json.dumps(
        {str(one["frame"]): {name: one[name] for name in COLUMNS} for one in RECORDS}
    ),
    "json split": lambda: json.dumps({"columns": HEADER, "index": list(range(len(ROWS))), "data": ROWS}),
    "json split without index": lambda: json.dumps({"columns": HEADER, "data": ROWS}),
    "json table": lambda: json.dumps({"schema": {"fields": [{"name": "frame"}]}, "data": RECORDS}),
    "json lists": lambda: json.dumps({name: [one[name] for one in RECORDS] for name in HEADER}),
}


def load(folder: Path, content: str, **options: Any) -> laban.Recording:
    path = folder / "table.txt"
    path.write_text(content)
    return laban.load(path, **options)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_holds_the_same(tmp_path: Path, shape: str) -> None:
    recording = load(tmp_path, SHAPES[shape](), fps=10)
    assert list(recording.people) == [0]
    assert recording.people[0].skeleton == COCO17
    np.testing.assert_allclose(recording.times_s, np.array(FRAMES) / 10)
    np.testing.assert_allclose(recording.people[0].image_px, POINTS, rtol=1e-6)


def test_a_table_larger_than_the_head_is_recognised(tmp_path: Path) -> None:
    points = standing(400)
    content = {
        name: dict(enumerate(points[:, place // 2, place % 2].tolist())) for place, name in enumerate(COLUMNS)
    }
    assert len(json.dumps(content)) > 1 << 17
    assert len(load(tmp_path, json.dumps(content)).times_s) == 400


def test_the_unit_of_a_time_is_kept(tmp_path: Path) -> None:
    rows = [[40 * index, *row[1:]] for index, row in enumerate(ROWS)]
    recording = load(tmp_path, text(["time", *COLUMNS], ["ms", *["px"] * 34], *rows))
    np.testing.assert_allclose(np.diff(recording.times_s), 0.04)


def test_units_of_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="row of units says mm; expected pixels"):
        load(tmp_path, text(HEADER, ["", *["mm"] * 34], *ROWS))


def test_a_number_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"repeats nose_x of a frame; add a column person or frame"):
        load(tmp_path, melted() + "\n0,nose_x,1.5")


def test_a_cell_without_a_point_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"line 3 holds '\(7' where a point \(x, y\) is expected"):
        load(
            tmp_path,
            points_in_cells().replace('"(' + str(POINTS[1, 0, 0]) + f', {POINTS[1, 0, 1]})"', '"(7"', 1),
        )


@pytest.mark.parametrize("points", [501, 543])
def test_the_body_of_holistic_is_its_first_33(tmp_path: Path, points: int) -> None:
    header = ["class", *(f"{axis}{number}" for number in range(1, points + 1) for axis in "xyzv")]
    body = np.repeat(standing(3) / (1280, 720), 2, axis=1)[:, :33]
    flat = np.concatenate([body, np.full((3, 33, 2), 0.5)], axis=2).reshape(3, -1)
    rows = [["squat", *row.tolist(), *[0.5] * 4 * (points - 33)] for row in flat]
    with pytest.warns(UserWarning, match="all joints but the first 33"):
        recording = load(tmp_path, text(header, *rows), size_wh=(1280, 720))
    assert recording.people[0].skeleton.name == "blazepose33"
    np.testing.assert_allclose(recording.people[0].image_px, body * (1280, 720), rtol=1e-5)


MOMENTS = [f"2024-10-27 12:59:58.{40 * index:03d}" for index in range(len(ROWS))]
UNIX_MS = [str(1_730_033_998_000 + 40 * index) for index in range(len(ROWS))]


@pytest.mark.parametrize("index", [MOMENTS, UNIX_MS])
@pytest.mark.parametrize("orient", ["columns", "index", "split", "csv"])
def test_an_index_of_times_is_the_clock(tmp_path: Path, index: list[str], orient: str) -> None:
    bare = [{name: one[name] for name in COLUMNS} for one in RECORDS]
    if orient == "columns":
        content: Any = {name: dict(zip(index, (one[name] for one in bare), strict=True)) for name in COLUMNS}
    elif orient == "index":
        content = dict(zip(index, bare, strict=True))
    else:
        content = {"columns": COLUMNS, "index": index, "data": [row[1:] for row in ROWS]}
    made = json.dumps(content)
    if orient == "csv":
        name = "" if index is MOMENTS else "time_ms"
        made = text([name, *COLUMNS], *([key, *row[1:]] for key, row in zip(index, ROWS, strict=True)))
    np.testing.assert_allclose(np.diff(load(tmp_path, made).times_s), 0.04, atol=1e-6)


@pytest.mark.parametrize("row", [["px"] * 33, ["", *"xy" * 16], ["1 2"] * 30])
def test_a_second_row_of_another_width_is_refused(tmp_path: Path, row: list[str]) -> None:
    with pytest.raises(FormatError, match=r"line 2 has \d+ cells, expected 35"):
        load(tmp_path, text(HEADER, row, *ROWS))


@pytest.mark.parametrize("form", [None, "tutorial", "features66"])
@pytest.mark.parametrize("as_lines", [False, True])
def test_rows_without_names_in_json_are_refused(tmp_path: Path, form: str | None, *, as_lines: bool) -> None:
    """What pandas writes with ``orient="values"``: nothing says which number is what."""
    rows = [[one if isinstance(one, str) else float(one) for one in row] for row in ROWS]
    lines = "\n".join(map(json.dumps, rows))
    path = tmp_path / "x.json"
    path.write_text(lines if as_lines else json.dumps(rows))
    with pytest.raises(FormatError, match=r"rows are lists of numbers without names.* orient='split'"):
        laban.load(path, format=form)

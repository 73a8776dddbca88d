"""Coordinates that say of a joint that it was not seen, and coordinates in other units."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, SIZE_WH, results, standing, table

import laban
from laban.errors import FormatError
from laban.io import AssumptionWarning
from laban.io.missing_marks import distinct, unseen

WRIST = NAMES.index("left_wrist")


@pytest.mark.parametrize("mark", [-999, -9999, 9999, 99999, -99, 65535])
@pytest.mark.parametrize("form", ["table", "results", "npy"])
def test_a_usual_mark_is_a_joint_not_seen_with_a_word(tmp_path: Path, mark: float, form: str) -> None:
    points = standing()
    points[3:7, WRIST] = mark
    path = tmp_path / "x"
    if form == "npy":
        with path.open("wb") as stream:
            np.save(stream, points)
    else:
        {"table": table, "results": results}[form](path, points)
    with pytest.warns(AssumptionWarning, match=f"4 joints at {mark:g} are taken as not seen"):
        recording = laban.load(path, size_wh=SIZE_WH)
    image = recording.people[0].image_px
    assert np.isnan(image[3:7, WRIST]).all()
    assert np.isfinite(image).all(axis=2).sum() == 12 * 17 - 4
    assert "not seen" in recording.metadata["notes"][0]


def test_a_mark_in_one_axis_alone_counts_where_others_have_both() -> None:
    points = standing()
    points[0, 3] = -999
    points[1, 3, 0] = -999
    with pytest.warns(AssumptionWarning, match="2 joints"):
        assert np.argwhere(unseen(points)).tolist() == [[0, 3], [1, 3]]


def test_a_mark_in_most_rows_does_not_hide_the_unit(tmp_path: Path) -> None:
    points = standing() / SIZE_WH
    points[2:] = -999
    with pytest.warns(AssumptionWarning, match="170 joints at -999"):
        image = laban.load(table(tmp_path / "x.csv", points), size_wh=SIZE_WH).people[0].image_px
    np.testing.assert_allclose(image[:2], standing()[:2], atol=1e-2)
    assert np.isnan(image[2:]).all()


def test_a_coordinate_that_only_looks_like_a_mark_stays(tmp_path: Path) -> None:
    points = standing(left=900.0, top=300.0)
    points[4, WRIST] = 999.0
    points[5, WRIST] = (1200.0, 1100.0)
    image = laban.load(table(tmp_path / "x.csv", points)).people[0].image_px
    assert image[4, WRIST].tolist() == [999, 999]


def test_several_joints_of_a_body_at_one_point_are_not_seen() -> None:
    points = standing()
    points[2:5, [4, 9, 10]] = 640.0
    with pytest.warns(AssumptionWarning, match="9 joints at 640"):
        assert unseen(points).sum() == 9
    points[2:5, 10] = 641.0
    assert not unseen(points).any()


def test_zeros_and_minus_ones_are_not_seen_as_ever() -> None:
    points = standing()
    points[0, 0], points[1, 1], points[2, 2, 0] = 0, -1, 0
    with pytest.warns(AssumptionWarning, match="1 joints at -1"):
        assert np.argwhere(unseen(points)).tolist() == [[0, 0], [1, 1]]


def test_distinct_numbers_are_counted_without_nan() -> None:
    values = np.array([[1.0, 1.0, 2.0, np.nan], [np.nan] * 4, [3.0, 1.0, 2.0, 4.0]])
    assert distinct(values).tolist() == [2, 0, 4]


def test_percent_are_scaled_by_the_size_with_a_word_and_refused_without(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", standing() / SIZE_WH * 100)
    with pytest.raises(FormatError, match=r"percent of the image.*--size"):
        laban.load(path)
    with pytest.warns(AssumptionWarning, match="percent of the image of 1280x720"):
        image = laban.load(path, size_wh=SIZE_WH).people[0].image_px
    np.testing.assert_allclose(image, standing(), atol=1e-2)


def test_an_image_of_a_hundred_pixels_has_such_pixels(tmp_path: Path) -> None:
    points = standing() / SIZE_WH * 100
    image = laban.load(table(tmp_path / "x.csv", points), size_wh=(100, 100)).people[0].image_px
    np.testing.assert_allclose(image, points, atol=1e-3)


def test_percent_in_a_format_of_pixels_are_only_warned_of(tmp_path: Path) -> None:
    points = standing() / SIZE_WH * 100
    with pytest.warns(AssumptionWarning, match="COCO keypoints holds pixels"):
        image = laban.load(results(tmp_path / "x.json", points)).people[0].image_px
    np.testing.assert_allclose(image, points, atol=1e-3)


def test_somebody_small_in_a_corner_is_no_percent(tmp_path: Path) -> None:
    points = standing(left=0, top=0) / 40 + [10, 60]
    image = laban.load(table(tmp_path / "x.csv", points), size_wh=SIZE_WH).people[0].image_px
    np.testing.assert_allclose(image, points, atol=1e-3)


@pytest.mark.parametrize("scale", [1.0, 1 / 250, 1 / 500])
@pytest.mark.parametrize("form", [table, results])
def test_coordinates_about_the_hips_are_refused(tmp_path: Path, form: object, scale: float) -> None:
    points = standing()
    hips = points[:, [NAMES.index("left_hip"), NAMES.index("right_hip")]].mean(axis=1, keepdims=True)
    path = form(tmp_path / "x", (points - hips) * scale)  # type: ignore[operator]
    with pytest.raises(FormatError, match="centred on"):
        laban.load(path, size_wh=SIZE_WH)


@pytest.mark.parametrize(("left", "top", "where"), [(-10.0, 200.0, "left of"), (600.0, -250.0, "above")])
def test_most_of_the_joints_outside_are_warned_of(
    tmp_path: Path, left: float, top: float, where: str
) -> None:
    path = table(tmp_path / "x.csv", standing(left=left, top=top))
    with pytest.warns(AssumptionWarning, match=f"of its joints lie {where} the image"):
        laban.load(path, size_wh=SIZE_WH)


def test_somebody_half_out_of_the_image_is_in_it(tmp_path: Path) -> None:
    points = standing(left=0.0)
    assert (points[..., 0] < 0).mean() > 0.25
    image = laban.load(table(tmp_path / "x.csv", points), size_wh=SIZE_WH).people[0].image_px
    np.testing.assert_allclose(image, points, atol=1e-3)


def with_visibility(path: Path, values: np.ndarray) -> Path:
    """A table with the same points in every row and a column of visibility for every joint."""
    names = ",".join(f"{name}_{axis}" for name in NAMES for axis in ("x", "y", "v"))
    rows = np.concatenate([standing(len(values)), values[..., None]], axis=2).reshape(len(values), -1)
    path.write_text("\n".join([names, *(",".join(map(str, row)) for row in rows)]))
    return path


@pytest.mark.parametrize(
    ("values", "expected", "words"),
    [
        ([0.0, 0.5, -1.0], [0.0, 0.5, np.nan], None),
        ([0.0, 55.0, 99.0], [0.0, 0.55, 0.99], "percent"),
        ([0.0, 1.0, 2.0], [np.nan, 0.0, 1.0], "COCO's flags"),
        ([0.0, 1.0, 400.0], [np.nan, np.nan, np.nan], "not a probability"),
    ],
)
@pytest.mark.filterwarnings("ignore::laban.io.loss.AssumptionWarning")
def test_visibility_is_brought_to_0_to_1(
    tmp_path: Path, values: list[float], expected: list[float], words: str | None
) -> None:
    path = with_visibility(tmp_path / "x.csv", np.tile(np.array(values)[:, None], (1, 17)))
    recording = laban.load(path)
    np.testing.assert_allclose(recording.people[0].visibility[:, 4], expected, atol=1e-6)
    notes = recording.metadata.get("notes", [])
    assert [words in note for note in notes] == ([True] if words else [])

"""Files whose y grows upwards."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, SIZE_WH, results, standing, table

import laban
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.io import AssumptionWarning
from laban.io.upright import flipped, upside_down

UP = np.array([1.0, -1.0])


def bottom_left(points: np.ndarray) -> np.ndarray:
    return points * UP + [0, SIZE_WH[1]]


@pytest.mark.parametrize(
    ("make", "scale"),
    [
        (lambda path, points: table(path / "x.csv", points), (1, 1)),
        (lambda path, points: table(path / "x.csv", points), SIZE_WH),
        (lambda path, points: results(path / "x.json", points), (1, 1)),
    ],
)
def test_bodies_on_their_heads_are_warned_of_and_turned_on_request(
    tmp_path: Path, make: Callable[[Path, np.ndarray], Path], scale: tuple[int, int]
) -> None:
    path = make(tmp_path, bottom_left(standing()) / scale)
    with pytest.warns(AssumptionWarning, match=r"stand on their heads in 100% of the frames.*--flip-y"):
        wrong = laban.load(path, size_wh=SIZE_WH)
    assert any("--flip-y" in note for note in wrong.metadata["notes"])
    right = laban.load(path, size_wh=SIZE_WH, flip_y=True)
    np.testing.assert_allclose(right.people[0].image_px, standing(), atol=1e-3)
    assert any("turned over" in note for note in right.metadata["notes"])


def test_a_y_below_0_is_turned_by_its_sign(tmp_path: Path) -> None:
    right = laban.load(table(tmp_path / "x.csv", standing() * UP), size_wh=SIZE_WH, flip_y=True)
    np.testing.assert_allclose(right.people[0].image_px, standing(), atol=1e-3)


def test_without_a_height_y_is_turned_within_its_range(tmp_path: Path) -> None:
    points = bottom_left(standing())
    right = laban.load(table(tmp_path / "x.csv", points), flip_y=True)
    image = right.people[0].image_px
    assert image[..., 1].min() == pytest.approx(points[..., 1].min(), abs=1e-3)
    np.testing.assert_allclose(np.diff(image, axis=1), np.diff(standing(), axis=1), atol=1e-3)
    assert any("its own range" in note for note in right.metadata["notes"])


def test_turning_what_was_right_is_warned_of(tmp_path: Path) -> None:
    with pytest.warns(AssumptionWarning, match="leave flip_y out"):
        laban.load(table(tmp_path / "x.csv", standing()), flip_y=True)


def recording_of(points: np.ndarray, folder: Path) -> Recording:
    return laban.load(table(folder / "x.csv", points), size_wh=SIZE_WH)


def test_bodies_that_stand_bend_and_lie_are_not_warned_of(tmp_path: Path) -> None:
    bent = standing()
    bent[:, :11, 1] = 520 + (bent[:, :11, 1] - 200) * 0.5  # hanging over, hands and head near the knees
    lying = standing()[..., ::-1].copy()
    for points in (standing(), bent, lying):
        assert upside_down(recording_of(points, tmp_path)) < 0.5


def test_a_few_frames_on_the_head_are_not_warned_of(tmp_path: Path) -> None:
    points = standing(10)
    points[:7] = bottom_left(points[:7])
    assert upside_down(recording_of(points, tmp_path)) == pytest.approx(0.7)


def test_bodies_seen_to_the_hips_tell_too(tmp_path: Path) -> None:
    points = bottom_left(standing())
    points[:, NAMES.index("left_knee") :] = np.nan
    with pytest.warns(AssumptionWarning, match="stand on their heads"):
        recording_of(points, tmp_path)


def test_bodies_of_which_little_is_known_are_not_judged(tmp_path: Path) -> None:
    points = bottom_left(standing())
    points[:10, NAMES.index("left_hip") : NAMES.index("right_hip") + 1] = np.nan
    assert upside_down(recording_of(points, tmp_path)) == 0


def test_only_pixels_can_be_turned() -> None:
    with pytest.raises(InvalidValueError, match="holds none"):
        flipped(Recording("x", np.arange(2.0), {}))


def test_labans_own_files_are_believed(tmp_path: Path) -> None:
    with pytest.warns(AssumptionWarning):
        wrong = recording_of(bottom_left(standing()), tmp_path)
    assert laban.load(wrong.save(tmp_path / "x.parquet")) == wrong

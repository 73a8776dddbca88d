"""Files whose y grows upwards, or stands before x."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, SIZE_WH, results, standing, table

import laban
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.io import AssumptionWarning
from laban.io.upright import flipped, lying, upside_down

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
    for points in (standing(), bent):
        assert upside_down(recording_of(points, tmp_path)) < 0.5
        assert lying(recording_of(points, tmp_path)) == 0
    with pytest.warns(AssumptionWarning, match="lie on their sides"):
        assert upside_down(recording_of(standing()[..., ::-1], tmp_path)) < 0.5


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


@pytest.mark.parametrize("scale", [(1, 1), SIZE_WH])
@pytest.mark.parametrize("form", ["npy", "coco", "pkl"])
def test_y_before_x_is_warned_of_and_exchanged_on_request(
    tmp_path: Path, form: str, scale: tuple[int, int]
) -> None:
    path, points = tmp_path / f"x.{form}", (standing() / scale)[..., ::-1]
    if form == "npy":
        np.save(path, points)
    elif form == "pkl":
        clip = {"frame_dir": "a", "label": 0, "img_shape": SIZE_WH[::-1], "keypoint": points[None]}
        path.write_bytes(pickle.dumps([clip]))
    else:
        results(path, points)
    options = {} if form == "pkl" else {"size_wh": SIZE_WH}
    with pytest.warns(AssumptionWarning, match=r"lie on their sides in 100% .* y came before x.*--swap-xy"):
        laban.load(path, **options)
    right = laban.load(path, swap_xy=True, **options)
    np.testing.assert_allclose(right.people[0].image_px, standing(), rtol=1e-5)


def test_people_who_sit_lean_or_lie_for_a_part_are_not_warned_of(tmp_path: Path) -> None:
    sitting = standing()
    sitting[:, 13:, 0] += 150  # knees and ankles beside the hips
    part = standing(20)
    part[:15] = part[:15, :, ::-1]
    assert lying(recording_of(sitting, tmp_path)) == 0
    assert lying(recording_of(part, tmp_path)) == 0.75


def test_exchanging_what_was_right_is_warned_of(tmp_path: Path) -> None:
    with pytest.warns(AssumptionWarning, match="leave swap_xy out"):
        laban.load(table(tmp_path / "x.csv", standing()), swap_xy=True)


@pytest.mark.filterwarnings("ignore::laban.io.LossWarning")
def test_formats_without_coordinates_of_an_image_have_nothing_to_exchange(tmp_path: Path) -> None:
    path = recording_of(standing(), tmp_path).save(tmp_path / "x.parquet")
    with pytest.raises(InvalidValueError, match="parquet has none; omit it"):
        laban.load(path, swap_xy=True)

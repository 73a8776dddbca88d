"""NumPy arrays that are damaged are refused in one line."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import standing

from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io import AssumptionWarning
from laban.io.npy import read


@pytest.mark.parametrize("at", [b"{", b"}", b"(6, 33, 3)"])
@pytest.mark.parametrize("by", [b"[", b"\\", b"'", b"\n"])
def test_a_damaged_header_is_refused(tmp_path: Path, at: bytes, by: bytes) -> None:
    path = tmp_path / "poses.npy"
    np.save(path, np.full((6, 33, 3), 0.5))
    path.write_bytes(path.read_bytes().replace(at, by, 1))
    with pytest.raises(FormatError, match=r"poses\.npy"):
        read(path)


def stored(folder: Path, values: np.ndarray) -> Path:
    np.save(folder / "poses.npy", values)
    return folder / "poses.npy"


@pytest.mark.parametrize("frames", [17, 18, 25, 26, 33])
def test_where_both_lengths_are_those_of_bodies_motion_tells_the_axes(tmp_path: Path, frames: int) -> None:
    points = standing(frames)
    np.testing.assert_allclose(read(stored(tmp_path, points)).people[0].image_px, points, rtol=1e-6)
    with pytest.warns(AssumptionWarning, match=r"shape .* taken for \(joints, frames, …\)"):
        recording = read(stored(tmp_path, points.swapaxes(0, 1)))
    assert recording.people[0].skeleton == COCO17
    np.testing.assert_allclose(recording.people[0].image_px, points, rtol=1e-6)


def test_where_motion_does_not_tell_the_axes_they_are_refused(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(0, 500, (25, 17, 2))
    values[..., 0] += np.arange(25)[:, None] * 600
    with pytest.raises(FormatError, match=r"does not distinguish frames from joints.*swapaxes\(0, 1\)"):
        read(stored(tmp_path, values))


@pytest.mark.parametrize("skeleton", [None, "coco17"])
def test_joints_before_frames_are_named(tmp_path: Path, skeleton: str | None) -> None:
    with pytest.raises(
        FormatError, match=r"first two axes .*seem to be swapped.*pass values.swapaxes\(0, 1\)"
    ):
        read(stored(tmp_path, standing(60).swapaxes(0, 1)), skeleton=skeleton)


@pytest.mark.parametrize(("order", "axis"), [((0, 2, 1), 1), ((2, 0, 1), 0), ((2, 1, 0), 0)])
def test_coordinates_on_another_axis_are_named(tmp_path: Path, order: tuple[int, ...], axis: int) -> None:
    with pytest.raises(FormatError, match=rf"pass numpy.moveaxis\(values, {axis}, -1\)"):
        read(stored(tmp_path, standing(60).transpose(order)))

"""Black bars are left out, and nothing else."""

import numpy as np
import pytest

from laban.pipeline.video.bars import BlackBars


def images(*, low: int = 60) -> np.ndarray:
    """Three images of noise."""
    return np.random.default_rng(0).integers(low, 255, (3, 60, 80, 3)).astype(np.uint8)


def removed(of: np.ndarray) -> np.ndarray:
    bars = BlackBars()
    for one in of:
        bars.add(one[None])
    return bars.removed(of)


@pytest.mark.parametrize(("top", "left"), [(10, 0), (0, 16), (10, 16), (2, 0)])
def test_bars_are_left_out(top: int, left: int) -> None:
    padded = np.zeros((3, 60, 80, 3), np.uint8)
    seen = images()[:, : 60 - 2 * top, : 80 - 2 * left]
    padded[:, top : 60 - top, left : 80 - left] = seen
    padded += np.random.default_rng(1).integers(0, 8, padded.shape).astype(np.uint8)
    padded[:, 0, :1] = 200  # the time of a recorder
    out = removed(padded)
    assert out.shape == padded.shape
    assert out.min(axis=(0, 3)).mean() > 50


def test_images_without_bars_stay_as_they_are() -> None:
    whole = images()
    assert removed(whole) is whole
    assert BlackBars().removed(whole) is whole


def test_the_dark_is_no_bar() -> None:
    night = images(low=0) // 16
    assert removed(night) is night
    sky = images(low=0)
    sky[:, :30] = (np.linspace(0, 1, 30)[:, None, None] * sky[:, :30] / 8).astype(np.uint8)
    sky[:, 25:30, ::6] = 90  # lamps at the horizon
    assert removed(sky) is sky


def test_what_is_dark_in_one_frame_only_is_no_bar() -> None:
    fading = images()
    fading[0] = 0
    assert removed(fading) is fading


def test_little_inside_is_left_alone() -> None:
    logo = np.zeros((3, 60, 80, 3), np.uint8)
    logo[:, 25:32, 30:40] = 200
    assert removed(logo) is logo

"""Curves through frames, on movements that are known between them."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import skeleton
from laban.sequences.resample import resample
from laban.sequences.splines import on_splines


def going(at: np.ndarray, *, hidden: slice | None = None) -> PoseSequence:
    """Thirteen joints that go up and down 2.4 times a second, by 10 to 130 pixels."""
    height = np.arange(1, 14) * 10.0 * np.sin(2 * np.pi * 2.4 * at)[:, None]
    points = np.stack([np.full_like(height, 5.0), height], axis=2)
    if hidden is not None:
        points[hidden, 3] = np.nan
    return PoseSequence(at, skeleton("penn13"), np.ones(height.shape), image_px=points)


@pytest.mark.parametrize("seed", [0, 1])
def test_turns_between_frames_are_kept(seed: int) -> None:
    at = np.arange(48) / 12 + np.random.default_rng(seed).uniform(-0.01, 0.01, 48)
    frames = going(at)
    lines = resample(frames, fps=60.0)
    curves = on_splines(lines, through=frames)
    truth = going(np.asarray(lines.times_s))
    inner = slice(20, -20)  # at its ends a natural spline is straight
    off = [np.abs(one.image_px[inner] - truth.image_px[inner])[:, 12, 1].max() for one in (lines, curves)]  # type: ignore[index]
    assert off[0] > 0.12 * 130
    assert off[1] < 0.04 * 130
    assert curves.image_px[..., 0] == pytest.approx(5.0)  # type: ignore[index]


def test_what_is_missing_stays_so_and_what_is_hardly_known_stays_as_it_is() -> None:
    at = np.arange(40) / 10
    lines = resample(going(at, hidden=slice(10, 20)), fps=30.0)
    curves = on_splines(lines, through=going(at, hidden=slice(10, 20)))
    assert np.array_equal(np.isnan(curves.image_px), np.isnan(lines.image_px))
    assert np.isnan(curves.image_px[31:56, 3]).all()  # type: ignore[index]
    rare = going(at, hidden=slice(3, None))
    assert (
        on_splines(resample(rare, fps=30.0), through=rare).image_px[:7, 3, 1]
        == pytest.approx(  # type: ignore[index]
            resample(rare, fps=30.0).image_px[:7, 3, 1]  # type: ignore[index]
        )
    )


def test_nothing_is_guessed_beyond_what_is_known() -> None:
    """Gaps that were filled to the end keep their filling: a cubic would run away."""
    at = np.arange(40) / 10
    lines = resample(going(at), fps=30.0)
    curves = on_splines(lines, through=going(at, hidden=slice(30, None)))
    assert curves.image_px[91:, 3, 1] == pytest.approx(lines.image_px[91:, 3, 1])  # type: ignore[index]

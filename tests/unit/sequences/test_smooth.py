"""Filters by their formulas, on one column at a time."""

import numpy as np
import pytest
from scipy.signal import butter, savgol_filter, sosfiltfilt

from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17
from laban.errors import InvalidValueError
from laban.sequences.smooth import OneEuro, SmoothSettings, smooth

J = len(COCO17)
EVEN_S = np.arange(60) / 30
NOISE = np.random.default_rng(0).normal(0, 5, 60) + 100 * np.sin(2 * np.pi * EVEN_S)


def sequence(column: np.ndarray, times_s: np.ndarray = EVEN_S) -> PoseSequence:
    """Every coordinate of every field goes along ``column``, scaled by the field."""
    rows = len(column)
    return PoseSequence(
        times_s,
        COCO17,
        np.full((rows, J), 0.5),
        image_px=np.broadcast_to(column[:, None, None], (rows, J, 2)),
        depth_px=np.broadcast_to(2 * column[:, None], (rows, J)),
        world_m=np.broadcast_to(column[:, None, None] / 100, (rows, J, 3)),
        body=np.broadcast_to(column[:, None, None] / 50, (rows, J, 2)),
        score=np.full(rows, 0.7),
    )


def one_euro(column: np.ndarray, times_s: np.ndarray, *, cutoff_hz: float, beta: float) -> np.ndarray:
    """The filter as the paper's algorithm 1 writes it, with 1 Hz for the speed."""
    out, speed = [column[0]], 0.0
    for row in range(1, len(column)):
        step_s = times_s[row] - times_s[row - 1]

        def weight(hz: float, step_s: float = step_s) -> float:
            return 1 / (1 + 1 / (2 * np.pi * hz * step_s))

        raw = (column[row] - out[-1]) / step_s
        speed = weight(1.0) * raw + (1 - weight(1.0)) * speed
        share = weight(cutoff_hz + beta * abs(speed))
        out.append(share * column[row] + (1 - share) * out[-1])
    return np.array(out)


def test_one_euro_is_the_papers_by_true_times() -> None:
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.08, 60))
    settings = SmoothSettings(cutoff_hz=1.2, beta=0.02)
    found = smooth(sequence(NOISE, times_s), settings=settings).image_px
    assert found[:, 3, 1] == pytest.approx(one_euro(NOISE, times_s, cutoff_hz=1.2, beta=0.02), rel=1e-5)  # type: ignore[index]


@pytest.mark.parametrize("method", ["one_euro", "savitzky_golay", "butterworth"])
def test_every_field_of_coordinates_is_smoothed_and_nothing_else(method: str) -> None:
    settings = SmoothSettings(method=method, beta=0.0)
    given = sequence(NOISE)
    found = smooth(given, settings=settings)
    image = found.image_px
    assert image is not None
    assert not np.allclose(image, given.image_px)
    assert found.depth_px == pytest.approx(2 * image[..., 0], rel=1e-4, abs=1e-3)
    assert found.world_m == pytest.approx(np.repeat(image[..., :1], 3, axis=2) / 100, rel=1e-4, abs=1e-4)
    assert found.body == pytest.approx(image / 50, rel=1e-4, abs=1e-4)
    for name in ("times_s", "visibility", "score"):
        assert np.array_equal(getattr(found, name), getattr(given, name))


def test_savitzky_golay_is_scipys_with_an_odd_window_of_so_many_seconds() -> None:
    settings = SmoothSettings(method="savitzky_golay", window_s=0.28, order=2)
    found = smooth(sequence(NOISE), settings=settings).image_px
    assert found[:, 0, 0] == pytest.approx(savgol_filter(NOISE, 9, 2), rel=1e-5, abs=1e-3)  # type: ignore[index]


@pytest.mark.parametrize(("order", "width"), [(1, 3), (2, 5), (3, 5), (4, 7)])
def test_the_window_holds_more_than_its_order(order: int, width: int) -> None:
    """At least the order and two, made odd: with fewer, nothing would be smoothed."""
    settings = SmoothSettings(method="savitzky_golay", window_s=0.01, order=order)
    found = smooth(sequence(NOISE), settings=settings).image_px
    assert found[:, 0, 0] == pytest.approx(savgol_filter(NOISE, width, order), rel=1e-5, abs=1e-3)  # type: ignore[index]


def test_butterworth_is_scipys_of_second_order_there_and_back() -> None:
    settings = SmoothSettings(method="butterworth", cutoff_hz=4.0)
    found = smooth(sequence(NOISE), settings=settings).image_px
    expected = sosfiltfilt(butter(2, 4.0, fs=30, output="sos"), NOISE)
    assert found[:, 0, 0] == pytest.approx(expected, rel=1e-5, abs=1e-3)  # type: ignore[index]


@pytest.mark.parametrize(("method", "least"), [("savitzky_golay", 9), ("butterworth", 10)])
def test_a_run_too_short_for_the_filter_is_left_and_each_run_is_by_itself(method: str, least: int) -> None:
    column = NOISE.copy()
    column[[20, 20 + least, 21 + 2 * least]] = np.nan
    settings = SmoothSettings(method=method, window_s=0.28, order=2, cutoff_hz=4.0)
    found = smooth(sequence(column), settings=settings).image_px[:, 0, 0]  # type: ignore[index]
    short = slice(21, 20 + least)
    whole = slice(21 + least, 21 + 2 * least)
    given = np.float32(column)
    assert np.array_equal(found[short], given[short])
    assert not np.allclose(found[whole], given[whole])
    alone = smooth(sequence(column[whole], EVEN_S[whole]), settings=settings).image_px
    assert found[whole] == pytest.approx(alone[:, 0, 0], rel=1e-5)  # type: ignore[index]


def test_a_cutoff_of_half_the_rate_is_too_high_for_butterworth() -> None:
    with pytest.raises(InvalidValueError, match="cutoff_hz must be below half the rate of 30 Hz, got 15"):
        smooth(sequence(NOISE), settings=SmoothSettings(method="butterworth", cutoff_hz=15.0))
    smooth(sequence(NOISE), settings=SmoothSettings(method="butterworth", cutoff_hz=14.9))


def test_a_missing_value_starts_its_own_column_again() -> None:
    twin = OneEuro(SmoothSettings(cutoff_hz=0.5, beta=0.0))
    twin.update(np.array([0.0, 0.0]), time_s=0.0)
    lost = twin.update(np.array([np.nan, 10.0]), time_s=0.1)
    again = twin.update(np.array([30.0, 10.0]), time_s=0.2)
    after = twin.update(np.array([40.0, 10.0]), time_s=0.3)
    assert np.isnan(lost[0])
    assert 0 < lost[1] < again[1] < after[1] < 10
    assert again[0] == 30.0
    assert 30 < after[0] < 40
    with pytest.raises(InvalidValueError, match="time since the last row"):
        twin.update(np.array([0.0, 0.0]), time_s=0.3)


def test_settings_are_as_the_page_says_and_checked() -> None:
    chosen = SmoothSettings()
    assert (chosen.method, chosen.cutoff_hz, chosen.beta, chosen.window_s, chosen.order) == (
        *("one_euro", 1.5, 0.01),
        *(0.25, 3),
    )
    SmoothSettings(order=1, beta=0.0)
    SmoothSettings(order=9)
    for changes in ({"order": 0}, {"order": 10}, {"beta": -0.1}, {"cutoff_hz": 0.0}, {"window_s": 0.0}):
        with pytest.raises(InvalidValueError, match=next(iter(changes))):
            SmoothSettings(**changes)  # type: ignore[arg-type]

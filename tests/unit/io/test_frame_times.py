"""The one rule of order and clock."""

import numpy as np
import pytest

from laban.errors import FormatError
from laban.io.frame_times import (
    counting_number,
    order_of_names,
    order_of_numbers,
    seconds_of,
    seconds_of_cells,
)


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["0", "1", "2", "10"], [0, 1, 2, 10]),
        (["frame_000000", "frame_000006", "frame_000012"], [0, 6, 12]),
        (["clip_000000000012_keypoints", "clip_000000000002_keypoints"], [12, 2]),
        (["cam01_f7_x2", "cam01_f9_x2"], [7, 9]),
        (["2024-05-01_12-00-00_0003", "2024-05-01_12-00-00_0004"], [3, 4]),
        (["frame_2_jpg.rf.c81e728d", "frame_0_jpg.rf.cfcd2084", "frame_1_jpg.rf.c4ca4238"], [2, 0, 1]),
        (["a/b/frame-5", "a/b/frame-10"], [5, 10]),
        (["img_0001_t0033", "img_0002_t0066", "img_0003_t0100"], [1, 2, 3]),
        (["3fa9_frame_0", "b77c_frame_1", "9d01_frame_2"], [0, 1, 2]),
    ],
)
def test_the_number_that_counts_up_is_found(names: list[str], numbers: list[int]) -> None:
    assert counting_number(names) == numbers


@pytest.mark.parametrize(
    "names",
    [
        ["c81e728d9d4c2f63", "a87ff679a2f3e71d", "eccbc87e4b5ce2fe"],
        ["000000000785", "000000040083", "000000196141"],
        ["1609459200033", "1609459200066"],
        ["left", "right"],
        ["only_7"],
        ["cam1_0", "cam2_0", "cam1_1", "cam2_1"],
    ],
)
def test_hashes_ids_and_two_counts_at_once_are_no_number(names: list[str]) -> None:
    assert counting_number(names) is None


def test_order_is_natural_and_gaps_stay() -> None:
    order = order_of_names(["f10", "f2", "f3"])
    assert (order.order, order.numbers) == ((1, 2, 0), (2, 3, 10))
    np.testing.assert_allclose(order.times_s(10), [0.2, 0.3, 1.0])


def test_counting_from_1_starts_at_0() -> None:
    assert order_of_names(["f2", "f1", "f13"]).numbers == (0, 1, 12)
    assert order_of_numbers([1, 2, 3, 13, 14, 15]).numbers == (0, 1, 2, 12, 13, 14)


def test_what_does_not_count_is_taken_one_by_one_and_noted() -> None:
    order = order_of_numbers([40083, 785, 196141])
    assert (order.order, order.numbers) == ((1, 0, 2), (0, 1, 2))
    assert "one by one" in order.note["frames"]


def test_several_clips_in_one_folder_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="several clips in one folder"):
        order_of_names(["a_0", "a_1", "b_0", "b_1"])


@pytest.mark.parametrize(
    ("name", "values", "seconds"),
    [
        ("time", [0, 0.1, 0.25], [0, 0.1, 0.25]),
        ("timestamp", [0, 33, 67], [0, 0.033, 0.067]),
        ("timestampMs", [0.0, 33.3, 66.7], [0, 0.0333, 0.0667]),
        ("time_s", [0, 40, 80], [0, 40, 80]),
        ("timestamp", [0, 33_333, 66_667], [0, 0.033333, 0.066667]),
        ("t_us", [0, 40_000], [0, 0.04]),
        ("timestamp", [1_700_000_000.0, 1_700_000_000.5], [0, 0.5]),
        ("timestamp", [1_700_000_000_000, 1_700_000_000_033, 1_700_000_000_067], [0, 0.033, 0.067]),
        ("seconds", [0, 1, 2, 3], [0, 1, 2, 3]),
        ("time_in_s", [0, 40, 80, 120], [0, 40, 80, 120]),
    ],
)
def test_a_column_of_times_is_the_clock(name: str, values: list[float], seconds: list[float]) -> None:
    found, _ = seconds_of(np.array(values, dtype=np.float64), name=name)
    np.testing.assert_allclose(found, seconds, atol=1e-6)


def test_whole_seconds_without_a_unit_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="taken for seconds"):
        seconds_of(np.arange(4.0), name="time")


def test_a_row_without_a_time_is_refused() -> None:
    with pytest.raises(FormatError, match="without a time"):
        seconds_of(np.array([0, np.nan]), name="time")


def seconds(values: object, *, name: str = "timestamp", fps: float | None = None) -> np.ndarray:
    return seconds_of(np.array(values, dtype=np.float64), name=name, fps=fps)[0]


@pytest.mark.parametrize("fps", [5.0, 12.5, 24.0, 29.97, 60.0, 120.0, 240.0])
@pytest.mark.parametrize(("unit", "per_s"), [("ms", 1e3), ("us", 1e6), ("ns", 1e9), ("days", 1 / 86_400)])
@pytest.mark.parametrize("start_s", [0.0, 1234.5])
def test_the_median_step_tells_the_unit(fps: float, unit: str, per_s: float, start_s: float) -> None:
    if (unit, fps) in {("us", 5.0), ("days", 5.0), ("days", 12.5)}:
        return  # also a rate of another unit
    times = start_s + np.arange(12) / fps
    times[6:] += 2.0  # a gap
    found, note = seconds_of(times * per_s, name="timestamp")
    np.testing.assert_allclose(np.diff(found), np.diff(times), rtol=1e-4)
    assert note["time_unit"].startswith(unit)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 33.367, 66.733, 100.1], [0, 0.033367, 0.066733, 0.1001]),
        ([0, 333_667, 667_333, 1_001_000], [0, 0.0333667, 0.0667333, 0.1001]),
        ([133_000_000_000, 133_000_333_333, 133_000_666_667], [0, 0.0333333, 0.0666667]),
        ([1_700_000_000_000_000_000, 1_700_000_000_033_333_504], [0, 0.0333335]),
        ([1_700_000_000_000_000, 1_700_000_000_016_667, 1_700_000_000_033_333], [0, 0.016667, 0.033333]),
    ],
)
def test_what_cameras_and_systems_count_in(values: list[float], expected: list[float]) -> None:
    found = seconds(values)
    np.testing.assert_allclose(found - found[0], expected, atol=1e-6)


def test_a_rate_that_seconds_allow_is_in_seconds() -> None:
    for fps in (1.0, 2.0, 1000.0):
        assert "time_unit" not in seconds_of(np.arange(1, 5) / fps + 0.5, name="t")[1]


@pytest.mark.parametrize(("step", "words"), [(180_000, "us.*100 ns"), (2.5, "anything"), (1e-12, "anything")])
def test_a_step_that_says_nothing_is_refused_with_the_way_out(step: float, words: str) -> None:
    with pytest.raises(FormatError, match=rf"{words}.*time_s.*--fps"):
        seconds(np.arange(5) * step)


def test_the_frame_rate_decides_between_units() -> None:
    steps = np.array([0, 1, 2, 5]) * 180_000
    np.testing.assert_allclose(seconds(steps, fps=5.5), steps / 1e6)
    np.testing.assert_allclose(seconds(steps, fps=55), steps / 1e7)
    found, note = seconds_of(np.array([0.0, 2.5, 5.0]), name="time", fps=10)
    np.testing.assert_allclose(found, [0, 0.1, 0.2])
    assert "unit is not known" in note["frames"]


def test_a_named_unit_is_believed_unless_no_camera_is_so_fast() -> None:
    np.testing.assert_allclose(seconds([0, 500, 1000], name="time_ms"), [0, 0.5, 1])
    np.testing.assert_allclose(seconds([0, 0.5, 1], name="time_ms"), [0, 0.0005, 0.001])
    with pytest.raises(FormatError, match="in ms; expected a camera's rate, as in s: correct the name"):
        seconds([0, 0.033, 0.067], name="time_ms")
    with pytest.raises(FormatError, match="as in ms"):
        seconds([0, 33, 67], name="time_us")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["00:00:01.000", "00:00:01.033", "00:00:02.5"], [1, 1.033, 2.5]),
        (["01:02:03,5", "01:02:04,0"], [3723.5, 3724]),
        (["2:30.5", "2:31"], [150.5, 151]),
        (["23:59:59.9", "00:00:00.1", "00:00:00.3"], [86399.9, 86400.1, 86400.3]),
    ],
)
def test_a_clock_with_colons_is_in_seconds(cells: list[str], expected: list[float]) -> None:
    np.testing.assert_allclose(seconds_of_cells(cells, name="time")[0], expected)


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-05-01 12:00:00.000", "2024-05-01 12:00:00.033"],
        ["2024-05-01T12:00:00.000Z", "2024-05-01T12:00:00.033Z"],
        ["2024/05/01 14:00:00.000+02:00", "2024/05/01 14:00:00.033+02:00"],
        ["20240501T120000.000", "20240501T120000.033"],
    ],
)
def test_dates_count_from_the_first(cells: list[str]) -> None:
    found, note = seconds_of_cells(cells, name="timestamp")
    np.testing.assert_allclose(found, [0, 0.033], atol=1e-6)
    assert note["time_origin_s"] == pytest.approx(1_714_564_800, abs=1)


def test_a_timecode_needs_the_frame_rate() -> None:
    cells = ["00:00:01:00", "00:00:01:12"]
    np.testing.assert_allclose(seconds_of_cells(cells, name="time", fps=25)[0], [1, 1.48])
    with pytest.raises(FormatError, match=r"line 7 holds the timecode 00:00:01:00.*--fps"):
        seconds_of_cells(cells, name="time", first_line=7)


@pytest.mark.parametrize("cell", ["noon", "1:2:3:4:5", "2024-13-45 00:00:00"])
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(FormatError, match="line 3 holds"):
        seconds_of_cells(["00:00:01", "00:00:02", cell], name="time", fps=30)


@pytest.mark.parametrize(
    ("cells", "steps_s"),
    [
        (["12:59:59.000 PM", "01:00:00.500 PM"], [1.5]),
        (["11:59:59 AM", "12:00:00 PM", "12:00:01 p.m."], [1, 1]),
        (["11:59:59 PM", "12:00:01 AM"], [2]),
        (["27.10.2024 12:59:58", "27.10.2024 12:59:59,5"], [1.5]),
        (["31.10.2024 23:59:58", "01.11.2024 00:00:01"], [3]),
        (["10/27/2024 11:59:58 PM", "10/28/2024 12:00:01 AM"], [3]),
        (["27/10/2024, 9:59:58", "27/10/2024, 9:59:59"], [1]),
        (["03/04/2024 09:59:58", "03/04/2024 09:59:59"], [1]),
    ],
)
def test_clocks_of_twelve_hours_and_dates_of_any_order(cells: list[str], steps_s: list[float]) -> None:
    np.testing.assert_allclose(np.diff(seconds_of_cells(cells, name="time")[0]), steps_s, atol=1e-6)


def test_dates_that_do_not_tell_day_from_month_are_refused() -> None:
    with pytest.raises(FormatError, match="do not distinguish day from month"):
        seconds_of_cells(["03/04/2024 23:59:59", "04/04/2024 00:00:01"], name="time")

"""The one rule of order and clock."""

import numpy as np
import pytest

from laban.errors import FormatError
from laban.sequences.io.frame_times import counting_number, order_of_names, order_of_numbers, seconds_of


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

"""Clocks in the names of images and files."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, results, standing, table

import laban
from laban.core.name_clock import clock_of_names
from laban.io.frame_times import order_of_names
from laban.io.loss import AssumptionWarning

START = datetime(2024, 10, 27, 12, 59, 58)
STEPS_S = np.cumsum([0, *[0.033, 0.034, 0.033] * 20])


def names(form: str, *, at_s: "np.typing.ArrayLike" = STEPS_S) -> list[str]:
    """A name for every time; ``%3`` in ``form`` stands for milliseconds."""
    moments = [START + timedelta(seconds=float(one)) for one in np.asarray(at_s)]
    return [one.strftime(form.replace("%3", f"{round(one.microsecond / 1000):03d}")) for one in moments]


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d_%H-%M-%S.%f",
        "%Y-%m-%d %H.%M.%S.%f",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y%m%d_%H%M%S_%f",
        "cam2_%Y%m%d-%H%M%S-%f_keypoints",
        "PXL_%Y%m%d_%H%M%S%f",
        "%Y%m%d%H%M%S%f",
        "%d.%m.%Y_%H-%M-%S.%f",
        "day_%H-%M-%S-%f",
    ],
)
def test_a_date_and_time_with_fractions_is_the_clock(form: str) -> None:
    given = names(form)
    shuffled = np.random.default_rng(0).permutation(len(given))
    order = order_of_names([given[index] for index in shuffled])
    assert [shuffled[index] for index in order.order] == list(range(len(given)))
    start_s = 46_798 if form.startswith("day") else 0  # a time of day is kept, as in a column of times
    np.testing.assert_allclose(order.times_s(7), start_s + STEPS_S, atol=2e-6)


@pytest.mark.parametrize(
    "form", ["IMG_%Y%m%d_%H%M%S", "%Y-%m-%d_%H-%M-%S", "20%y.%m.%d %Hh%Mm%Ss", "x_%H-%M-%S"]
)
def test_a_clock_in_whole_seconds_is_one_where_it_tells_the_frames_apart(form: str) -> None:
    order = order_of_names(names(form, at_s=np.arange(0, 200, 5)))
    np.testing.assert_allclose(np.diff(order.times_s(30)), 5)


@pytest.mark.parametrize(
    ("scale", "form"), [(1, "{}"), (1e3, "snap_{}"), (1e6, "{}_rgb"), (1e9, "cam0/data/{}")]
)
def test_unix_times_are_the_clock(scale: float, form: str) -> None:
    step_s = 1.0 if scale == 1 else 0.1
    given = [form.format(int(1_403_636_579 * scale + index * step_s * scale)) for index in range(60)]
    np.testing.assert_allclose(order_of_names(given).times_s(30), np.arange(60) * step_s, atol=1e-6)


def test_a_unix_time_with_a_point_is_the_clock() -> None:
    order = order_of_names(["1305031102.175304", "1305031102.211214", "1305031102.243211"])
    np.testing.assert_allclose(order.times_s(30), [0, 0.03591, 0.067907], atol=1e-6)


def test_a_clock_coarser_than_the_frames_leaves_their_order() -> None:
    given = [
        f"{one}_{index % 15:02d}"
        for index, one in enumerate(names("%Y%m%d_%H%M%S", at_s=np.arange(60) // 15))
    ]
    with pytest.warns(AssumptionWarning, match="numbers in the names repeat"):
        order = order_of_names(given)
    assert order.numbers == tuple(range(60))
    assert "one by one" in order.note["frames"]


def test_a_count_beside_a_coarse_clock_counts() -> None:
    given = [
        f"{one}_{3 * index:06d}" for index, one in enumerate(names("%Y%m%d_%H%M%S", at_s=np.arange(60) // 15))
    ]
    assert order_of_names(given).numbers == tuple(range(0, 180, 3))


@pytest.mark.parametrize(
    "given",
    [
        ["2024-05-01_12-00-00_0003", "2024-05-01_12-00-00_0004"],  # one start for all
        [f"20241027_125958_{index:03d}" for index in range(40)],
        [f"20241027_125958_{index:03d}" for index in range(0, 400, 40)],
        [f"20241027_{index:06d}" for index in range(50)],  # a day and a count
        ["1000001000001", "1000001000002"],  # ids, whatever their length
        ["1234567890", "1434567890"],
        ["take_01-02-05", "take_01-02-06"],
        ["2024-13-45_99-99-99", "2024-13-45_99-99-98"],
        ["c81e728d9d4c2f63", "a87ff679a2f3e71d"],
        [],
    ],
)
@pytest.mark.filterwarnings("ignore:names such as")
def test_what_may_be_no_clock_is_none(given: list[str]) -> None:
    assert clock_of_names(given)[0] is None


def test_three_numbers_that_never_carry_are_warned_of() -> None:
    with pytest.warns(AssumptionWarning, match="may hold the time of day"):
        order = order_of_names(["take_01-02-05", "take_01-02-06"])
    assert order.numbers == (5, 6)


@pytest.mark.parametrize(
    "form",
    [
        "Screenshot %Y-%m-%d at {hour}.%M.%S %p",
        "Screenshot %Y-%m-%d at {hour}.%M.%S\u202f%p",
        "Screenshot %Y-%m-%d at {hour}.%M.%S %p (2)",
        "Bildschirmfoto %Y-%m-%d um {hour24}.%M.%S",
        "Captura de pantalla %Y-%m-%d a las {hour24}.%M.%S",
        "Capture d’écran %Y-%m-%d à %H.%M.%S",
        "{hour}.%M.%S %p",
    ],
)
@pytest.mark.parametrize("start", ["2024-05-01 09:59:57", "2024-05-01 12:59:57", "2024-05-01 23:59:57"])
def test_names_of_screenshots_are_the_clock(form: str, start: str) -> None:
    moments = [datetime.fromisoformat(start) + timedelta(seconds=step) for step in range(6)]
    given = [one.strftime(form.format(hour=one.hour % 12 or 12, hour24=one.hour)) for one in moments]
    order = order_of_names(given)
    assert order.order == tuple(range(6))
    np.testing.assert_allclose(np.diff(order.times_s(30)), 1)


@pytest.mark.parametrize(
    "form", ["cam_%H-%M-%S", "cam_%H_%M_%S", "cam1_%H_%M_%S_rgb", "3_%H-%M-%S", "cam1-%H-%M-%S"]
)
def test_a_time_of_the_day_is_a_clock_where_it_carries(form: str) -> None:
    order = order_of_names(names(form, at_s=np.arange(10)))
    np.testing.assert_allclose(np.diff(order.times_s(30)), 1)


@pytest.mark.parametrize("form", ["cam_12-30-{:02d}", "cam_12_30_{:02d}", "s_01_02_{:02d}_rgb"])
def test_three_numbers_without_a_carry_count_with_a_word(form: str) -> None:
    given = [form.format(index) for index in range(5)]
    with pytest.warns(AssumptionWarning, match="may hold the time of day"):
        order = order_of_names(given)
    assert (order.own_times_s, order.numbers) == (None, (0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    "form",
    ["cam_12-30-05_{:04d}", "cam_12_30_05_{:04d}", "2024-05-01_12-30-05_frame_{}", "take 1.05.00 PM {}"],
)
def test_one_time_of_the_day_for_all_is_that_of_the_clip(form: str) -> None:
    order = order_of_names([form.format(index) for index in range(5)])
    assert (order.own_times_s, order.numbers) == (None, (0, 1, 2, 3, 4))


def test_trials_whose_frames_begin_again_are_no_clock() -> None:
    given = [f"subject_01_{trial:02d}_{frame:02d}" for trial in (2, 3) for frame in range(40)]
    with pytest.warns(AssumptionWarning):
        assert order_of_names(given).own_times_s is None


def test_an_hour_above_twelve_is_not_moved_by_pm() -> None:
    found, _ = clock_of_names([f"x {hour}.00.00 PM" for hour in (1, 14)])
    assert found is not None
    assert np.diff(found.times_s).tolist() == [3600.0]


@pytest.mark.parametrize("form", ["01_%H_%M_%S", "take 3.%H.%M.%S"])
def test_four_numbers_in_a_row_are_no_time_of_the_day(form: str) -> None:
    assert clock_of_names(names(form, at_s=np.arange(10)))[0] is None


def test_a_clock_of_the_day_passes_midnight() -> None:
    order = order_of_names([f"x_{clock}" for clock in ("00-00-05", "23-59-50", "23-59-55", "00-00-00")])
    assert order.order == (1, 2, 3, 0)
    np.testing.assert_allclose(order.times_s(30), [86_390, 86_395, 86_400, 86_405])


def test_images_in_a_table(tmp_path: Path) -> None:
    given = [f"{one}.jpg" for one in names("%Y-%m-%d_%H-%M-%S.%3")]
    recording = laban.load(table(tmp_path / "x.csv", standing(len(given)), image=given))
    np.testing.assert_allclose(recording.times_s, STEPS_S, atol=2e-3)
    assert "fps" not in recording.metadata["assumed"]


def test_images_of_coco(tmp_path: Path) -> None:
    path = results(tmp_path / "x.json", standing(4))
    content = [
        {**one, "image_id": f"snap_{1_700_000_000_000 + 100 * index}.jpg"}
        for index, one in enumerate(json.loads(path.read_text()))
    ]
    path.write_text(json.dumps(content))
    np.testing.assert_allclose(laban.load(path).times_s, [0, 0.1, 0.2, 0.3], atol=1e-6)


@pytest.mark.parametrize("suffix", [".json", ".txt"])
def test_files_of_a_folder(tmp_path: Path, suffix: str) -> None:
    for index, name in enumerate(names("%Y%m%d_%H%M%S_%3", at_s=[0, 0.04, 1.9, 2.1, 2.3])):
        body = np.column_stack([standing(5)[index] / (1 if suffix == ".json" else 1000), np.ones(len(NAMES))])
        text = json.dumps({"people": [{"pose_keypoints_2d": body.ravel().tolist()}]})
        if suffix == ".txt":
            text = " ".join(map(str, [0, 0.5, 0.5, 0.2, 0.5, *body.ravel()]))
        (tmp_path / f"{name}{suffix}").write_text(text)
    recording = laban.load(tmp_path, size_wh=(1280, 720))
    np.testing.assert_allclose(recording.times_s, [0, 0.04, 1.9, 2.1, 2.3], atol=1e-6)

"""The numbers in the names of images as their clock."""

from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.sources import open_source
from laban.sources.numbered_frames import image_times


def named(pattern: str, numbers: list[int]) -> list[Path]:
    return [Path(pattern.format(number)) for number in numbers]


@pytest.mark.parametrize(
    ("paths", "frames", "words"),
    [
        (named("{:05d}.png", [0, 1, 2, 3]), [0, 1, 2, 3], None),
        (named("{}.png", [1, 2, 3]), [0, 1, 2], None),
        (named("frame_{:06d}.png", [0, 6, 12, 18]), [0, 6, 12, 18], "in steps of 6, at 30"),
        (named("f{}.png", [0, 1, 2, 9, 10]), [0, 1, 2, 9, 10], "one by one, with gaps"),
        (named("f{}.png", [10, 20, 50]), [0, 10, 40], "in steps of 10, with gaps"),
        (named("{}.png", [0, 33, 67, 100]), [0, 1, 2, 3], "do not count frames"),
        (named("IMG_{:04d}.jpg", [4, 9, 12]), [0, 1, 2], None),
        ([Path("ann.png"), Path("bob.png")], [0, 1], None),
        ([Path("cam1_000.png"), Path("cam2_006.png")], [0, 1], None),
        (named("{}.png", [5]), [0], None),
    ],
)
def test_numbers_that_count_frames_are_the_clock(
    paths: list[Path], frames: list[int], words: str | None
) -> None:
    times_s, said, _ = image_times(paths, fps=30.0)
    assert times_s == pytest.approx(np.array(frames) / 30)
    assert (said is None) == (words is None)
    assert words is None or (said is not None and words in said)


def test_an_image_that_cannot_be_read_leaves_a_gap(tmp_path: Path) -> None:
    for index in range(5):
        cv2.imwrite(str(tmp_path / f"{index}.png"), np.full((30, 40, 3), 50, np.uint8))
    (tmp_path / "2.png").write_bytes(b"no image")
    with open_source(tmp_path, fps=10) as source:
        assert source.times_s == pytest.approx([0.0, 0.1, 0.3, 0.4])
        assert [frame.time_s for frame in source.frames()] == pytest.approx([0.0, 0.1, 0.3, 0.4])


def clocked(form: str, times_s: list[float]) -> list[str]:
    start = datetime(2024, 5, 1, 12, 59, 58)
    moments = [start + timedelta(seconds=one) for one in times_s]
    return [one.strftime(form.replace("%3", f"{one.microsecond // 1000:03d}")) for one in moments]


@pytest.mark.parametrize(
    ("form", "step_s"),
    [("cam_%H-%M-%S", 1.0), ("2024-05-01 %H.%M.%S.%3", 0.25), ("door_%Y%m%d_%H%M%S_%3", 0.2)],
)
def test_the_clock_in_the_names_times_the_images(tmp_path: Path, form: str, step_s: float) -> None:
    times_s = [step_s * (index + 3 * (index > 4)) for index in range(9)]
    for index, name in enumerate(clocked(form, times_s)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((30, 40, 3), 20 * index, np.uint8))
    for fps in (None, 30.0):
        with open_source(tmp_path, fps=fps) as source:
            assert source.times_s == pytest.approx(times_s)
            assert source.warnings == ("images are timed by the clock in their names",)


def test_images_are_in_the_order_of_their_clock(tmp_path: Path) -> None:
    names = ["x 12.59.59 PM", "x 1.00.00 PM", "x 1.00.01 PM"]
    for index, name in enumerate(names):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((30, 40, 3), 50 * index, np.uint8))
    with open_source(tmp_path) as source:
        assert [int(frame.image_rgb[0, 0, 0]) for frame in source.frames()] == [0, 50, 100]
        assert source.times_s == pytest.approx([0, 1, 2])


def test_numbers_that_may_be_a_clock_are_named() -> None:
    times_s, said, _ = image_times([Path(f"cam_12-30-{index:02d}.png") for index in range(5)], fps=10.0)
    assert times_s == pytest.approx(np.arange(5) / 10)
    assert said is not None
    assert "may hold the time of day" in said

"""Contact sheets: which moments, where they stand, and that they are whole on the disk."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.errors import InvalidValueError, OutputError
from laban.render.sheet import SheetLayout, draw_sheet, sheet_frames, write_png

LAYOUT = SheetLayout(columns=2, image_width_px=320, gap_px=10)


def images(count: int) -> list[np.ndarray]:
    return [np.full((720, 1280, 3), 40 + 30 * index, np.uint8) for index in range(count)]


def test_moments_are_spread_over_the_whole_recording(two_walkers: Recording) -> None:
    frames = sheet_frames(two_walkers, count=9)
    assert len(frames) == 9
    assert frames[0] < 10 < 80 < frames[-1] < 90
    assert np.ptp(np.diff(frames)) <= 1


def test_a_short_recording_gives_each_frame_once() -> None:
    short = Recording("clip", np.array([0.0, 0.1]), {})
    assert sheet_frames(short, count=9) == (0, 1)
    assert sheet_frames(Recording("clip", np.array([]), {}), count=9) == ()


def test_images_stand_in_rows_with_their_people_and_stay_as_they_were(two_walkers: Recording) -> None:
    shots = images(3)
    sheet = draw_sheet(two_walkers, shots, (10, 45, 80), layout=LAYOUT)
    assert all((shot == 40 + 30 * index).all() for index, shot in enumerate(shots))
    assert sheet.shape[1] == 2 * 320 + 3 * 10
    header = sheet.shape[0] - 2 * (180 + 10)
    assert header > 20
    for index in range(3):
        row, column = divmod(index, 2)
        tile = sheet[header + row * 190 :][:180, 10 + column * 330 :][:, :320]
        assert (tile[2, 2] == 40 + 30 * index).all(), "each image is in its place"
        assert (tile != 40 + 30 * index).any(axis=2).sum() > 800, "with somebody in it"
    assert (sheet[-5:, -5:] > 240).all(), "the place left over is empty"


def test_each_person_is_named_in_the_header_in_its_colour(two_walkers: Recording) -> None:
    from laban.render.palette import person_rgb

    sheet = draw_sheet(two_walkers, images(3), (10, 45, 80))
    header = sheet[:60].astype(int)
    for person in (1, 2):
        assert (np.abs(header - person_rgb(person)).sum(axis=2) < 60).sum() > 100


def test_missing_images_are_refused(two_walkers: Recording) -> None:
    with pytest.raises(InvalidValueError, match="an image for each frame"):
        draw_sheet(two_walkers, images(2), (1, 2, 3))


def test_png_comes_back_as_it_was(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 255, (12, 17, 3), np.uint8)
    path = write_png(tmp_path / "new" / "sheet.png", image)
    read = cv2.imread(str(path))
    assert (read[..., ::-1] == image).all()
    assert [file.name for file in path.parent.iterdir()] == ["sheet.png"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here")
    with pytest.raises(OutputError, match=r"cannot write .*sheet\.png"):
        write_png(tmp_path / "taken" / "sheet.png", np.zeros((2, 2, 3), np.uint8))

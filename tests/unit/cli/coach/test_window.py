"""The window of ``laban coach --show``, with an OpenCV that has one and with one that has none."""

import cv2
import numpy as np
import pytest

from laban.cli.coach.window import Window
from laban.errors import OutputError

SCREEN = {"DISPLAY": ":0"}
IMAGE = np.zeros((4, 6, 3), np.uint8)
IMAGE[..., 0] = 200


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What an OpenCV with windows is told."""
    told: list[object] = []
    monkeypatch.setattr(cv2, "namedWindow", lambda title, _: told.append(title))
    monkeypatch.setattr(cv2, "imshow", lambda _, image: told.append(image))
    monkeypatch.setattr(cv2, "waitKey", lambda _: -1)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
    monkeypatch.setattr(cv2, "destroyWindow", lambda title: told.append(f"closed {title}"))
    return told


def test_images_are_shown_in_their_own_colours_until_the_end(shown: list[object]) -> None:
    with Window("Squat", environment=SCREEN, platform="linux") as window:
        assert window.show(IMAGE)
    title, image, end = shown
    assert (title, end) == ("Squat", "closed Squat")
    np.testing.assert_array_equal(image, IMAGE[..., ::-1])


@pytest.mark.parametrize("key", [27, ord("q"), ord("q") + 256])
def test_escape_and_q_end_it(shown: list[object], monkeypatch: pytest.MonkeyPatch, key: int) -> None:
    monkeypatch.setattr(cv2, "waitKey", lambda _: key)
    assert not Window("Squat", environment=SCREEN, platform="linux").show(IMAGE)


def test_closing_the_window_ends_it(shown: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 0.0)
    assert not Window("Squat", environment=SCREEN, platform="linux").show(IMAGE)


def test_an_opencv_without_windows_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise cv2.error("The function is not implemented.\nRebuild the library")

    monkeypatch.setattr(cv2, "namedWindow", refuse)
    with pytest.raises(OutputError, match=r"install opencv-python in place of") as caught:
        Window("Squat", environment=SCREEN, platform="linux")
    assert "\n" not in str(caught.value)


def test_no_screen_is_told_before_opencv_is_asked() -> None:
    with pytest.raises(OutputError, match="no screen to open a window on"):
        Window("Squat", environment={}, platform="linux")

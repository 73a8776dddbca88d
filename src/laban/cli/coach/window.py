"""A window for live images, if this OpenCV build and this machine support windows."""

import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from laban.core.arrays import ImageArray
from laban.errors import OutputError

_QUIT_KEYS = (27, ord("q"))
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


class Window:
    """An open window; ``show`` returns whether to continue. Raises OutputError if no window can be opened."""

    def __init__(
        self, title: str, *, environment: Mapping[str, str] = os.environ, platform: str = sys.platform
    ) -> None:
        import cv2

        self._title, self._cv2 = title, cv2
        if platform.startswith("linux") and not any(environment.get(name) for name in _DISPLAYS):
            raise OutputError(
                "there is no screen to open a window on; use -o to write the video instead of --show"
            )
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL)
        except cv2.error as error:
            raise OutputError(
                "this OpenCV was built without windows; install opencv-python in place of opencv-python-headless, "
                "or use -o to write the video instead of --show"
            ) from error

    def show(self, image_rgb: ImageArray) -> bool:
        """Shows an image; returns False once the window is closed, or Escape or q is pressed."""
        cv2: Any = self._cv2
        cv2.imshow(self._title, image_rgb[..., ::-1])
        pressed = cv2.waitKey(1) & 0xFF
        return pressed not in _QUIT_KEYS and cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._cv2.destroyWindow(self._title)

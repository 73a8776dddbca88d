"""Opens the source of a live session."""

from pathlib import Path

from laban.errors import InvalidValueError
from laban.sources import FrameSource, needs_rate, open_source


def open_live_source(source: str, *, fps: float | None = None) -> FrameSource:
    """The source behind a webcam's number, a video or a folder of images.

    ``fps`` is the rate of sources without their own, numbered images and raw streams. Raises InvalidValueError
    where it is given for any other source, which has its own times, and as ``open_source`` does.
    """
    path = Path(source)
    if fps is not None and (source.isdecimal() or (path.exists() and not needs_rate(path))):
        what = f"camera {source}" if source.isdecimal() else source
        raise InvalidValueError(
            f"a rate of {fps:g} frames a second was given for {what}, which has times of its own; leave out fps, "
            "which is for numbered images and raw streams"
        )
    return open_source(source, fps=fps)

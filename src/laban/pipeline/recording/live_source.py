"""What a live session goes through, by the name that somebody gave it."""

from pathlib import Path

from laban.errors import InvalidValueError
from laban.sources import FrameSource, needs_rate, open_source


def open_live_source(source: str, *, fps: float | None = None) -> FrameSource:
    """The source behind a webcam's number, a video or a folder of images.

    ``fps`` is the rate of what tells none of its own, numbered images and raw streams. Raises InvalidValueError
    where it is given for anything else, which goes by its own times, and what ``open_source`` raises.
    """
    path = Path(source)
    if fps is not None and (source.isdecimal() or (path.exists() and not needs_rate(path))):
        what = f"camera {source}" if source.isdecimal() else source
        raise InvalidValueError(
            f"a rate of {fps:g} frames a second was given for {what}, which has times of its own; leave out fps, "
            "which is for numbered images and raw streams"
        )
    return open_source(source, fps=fps)

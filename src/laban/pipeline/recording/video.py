"""Finds the video of a recording, and reads its frames."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame
from laban.core.sequence import Recording
from laban.errors import SourceError
from laban.pipeline.recording.identity import data_hash
from laban.render.words import short_name
from laban.sources import FrameSource, open_source


def find_origin(recording: Recording, *, beside: Path | None = None, given: Path | None = None) -> Path:
    """Where the recording's video, image or folder of images is.

    ``given`` is taken as it is. Otherwise the path in the recording is tried, then the same path from the folder of
    the recording file ``beside``, then its name alone there, for a recording that moved with its video.
    Raises ``SourceError``, naming what was looked for, where there is none.
    """
    if given is not None:
        if not given.exists():
            raise SourceError(f"there is no video at {given}; check --source")
        return given
    for place in _places(recording, beside):
        if place.exists():
            return place
    name = short_name(recording.source)
    where = f" nor beside {beside}" if beside is not None else ""
    raise SourceError(
        f"the video of this recording ({name}) is neither at {recording.source or 'its place'}{where}; "
        "name it with --source"
    )


def rate_given(recording: Recording) -> float | None:
    """The frame rate given for the images of a recording; None where it was not given."""
    settings = recording.metadata.get("settings")
    fps = settings.get("fps") if isinstance(settings, Mapping) else None
    return float(fps) if isinstance(fps, int | float) and fps > 0 else None


def origin_doubt(recording: Recording, origin: Path) -> str | None:
    """A warning where ``origin`` is not the recording's source, by its hash; else None."""
    work = recording.metadata.get("work")
    made_of = work.get("data_sha256") if isinstance(work, Mapping) else None
    if not isinstance(made_of, str) or not origin.is_file() or origin.stat().st_size == 0:
        return None
    if data_hash(origin) == made_of:
        return None
    return f"{origin} is not the file that this recording was made from; drawings over it may not fit"


@contextmanager
def open_frames(
    path: Path, *, at_s: Float64Array | None = None, fps: float | None = None
) -> Iterator[Iterable[Frame]]:
    """The frames of a source in order, while the block lasts.

    With ``at_s``, times in seconds, at least the frames nearest to those; where the source knows its times, what
    can be left out in between is not decoded. ``fps`` is the rate of a source without its own. Raises
    ``SourceError`` where the source cannot be read.
    """
    with open_source(path, fps=fps) as source:
        yield source.frames() if at_s is None else _moments(source, at_s)


def _moments(source: FrameSource, at_s: Float64Array) -> Iterator[Frame]:
    times = source.times_s
    if times is None:
        yield from source.frames()
        return
    wanted = np.unique(np.abs(times[None, :] - at_s[:, None]).argmin(axis=1))
    for run in _runs(wanted, keyframes=source.keyframes):
        yield from source.frames(int(run[0]), int(run[-1]) + 1)


def _runs(wanted: IntArray, *, keyframes: IntArray) -> list[IntArray]:
    """``wanted`` frames, split where a keyframe lies between two of them, so that none is decoded twice."""
    before = np.searchsorted(keyframes, wanted, side="right")
    return np.split(wanted, np.flatnonzero(np.diff(before)) + 1)


def _places(recording: Recording, beside: Path | None) -> Iterator[Path]:
    words = recording.metadata.get("path"), recording.source
    for word in (one for one in words if isinstance(one, str) and one and "://" not in one):
        yield Path(word)
        if beside is not None:
            yield beside.parent / word
            yield beside.parent / Path(word.replace("\\", "/")).name

"""Whether a file in a data folder is a video, poses, or neither, by its content."""

from pathlib import Path

from laban.errors import LabanError, UnknownFormatError
from laban.io.recognise import recognise
from laban.pipeline.dataset.values import Kind
from laban.sources.containers import demuxer_of, read_head
from laban.sources.image import IMAGE_SUFFIXES

_DRAWN = ".overlay.mp4"


class NoClipError(LabanError):
    """A file is no clip; the message says what it is."""


def kind_of(path: Path) -> Kind:
    """Whether a file (or a folder of poses) is a video or a recording; raises NoClipError where it is neither."""
    if path.name.startswith("."):
        raise NoClipError("hidden")
    if path.name.endswith(_DRAWN):
        raise NoClipError("a drawing that laban made, not its video")
    if path.suffix.lower() in IMAGE_SUFFIXES and not _is_video(path):
        raise NoClipError("an image; movement needs a video")
    try:
        if _is_video(path):
            return "video"
        form = recognise(path)
    except LabanError as error:
        raise NoClipError(_why_not(path, error)) from error
    if form == "pyskl":
        raise NoClipError("a pickle of many clips; give it by itself")
    return "recording"


def _is_video(path: Path) -> bool:
    """By its content: an animated WebP is one, an image is none."""
    return path.is_file() and path.stat().st_size > 0 and demuxer_of(read_head(path)) is not None


def _why_not(path: Path, error: LabanError) -> str:
    if path.is_file() and path.stat().st_size == 0:
        return "empty"
    if isinstance(error, UnknownFormatError):
        return "neither a video nor a file of poses"
    return " ".join(str(error).split())

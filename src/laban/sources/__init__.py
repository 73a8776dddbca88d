"""Sources of images: video files, images, cameras; each yields ``Frame`` in order of time."""

from pathlib import Path

from laban.errors import SourceError
from laban.sources.animation import AnimationSource
from laban.sources.camera import CameraSource
from laban.sources.clock import RAW
from laban.sources.containers import VIDEO_FORMATS, absence, address_in, demuxer_of, read_head
from laban.sources.headers import IMAGE_FORMATS
from laban.sources.image import ImageSource, images_in
from laban.sources.limits import Limits
from laban.sources.protocol import FrameSource
from laban.sources.standardise import Standard, StandardSource
from laban.sources.synthetic import SyntheticScene, SyntheticSource
from laban.sources.video import VideoSource

__all__ = [
    "CameraSource",
    "FrameSource",
    "ImageSource",
    "Limits",
    "Standard",
    "StandardSource",
    "SyntheticScene",
    "SyntheticSource",
    "VideoSource",
    "needs_rate",
    "open_source",
]


def open_source(
    source: str | Path | int, *, limits: Limits | None = None, fps: float | None = None
) -> FrameSource:
    """The source for a path or a webcam number; the kind of a file is decided by its content.

    ``fps`` is the rate of a source without its own: see ``needs_rate``. Raises SourceError where nothing can be
    read, LimitError where it exceeds ``limits``.
    """
    if isinstance(source, int) or (isinstance(source, str) and source.isdecimal()):
        return CameraSource(int(source), limits=limits)
    path = Path(source)
    if address_in(str(source)) is not None and not path.exists():
        raise SourceError(absence(path))
    if path.is_dir():
        return ImageSource(images_in(path), name=str(path), fps=fps, limits=limits)
    demuxer = demuxer_of(read_head(path))
    if demuxer is not None:
        if demuxer == "webp":
            return AnimationSource(path, limits=limits)
        return VideoSource(path, limits=limits, raw_fps=fps)
    return _image(path, limits=limits)


def needs_rate(path: Path) -> bool:
    """Whether ``path`` has no frame rate of its own: a folder of images, or a raw stream of H.264 or HEVC."""
    return path.is_dir() or demuxer_of(read_head(path)) in RAW


def _image(path: Path, *, limits: Limits | None) -> FrameSource:
    try:
        return ImageSource([path], name=str(path), limits=limits)
    except SourceError as error:
        if "not an image" in str(error):
            raise SourceError(
                f"{path} is neither a video nor an image that can be read; expected the content of a video "
                f"({VIDEO_FORMATS}) or an image ({IMAGE_FORMATS})"
            ) from error
        raise

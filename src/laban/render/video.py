"""Writing images to a video file with their own timestamps."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.checks import in_range
from laban.errors import InvalidValueError, OutputError
from laban.render.files import written

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

TimedImage = tuple[float, ImageArray]

_TICK = Fraction(1, 60_000)  # the usual rates are whole ticks, and MPEG-4 part 2 allows no finer
_ENCODERS = ("libx264", "libopenh264", "mpeg4")
_KEY_EVERY = 60  # frames; the most that a player decodes to seek
_BT601, _BT709 = (
    6,
    1,
)  # matrix of ITU-R BT.601, primaries and transfer of BT.709, as ISO/IEC 23091-2 numbers them
_LIMITED = 1
_X264 = {"preset": "superfast", "bf": "0"}


@dataclass(frozen=True)
class VideoSettings:
    """How a video is encoded.

    ``quality`` is x264's constant rate factor (lower is better and larger); other encoders get a bit rate from
    it. ``encoder`` names one of FFmpeg's, None takes the best there is; ``threads`` 0 uses every core.
    """

    quality: int = 23
    encoder: str | None = None
    threads: int = 0

    def __post_init__(self) -> None:
        in_range(self.quality, name="quality", low=0, high=51)
        in_range(self.threads, name="threads", low=0, high=256)


def write_video(
    path: Path | str, images: Iterable[TimedImage], *, settings: VideoSettings | None = None
) -> int:
    """Writes (time_s, image_rgb) pairs as an MP4 and returns how many; see ``encoded``.

    The times, which must increase, are kept to 1/60 000 s relative to the first. The file appears only when it is
    complete. Raises ``InvalidValueError`` for no images, ``OutputError`` if the file cannot be written.
    """
    return sum(1 for _ in encoded(path, images, settings=settings))


def encoded(
    path: Path | str, images: Iterable[TimedImage], *, settings: VideoSettings | None = None
) -> Iterator[TimedImage]:
    """Yields the images while writing them to ``path``, so that a caller can show progress.

    Every image must have the first one's size; an odd last row or column is left out, because 4:2:0 video has
    none. A generator that is closed early leaves no file.
    """
    target = Path(path)
    with written(target) as temporary, _container(temporary, target) as container:
        writer: _Writer | None = None
        for time_s, image_rgb in images:
            writer = writer or _open(container, image_rgb, settings or VideoSettings(), start_s=time_s)
            writer.add(time_s, image_rgb)
            yield time_s, image_rgb
        if writer is None:
            raise InvalidValueError(f"there are no images to write to {target}")
        writer.finish()


class _Writer:
    """An open stream; it checks sizes and times."""

    def __init__(self, container: "OutputContainer", stream: "VideoStream", *, start_s: float) -> None:
        self._container, self._stream, self._start_s = container, stream, start_s
        self._size: tuple[int, ...] | None = None
        self._last_tick = -1

    def add(self, time_s: float, image_rgb: ImageArray) -> None:
        self._size = self._size or image_rgb.shape
        if image_rgb.shape != self._size:
            raise InvalidValueError(
                f"all images of a video need one size, got {image_rgb.shape} after {self._size}"
            )
        tick = round((time_s - self._start_s) / _TICK)
        if tick <= self._last_tick:
            raise InvalidValueError(f"the times of a video's images must increase, got {time_s} s")
        frame = _converted(image_rgb)
        frame.pts, frame.time_base, self._last_tick = tick, _TICK, tick
        self._mux(frame)

    def finish(self) -> None:
        self._mux(None)

    def _mux(self, frame: Any) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)


def _open(
    container: "OutputContainer", image_rgb: ImageArray, settings: VideoSettings, *, start_s: float
) -> _Writer:
    height, width = (side - side % 2 for side in image_rgb.shape[:2])
    if min(height, width) < 2:
        raise InvalidValueError(f"a video needs images of at least 2×2 pixels, got {image_rgb.shape}")
    name = settings.encoder or _best_encoder()
    options = {"crf": str(settings.quality), **_X264} if name == "libx264" else {}
    stream: Any = container.add_stream(name, rate=30, options=options)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.codec_context.time_base = stream.time_base = _TICK
    stream.codec_context.thread_count = settings.threads
    stream.codec_context.gop_size = _KEY_EVERY
    _tag_colours(stream.codec_context)
    if not options:
        stream.bit_rate = round(width * height * 6 * 2 ** ((23 - settings.quality) / 6))
    return _Writer(container, stream, start_s=start_s)


def _best_encoder() -> str:
    from av.codec import Codec
    from av.codec.codec import UnknownCodecError

    for name in _ENCODERS:
        try:
            Codec(name, "w")
        except UnknownCodecError:
            continue
        return name
    raise OutputError(
        f"this build of PyAV can write none of {', '.join(_ENCODERS)}; reinstall av from its wheel"
    )


@contextmanager
def _container(temporary: Path, target: Path) -> Iterator["OutputContainer"]:
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(temporary), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            yield container
    except FFmpegError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}; choose another place with -o") from error


def _converted(image_rgb: ImageArray) -> Any:
    """The image as a 4:2:0 frame. OpenCV needs a tenth of the time of FFmpeg's scaler."""
    from av import VideoFrame

    planes = np.asarray(cv2.cvtColor(_even(image_rgb), cv2.COLOR_RGB2YUV_I420), np.uint8)
    return VideoFrame.from_ndarray(planes, format="yuv420p")


def _tag_colours(context: Any) -> None:
    # Without tags, players guess the matrix from the height, and reds turn orange.
    context.colorspace, context.color_range = _BT601, _LIMITED
    context.color_primaries = context.color_trc = _BT709


def _even(image_rgb: ImageArray) -> ImageArray:
    height, width = (side - side % 2 for side in image_rgb.shape[:2])
    return np.ascontiguousarray(image_rgb[:height, :width])

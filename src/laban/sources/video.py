"""Video files, through libav: the decoder's own times, planes as they are, and never another file."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.frame import Frame, YuvPlanes
from laban.errors import LimitError, SourceError
from laban.sources.containers import demuxer_of, read_head
from laban.sources.gate import Limits, timely
from laban.sources.protocol import OpenSource
from laban.sources.structure import Bounded, check_structure

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_PLANAR = {"yuv420p": False, "yuvj420p": True}
_BT709, _FULL_RANGE = 1, 2
_TICKS_A_SECOND = 1_000_000
_TRIED_PACKETS = 1000
_OPTIONS = {
    # A reference to another file inside a file is never followed.
    "mov": {"enable_drefs": "0", "use_absolute_path": "0"},
}


class VideoSource(OpenSource):
    """A video file. Its times are known from the packets at once; frames are decoded when asked for.

    Raises SourceError where the file is no video that can be read, LimitError where it exceeds ``limits``.
    """

    def __init__(self, path: Path, *, limits: Limits | None = None) -> None:
        self._path = path
        self._limits = limits or Limits()
        demuxer = demuxer_of(read_head(path))
        if demuxer is None:
            raise SourceError(
                f"{path} is not a video that can be read; expected mp4, mov, mkv, webm, avi or mpegts content"
            )
        self._demuxer = demuxer
        self._warnings: list[str] = []
        self._extent = check_structure(path, demuxer=demuxer, limits=self._limits)
        with self._opened() as (container, stream):
            self._limits.check_streams(len(container.streams), name=self.name)
            self._limits.check_size((stream.codec_context.width, stream.codec_context.height), name=self.name)
            self._pts, self._keyframes = self._scan(container, stream)
            self._tick_s = float(stream.time_base or 0)
            promised_s = _promised_s(container, stream)
        if len(self._pts) == 0:
            raise SourceError(f"{path} holds no video frames; copy or record it again")
        frames, duration_s = len(self._pts), float(self.times_s[-1])
        self._limits.check_length(frames=frames, duration_s=duration_s, name=self.name)
        self._note_if_cut_short(promised_s)
        self._size_wh = self._first_size()

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def times_s(self) -> Float64Array:
        """(T,) seconds from the first frame, by the container's presentation times."""
        return self._times_s

    @cached_property
    def _times_s(self) -> Float64Array:
        times_s = (self._pts - self._pts[0]) * self._tick_s
        times_s.flags.writeable = False
        return np.asarray(times_s)

    @property
    def keyframes(self) -> IntArray:
        return self._keyframes

    @property
    def fps(self) -> float | None:
        """Mean frames a second; None where there is only one frame."""
        return (len(self._pts) - 1) / float(self._times_s[-1]) if len(self._pts) > 1 else None

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames ``start`` up to but without ``stop``; reading begins at the keyframe before."""
        last = len(self._pts) if stop is None else min(stop, len(self._pts))
        if start >= last:
            return
        for index, picture in self._pictures(start, last):
            yield self._frame(picture, index)

    def _pictures(
        self, start: int, stop: int, *, most_packets: int | None = None
    ) -> "Iterator[tuple[int, VideoFrame]]":
        """The decoded pictures of the span with their indices; a picture is known by its presentation time."""
        with self._opened() as (container, stream):
            self._seek(container, stream, start)
            packets = islice(self._packets(container, stream), most_packets)
            pictures = timely(self._decoded(packets), limits=self._limits, name=self.name)
            for picture in pictures:
                index = self._index_of(picture)
                if index is None or index < start:
                    continue
                if index >= stop:
                    return
                self._limits.check_size((picture.width, picture.height), name=self.name)
                yield index, picture
                start = index + 1
                if start == stop:
                    return

    def _first_size(self) -> tuple[int, int]:
        """The upright size of the first picture that can be decoded."""
        first = next(self._pictures(0, len(self._pts), most_packets=_TRIED_PACKETS), None)
        if first is None:
            raise SourceError(
                f"{self._path}: not one frame can be decoded; convert it to H.264, or record it again"
            )
        picture = first[1]
        size_wh = (picture.width, picture.height)
        return size_wh[::-1] if _turns(picture) % 2 else size_wh

    def _index_of(self, picture: "VideoFrame") -> int | None:
        pts = picture.pts if picture.pts is not None else picture.dts
        if pts is None:
            return None
        index = int(np.searchsorted(self._pts, pts))
        return index if index < len(self._pts) and self._pts[index] == pts else None

    def _frame(self, picture: "VideoFrame", index: int) -> Frame:
        turns = _turns(picture)
        picture = self._fitting(picture, turns=turns)
        planes = _planes(picture, turns=turns)
        return Frame.from_planes(
            planes,
            to_rgb=partial(_to_rgb, picture, turns=turns),
            index=index,
            time_s=float(self._times_s[index]),
        )

    def _fitting(self, picture: "VideoFrame", *, turns: int) -> "VideoFrame":
        """The picture in planes, scaled to the size of the first where a file changes its size on the way."""
        width, height = self._size_wh[::-1] if turns % 2 else self._size_wh
        if (picture.width, picture.height) != (width, height):
            self._note("the size of the picture changes on the way; all frames are scaled to the first size")
            return picture.reformat(width=width, height=height, format="yuv420p")
        return picture if picture.format.name in _PLANAR else picture.reformat(format="yuv420p")

    def _seek(self, container: "InputContainer", stream: "VideoStream", start: int) -> None:
        earlier = self._keyframes[self._keyframes <= start]
        if len(earlier) and earlier[-1] > 0:
            container.seek(int(self._pts[earlier[-1]]), stream=stream, backward=True)

    def _decoded(self, packets: Iterator[Any]) -> "Iterator[VideoFrame]":
        """The pictures that can be decoded; what cannot is skipped and noted."""
        import av

        for packet in packets:
            try:
                yield from packet.decode()
            except av.FFmpegError as error:
                self._note(f"a part cannot be decoded ({error.strerror}); its frames are missing")

    def _packets(self, container: "InputContainer", stream: "VideoStream") -> Iterator[Any]:
        import av

        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self._note(f"the file ends early ({error.strerror}); what it holds is used")
                return
            if packet is None:
                return
            yield packet

    def _scan(self, container: "InputContainer", stream: "VideoStream") -> tuple[IntArray, IntArray]:
        """Presentation times of all packets in order, and which of them are keyframes; nothing is decoded."""
        pts: list[int] = []
        keys: list[int] = []
        latest: int | None = None
        for packet in self._packets(container, stream):
            time = packet.pts if packet.pts is not None else packet.dts
            if time is None or packet.size == 0 or packet.is_discard:
                continue
            if latest is not None and packet.dts is not None and packet.dts < latest:
                self._note("its clock jumps back; frames whose times have passed already are left out")
            latest = packet.dts if packet.dts is not None else latest
            pts.append(time)
            if packet.is_keyframe:
                keys.append(time)
            if len(pts) > self._limits.max_frames:
                raise LimitError(
                    f"{self._path}: more than {self._limits.max_frames} frames; cut it into parts"
                )
        ordered = np.unique(np.array(pts, dtype=np.int64))
        return ordered, np.searchsorted(ordered, np.unique(np.array(keys, dtype=np.int64)))

    @contextmanager
    def _opened(self) -> "Iterator[tuple[InputContainer, VideoStream]]":
        """A container and its first video stream, closed afterwards; errors of libav become SourceError."""
        import av

        gate = {"max_pixels": str(self._limits.max_pixels)}
        options = {**gate, **_OPTIONS.get(self._demuxer, {})}
        try:
            with (
                self._path.open("rb") as file,
                av.open(
                    Bounded(file, end=self._extent.usable), "r", format=self._demuxer, options=options
                ) as container,
            ):
                stream = self._video_stream(container)
                stream.codec_context.options = gate
                yield container, stream
        except av.FFmpegError as error:
            raise SourceError(
                f"{self._path} cannot be read: {error.strerror}; copy, record or convert it again"
            ) from error
        except OSError as error:
            raise SourceError(f"{self._path} cannot be read: {error.strerror}") from error

    def _video_stream(self, container: "InputContainer") -> "VideoStream":
        if not container.streams.video:
            raise SourceError(f"{self._path} holds no video, only {_kinds(container)}")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise SourceError(f"{self._path}: no decoder for its video; convert it to H.264 or VP9")
        # Several spans are read side by side, so each decoder keeps to one thread.
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        return stream

    def _note_if_cut_short(self, promised_s: float) -> None:
        held_s = float(self._times_s[-1])
        if self._extent.missing or promised_s - held_s > max(1.0, 0.05 * promised_s):
            promised = f" of the {promised_s:.1f} s it promises" if promised_s > held_s else ""
            self._note(f"the file is cut short; it holds {held_s:.1f} s{promised}")

    def _note(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def _kinds(container: "InputContainer") -> str:
    return ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"


def _promised_s(container: "InputContainer", stream: "VideoStream") -> float:
    """How long the video is by its header; 0 where that is unknown."""
    if stream.duration:
        return float(stream.duration * (stream.time_base or 0))
    return (container.duration or 0) / _TICKS_A_SECOND


def _turns(picture: "VideoFrame") -> int:
    """Quarter turns against the clock that make the picture upright."""
    return round(picture.rotation / 90) % 4


def _planes(picture: "VideoFrame", *, turns: int) -> YuvPlanes:
    """The planes as views of the decoder's memory, or as turned copies."""
    width, height = picture.width, picture.height
    half = ((height + 1) // 2, (width + 1) // 2)
    shapes = ((height, width), half, half)
    luma, blue, red = (
        _upright(_view(plane, shape), turns=turns)
        for plane, shape in zip(picture.planes, shapes, strict=True)
    )
    full = _PLANAR[picture.format.name] or int(picture.color_range) == _FULL_RANGE
    return YuvPlanes(luma, blue, red, full_range=full, bt709=int(picture.colorspace) == _BT709)


def _view(plane: Any, shape: tuple[int, int]) -> ImageArray:
    """The array keeps the plane, and with it the picture, alive."""
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    view = rows[: shape[0], : shape[1]]
    view.flags.writeable = False
    return view


def _upright(image: ImageArray, *, turns: int) -> ImageArray:
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _to_rgb(picture: "VideoFrame", *, turns: int) -> ImageArray:
    return _upright(np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8), turns=turns)

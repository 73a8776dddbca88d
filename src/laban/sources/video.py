"""Video files, through libav: the decoder's own times, planes as they are, and never another file."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.frame import Frame, YuvPlanes
from laban.errors import LimitError, SourceError
from laban.sources.containers import demuxer_of, read_head
from laban.sources.gate import Limits, timely
from laban.sources.protocol import OpenSource

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_PLANAR = {"yuv420p": False, "yuvj420p": True}
_BT709, _FULL_RANGE = 1, 2
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
        with self._opened() as (container, stream):
            self._limits.check_streams(len(container.streams), name=self.name)
            self._limits.check_size((stream.codec_context.width, stream.codec_context.height), name=self.name)
            self._pts, self._keyframes = self._scan(container, stream)
            self._tick_s = float(stream.time_base or 0)
        if len(self._pts) == 0:
            raise SourceError(f"{path} holds no video frames; copy or record it again")
        frames, duration_s = len(self._pts), float(self.times_s[-1])
        self._limits.check_length(frames=frames, duration_s=duration_s, name=self.name)
        self._note_if_cut_short()

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

    @cached_property
    def size_wh(self) -> tuple[int, int]:
        first = next(self.frames(0, 1), None)
        if first is None:
            raise SourceError(f"{self._path}: not one frame can be decoded; copy or record it again")
        return first.size_wh

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames ``start`` up to but without ``stop``; reading begins at the keyframe before."""
        last = len(self._pts) if stop is None else min(stop, len(self._pts))
        if start >= last:
            return
        with self._opened() as (container, stream):
            self._seek(container, stream, start)
            pictures = timely(self._decoded(container, stream), limits=self._limits, name=self.name)
            yield from self._numbered(pictures, start, last)

    def _numbered(self, pictures: "Iterator[VideoFrame]", start: int, stop: int) -> Iterator[Frame]:
        """The decoded pictures of the span as frames; a picture is known by its presentation time."""
        for picture in pictures:
            index = self._index_of(picture)
            if index is None or index < start:
                continue
            if index >= stop:
                return
            self._limits.check_size((picture.width, picture.height), name=self.name)
            yield self._frame(picture, index)
            if index == stop - 1:
                return

    def _index_of(self, picture: "VideoFrame") -> int | None:
        pts = picture.pts if picture.pts is not None else picture.dts
        if pts is None:
            return None
        index = int(np.searchsorted(self._pts, pts))
        return index if index < len(self._pts) and self._pts[index] == pts else None

    def _frame(self, picture: "VideoFrame", index: int) -> Frame:
        turns = round(picture.rotation / 90) % 4
        if picture.format.name not in _PLANAR:
            picture = picture.reformat(format="yuv420p")
        planes = _planes(picture, turns=turns)
        return Frame.from_planes(
            planes,
            to_rgb=partial(_to_rgb, picture, turns=turns),
            index=index,
            time_s=float(self._times_s[index]),
        )

    def _seek(self, container: "InputContainer", stream: "VideoStream", start: int) -> None:
        earlier = self._keyframes[self._keyframes <= start]
        if len(earlier) and earlier[-1] > 0:
            container.seek(int(self._pts[earlier[-1]]), stream=stream, backward=True)

    def _decoded(self, container: "InputContainer", stream: "VideoStream") -> "Iterator[VideoFrame]":
        """The pictures that can be decoded; what cannot is skipped and noted."""
        import av

        for packet in self._packets(container, stream):
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
        for packet in self._packets(container, stream):
            time = packet.pts if packet.pts is not None else packet.dts
            if time is None or packet.size == 0 or packet.is_discard:
                continue
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

        try:
            with (
                self._path.open("rb") as file,
                av.open(
                    file, "r", format=self._demuxer, options=_OPTIONS.get(self._demuxer, {})
                ) as container,
            ):
                yield container, self._video_stream(container)
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

    def _note_if_cut_short(self) -> None:
        with self._opened() as (container, stream):
            promised_s = float((stream.duration or 0) * self._tick_s)
            del container
        held_s = float(self._times_s[-1])
        if promised_s - held_s > max(1.0, 0.05 * promised_s):
            self._note(f"the file promises {promised_s:.1f} s and holds {held_s:.1f} s; it may be cut short")

    def _note(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def _kinds(container: "InputContainer") -> str:
    return ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"


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

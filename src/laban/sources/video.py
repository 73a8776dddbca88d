"""Video files, through libav: the decoder's own times, planes as they are, and never another file."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame
from laban.errors import LimitError, SourceError
from laban.sources.containers import demuxer_of, read_head
from laban.sources.gate import Limits, timely
from laban.sources.planes import PLANAR, planes_of, quarter_turns, rgb_of
from laban.sources.protocol import OpenSource
from laban.sources.structure import Bounded, check_structure

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_TICKS_A_SECOND = 1_000_000
_TRIED_PACKETS = 1000
# How far before a keyframe to seek, one after the other until it is met: transport streams have no index.
_SEEKS = (0.0, 2.0)
_SEEK_BACK_S = {"mpegts": (1.0, 10.0)}
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
            self._limits.check_size(_declared_wh(stream) or self._size_unseen(), name=self.name)
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
        for index, picture in self._timed(self._from_keyframe(start, most=most_packets)):
            if index < start:
                continue
            if index >= stop:
                return
            self._limits.check_size((picture.width, picture.height), name=self.name)
            yield index, picture
            start = index + 1
            if start == stop:
                return

    def _timed(self, pictures: "Iterator[VideoFrame]") -> "Iterator[tuple[int, VideoFrame]]":
        for picture in timely(pictures, limits=self._limits, name=self.name):
            index = self._index_of(picture)
            if index is not None:
                yield index, picture

    def _from_keyframe(self, start: int, *, most: int | None) -> "Iterator[VideoFrame]":
        """Everything decoded from the keyframe before ``start``, or from the beginning where seeking misses it."""
        key = int(max(self._keyframes[self._keyframes <= start], default=0))
        for back_s in _SEEK_BACK_S.get(self._demuxer, _SEEKS) if key else ():
            with self._opened() as (container, stream):
                packets = self._packets_from(container, stream, key, back_s=back_s)
                first = next(packets, None)
                if first is not None:
                    yield from self._decoded(islice(chain([first], packets), most))
                    return
        with self._opened() as (container, stream):
            yield from self._decoded(islice(self._packets(container, stream), most))

    def _packets_from(
        self, container: "InputContainer", stream: "VideoStream", key: int, *, back_s: float
    ) -> Iterator[Any]:
        """The packets from that of the keyframe on, sought from ``back_s`` before it; none where it is missed."""
        import av

        wanted = int(self._pts[key])
        try:
            container.seek(wanted - round(back_s / self._tick_s), stream=stream, backward=True)
        except av.FFmpegError:
            return
        packets = self._packets(container, stream)
        for packet in packets:
            if _time(packet) == wanted:
                yield packet
                yield from packets
            elif packet.dts is not None and packet.dts > wanted:
                return

    def _size_unseen(self) -> tuple[int, int]:
        """The size by the header where the probe, which keeps to the limits, could not tell it."""
        with self._opened(probe={"skip_frame": "all"}) as (_, stream):
            return _declared_wh(stream) or (0, 0)

    def _first_size(self) -> tuple[int, int]:
        """The upright size of the first picture that can be decoded."""
        first = next(self._pictures(0, len(self._pts), most_packets=_TRIED_PACKETS), None)
        if first is None:
            raise SourceError(
                f"{self._path}: not one frame can be decoded; convert it to H.264, or record it again"
            )
        picture = first[1]
        size_wh = (picture.width, picture.height)
        return size_wh[::-1] if quarter_turns(picture) % 2 else size_wh

    def _index_of(self, picture: "VideoFrame") -> int | None:
        pts = _time(picture)
        if pts is None:
            return None
        index = int(np.searchsorted(self._pts, pts))
        return index if index < len(self._pts) and self._pts[index] == pts else None

    def _frame(self, picture: "VideoFrame", index: int) -> Frame:
        turns = quarter_turns(picture)
        picture = self._fitting(picture, turns=turns)
        planes = planes_of(picture, turns=turns)
        return Frame.from_planes(
            planes,
            to_rgb=partial(rgb_of, picture, turns=turns),
            index=index,
            time_s=float(self._times_s[index]),
        )

    def _fitting(self, picture: "VideoFrame", *, turns: int) -> "VideoFrame":
        """The picture in planes, scaled to the size of the first where a file changes its size on the way."""
        width, height = self._size_wh[::-1] if turns % 2 else self._size_wh
        if (picture.width, picture.height) != (width, height):
            self._note("the size of the picture changes on the way; all frames are scaled to the first size")
            return picture.reformat(width=width, height=height, format="yuv420p")
        return picture if picture.format.name in PLANAR else picture.reformat(format="yuv420p")

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
            time = _time(packet)
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
        keyframes = np.searchsorted(ordered, np.unique(np.array(keys, dtype=np.int64)))
        keyframes.flags.writeable = False
        return ordered, keyframes

    @contextmanager
    def _opened(
        self, *, probe: dict[str, str] | None = None
    ) -> "Iterator[tuple[InputContainer, VideoStream]]":
        """A container and its first video stream, closed afterwards; errors of libav become SourceError."""
        import av

        gate = {"max_pixels": str(self._limits.max_pixels)}
        options = {**(probe or gate), **_OPTIONS.get(self._demuxer, {})}
        try:
            with (
                self._path.open("rb") as file,
                av.open(
                    Bounded(file, end=self._extent.usable),
                    "r",
                    format=self._demuxer,
                    options=options,
                    metadata_errors="replace",  # titles come in every encoding there is
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
            held = _kinds(container)
            raise SourceError(
                f"{self._path} holds {f'no video, only {held}' if held else 'nothing that can be read'}; "
                "name a file with pictures in it"
            )
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
    return ", ".join(sorted({stream.type for stream in container.streams}))


def _declared_wh(stream: "VideoStream") -> tuple[int, int] | None:
    size_wh = (stream.codec_context.width, stream.codec_context.height)
    return size_wh if all(size_wh) else None


def _promised_s(container: "InputContainer", stream: "VideoStream") -> float:
    """How long the video is by its header; 0 where that is unknown."""
    if stream.duration:
        return float(stream.duration * (stream.time_base or 0))
    return (container.duration or 0) / _TICKS_A_SECOND


def _time(timed: "Packet[Any] | VideoFrame") -> int | None:
    """The presentation time in ticks, or what comes nearest to it."""
    return timed.pts if timed.pts is not None else timed.dts

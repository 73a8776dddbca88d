"""The times of a stream's frames, read from its packets; nothing is decoded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.errors import LimitError

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

ASSUMED_FPS = Fraction(25)
# Raw streams have no times, and AVI has only decoding times, which differ from presentation times where frames are
# reordered: there a frame is identified by its position.
RAW = frozenset(["h264", "hevc"])
_DECODING_TIMES = frozenset(["avi"])
_REORDERING = frozenset(["h264", "hevc"])
# In these each frame is painted over the previous one, whatever their packets say.
_PAINTED_OVER = frozenset(["gif", "apng"])
_IDR = 5
_LONG_RAW_S = 60.0
_NO_INDEX = (
    "a raw stream has no index, so that each part of it is reached by decoding all that comes before, which is "
    "slow; `ffmpeg -i IN -c copy OUT.mp4` gives it one"
)


@dataclass(frozen=True, eq=False)
class StreamClock:
    """``ticks`` (T,) of all frames in presentation order, each ``tick_s`` long; reading may begin at ``keyframes``.

    ``by_place``: a frame is identified by its position, not by its time. ``jumps_back``: times are repeated.
    """

    ticks: IntArray
    tick_s: float
    keyframes: IntArray
    by_place: bool = False
    jumps_back: bool = False

    def __len__(self) -> int:
        return len(self.ticks)

    @property
    def duration_s(self) -> float:
        """From the first frame to the last; 0 where there is none."""
        return float((self.ticks[-1] - self.ticks[0]) * self.tick_s) if len(self.ticks) else 0.0

    @property
    def times_s(self) -> Float64Array:
        """(T,) seconds from the first frame."""
        times_s = np.asarray((self.ticks - self.ticks[0]) * self.tick_s)
        times_s.flags.writeable = False
        return times_s

    def index_of(self, image: "VideoFrame") -> int | None:
        """The index of a decoded image, by its time; None where no packet had that time."""
        tick = tick_of(image)
        if tick is None:
            return None
        index = int(np.searchsorted(self.ticks, tick))
        return index if index < len(self.ticks) and self.ticks[index] == tick else None


@dataclass
class _Read:
    """The times and keyframes of one stream's packets."""

    ticks: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    latest: int | None = None
    jumps_back: bool = False

    def add(self, packet: "Packet[VideoStream]", *, timed: bool, by_place: bool) -> None:
        time = tick_of(packet) if timed else len(self.ticks)
        if time is None or packet.size == 0 or packet.is_discard:
            return
        if timed and packet.dts is not None:
            self.jumps_back |= self.latest is not None and packet.dts < self.latest
            self.latest = packet.dts
        self.ticks.append(time)
        if packet.is_keyframe and (not by_place or not self.keys or _restarts(packet)):
            self.keys.append(time)


def read_clocks(
    packets: "Iterable[Packet[VideoStream]]",
    streams: "Iterable[VideoStream]",
    *,
    demuxer: str,
    max_frames: int,
    name: str,
    raw_fps: float | None = None,
) -> "Iterator[tuple[int, StreamClock, tuple[str, ...]]]":
    """For each stream its index, its clock, and warnings about it. Raises LimitError beyond ``max_frames``.

    ``raw_fps`` is the rate of a raw stream, which has no times; None uses the rate that the stream names.
    """
    by_index = {stream.index: stream for stream in streams}
    read = {index: _Read() for index in by_index}
    placed = {index: _is_by_place(stream, demuxer) for index, stream in by_index.items()}
    for packet in packets:
        one = read[packet.stream.index]
        one.add(packet, timed=demuxer not in RAW, by_place=placed[packet.stream.index])
        if len(one.ticks) > max_frames:
            raise LimitError(f"{name}: more than {max_frames} frames; cut it into parts")
    for index, stream in by_index.items():
        yield index, *_clock(read[index], stream, demuxer=demuxer, by_place=placed[index], raw_fps=raw_fps)


def _clock(
    read: _Read, stream: "VideoStream", *, demuxer: str, by_place: bool, raw_fps: float | None
) -> tuple[StreamClock, tuple[str, ...]]:
    ticks = np.unique(np.array(read.ticks, dtype=np.int64))
    keys = np.unique(np.array(read.keys, dtype=np.int64))
    keyframes = np.searchsorted(ticks, keys)
    if demuxer in _PAINTED_OVER or demuxer in RAW:
        keyframes = keyframes[:1]
    keyframes.flags.writeable = False
    tick_s, notes = float(stream.time_base or 0), []
    if read.jumps_back:
        notes.append("its clock jumps back; frames whose times have passed already are left out")
    if demuxer in RAW:
        tick_s, words = (1 / raw_fps, None) if raw_fps else _raw_tick(stream)
        notes += [words] if words else []
    clock = StreamClock(ticks, tick_s, keyframes, by_place=by_place, jumps_back=read.jumps_back)
    if demuxer in RAW and clock.duration_s > _LONG_RAW_S:
        notes.append(_NO_INDEX)
    return clock, tuple(notes)


def _raw_tick(stream: "VideoStream") -> tuple[float, str]:
    """The duration of a frame in a raw stream, from the rate that it names or the usual one, and a warning."""
    rate = stream.codec_context.framerate
    if rate and rate > 0:
        return float(
            1 / rate
        ), f"a raw stream has no times; taken is the rate that it names, {float(rate):g} fps"
    return float(1 / ASSUMED_FPS), (
        f"a raw stream has no times and this one names no rate: {float(ASSUMED_FPS):g} fps are assumed; "
        "give the right one with --fps, or put it into a container, `ffmpeg -r RATE -i IN -c copy OUT.mp4`"
    )


def _is_by_place(stream: "VideoStream", demuxer: str) -> bool:
    context = stream.codec_context
    reorders = demuxer in _DECODING_TIMES and context.has_b_frames and context.name in _REORDERING
    return demuxer in RAW or reorders


def _restarts(packet: "Packet[VideoStream]") -> bool:
    """Whether nothing after a keyframe of H.264 refers to, or is shown, before it (an IDR picture)."""
    if packet.stream.codec_context.name != "h264":
        return False
    data, at = bytes(packet), 0
    while (at := data.find(b"\0\0\x01", at)) >= 0:
        if at + 3 < len(data) and data[at + 3] & 0x1F == _IDR:
            return True
        at += 3
    return False


def tick_of(timed: "Packet[VideoStream] | VideoFrame") -> int | None:
    """The presentation time in ticks, else the decoding time."""
    return timed.pts if timed.pts is not None else timed.dts

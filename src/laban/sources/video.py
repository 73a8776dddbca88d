"""Video files, through libav: the decoder's own times, square pixels, upright images, and never another file."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame
from laban.errors import SourceError
from laban.sources.clock import RAW, tick_of
from laban.sources.containers import VIDEO_FORMATS, demuxer_of, read_head
from laban.sources.limits import Limits, timely
from laban.sources.notes import Notes
from laban.sources.pixel_aspect import aspect_warning, is_plausible
from laban.sources.planes import Orientations, odd_turn_deg
from laban.sources.protocol import OpenSource
from laban.sources.square import Decoded, SquareFrames
from laban.sources.video_file import VideoFile

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SQUARE = Fraction(1)
_TRIED_PACKETS = 1000
# How far before a keyframe to seek, tried in turn until it is found: transport streams have no index.
_SEEKS = (0.0, 2.0)
_SEEK_BACK_S = {"mpegts": (1.0, 10.0), "mpeg": (1.0, 10.0)}


class VideoSource(OpenSource):
    """A video file. Its times are read from the packets at once; frames are decoded on demand.

    Frames have square pixels: if the file's pixels are not, ``size_wh`` is larger than the stored size. ``raw_fps``
    is the rate of a raw stream, which has no times.

    Raises SourceError where the file is not a supported video, LimitError where it exceeds ``limits``.
    """

    def __init__(self, path: Path, *, limits: Limits | None = None, raw_fps: float | None = None) -> None:
        self._path = path
        self._limits = limits or Limits()
        demuxer = demuxer_of(read_head(path))
        if demuxer is None or demuxer == "webp":
            raise SourceError(f"{path} is not a video that can be read; expected {VIDEO_FORMATS} content")
        self._notes = Notes()
        self._file = VideoFile(path, demuxer=demuxer, limits=self._limits, notes=self._notes, raw_fps=raw_fps)
        self._clock = self._file.clock
        if len(self._clock) == 0:
            raise SourceError(f"{path} holds no video frames; copy or record it again")
        self._limits.check_length(frames=len(self._clock), duration_s=self._clock.duration_s, name=self.name)
        self._square = SquareFrames(self._first_size(), self._notes)

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def times_s(self) -> Float64Array:
        """(T,) seconds from the first frame, by the container's presentation times."""
        return self._times_s

    @cached_property
    def _times_s(self) -> Float64Array:
        return self._clock.times_s

    @property
    def keyframes(self) -> IntArray:
        return self._clock.keyframes

    @property
    def fps(self) -> float | None:
        """Mean frames a second; None where there is only one frame."""
        return (len(self._clock) - 1) / self._clock.duration_s if len(self._clock) > 1 else None

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._square.size_wh

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._notes.texts

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames from ``start`` up to, but not including, ``stop``; reading begins at the keyframe before."""
        last = len(self._clock) if stop is None else min(stop, len(self._clock))
        if start >= last:
            return
        for index, one in self._images(start, last):
            yield self._square.frame(one, index=index, time_s=float(self._times_s[index]))

    def _images(
        self, start: int, stop: int, *, most_packets: int | None = None
    ) -> Iterator[tuple[int, Decoded]]:
        """The decoded images of the span with their indices."""
        for index, one in self._from_keyframe(start, most=most_packets):
            if index < start:
                continue
            if index >= stop:
                return
            self._limits.check_size(one.size_wh, name=self.name)
            yield index, one
            start = index + 1
            if start == stop:
                return

    def _from_keyframe(self, start: int, *, most: int | None) -> Iterator[tuple[int, Decoded]]:
        """Everything decoded from the keyframe before ``start``, or from the beginning if seeking misses it."""
        key = int(max(self._clock.keyframes[self._clock.keyframes <= start], default=0))
        for back_s in _SEEK_BACK_S.get(self._file.demuxer, _SEEKS) if self._can_seek(key) else ():
            with self._file.opened() as (container, stream):
                packets = self._packets_from(container, stream, key, back_s=back_s)
                first = next(packets, None)
                if first is not None:
                    yield from self._decoded(islice(chain([first], packets), most), stream, first=key)
                    return
        with self._file.opened() as (container, stream):
            packets = self._file.packets(container, stream)
            yield from self._decoded(islice(packets, most), stream, first=0)

    def _can_seek(self, key: int) -> bool:
        return key > 0 and self._file.demuxer not in RAW

    def _packets_from(
        self, container: "InputContainer", stream: "VideoStream", key: int, *, back_s: float
    ) -> "Iterator[Packet[VideoStream]]":
        """The packets from the keyframe on, seeking to ``back_s`` before it; none if it is missed."""
        import av

        wanted = int(self._clock.ticks[key])
        try:
            container.seek(wanted - round(back_s / self._clock.tick_s), stream=stream, backward=True)
        except av.FFmpegError:
            return
        packets = self._file.packets(container, stream)
        for packet in packets:
            if tick_of(packet) == wanted:
                yield packet
                yield from packets
            elif packet.dts is not None and packet.dts > wanted:
                return

    def _decoded(
        self, packets: "Iterator[Packet[VideoStream]]", stream: "VideoStream", *, first: int
    ) -> Iterator[tuple[int, Decoded]]:
        """The images with their indices; ``first`` is the index of the first where images are identified by
        position."""
        given, at_open = stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio
        latest, orientations = -1, Orientations()
        images = timely(self._file.decoded(packets), limits=self._limits, name=self.name)
        for place, image in enumerate(images, start=first):
            index = self._index_of(image, place)
            if index is None:
                continue
            if index < latest and not self._clock.jumps_back:
                self._notes.add(
                    "images come out of order of their times; those that come too late are left out"
                )
            latest = max(index, latest)
            # The container's aspect ratio counts; if it only repeats the stream's, the stream may change it.
            stated = stream.codec_context.sample_aspect_ratio if given == at_open else given
            yield index, Decoded(image, self._aspect(stated, image), orientations.of(image))

    def _index_of(self, image: "VideoFrame", place: int) -> int | None:
        if not self._clock.by_place:
            return self._clock.index_of(image)
        return place if place < len(self._clock) else None

    def _aspect(self, stated: Fraction | None, image: "VideoFrame") -> Fraction:
        warning = aspect_warning((image.width, image.height), stated)
        if warning is not None:
            self._notes.add(warning)
        return stated if stated is not None and is_plausible(stated) else _SQUARE

    def _first_size(self) -> tuple[int, int]:
        """The upright size, in square pixels, of the first image that can be decoded."""
        first = next(self._images(0, len(self._clock), most_packets=_TRIED_PACKETS), None)
        if first is None:
            raise SourceError(
                f"{self._path}: not one frame can be decoded; convert it to H.264, or record it again"
            )
        turn_deg = odd_turn_deg(first[1].image)
        if turn_deg is not None:
            raise SourceError(
                f"{self._path}: its rotation tag says {turn_deg:.0f}°, expected 0, 90, 180 or 270; set the tag to "
                "one of these, or turn the images themselves when converting it"
            )
        return first[1].size_wh

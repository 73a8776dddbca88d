"""A video file opened by libav: with a named demuxer, no other file, and libav's errors translated."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from laban.errors import SourceError
from laban.sources.clock import StreamClock, read_clocks
from laban.sources.limits import Limits
from laban.sources.notes import Notes
from laban.sources.streams import chosen_stream, video_streams
from laban.sources.structure import Bounded, check_structure

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_TICKS_A_SECOND = 1_000_000
# For these libav only guesses the duration from the number of bytes.
_NO_LENGTH = frozenset(["h264", "hevc", "mpegvideo"])
_OPTIONS = {
    # A reference to another file inside a file is never followed.
    "mov": {"enable_drefs": "0", "use_absolute_path": "0"},
    # Each image once, however often the file is to be repeated.
    "apng": {"ignore_loop": "1"},
    "gif": {"ignore_loop": "1"},
}


class VideoFile:
    """The video stream of a file, whose packets and images can be read any number of times."""

    def __init__(
        self, path: Path, *, demuxer: str, limits: Limits, notes: Notes, raw_fps: float | None = None
    ) -> None:
        self.path, self.demuxer = path, demuxer
        self._limits, self._notes, self._raw_fps = limits, notes, raw_fps
        self._extent = check_structure(path, demuxer=demuxer, limits=limits)
        self._index: int | None = None
        self.clock, promised_s = self._scanned()
        self._note_if_cut_short(promised_s)

    @contextmanager
    def opened(
        self, *, probe: dict[str, str] | None = None
    ) -> "Iterator[tuple[InputContainer, VideoStream]]":
        """A container and the stream to read, closed afterwards; errors of libav become SourceError."""
        gate = {"max_pixels": str(self._limits.max_pixels)}
        with self._container({**(probe or gate), **_OPTIONS.get(self.demuxer, {})}) as container:
            streams = video_streams(container, path=self.path)
            stream = next((one for one in streams if one.index == self._index), streams[0])
            # Several spans are read in parallel, so each decoder uses one thread.
            stream.thread_type = "NONE"
            stream.codec_context.thread_count = 1
            stream.codec_context.options = gate
            yield container, stream

    def packets(
        self, container: "InputContainer", *streams: "VideoStream"
    ) -> "Iterator[Packet[VideoStream]]":
        """The packets of some streams until the file ends or cannot be read further."""
        import av

        packets = container.demux(streams)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self._notes.add(f"the file ends early ({error.strerror}); what it holds is used")
                return
            if packet is None:
                return
            yield packet

    def decoded(self, packets: "Iterable[Packet[VideoStream]]") -> "Iterator[VideoFrame]":
        """The images that can be decoded; others are skipped with a warning."""
        import av

        for packet in packets:
            try:
                yield from packet.decode()
            except av.FFmpegError as error:
                self._notes.add(f"a part cannot be decoded ({error.strerror}); its frames are missing")

    def _scanned(self) -> tuple[StreamClock, float]:
        """The clock of the video stream, and its duration by the header."""
        name = str(self.path)
        with self.opened() as (container, _):
            self._limits.check_streams(len(container.streams), name=name)
            streams = video_streams(container, path=self.path)
            clocks, said = {}, {}
            for index, clock, words in read_clocks(
                self.packets(container, *streams),
                streams,
                demuxer=self.demuxer,
                max_frames=self._limits.max_frames,
                name=name,
                raw_fps=self._raw_fps,
            ):
                clocks[index], said[index] = clock, words
            chosen, choice = chosen_stream(streams, clocks)
            for text in (*([choice] if choice else []), *said[chosen.index]):
                self._notes.add(text)
            self._index = chosen.index
            self._limits.check_size(declared_wh(chosen) or self._size_unseen(chosen.index), name=name)
            promised_s = 0.0 if self.demuxer in _NO_LENGTH else _promised_s(container, chosen)
            return clocks[chosen.index], promised_s

    def _size_unseen(self, index: int) -> tuple[int, int]:
        """The size by the header if the probe, which respects the limits, could not determine it."""
        with self._container({"skip_frame": "all", **_OPTIONS.get(self.demuxer, {})}) as container:
            seen = [declared_wh(one) for one in container.streams.video if one.index == index]
            return (seen[0] if seen else None) or (0, 0)

    @contextmanager
    def _container(self, options: dict[str, str]) -> "Iterator[InputContainer]":
        import av

        try:
            with (
                self.path.open("rb") as file,
                av.open(
                    Bounded(file, end=self._extent.usable),
                    "r",
                    format=self.demuxer,
                    options=options,
                    metadata_errors="replace",  # titles come in every encoding there is
                ) as container,
            ):
                yield container
        except av.FFmpegError as error:
            raise SourceError(
                f"{self.path} cannot be read: {error.strerror}; copy, record or convert it again"
            ) from error
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error.strerror}") from error

    def _note_if_cut_short(self, promised_s: float) -> None:
        held_s = self.clock.duration_s
        if len(self.clock) and (
            self._extent.missing or promised_s - held_s > max(1.0, 0.05 * promised_s, 2 * self._frame_s())
        ):
            promised = f" of the {promised_s:.1f} s it promises" if promised_s > held_s else ""
            self._notes.add(f"the file is cut short; it holds {held_s:.1f} s{promised}")

    def _frame_s(self) -> float:
        return self.clock.duration_s / max(1, len(self.clock) - 1)


def declared_wh(stream: "VideoStream") -> tuple[int, int] | None:
    """The stored size by the header; None where it has none."""
    size_wh = (stream.codec_context.width, stream.codec_context.height)
    return size_wh if all(size_wh) else None


def _promised_s(container: "InputContainer", stream: "VideoStream") -> float:
    """The duration of the video by its header; 0 where unknown."""
    if stream.duration:
        return float(stream.duration * (stream.time_base or 0))
    # Matroska declares the last instant, whatever the first.
    begins = max(container.start_time or 0, 0) if "matroska" in container.format.name else 0
    return max(0, (container.duration or 0) - begins) / _TICKS_A_SECOND

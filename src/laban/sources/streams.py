"""The choice of a file's video stream: never a cover image, a thumbnail or a single still next to a video."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from laban.errors import SourceError
from laban.sources.clock import StreamClock

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_ABOUT_AS_LONG = 0.9


def video_streams(container: "InputContainer", *, path: Path) -> "list[VideoStream]":
    """The streams that may be the video; raises SourceError if there are none, or none can be decoded."""
    from av.stream import Disposition

    covers = Disposition.attached_pic | Disposition.timed_thumbnails
    films = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not films:
        raise SourceError(
            f"{path} holds {_held(container)}; name a file with images in it"
            if len(container.streams)
            else f"{path} holds nothing that can be read; name a file with images in it"
        )
    decodable = [stream for stream in films if stream.codec_context is not None]
    if not decodable:
        raise SourceError(f"{path}: no decoder for its video; convert it to H.264 or VP9")
    return decodable


def chosen_stream(
    streams: "Sequence[VideoStream]", clocks: Mapping[int, StreamClock]
) -> "tuple[VideoStream, str | None]":
    """The stream to read, and a note if there was a choice.

    A stream of one image is never preferred to one of several. Of the rest it is the one marked as the default, if
    only one is; else the longest; of those about as long, the one with most pixels, then the first.
    """
    films = [stream for stream in streams if len(clocks[stream.index]) > 1] or list(streams)
    if len(films) == 1:
        return films[0], None
    default = [stream for stream in films if _is_default(stream)]
    if len(default) == 1:
        return default[0], _choice(films, default[0], clocks, why="marked as the default")
    longest_s = max(clocks[stream.index].duration_s for stream in films)
    long = [one for one in films if clocks[one.index].duration_s >= _ABOUT_AS_LONG * longest_s]
    best = max(long, key=_pixels)  # of equals the first
    why = "the longest" if len(long) == 1 else "the largest" if _pixels(best) > _least(long) else "the first"
    return best, _choice(films, best, clocks, why=why)


def _is_default(stream: "VideoStream") -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.default)


def _choice(
    films: "Sequence[VideoStream]", best: "VideoStream", clocks: Mapping[int, StreamClock], *, why: str
) -> str:
    about = ", ".join(
        f"{one.codec_context.width}×{one.codec_context.height} of {clocks[one.index].duration_s:.1f} s"
        for one in films
    )
    place = films.index(best) + 1
    return f"it holds {len(films)} videos ({about}); number {place}, {why}, is used"


def _pixels(stream: "VideoStream") -> int:
    return int(stream.codec_context.width * stream.codec_context.height)


def _least(streams: "Sequence[VideoStream]") -> int:
    return min(_pixels(stream) for stream in streams)


def _held(container: "InputContainer") -> str:
    """The kinds of streams of a file that has no video, in words."""
    kinds: list[str] = sorted({stream.type for stream in container.streams} - {"video"})
    if container.streams.video:
        kinds.append("a cover image")
    return f"no video, only {' and '.join(kinds)}"

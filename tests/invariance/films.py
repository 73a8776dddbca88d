"""Real clips, small and short, and how they are written in every way that must not matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from tests.invariance.mapping import Mapping as Moved

from laban.assets import find_asset
from laban.core.arrays import Float64Array, ImageArray
from laban.sources import open_source

ROOT = Path(__file__).resolve().parents[2]
_TICK = Fraction(1, 90_000)


@dataclass(frozen=True, eq=False)
class Film:
    """Frames (H, W, 3) RGB with their times, and how things lie in them compared with the first film."""

    frames: tuple[ImageArray, ...]
    times_s: Float64Array
    moved: Moved = field(default_factory=Moved)

    @property
    def size_wh(self) -> tuple[int, int]:
        height, width = self.frames[0].shape[:2]
        return width, height

    def each(self, change: Callable[[ImageArray], ImageArray], *, moved: Moved | None = None) -> "Film":
        """Every frame changed alike."""
        return replace(self, frames=tuple(change(one) for one in self.frames), moved=moved or self.moved)

    def rows(self, rows: Any, *, times_s: Any = None) -> "Film":
        """Some of the frames, at their own times or at others."""
        chosen = np.asarray(rows)
        times = self.times_s[chosen] if times_s is None else np.asarray(times_s)
        return replace(self, frames=tuple(self.frames[row] for row in chosen), times_s=times)


@dataclass(frozen=True, eq=False)
class Clip:
    """A real clip: where it is (None where it is not), which frames, how small, and the answers it has."""

    name: str
    find: Callable[[], Path | None]
    first: int
    count: int
    step: int
    size_wh: tuple[int, int]
    answers: Mapping[str, Any]
    people: int = 1

    def film(self) -> Film:
        path = self.find()
        assert path is not None
        frames: list[ImageArray] = []
        times_s: list[float] = []
        with open_source(path) as source:
            for index, frame in enumerate(source.frames(self.first, self.first + self.count * self.step)):
                if index % self.step == 0:
                    frames.append(cv2.resize(frame.image_rgb, self.size_wh, interpolation=cv2.INTER_AREA))
                    times_s.append(frame.time_s)
        return Film(tuple(frames), np.array(times_s) - times_s[0])


@dataclass(frozen=True)
class Encoding:
    """How a film becomes a file; ``cut`` frames in, another file is begun and joined to the first."""

    suffix: str = ".mp4"
    codec: str = "libx264"
    pixels: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=lambda: {"crf": "18", "preset": "veryfast"})
    sample_aspect: Fraction = Fraction(1)
    rate: int | None = None
    cut: bool = False


def write(film: Film, path: Path, encoding: Encoding) -> Path:
    """The film as a file at ``path``; with a ``rate`` its frames are that far apart, else at their own times."""
    tick = _TICK if encoding.rate is None else Fraction(1, encoding.rate)
    parts = [slice(None)]
    if encoding.cut:
        middle = len(film.frames) // 2
        parts = [slice(0, middle), slice(middle, None)]
    with av.open(str(path), "w") as out:
        writer = _stream(out, film, encoding, tick)
        for part in parts:
            coder = writer if part == parts[0] else _stream(None, film, encoding, tick)
            for packet in _packets(coder, film, part, encoding, tick):
                packet.stream = writer
                out.mux(packet)
    return path


def _stream(out: Any, film: Film, encoding: Encoding, tick: Fraction) -> Any:
    """A stream of ``out``, or of no file, to encode with."""
    rate = encoding.rate or 30
    stream = out.add_stream(encoding.codec, rate=rate, options=dict(encoding.options)) if out else None
    context = stream.codec_context if stream else av.CodecContext.create(encoding.codec, "w")
    context.width, context.height = film.size_wh
    context.pix_fmt, context.time_base, context.max_b_frames = encoding.pixels, tick, 0
    if encoding.sample_aspect != 1:
        context.sample_aspect_ratio = encoding.sample_aspect
    if stream is None:
        context.framerate, context.options = Fraction(rate), dict(encoding.options)
    return stream or context


def _packets(coder: Any, film: Film, part: slice, encoding: Encoding, tick: Fraction) -> Any:
    for index in range(len(film.frames))[part]:
        image = np.ascontiguousarray(film.frames[index])
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=encoding.pixels)
        frame.pts = index if encoding.rate else round(float(film.times_s[index]) / float(tick))
        frame.time_base = tick
        yield from coder.encode(frame)
    yield from coder.encode(None)


def shared(name: str) -> Callable[[], Path | None]:
    path = ROOT.parent / "shared" / "data" / name
    return lambda: path if path.exists() else None


_GEOMETRY: dict[str, Any] = dict.fromkeys(("people found", "identity", "landmarks", "joint angles"))

CLIPS: tuple[Clip, ...] = (
    Clip(
        "balancing",
        lambda: find_asset("single_person_cam03"),
        0,
        45,
        2,
        (360, 636),
        {**_GEOMETRY, "fall": 0},
    ),
    Clip("walking", lambda: find_asset("demo"), 60, 45, 1, (884, 496), {**_GEOMETRY, "fight": 0}, people=2),
    Clip(
        "falling",
        shared("falls/subject_1/Fall/15.mp4"),
        0,
        125,
        1,
        (400, 300),
        {"people found": 1, "identity": None, "fall": 1, "safety": 1},
    ),
)

"""What must not matter, done to films and to the way they are written, named and worked on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

import cv2
import numpy as np
from tests.invariance.films import Encoding, Film
from tests.invariance.mapping import Mapping as Moved

from laban.core.arrays import ImageArray


def same(film: Film) -> Film:
    return film


@dataclass(frozen=True, eq=False)
class FilmChange:
    """``make`` changes the frames, ``encoding`` the file, ``place`` its folder and name (with ``neighbours``
    beside it), ``settings`` how it is extracted; what holds ``alone`` is for clips of one person."""

    name: str
    make: Callable[[Film], Film] = same
    encoding: Encoding = field(default_factory=Encoding)
    place: str = "clip"
    neighbours: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False


def every(film: Film, *, step: int) -> Film:
    """One frame of ``step``."""
    return film.rows(np.arange(0, len(film.frames), step))


def repeated(film: Film, *, times: int) -> Film:
    """Each frame shown ``times`` times, as a faster camera's driver does."""
    step_s = float(np.median(np.diff(film.times_s)))
    rows = np.repeat(np.arange(len(film.frames)), times)
    return film.rows(rows, times_s=np.arange(len(rows)) * step_s / times)


def dropped(film: Film, *, share: float, seed: int = 3) -> Film:
    """Frames lost by chance; the others keep their times."""
    rows = np.random.default_rng(seed).random(len(film.frames)) >= share
    rows[[0, -1]] = True
    return film.rows(np.flatnonzero(rows))


def held(film: Film, *, seconds: float) -> Film:
    """The first and the last frame for ``seconds`` each."""
    step_s = float(np.median(np.diff(film.times_s)))
    count, last = round(seconds / step_s), len(film.frames) - 1
    rows = np.concatenate([np.zeros(count, int), np.arange(last + 1), np.full(count, last)])
    return replace(
        film.rows(rows, times_s=np.arange(len(rows)) * step_s), moved=Moved(shift_s=count * step_s)
    )


def mirrored(film: Film) -> Film:
    return film.each(lambda image: image[:, ::-1], moved=Moved(mirrored_px=float(film.size_wh[0])))


def framed(film: Film, *, left: float = 0.0, top: float = 0.0) -> Film:
    """Black bars, shares of the size; negative ones crop."""
    width, height = film.size_wh
    across, down = (2 * round(share * side / 2) for share, side in ((left, width), (top, height)))

    def change(image: ImageArray) -> ImageArray:
        cut = image[max(0, -down) : height - max(0, -down), max(0, -across) : width - max(0, -across)]
        bars = max(0, down), max(0, down), max(0, across), max(0, across)
        return np.asarray(cv2.copyMakeBorder(cut, *bars, cv2.BORDER_CONSTANT), np.uint8)

    return film.each(change, moved=Moved(offset_px=(float(across), float(down))))


def resized(film: Film, *, across: float, down: float, square: bool = True) -> Film:
    """Other pixels; where they are not ``square``, the file says so and everything stays where it was."""
    width, height = (
        2 * round(side * scale / 2) for side, scale in zip(film.size_wh, (across, down), strict=True)
    )
    scale = (width / film.size_wh[0], height / film.size_wh[1]) if square else (1.0, 1.0)
    how = cv2.INTER_AREA if across < 1 else cv2.INTER_CUBIC
    return film.each(lambda image: np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8),
                     moved=Moved(scale=scale))  # fmt: skip


def toned(film: Film, *, gain: float = 1.0, lift: float = 0.0) -> Film:
    return film.each(lambda image: np.clip(image * gain + lift, 0, 255).astype(np.uint8))


def grey(film: Film) -> Film:
    return film.each(lambda image: np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2))


def with_other(film: Film, *, size: float) -> Film:
    """Somebody else beside them, ``size`` times as big: the first second of the clip mirrored, to and fro."""
    width, height = film.size_wh
    second = int(np.searchsorted(film.times_s, 1.0))
    small_wh = 2 * round(width * size / 2), 2 * round(height * size / 2)
    to_and_fro = [*film.frames[:second], *film.frames[second - 2 : 0 : -1]]  # so that nobody jumps
    frames = []
    for index, image in enumerate(film.frames):
        canvas = np.full((height, width + small_wh[0], 3), 90, np.uint8)
        other = to_and_fro[index % len(to_and_fro)]
        canvas[height - small_wh[1] :, : small_wh[0]] = cv2.resize(other[:, ::-1], small_wh)
        canvas[:, small_wh[0] :] = image
        frames.append(canvas)
    return replace(film, frames=tuple(frames), moved=Moved(offset_px=(float(small_wh[0]), 0.0), strangers=1))


_SQUEEZED = partial(resized, across=0.5, down=1.0, square=False)
_QUARTER = partial(resized, across=0.75, down=1.0, square=False)


def _coded(codec: str, suffix: str, *, pixels: str = "yuv420p", rate: int = 30, **options: str) -> Encoding:
    return Encoding(suffix, codec, pixels, options, rate=rate)


_KEYED = Encoding(options={"crf": "18", "preset": "veryfast", "g": "10"})
_HEVC = {"crf": "20", "preset": "ultrafast", "x265-params": "log-level=none"}

FILM_CHANGES: tuple[FilmChange, ...] = (
    *(FilmChange(f"{30 / step:g} frames a second", partial(every, step=step)) for step in (2, 4, 6, 10, 15)),
    FilmChange("60 frames a second", partial(repeated, times=2)),
    FilmChange("120 frames a second", partial(repeated, times=4)),
    FilmChange("half of the frames dropped", partial(dropped, share=0.5)),
    FilmChange("somebody else, smaller", partial(with_other, size=0.6), alone=True),
    FilmChange("mirrored", mirrored),
    FilmChange("letterboxed", partial(framed, top=0.17)),
    FilmChange("padded", partial(framed, left=0.25, top=0.25)),
    FilmChange("cropped a little", partial(framed, left=-0.02, top=-0.02)),
    FilmChange("pixels 2:1", _SQUEEZED, Encoding(sample_aspect=Fraction(2))),
    FilmChange("pixels 4:3", _QUARTER, Encoding(sample_aspect=Fraction(4, 3))),
    FilmChange("half the size", partial(resized, across=0.5, down=0.5)),
    FilmChange("twice the size", partial(resized, across=2.0, down=2.0)),
    FilmChange("HEVC in mov", encoding=_coded("libx265", ".mov", **_HEVC)),
    FilmChange("HEVC of 10 bit", encoding=_coded("libx265", ".mp4", pixels="yuv420p10le", **_HEVC)),
    FilmChange("VP9 in webm", encoding=_coded("libvpx-vp9", ".webm", crf="24", b="0", deadline="realtime")),
    FilmChange("AV1 in mkv", encoding=_coded("libsvtav1", ".mkv", crf="28", preset="10")),
    FilmChange("H.264 in mkv", encoding=Encoding(".mkv")),
    FilmChange("MPEG-4 in avi", encoding=_coded("mpeg4", ".avi", b="4000000")),
    FilmChange("Motion JPEG in avi", encoding=_coded("mjpeg", ".avi", pixels="yuvj420p", b="12000000")),
    FilmChange("MPEG-2 in ts", encoding=_coded("mpeg2video", ".ts", b="5000000")),
    FilmChange("low quality", encoding=Encoding(options={"crf": "34", "preset": "veryfast"})),
    FilmChange("brighter", partial(toned, gain=1.2, lift=25.0)),
    FilmChange("darker", partial(toned, gain=0.45)),
    FilmChange("grey", grey),
    FilmChange("still for 2 s before and after", partial(held, seconds=2.0)),
    FilmChange("cut in two and joined", encoding=Encoding(cut=True, rate=30)),
    FilmChange("another name and folder", place="of küche & flur/-v 01 (2)"),
    FilmChange(
        "neighbours of the same name", neighbours=("clip.parquet", "clip.json", "clip.txt", "clip (1).mp4")
    ),
    FilmChange("one worker", settings={"workers": 1}),
    FilmChange("three workers, spans of 0.5 s", encoding=_KEYED, settings={"workers": 3, "span_s": 0.5}),
)

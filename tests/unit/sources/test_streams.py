"""Which stream of a file is the video."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from tests.unit.sources.films import add_stream, ramp

from laban.errors import SourceError
from laban.sources import open_source


def written(path: Path, *kinds: dict[str, Any]) -> Path:
    """A file of several streams: each with its ``codec``, ``frames``, ``size_wh`` and ``mark``."""
    with av.open(str(path), "w") as out:
        streams = []
        for kind in kinds:
            size_wh = kind.get("size_wh", (64, 48))
            codec = kind.get("codec", "mpeg4")
            pixels = {"mjpeg": "yuvj420p", "png": "rgb24"}.get(codec, "yuv420p")
            stream = add_stream(out, codec, size_wh=size_wh, pixels=pixels)
            stream.codec_context.time_base = Fraction(1, 30)
            stream.disposition = kind.get("mark", Disposition(0))
            streams.append((stream, ramp(kind.get("frames", 12), size_wh), pixels))
        for stream, images, pixels in streams:
            for index, image in enumerate(images):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)
                frame.pts, frame.time_base = index, Fraction(1, 30)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
    return path


COVER = {"codec": "mjpeg", "frames": 1, "size_wh": (32, 24)}


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi", ".mov"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("mark", [Disposition(0), Disposition.attached_pic, Disposition.default])
def test_a_cover_is_never_the_video(tmp_path: Path, suffix: str, first: bool, mark: Disposition) -> None:
    cover, film = {**COVER, "mark": mark}, {"size_wh": (64, 48)}
    path = written(tmp_path / f"a{suffix}", *([cover, film] if first else [film, cover]))
    with open_source(path) as source:
        assert source.size_wh == (64, 48)
        assert len(list(source.frames())) == len(source.times_s) == 12
        assert source.warnings == ()


def test_a_cover_alone_is_no_video(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", {**COVER, "mark": Disposition.attached_pic})
    with pytest.raises(SourceError, match="no video, only a cover image"):
        open_source(path)


def test_one_image_that_is_no_cover_is_read(tmp_path: Path) -> None:
    with open_source(written(tmp_path / "a.mkv", COVER)) as source:
        assert len(list(source.frames())) == 1


@pytest.mark.parametrize(
    ("kinds", "size_wh", "words"),
    [
        ([{"size_wh": (32, 24)}, {"size_wh": (64, 48)}], (64, 48), "number 2, the largest"),
        ([{"frames": 12}, {"frames": 30, "size_wh": (32, 24)}], (32, 24), "number 2, the longest"),
        (
            [{}, {"size_wh": (80, 48), "mark": Disposition.default}],
            (80, 48),
            "number 2, marked as the default",
        ),
        ([{}, {}], (64, 48), "number 1, the first"),
    ],
)
def test_of_several_videos_one_is_used_and_named(
    tmp_path: Path, kinds: list[dict[str, Any]], size_wh: tuple[int, int], words: str
) -> None:
    with open_source(written(tmp_path / "a.mkv", *kinds)) as source:
        assert source.size_wh == size_wh
        assert "it holds 2 videos" in source.warnings[0]
        assert words in source.warnings[0]
        first = next(iter(source.frames(5)))
        assert first.index == 5
        assert first.size_wh == size_wh


def test_the_reported_cover(shared: Path) -> None:
    with open_source(shared / "data" / "reported" / "cover_first.mkv") as source:
        assert len(source.times_s) == 50
        assert source.warnings == ()
        assert isinstance(next(source.frames()).image_rgb, np.ndarray)

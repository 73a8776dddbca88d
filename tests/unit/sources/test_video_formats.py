"""Kinds of video beside the usual containers: what they hold is read, in order and at its own times."""

import random
from pathlib import Path

import numpy as np
import pytest
from tests.unit.sources.films import filmed

from laban.errors import LabanError, LimitError
from laban.sources import Limits, needs_rate, open_source
from laban.sources.containers import demuxer_of

KINDS = [
    (".gif", None, 25, 0),
    (".wmv", None, 30, 0),
    (".flv", None, 30, 0),
    (".flv", "libx264", 30, 2),
    (".mpg", None, 30, 2),
    (".vob", None, 30, 2),
    (".m2v", None, 25, 2),
    (".apng", None, 25, 0),
    (".webp", None, 25, 0),
    (".h264", None, 25, 2),
    (".hevc", None, 25, 2),
    (".avi", "libx264", 30, 2),
    (".avi", None, 30, 2),
]


@pytest.mark.parametrize(("suffix", "codec", "fps", "b_frames"), KINDS)
def test_every_frame_comes_once_in_order_at_its_time(
    tmp_path: Path, suffix: str, codec: str | None, fps: int, b_frames: int
) -> None:
    path = filmed(tmp_path / f"a{suffix}", frames=30, codec=codec, fps=fps, b_frames=b_frames)
    named_so = path.rename(tmp_path / "clip.bin")  # its content decides
    with open_source(named_so) as source:
        frames = list(source.frames())
        assert [frame.index for frame in frames] == list(range(30))
        assert source.fps == pytest.approx(fps, rel=1e-3)
        assert [frame.time_s for frame in frames] == pytest.approx(np.arange(30) / fps, abs=2e-3)
        assert {frame.size_wh for frame in frames} == {source.size_wh} == {(64, 48)}
        if suffix != ".gif":  # whose few colours are dithered
            brightness = [float(frame.image_rgb.mean()) for frame in frames]
            assert (np.diff(brightness) >= 0).all()
            assert brightness[-1] - brightness[0] > 150
        for start, stop in ((0, 1), (17, 23), (29, 30)):
            part = list(source.frames(start, stop))
            assert [frame.index for frame in part] == list(range(start, stop))
            for frame in part:
                assert np.array_equal(frame.image_rgb, frames[frame.index].image_rgb)


@pytest.mark.parametrize("suffix", [".h264", ".hevc"])
def test_a_raw_stream_says_by_which_rate_it_is_timed(tmp_path: Path, suffix: str) -> None:
    with open_source(filmed(tmp_path / f"a{suffix}", fps=50)) as source:
        assert source.fps == pytest.approx(50)
        assert "a raw stream has no times; taken is the rate that it names, 50 fps" in source.warnings


@pytest.mark.parametrize(
    "suffix", [".gif", ".wmv", ".flv", ".mpg", ".vob", ".apng", ".webp", ".h264", ".hevc", ".dv"]
)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_what_is_cut_or_damaged_gives_what_it_holds_or_one_line(
    tmp_path: Path, suffix: str, share: float
) -> None:
    size_wh = (720, 576) if suffix == ".dv" else (64, 48)
    whole = filmed(tmp_path / f"whole{suffix}", size_wh=size_wh, fps=25, frames=8).read_bytes()
    noise = random.Random(round(share * 100))
    damaged = bytearray(whole)
    for _ in range(20):
        damaged[noise.randrange(20, len(whole))] = noise.randrange(256)
    for number, content in enumerate((whole[: int(len(whole) * share) + 1], bytes(damaged))):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(content)
        said = refusal_of(path)
        assert said is None or (str(path) in said and "\n" not in said)


def refusal_of(path: Path) -> str | None:
    """Why a source cannot be read; None where it can."""
    try:
        with open_source(path) as source:
            frames = list(source.frames())
            assert len(frames) <= len(source.times_s)
    except LabanError as error:
        return str(error)
    return None


@pytest.mark.parametrize("suffix", [".gif", ".wmv", ".flv", ".mpg", ".apng", ".webp", ".h264"])
def test_they_pass_the_same_gate(tmp_path: Path, suffix: str) -> None:
    path = filmed(tmp_path / f"a{suffix}", fps=25)
    for limits in (Limits(max_pixels=1000), Limits(max_frames=5), Limits(max_fps=5)):
        with pytest.raises(LimitError, match="more than"):
            open_source(path, limits=limits)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_an_image_that_does_not_move_is_an_image(tmp_path: Path, suffix: str) -> None:
    import cv2

    path = tmp_path / f"a{suffix}"
    cv2.imwrite(str(path), np.zeros((48, 64, 3), np.uint8))
    assert demuxer_of(path.read_bytes()) is None
    with open_source(path) as source:
        assert len(list(source.frames())) == 1


def test_words_are_no_raw_stream() -> None:
    for head in (b"\0\0\x01", b"\0\0\0\x01\xff\xff\0\0\x01\x67", b"\0\0\x01\x41\x9a" + bytes(9)):
        assert demuxer_of(head + bytes(3)) is None


@pytest.mark.parametrize("suffix", [".h264", ".hevc"])
def test_a_raw_stream_takes_the_rate_that_is_given(tmp_path: Path, suffix: str) -> None:
    path = filmed(tmp_path / f"a{suffix}", fps=50)
    with open_source(path, fps=12.5) as source:
        assert needs_rate(path)
        assert source.fps == pytest.approx(12.5)
        assert not any("raw stream has no times" in warning for warning in source.warnings)


def test_a_long_raw_stream_says_that_it_is_slow_to_seek_in(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.h264", fps=25, frames=30)
    with open_source(path, fps=0.4) as source:
        assert any("a raw stream has no index" in warning for warning in source.warnings)
    with open_source(path) as source:
        assert not any("index" in warning for warning in source.warnings)

"""The promises of FrameSource, asked of every source there is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from laban.core.frame import Frame
from laban.errors import SourceError
from laban.sources import (
    CameraSource,
    FrameSource,
    ImageSource,
    Standard,
    StandardSource,
    SyntheticScene,
    SyntheticSource,
    open_source,
)
from laban.sources.protocol import known_times_s

Open = Callable[[], FrameSource]
VIDEOS = ("mp4", "mov", "mkv", "webm", "avi", "ts")
REORDERED = ("mp4", "mkv", "avi", "ts")
REORDERED_KINDS = tuple(f"reordered {kind}" for kind in REORDERED)
UNEVEN_MS = (0, 33, 70, 71, 150, 400, 433, 500, 900, 933, 967, 1400)
KINDS = (
    *VIDEOS,
    *REORDERED_KINDS,
    "uneven",
    "image",
    "folder",
    "synthetic",
    "uneven synthetic",
    "standard",
    "slower",
)
SIZE_WH = (64, 48)
SCENE = SyntheticScene(people=1, seconds=0.4, size_wh=SIZE_WH)


@pytest.fixture(scope="module")
def openers(film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Open]:
    folder = tmp_path_factory.mktemp("sources")
    paths = {kind: film(folder / f"clip.{kind}") for kind in VIDEOS}
    for kind in REORDERED:
        paths[f"reordered {kind}"] = film(folder / f"reordered.{kind}", frames=40, gop=9, b_frames=2)
    paths["uneven"] = film(folder / "uneven.mkv", times_ms=UNEVEN_MS)
    paths["folder"] = folder / "images"
    paths["folder"].mkdir()
    for index in range(11):
        cv2.imwrite(str(paths["folder"] / f"{index}.png"), np.full(SIZE_WH[::-1], 20 * index, dtype=np.uint8))
    paths["image"] = paths["folder"] / "1.png"
    made: dict[str, Open] = {kind: lambda path=path: open_source(path) for kind, path in paths.items()}
    times_s = [one / 1000 for one in UNEVEN_MS]
    return made | {
        "folder": lambda: open_source(paths["folder"], fps=30),  # images do not tell their rate
        "synthetic": lambda: SyntheticSource(SCENE),
        "uneven synthetic": lambda: SyntheticSource(SCENE, times_s=times_s),
        "standard": lambda: StandardSource(made["uneven"](), standard=Standard(longest_px=64)),
        "slower": lambda: StandardSource(made["mp4"](), standard=Standard(fps=12.5, height_px=48)),
    }


@pytest.fixture(params=KINDS)
def opener(request: pytest.FixtureRequest, openers: dict[str, Open]) -> Open:
    return openers[request.param]


@pytest.fixture
def source(opener: Open) -> Iterator[FrameSource]:
    with opener() as opened:
        yield opened


def content(frames: Any) -> list[tuple[int, float, bytes]]:
    return [(frame.index, frame.time_s, frame.image_rgb.tobytes()) for frame in frames]


def test_it_is_a_frame_source(source: FrameSource) -> None:
    assert isinstance(source, FrameSource)
    assert source.name
    assert not source.is_live
    assert source.warnings == ()


def test_times_begin_at_zero_and_increase_strictly(source: FrameSource) -> None:
    times_s = known_times_s(source)
    assert times_s is source.times_s
    assert times_s.dtype == np.float64
    assert times_s[0] == 0.0
    assert (np.diff(times_s) > 0).all()


def test_every_frame_has_its_index_and_time(source: FrameSource) -> None:
    times_s = source.times_s
    assert times_s is not None
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(len(times_s)))
    assert [frame.time_s for frame in frames] == times_s.tolist()


def test_frames_are_of_the_size_that_is_declared(source: FrameSource) -> None:
    width, height = source.size_wh
    assert (width, height) == SIZE_WH
    for frame in source.frames():
        assert frame.size_wh == (width, height)
        assert frame.image_rgb.shape == (height, width, 3)
        assert frame.image_rgb.dtype == np.uint8
        assert frame.image_rgb.flags.c_contiguous
        assert frame.planes is None or frame.planes.size_wh == (width, height)


def test_planes_and_rgb_are_one_image(source: FrameSource) -> None:
    for frame in source.frames():
        if frame.planes is not None:
            luma = frame.planes.luma.astype(float)
            luma = luma if frame.planes.full_range else (luma - 16) * 255 / 219
            assert np.abs(luma - cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2GRAY)).mean() < 3


def test_the_rate_is_the_mean_of_the_times(source: FrameSource) -> None:
    times_s = source.times_s
    assert times_s is not None
    if len(times_s) == 1:
        return
    assert source.fps == pytest.approx((len(times_s) - 1) / times_s[-1], rel=1e-6)


def test_any_part_is_that_part_of_the_whole(source: FrameSource) -> None:
    whole = content(source.frames())
    count = len(whole)
    for start, stop in [(0, 1), (0, None), (count // 2, None), (1, count - 1), (count - 1, None), (3, 5)]:
        assert content(source.frames(start, stop)) == whole[start:stop]
    for start, stop in [(count, None), (2, 2), (5, 3), (0, 0)]:
        assert list(source.frames(start, stop)) == []
    assert content(source.frames(0, count + 100)) == whole


def test_reading_may_begin_at_any_keyframe(source: FrameSource) -> None:
    whole = content(source.frames())
    keyframes = source.keyframes.tolist()
    assert keyframes[0] == 0
    assert sorted(set(keyframes)) == keyframes
    for key in keyframes:
        assert content(source.frames(key, key + 1)) == whole[key : key + 1]


def test_several_may_read_at_once_each_for_itself(source: FrameSource) -> None:
    first, second = source.frames(), source.frames()
    assert content([next(first), next(second)])[0] == content([next(source.frames())])[0]
    with ThreadPoolExecutor(3) as pool:
        read = list(pool.map(lambda _: content(source.frames()), range(3)))
    assert read[0] == read[1] == read[2] == content(source.frames())


def test_leaving_off_early_harms_nothing(source: FrameSource) -> None:
    frames = source.frames()
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert next(source.frames()).index == 0


def test_what_is_shared_cannot_be_written_to(source: FrameSource) -> None:
    assert source.times_s is not None
    with pytest.raises(ValueError, match="read-only"):
        source.times_s[0] = 1
    planes = next(source.frames()).planes
    if planes is not None:
        before = content(source.frames(0, 1))
        writes_through = [plane for plane in (planes.luma, planes.blue, planes.red) if plane.flags.writeable]
        for plane in writes_through:
            plane[:] = 0
        assert content(source.frames(0, 1)) == before


def test_a_frame_outlives_those_that_follow_and_the_source(opener: Open) -> None:
    with opener() as source:
        frames = list(source.frames())
        expected = content(source.frames())
    assert content(frames) == expected
    assert content(frames) == expected


def test_closing_twice_and_opening_again(opener: Open) -> None:
    first = opener()
    expected = content(first.frames())
    first.close()
    first.close()
    with opener() as second:
        assert content(second.frames()) == expected


class _Capture:
    """A camera that gives ten images and is then pulled out."""

    def __init__(self) -> None:
        self.left, self.released = 10, 0

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def read(self) -> tuple[bool, Any]:
        self.left -= 1
        return self.left >= 0, np.full((*SIZE_WH[::-1], 3), max(self.left, 0) * 20, dtype=np.uint8)

    def release(self) -> None:
        self.released += 1


def _camera() -> tuple[CameraSource, _Capture]:
    capture = _Capture()
    ticks = iter(np.arange(1000) / 30)
    return CameraSource(0, open_capture=lambda _: capture, clock=lambda: float(next(ticks))), capture


def test_a_camera_keeps_what_of_this_it_can() -> None:
    """Its frames come once, and nobody knows their times before."""
    source, capture = _camera()
    assert isinstance(source, FrameSource)
    assert (source.times_s, source.fps, source.size_wh, len(source.keyframes)) == (None, None, SIZE_WH, 0)
    assert source.is_live
    with pytest.raises(SourceError, match="camera 0 has no end"):
        known_times_s(source)
    frames: list[Frame] = list(source.frames())
    assert [frame.index for frame in frames] == list(range(10))
    assert (np.diff([frame.time_s for frame in frames]) > 0).all()
    assert {frame.size_wh for frame in frames} == {SIZE_WH}
    source.close()
    source.close()
    assert capture.released == 1
    assert list(source.frames()) == []


def test_a_camera_can_be_brought_to_a_standard() -> None:
    source = StandardSource(_camera()[0], standard=Standard(fps=15))
    assert (source.times_s, source.fps, source.is_live) == (None, 15.0, True)
    assert [frame.time_s for frame in source.frames()] == [k / 15 for k in range(5)]


def test_a_folder_is_read_in_natural_order(openers: dict[str, Open]) -> None:
    with openers["folder"]() as source:
        assert isinstance(source, ImageSource)
        levels = [int(frame.image_rgb[0, 0, 0]) for frame in source.frames()]
    assert levels == [20 * index for index in range(11)]

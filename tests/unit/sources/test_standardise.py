from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame, YuvPlanes
from laban.errors import InvalidValueError, LimitError
from laban.sources import Limits, Standard, StandardSource
from laban.sources.protocol import OpenSource


class Numbered(OpenSource):
    """Frames at given times, each as bright as its index."""

    name, fps, warnings, closed = "numbered", None, (), False

    def __init__(
        self,
        times_s: Sequence[float],
        *,
        live: bool = False,
        broken: Sequence[int] = (),
        keys: Sequence[int] = (0,),
        size_wh: tuple[int, int] = (40, 20),
    ) -> None:
        self._times_s, self._live, self._broken = np.array(times_s), live, set(broken)
        self._keys, self.size_wh = keys, size_wh
        self.asked: list[tuple[int, int | None]] = []

    @property
    def times_s(self) -> Float64Array | None:
        return None if self._live else self._times_s

    @property
    def is_live(self) -> bool:
        return self._live

    @property
    def keyframes(self) -> IntArray:
        return np.array(self._keys, dtype=np.int64)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        self.asked.append((start, stop))
        width, height = self.size_wh
        for index in range(start, len(self._times_s) if stop is None else min(stop, len(self._times_s))):
            if index not in self._broken:
                image = np.full((height, width, 3), index, dtype=np.uint8)
                yield Frame.from_rgb(image, index=index, time_s=float(self._times_s[index]))

    def close(self) -> None:
        self.closed = True


def shown(source: StandardSource, start: int = 0, stop: int | None = None) -> list[tuple[int, int]]:
    """(tick, the source's frame) of each frame."""
    return [(frame.index, int(frame.image_rgb[0, 0, 0])) for frame in source.frames(start, stop)]


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(
    ("times_s", "fps", "expected"),
    [
        ([0, 0.1, 0.2], 10, [0, 1, 2]),
        ([0, 0.2, 0.4], 10, [0, 0, 1, 1, 2]),
        ([0, 0.05, 0.1, 0.15, 0.2], 10, [0, 2, 4]),
        ([0, 0.09, 0.11, 0.31], 10, [0, 1, 2, 2]),
        ([0, 1 / 3, 2 / 3, 1], 3, [0, 1, 2, 3]),
        ([0, 0.04], 10, [0]),
        ([0], 30, [0]),
    ],
)
def test_each_tick_shows_the_latest_image_there_was(
    times_s: list[float], fps: float, expected: list[int], live: bool
) -> None:
    source = StandardSource(Numbered(times_s, live=live), standard=Standard(fps=fps))
    assert shown(source) == list(enumerate(expected))


def test_times_are_k_over_fps_to_the_last_bit() -> None:
    rng = np.random.default_rng(5)
    uneven = np.concatenate([[0.0], np.cumsum(rng.uniform(0.005, 0.09, size=80))])
    source = StandardSource(Numbered(list(uneven)))
    times_s = source.times_s
    assert times_s is not None
    assert not times_s.flags.writeable
    frames = list(source.frames())
    assert [frame.time_s for frame in frames] == [k / 30 for k in range(len(frames))] == list(times_s)
    late_s = np.array([frame.time_s - uneven[int(frame.image_rgb[0, 0, 0])] for frame in frames])
    assert late_s.min() >= -1e-6
    assert uneven[-1] - times_s[-1] < 1 / 30


@pytest.mark.parametrize("live", [False, True])
def test_a_part_is_a_part_of_the_whole(live: bool) -> None:
    times_s = [0, 0.09, 0.11, 0.31, 0.35, 0.8]
    whole = shown(StandardSource(Numbered(times_s, live=live), standard=Standard(fps=10)))
    for start in range(9):
        for stop in range(10):
            part = StandardSource(Numbered(times_s, live=live), standard=Standard(fps=10))
            assert shown(part, start, stop) == whole[start:stop]


def test_only_what_is_wanted_is_decoded() -> None:
    inner = Numbered(np.arange(100) / 30)
    shown(StandardSource(inner, standard=Standard(fps=10)), 10, 12)
    assert inner.asked == [(30, 34)]


def test_a_tick_without_an_image_is_missing_wherever_one_begins() -> None:
    source = StandardSource(Numbered([0, 0.2, 0.4], broken=[1]), standard=Standard(fps=10))
    assert shown(source) == [(0, 0), (1, 0), (4, 2)]
    assert shown(source, 2) == [(4, 2)]


def test_keyframes_are_those_of_the_source() -> None:
    inner = Numbered(np.arange(60) / 60, keys=[0, 25, 59])
    assert StandardSource(inner).keyframes.tolist() == [0, 13]


def test_images_and_planes_are_scaled_alike() -> None:
    luma = np.repeat(np.arange(40, dtype=np.uint8)[None] * 6, 20, axis=0)
    half = np.full((10, 20), 128, dtype=np.uint8)
    planes = YuvPlanes(luma, half, half, full_range=True, bt709=True)
    frame = Frame.from_planes(planes, to_rgb=lambda: np.dstack([luma] * 3), index=0, time_s=0.0)

    class Planar(Numbered):
        def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
            yield frame

    (small,) = StandardSource(Planar([0.0]), standard=Standard(longest_px=15)).frames()
    assert small.size_wh == (15, 8)
    assert small.image_rgb.shape == (8, 15, 3)
    assert small.planes is not None
    assert (small.planes.size_wh, small.planes.blue.shape) == ((15, 8), (4, 8))
    assert (small.planes.full_range, small.planes.bt709) == (True, True)
    assert np.array_equal(small.planes.luma, small.image_rgb[..., 0])
    assert np.abs(np.diff(small.image_rgb[0, :, 0].astype(int)) - 16).max() <= 1


def test_an_image_that_is_repeated_is_scaled_once() -> None:
    source = StandardSource(Numbered([0, 0.2]), standard=Standard(fps=10, height_px=10))
    first, second, _ = source.frames()
    assert first.image_rgb is second.image_rgb


@pytest.mark.parametrize(
    ("standard", "size_wh", "expected"),
    [
        (Standard(), (1919, 1080), (1919, 1080)),
        (Standard(longest_px=100), (200, 50), (100, 25)),
        (Standard(longest_px=100), (50, 200), (25, 100)),
        (Standard(height_px=100), (50, 200), (25, 100)),
        (Standard(height_px=100), (60, 50), (120, 100)),
        (Standard(longest_px=10), (10000, 1), (10, 1)),
    ],
)
def test_sizes(standard: Standard, size_wh: tuple[int, int], expected: tuple[int, int]) -> None:
    assert standard.size_for(size_wh) == expected


@pytest.mark.parametrize(
    "options", [{"fps": 0}, {"fps": float("nan")}, {"longest_px": 0}, {"longest_px": 5, "height_px": 5}]
)
def test_a_standard_that_is_none_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError):
        Standard(**options)  # type: ignore[arg-type]


def test_the_gate_holds_for_what_is_made_too() -> None:
    with pytest.raises(LimitError, match="megapixels"):
        StandardSource(Numbered([0]), standard=Standard(longest_px=100_000))
    with pytest.raises(LimitError, match="frames"):
        StandardSource(Numbered([0, 100]), limits=Limits(max_frames=50))


def test_closing_closes_what_is_inside() -> None:
    inner = Numbered([0.0])
    with StandardSource(inner) as source:
        assert (source.name, source.fps) == ("numbered", 30.0)
    assert inner.closed

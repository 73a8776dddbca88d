from dataclasses import FrozenInstanceError, replace

import av
import numpy as np
import pytest

from laban.core.arrays import ImageArray
from laban.core.frame import Frame, YuvPlanes
from laban.errors import InvalidValueError
from laban.pose.blazepose.sampling import planes_to_rgb
from laban.sources.planes import planes_of

_MATRICES = {"601": (5, False), "709": (1, True)}
_RANGES = {"limited": (1, False), "full": (2, True)}


def grey(shape: tuple[int, ...], value: int = 128) -> ImageArray:
    return np.full(shape, value, dtype=np.uint8)


def planes(size_wh: tuple[int, int] = (5, 3)) -> YuvPlanes:
    width, height = size_wh
    half = ((height + 1) // 2, (width + 1) // 2)
    return YuvPlanes(grey((height, width)), grey(half), grey(half))


class Converter:
    """Counts how often somebody asks for RGB."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> ImageArray:
        self.calls += 1
        return grey((3, 5, 3))


def test_an_image_becomes_a_frame() -> None:
    image = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    frame = Frame.from_rgb(image, index=3, time_s=0.1)
    assert (frame.index, frame.time_s, frame.size_wh, frame.planes) == (3, 0.1, (4, 2), None)
    assert np.array_equal(frame.image_rgb, image)


def test_an_image_seen_in_a_mirror_is_made_contiguous() -> None:
    image = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)[:, ::-1]
    frame = Frame.from_rgb(image)
    assert frame.image_rgb.flags.c_contiguous
    assert np.array_equal(frame.image_rgb, image)


@pytest.mark.parametrize(
    ("image", "got"),
    [
        (np.zeros((2, 4, 3)), "(2, 4, 3) float64"),
        (grey((2, 4)), "(2, 4) uint8"),
        (grey((2, 4, 4)), "(2, 4, 4) uint8"),
        (grey((0, 4, 3)), "(0, 4, 3) uint8"),
    ],
)
def test_what_is_no_image_is_refused(image: ImageArray, got: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Frame.from_rgb(image)
    assert str(refused.value) == f"image_rgb must be (H, W, 3) uint8, got {got}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"index": -1}, "index"), ({"time_s": np.nan}, "time_s"), ({"time_s": np.inf}, "time_s")],
)
def test_a_frame_has_a_place_in_its_source(changes: dict[str, float], words: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{words} must be a finite number"):
        replace(Frame.from_rgb(grey((2, 2, 3))), **changes)


def test_planes_are_converted_once_and_only_when_asked() -> None:
    convert = Converter()
    frame = Frame.from_planes(planes(), to_rgb=convert, index=0, time_s=0.0)
    assert (frame.size_wh, convert.calls) == ((5, 3), 0)
    assert frame.image_rgb is frame.image_rgb
    assert convert.calls == 1


def test_a_frame_cannot_be_changed() -> None:
    frame = Frame.from_rgb(grey((2, 2, 3)))
    with pytest.raises(FrozenInstanceError):
        frame.index = 4  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        planes().bt709 = True  # type: ignore[misc]


def test_planes_are_of_limited_range_and_bt601_unless_they_say_so() -> None:
    assert (planes().full_range, planes().bt709) == (False, False)


@pytest.mark.parametrize("size_wh", [(4, 2), (5, 3), (1, 1)])
def test_colour_has_half_the_size_rounded_up(size_wh: tuple[int, int]) -> None:
    assert planes(size_wh).size_wh == size_wh
    width, height = size_wh
    with pytest.raises(InvalidValueError, match=r"chroma planes must be .*, got "):
        YuvPlanes(grey((height, width)), grey((height // 2 + 2, width)), grey((1, 1)))


@pytest.mark.parametrize("luma", [grey((4, 4, 1)), np.zeros((4, 4), dtype=np.uint16)])
def test_planes_are_bytes_in_rows(luma: ImageArray) -> None:
    with pytest.raises(InvalidValueError, match=r"planes must be \(H, W\) uint8, got "):
        YuvPlanes(luma, grey((2, 2)), grey((2, 2)))


@pytest.mark.parametrize("matrix", _MATRICES)
@pytest.mark.parametrize("span", _RANGES)
def test_planes_mean_what_the_decoder_means_by_them(matrix: str, span: str) -> None:
    """Colours of 8 × 8 pixels; PyAV rounds on the way, so that two levels may lie between."""
    (space, bt709), (range_, full) = _MATRICES[matrix], _RANGES[span]
    rng = np.random.default_rng(0)
    colours = rng.integers(40, 216, (6, 8, 3), dtype=np.uint8)
    image = np.kron(colours, np.ones((8, 8, 1), dtype=np.uint8))
    decoded = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=space, dst_color_range=range_
    )
    decoded.colorspace, decoded.color_range = space, range_
    found = planes_of(decoded)
    assert (found.full_range, found.bt709) == (full, bt709)
    blue, red = (np.kron(plane, np.ones((2, 2), dtype=np.uint8)) for plane in (found.blue, found.red))
    ours = planes_to_rgb(np.dstack([found.luma, blue, red]), planes=found)
    theirs = decoded.to_ndarray(format="rgb24")
    inner = np.s_[4::8, 4::8]
    assert np.abs(ours[inner].astype(int) - theirs[inner]).max() <= 2
    assert np.abs(ours[inner].astype(int) - colours).max() <= 4

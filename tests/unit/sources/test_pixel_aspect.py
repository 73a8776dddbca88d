"""Frames have square pixels, whatever those of the file are."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.unit.sources.films import add_stream, disc, filmed
from tests.unit.sources.test_video import turned

from laban.errors import LimitError
from laban.sources import Limits, open_source
from laban.sources.pixel_aspect import aspect_warning, square_size


def extent_wh(image: np.ndarray) -> tuple[int, int]:
    """How wide and high what is bright in an image is."""
    bright = image[..., 0] > 128
    return int(bright.any(axis=0).sum()), int(bright.any(axis=1).sum())


@pytest.mark.parametrize(
    ("stored_wh", "aspect", "size_wh"),
    [
        ((96, 128), Fraction(2), (192, 128)),
        ((128, 96), Fraction(1, 2), (128, 192)),
        ((144, 96), Fraction(4, 3), (192, 96)),
        ((144, 96), Fraction(8, 9), (144, 108)),
        ((720, 576), Fraction(64, 45), (1024, 576)),
        ((720, 576), Fraction(16, 15), (768, 576)),
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_a_round_thing_is_round(
    tmp_path: Path, stored_wh: tuple[int, int], aspect: Fraction, size_wh: tuple[int, int], suffix: str
) -> None:
    codec = None if suffix == ".ts" else "libx264"
    if suffix == ".ts" and aspect not in (Fraction(64, 45), Fraction(16, 15)):
        codec = "libx264"  # MPEG-2 knows only a few shapes
    images = [disc(stored_wh, aspect=float(aspect))] * 3
    path = filmed(tmp_path / f"a{suffix}", size_wh=stored_wh, codec=codec, aspect=aspect, images=images)
    with open_source(path) as source:
        assert source.size_wh == size_wh
        assert source.warnings == ()
        for frame in source.frames():
            assert frame.size_wh == size_wh
            assert frame.image_rgb.shape == (size_wh[1], size_wh[0], 3)
            assert frame.planes is not None
            assert frame.planes.size_wh == size_wh
            width, height = extent_wh(frame.image_rgb)
            assert width == pytest.approx(height, rel=0.03)


def test_a_turned_image_has_its_pixels_turned_too(tmp_path: Path) -> None:
    """The shape of a pixel is that of the stored image, which is stretched before it is turned."""
    path = filmed(
        tmp_path / "a.mp4",
        size_wh=(96, 128),
        codec="mpeg4",
        aspect=Fraction(2),
        images=[disc((96, 128), aspect=2.0)] * 3,
    )
    with open_source(turned(path, 90)) as source:
        assert source.size_wh == (128, 192)
        width, height = extent_wh(next(source.frames()).image_rgb)
        assert width == pytest.approx(height, rel=0.03)


@pytest.mark.parametrize("aspect", [Fraction(20), Fraction(1, 20), Fraction(9, 2)])
def test_what_cannot_be_is_ignored_with_a_word(tmp_path: Path, aspect: Fraction) -> None:
    path = filmed(tmp_path / "a.mp4", codec="libx264", aspect=aspect)
    with open_source(path) as source:
        assert source.size_wh == (64, 48)
        assert [frame.size_wh for frame in source.frames()] == [(64, 48)] * 12
        (warning,) = source.warnings
        assert f"{aspect.numerator}:{aspect.denominator} cannot be right" in warning


def test_a_pixel_or_two_are_not_worth_the_scaling() -> None:
    assert square_size((1920, 1080), 1279 / 1280) == (1920, 1080)
    assert square_size((1920, 1080), 1) == (1920, 1080)


def test_sizes_of_television_without_a_shape_are_doubted(tmp_path: Path) -> None:
    with open_source(filmed(tmp_path / "a.mp4", size_wh=(720, 576), frames=2, codec="libx264")) as source:
        assert source.size_wh == (720, 576)
        assert "720×576 is a size of television" in source.warnings[0]
    assert aspect_warning((720, 576), Fraction(1)) is None
    assert aspect_warning((1280, 720), None) is None


def test_the_limit_is_of_what_comes_out(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.mp4", codec="libx264", aspect=Fraction(2))
    with pytest.raises(LimitError, match="128×48"):
        open_source(path, limits=Limits(max_pixels=64 * 48 + 100))


def test_a_shape_that_changes_on_the_way_is_not_stretched(tmp_path: Path) -> None:
    """A broadcast that goes from 4:3 to 16:9 at the same size: what is round stays round."""
    parts = []
    for number, aspect in enumerate((Fraction(16, 15), Fraction(64, 45))):
        path = filmed(
            tmp_path / f"{number}.ts",
            size_wh=(720, 576),
            aspect=aspect,
            images=[disc((720, 576), aspect=float(aspect))] * 8,
            codec="libx264",
        )
        parts.append(path.read_bytes())
    (tmp_path / "both.h264").write_bytes(b"")
    with av.open(str(tmp_path / "both.ts"), "w") as out:
        stream = None
        for number in range(2):
            with av.open(str(tmp_path / f"{number}.ts")) as part:
                stream = stream or out.add_stream_from_template(part.streams.video[0])
                for packet in part.demux(video=0):
                    if packet.dts is not None:
                        packet.pts, packet.dts = packet.pts + number * 90_000, packet.dts + number * 90_000
                        packet.stream = stream
                        out.mux(packet)
    with open_source(tmp_path / "both.ts") as source:
        frames = list(source.frames())
        assert len(frames) == 16
        assert {frame.size_wh for frame in frames} == {(768, 576)}
        for frame in frames:
            width, height = extent_wh(frame.image_rgb)
            assert width == pytest.approx(height, rel=0.03)
        assert any("shape of the image changes" in warning for warning in source.warnings)


def test_full_range_and_other_layouts_keep_their_brightness(tmp_path: Path) -> None:
    image = np.full((48, 64, 3), 200, np.uint8)
    for pixels in ("yuvj422p", "yuvj420p", "yuvj444p"):
        path = tmp_path / f"{pixels}.mkv"
        with av.open(str(path), "w") as out:
            stream = add_stream(out, "mjpeg", size_wh=(64, 48), pixels=pixels)
            stream.codec_context.sample_aspect_ratio = Fraction(2)
            for _ in range(3):
                out.mux(
                    stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels))
                )
            out.mux(stream.encode())
        with open_source(path) as source:
            frame = next(source.frames())
            assert source.size_wh == (128, 48)
            assert frame.image_rgb.mean() == pytest.approx(200, abs=3)


def test_the_reported_portrait(shared: Path) -> None:
    with open_source(shared / "data" / "reported" / "sar_2x1_portrait.mp4") as source:
        assert source.size_wh == (360, 640)
        assert next(source.frames()).size_wh == (360, 640)

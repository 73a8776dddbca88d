"""Videos: what comes out of the file is what went in, when it was."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from laban.errors import InvalidValueError, OutputError
from laban.render.video import VideoSettings, encoded, write_video

TIMES_S = 3.0 + np.cumsum(np.random.default_rng(4).uniform(0.008, 0.09, 40))


def made_images(
    times_s: np.ndarray = TIMES_S, *, size_wh: tuple[int, int] = (97, 65)
) -> Iterator[tuple[float, np.ndarray]]:
    """A red square that moves a pixel a frame over grey."""
    for index, time_s in enumerate(times_s):
        image = np.full((size_wh[1], size_wh[0], 3), 120, np.uint8)
        image[20:40, 10 + index : 30 + index] = 220, 30, 40
        yield float(time_s), image


def decoded(path: Path) -> tuple[np.ndarray, list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return np.array([frame.time for frame in frames]), [frame.to_ndarray(format="rgb24") for frame in frames]


@pytest.mark.parametrize("encoder", [None, "mpeg4"])
def test_every_image_comes_back_at_its_time(tmp_path: Path, encoder: str | None) -> None:
    path = tmp_path / "overlay.mp4"
    assert write_video(path, made_images(), settings=VideoSettings(encoder=encoder)) == 40
    times, images = decoded(path)
    np.testing.assert_allclose(times, TIMES_S - TIMES_S[0], atol=1 / 60_000)
    assert {image.shape for image in images} == {(64, 96, 3)}
    for index in (0, 20, 39):
        np.testing.assert_allclose(images[index][30, 20 + index], (220, 30, 40), atol=10)
        np.testing.assert_allclose(images[index][60, 90], 120, atol=6)


def test_the_file_is_tagged_and_ready_for_the_web(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    write_video(path, made_images())
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.colorspace, context.color_range) == ("yuv420p", 6, 1)
    raw = path.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")


def test_progress_is_seen_while_writing_and_nothing_shows_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    for count, (time_s, _) in enumerate(encoded(path, made_images())):
        assert time_s == TIMES_S[count]
        assert not path.exists()
    assert path.exists()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[tuple[float, np.ndarray]]:
        yield from made_images(TIMES_S[:5])
        raise RuntimeError("the camera fell")

    with pytest.raises(RuntimeError, match="camera"):
        write_video(tmp_path / "overlay.mp4", failing())
    abandoned = encoded(tmp_path / "other.mp4", made_images())
    next(abandoned)
    abandoned.close()
    assert list(tmp_path.iterdir()) == []


def test_bad_images_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    (one, image), (two, _), *_ = made_images()
    for match, items in {
        "no images": [],
        "one size": [(one, image), (two, image[:40])],
        "must increase": [(two, image), (one, image)],
        "at least 2×2": [(one, image[:1])],
    }.items():
        with pytest.raises(InvalidValueError, match=match):
            write_video(path, items)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*overlay\.mp4.*-o"):
        write_video(tmp_path / "file" / "overlay.mp4", made_images())


def test_settings_are_checked() -> None:
    with pytest.raises(InvalidValueError, match="quality"):
        VideoSettings(quality=90)

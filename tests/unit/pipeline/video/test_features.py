"""What is seen in clips is worked out once, kept by content, and the same however many work at it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.arrays import Float32Array, ImageArray
from laban.core.progress import unheard
from laban.errors import SourceError
from laban.pipeline.video.features import ClipSight, SeenClips, see_clips
from laban.pipeline.video.sampling import ClipSampling

Film = Callable[..., Path]
SAMPLING = ClipSampling(frames=4, size_wh=(48, 32), versions=2)


class Brightness:
    """Sees the mean of each colour, and counts how often it is asked."""

    key = "brightness"

    def __init__(self) -> None:
        self.asked = 0

    def features(self, images: ImageArray) -> Float32Array:
        self.asked += len(images)
        return images.mean((1, 2)).astype(np.float32)


@pytest.fixture
def clips(film: Film, tmp_path: Path) -> list[Path]:
    return [film(tmp_path / f"{count}.mp4", frames=count) for count in (12, 20, 31)]


def seen(paths: list[Path], sight: ClipSight, *, workers: int = 1) -> SeenClips:
    return see_clips(paths, [path.name for path in paths], sight, workers=workers, progress=unheard)


def test_clips_are_seen_once_and_kept_by_content(clips: list[Path], tmp_path: Path) -> None:
    reader = Brightness()
    sight = ClipSight(SAMPLING, reader, cache=tmp_path / "kept")
    first = seen(clips, sight)
    assert first.forms.shape == (2, 3, 4, 3)
    assert reader.asked == 2 * 3 * 4
    moved = clips[0].rename(tmp_path / "moved.mp4")
    again = seen([moved, *clips[1:]], sight)
    assert reader.asked == 2 * 3 * 4
    assert np.array_equal(first.forms, again.forms)
    assert first.length_s == again.length_s == pytest.approx([0.4, 20 / 30, 31 / 30], abs=0.02)


def test_other_settings_are_seen_anew_and_damage_is_noticed(clips: list[Path], tmp_path: Path) -> None:
    reader = Brightness()
    seen(clips, ClipSight(SAMPLING, reader, cache=tmp_path / "kept"))
    seen(clips, ClipSight(SAMPLING, reader, cache=tmp_path / "kept", mirror=False))
    assert reader.asked == 2 * 24
    for file in (tmp_path / "kept").rglob("*.npz"):
        file.write_bytes(file.read_bytes()[:100])
    assert len(seen(clips, ClipSight(SAMPLING, reader, cache=tmp_path / "kept"))) == 3
    assert reader.asked == 3 * 24


def test_workers_make_no_difference(clips: list[Path]) -> None:
    one, three = (seen(clips, ClipSight(SAMPLING, Brightness()), workers=count) for count in (1, 3))
    assert np.array_equal(one.forms, three.forms)
    assert one.contents == three.contents


def test_a_clip_that_cannot_be_read_is_left_out_and_named(clips: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clips[0].read_bytes()[:200])
    found = seen([clips[0], broken, clips[2]], ClipSight(SAMPLING, Brightness()))
    assert found.rows == (0, 2)
    assert [one.name for one in found.failed] == ["broken.mp4"]
    with pytest.raises(SourceError, match="none of the 1 clips"):
        seen([broken], ClipSight(SAMPLING, Brightness()))

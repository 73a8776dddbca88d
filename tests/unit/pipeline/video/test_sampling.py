"""How a clip is shown: evenly, whatever its rate, length and gaps."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.errors import InvalidValueError, SourceError
from laban.models.video.augmentation import ClipAugmentation, changed_clip, part_of_clip
from laban.pipeline.video.sampling import ClipSampling, Strip, form_of, read_strip

Film = Callable[..., Path]


def strip_of(times_s: list[float]) -> Strip:
    levels = (np.arange(len(times_s)) * 10).astype(np.uint8)
    images = np.broadcast_to(levels[:, None, None, None], (len(times_s), 32, 48, 3)).copy()
    return Strip(images, np.array(times_s), len(times_s))


def test_frames_are_even_in_time_and_not_in_number() -> None:
    """Half of the frames of the second half are missing."""
    strip = strip_of([0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8])
    assert strip.spread(5).tolist() == [0, 2, 4, 5, 6]
    assert strip.spread(3, begin=0.5).tolist() == [4, 5, 6]
    assert strip.length_s == pytest.approx(0.8 * 7 / 6)


def test_a_short_clip_is_shown_in_as_many_frames() -> None:
    assert strip_of([0.0, 0.5]).spread(6).tolist() == [0, 0, 0, 1, 1, 1]


def test_long_clips_are_thinned_while_they_are_read(film: Film, tmp_path: Path) -> None:
    strip = read_strip(film(tmp_path / "long.mp4", frames=700, size_wh=(64, 48)), size_wh=(48, 32))
    assert strip.count == 700
    assert len(strip.images) <= 256
    assert strip.length_s == pytest.approx(700 / 30, rel=0.02)
    levels = strip.images[strip.spread(10), 16, 24, 0].astype(int)
    assert (np.diff(levels) > 0).all()


def test_the_rate_of_a_clip_makes_no_difference(film: Film, tmp_path: Path) -> None:
    quick = film(tmp_path / "quick.mkv", frames=60, times_ms=[index * 20 for index in range(60)])
    slow = film(tmp_path / "slow.mkv", frames=30, times_ms=[index * 40 for index in range(30)])
    one, other = (
        read_strip(path, size_wh=(48, 32)).images[read_strip(path, size_wh=(48, 32)).spread(8)][:, 16, 24, 0]
        for path in (quick, slow)
    )
    assert np.abs(one.astype(int) - other.astype(int)).max() <= 8


def test_what_is_no_clip_is_refused(film: Film, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="at least 2"):
        read_strip(film(tmp_path / "one.mp4", frames=1), size_wh=(48, 32))
    with pytest.raises(InvalidValueError, match="frames"):
        ClipSampling(frames=1)


def test_the_first_form_is_unchanged_and_others_depend_on_the_clip_alone() -> None:
    strip, sampling = strip_of(np.linspace(0, 2, 25).tolist()), ClipSampling(6, (48, 32), versions=3)
    assert np.array_equal(form_of(strip, sampling, 0, key=5), strip.images[strip.spread(6)])
    one = form_of(strip, sampling, 1, key=5)
    assert np.array_equal(one, form_of(strip, sampling, 1, key=5))
    assert not np.array_equal(one, form_of(strip, sampling, 1, key=6))
    assert not np.array_equal(one, form_of(strip, sampling, 2, key=5))
    assert one.shape == (6, 32, 48, 3)


def test_all_frames_of_a_clip_are_changed_alike() -> None:
    source = np.random.default_rng(3)
    frame = source.integers(0, 255, (32, 48, 3), dtype=np.uint8)
    still = np.stack([frame] * 4)
    for seed in range(5):
        changed = changed_clip(still, ClipAugmentation(), np.random.default_rng(seed))
        assert (changed == changed[:1]).all()
    nothing = ClipAugmentation(0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert np.array_equal(changed_clip(still, nothing, np.random.default_rng(0)), still)


def test_a_mirror_turns_left_to_right() -> None:
    images = np.zeros((2, 32, 48, 3), np.uint8)
    images[:, :, :24] = 200
    only = ClipAugmentation(0, 0, 0, 0, 0, 0, 0, 0, mirror=1.0)
    assert np.array_equal(changed_clip(images, only, np.random.default_rng(0)), images[:, :, ::-1])


def test_a_part_of_a_clip_lies_within_it() -> None:
    for seed in range(50):
        begin, end = part_of_clip(ClipAugmentation(), np.random.default_rng(seed))
        assert 0 <= begin < end <= 1
        assert end - begin >= 0.7 - 1e-9

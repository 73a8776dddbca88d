"""A recording over its own frames, at the right moments, whatever their number and size."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from laban.core.features import Features
from laban.core.frame import Frame
from laban.core.sequence import Recording
from laban.errors import InvalidValueError, SourceError
from laban.pipeline.recording.draw import draw_frame, write_curves, write_overlay, write_sheet


def frames_of(
    recording: Recording, *, scale: float = 1.0, every: int = 1, shift_s: float = 0.0
) -> Iterator[Frame]:
    size = [round(side * scale) for side in recording.size_wh or (64, 64)]
    for index, time_s in enumerate(recording.times_s[::every]):
        yield Frame.from_rgb(
            np.full((size[1], size[0], 3), 90, np.uint8), index=index, time_s=float(time_s) + shift_s
        )


def drawn_box(image: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero((np.abs(image.astype(int) - 90) > 40).any(axis=2))
    return np.array([columns.min(), rows.min(), columns.max(), rows.max()])


def angles_of(recording: Recording) -> dict[int, Features]:
    return {
        person: Features(one.times_s, ("left_knee", "neck"), ("deg", "deg"), np.full((len(one), 2), 120.0))
        for person, one in recording.people.items()
    }


def test_a_frame_gets_the_people_of_its_own_time(two_walkers: Recording) -> None:
    for index in (20, 80):
        frame = list(frames_of(two_walkers))[index]
        left, _, right, bottom = drawn_box(draw_frame(two_walkers, frame))
        truth = np.concatenate(
            [one.image_px[index - two_walkers.start_of(p)] for p, one in two_walkers.people.items()]
        )
        assert abs(left - truth[:, 0].min()) < 30
        assert abs(right - truth[:, 0].max()) < 30
        assert abs(bottom - truth[:, 1].max()) < 15
        assert (frame.image_rgb == 90).all()


def test_a_smaller_copy_of_the_video_is_drawn_in_its_own_size(two_walkers: Recording) -> None:
    whole, half = (
        drawn_box(draw_frame(two_walkers, list(frames_of(two_walkers, scale=scale))[60]))
        for scale in (1.0, 0.5)
    )
    np.testing.assert_allclose(half, whole / 2, atol=9)


def test_frames_beyond_the_recording_stay_bare(two_walkers: Recording) -> None:
    frame = next(frames_of(two_walkers, shift_s=100.0))
    bare = draw_frame(two_walkers, frame)
    assert (bare == 90).all()
    assert not np.shares_memory(bare, frame.image_rgb)


def test_angles_appear_where_they_are_given(two_walkers: Recording) -> None:
    frame = list(frames_of(two_walkers))[60]
    plain = draw_frame(two_walkers, frame)
    assert (draw_frame(two_walkers, frame, angles=angles_of(two_walkers)) != plain).any()
    assert (draw_frame(two_walkers, frame, angles={}) == plain).all()


def test_the_overlay_keeps_every_frame_and_its_time(tmp_path: Path, two_walkers: Recording) -> None:
    path = tmp_path / "overlay.mp4"
    seen: list[int] = []
    count = write_overlay(
        path,
        two_walkers,
        frames_of(two_walkers, scale=0.25),
        progress=lambda done, _: seen.append(int(done)),
    )
    assert count == 90
    assert seen == list(range(1, 91))
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    np.testing.assert_allclose([frame.time for frame in frames], two_walkers.times_s, atol=1e-4)
    assert (np.abs(frames[60].to_ndarray(format="rgb24").astype(int) - 90) > 40).sum() > 500


def test_a_recording_of_every_third_frame_covers_the_video(two_walkers: Recording) -> None:
    one = two_walkers.people[1].take(slice(0, None, 3))
    sparse = Recording("walk.mp4", two_walkers.times_s[::3], {1: one}, size_wh=two_walkers.size_wh)
    for frame in list(frames_of(two_walkers))[30:36]:
        assert (draw_frame(sparse, frame) != 90).any(), frame.index


def test_an_error_while_decoding_comes_through_and_leaves_no_file(
    tmp_path: Path, two_walkers: Recording
) -> None:
    def broken() -> Iterator[Frame]:
        yield from list(frames_of(two_walkers, scale=0.2))[:7]
        raise SourceError("walk.mp4 ends in the middle")

    with pytest.raises(SourceError, match="in the middle"):
        write_overlay(tmp_path / "overlay.mp4", two_walkers, broken())
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_turns_only_its_own_frames_into_images(tmp_path: Path, two_walkers: Recording) -> None:
    asked: list[int] = []

    def frames() -> Iterator[Frame]:
        for frame in frames_of(two_walkers):

            def to_rgb(frame: Frame = frame) -> np.ndarray:
                asked.append(frame.index)
                return frame.image_rgb

            yield Frame(frame.index, frame.time_s, frame.size_wh, None, to_rgb)

    path = write_sheet(tmp_path / "sheet.png", two_walkers, frames(), count=4)
    assert asked == [11, 33, 56, 78]
    assert cv2.imread(str(path)) is not None


def test_a_sheet_from_another_rate_and_size_takes_the_nearest(tmp_path: Path, two_walkers: Recording) -> None:
    path = write_sheet(
        tmp_path / "sheet.png", two_walkers, frames_of(two_walkers, scale=0.5, every=1), count=4
    )
    whole = write_sheet(tmp_path / "whole.png", two_walkers, frames_of(two_walkers), count=4)
    small, large = (cv2.imread(str(one)).astype(int) for one in (path, whole))
    assert small.shape == large.shape
    assert np.abs(small - large).mean() < 6


def test_another_video_is_refused_in_one_sentence(tmp_path: Path, two_walkers: Recording) -> None:
    with pytest.raises(SourceError, match="--source"):
        write_sheet(tmp_path / "sheet.png", two_walkers, frames_of(two_walkers, shift_s=60.0))
    assert list(tmp_path.iterdir()) == []


def test_curves_need_somebody(tmp_path: Path, two_walkers: Recording) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(InvalidValueError, match="nobody was found"):
        write_curves(tmp_path / "curves.png", two_walkers, angles={})
    path = write_curves(tmp_path / "curves.png", two_walkers, angles=angles_of(two_walkers))
    assert cv2.imread(str(path)).shape[1] == 1440


def test_a_number_at_a_hidden_joint_is_withheld(two_walkers: Recording) -> None:
    seen = {
        person: one.replace(visibility=np.ones_like(one.visibility))
        for person, one in two_walkers.people.items()
    }
    hidden = {
        person: one.replace(visibility=np.full_like(one.visibility, 0.3)) for person, one in seen.items()
    }
    frame = next(frames_of(two_walkers))
    numbers = []
    for people in (seen, hidden):
        recording = two_walkers.replace(people=people)
        with_angles = draw_frame(recording, frame, angles=angles_of(recording))
        numbers.append(bool((with_angles != draw_frame(recording, frame)).any()))
    assert numbers == [True, False]

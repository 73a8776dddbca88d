"""Bodies that jump and people who change places, and movement that is neither."""

from pathlib import Path

import numpy as np
import pytest

from laban.cli import main
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import COCO17
from laban.pipeline.recording.summary import summarise
from laban.sequences.continuity import breaks_words, find_breaks

TORSO_PX = 50.0


def walker(x_px: "np.ndarray", *, fps: float = 30.0) -> PoseSequence:
    """Somebody 150 pixels tall whose middle is at ``x_px``."""
    shape = np.stack([np.linspace(-20, 20, 17), np.linspace(-75, 75, 17)], axis=1)
    points = shape + np.stack([x_px, np.full(len(x_px), 200.0)], axis=1)[:, None]
    return PoseSequence(np.arange(len(x_px)) / fps, COCO17, np.ones((len(x_px), 17)), image_px=points)


def recording(*tracks: "np.ndarray", fps: float = 30.0) -> Recording:
    people = {index: walker(track, fps=fps) for index, track in enumerate(tracks)}
    return Recording("x", people[0].times_s, people)


@pytest.mark.parametrize("fps", [2.0, 5.0, 30.0, 120.0])
def test_running_is_no_jump(fps: float) -> None:
    """A sprinter at 10 m a second, 20 torso lengths, at any frame rate."""
    assert find_breaks(recording(np.arange(40) / fps * 20 * TORSO_PX, fps=fps)) == ()


def test_a_body_that_is_elsewhere_in_the_next_frame_jumps() -> None:
    track = np.where(np.arange(20) < 12, 100.0, 600.0)
    (found,) = find_breaks(recording(track))
    assert (found.kind, found.people, round(found.time_s, 3)) == ("jump", (0,), 0.4)


def test_a_cut_of_two_seconds_is_no_jump() -> None:
    one = recording(np.where(np.arange(100) < 20, 100.0, 600.0))
    points = one.people[0].image_px.copy()
    points[20:80] = np.nan
    gone = one.replace(people={0: one.people[0].replace(image_px=points)})
    assert find_breaks(gone) == ()


def test_two_who_exchange_their_rows_change_places() -> None:
    left, right = np.full(20, 100.0), np.full(20, 700.0)
    swapped = np.arange(20) >= 10
    found = find_breaks(recording(np.where(swapped, right, left), np.where(swapped, left, right)))
    assert [(one.kind, one.people, round(one.time_s, 3)) for one in found] == [("swap", (0, 1), 0.333)]


def test_two_who_pass_each_other_do_not() -> None:
    there = np.linspace(100, 500, 60)
    assert find_breaks(recording(there, there[::-1])) == ()


def test_a_missing_frame_between_hides_nothing() -> None:
    one = recording(np.where(np.arange(20) < 12, 100.0, 600.0))
    points = one.people[0].image_px.copy()
    points[11] = np.nan
    (found,) = find_breaks(one.replace(people={0: one.people[0].replace(image_px=points)}))
    assert found.kind == "jump"


def seen_only(one: Recording, person: int, frames: slice) -> Recording:
    """The same recording with a person's points unknown outside of ``frames``."""
    points = np.full_like(one.people[person].image_px, np.nan)
    points[frames] = one.people[person].image_px[frames]
    return one.replace(people={**one.people, person: one.people[person].replace(image_px=points)})


def test_two_who_are_together_in_two_frames_change_places_and_in_one_they_cannot() -> None:
    left, right = np.full(20, 100.0), np.full(20, 700.0)
    swapped = np.arange(20) >= 10
    one = recording(np.where(swapped, right, left), np.where(swapped, left, right))
    kinds = {found.kind for found in find_breaks(seen_only(one, 1, slice(9, 11)))}
    assert "swap" in kinds
    assert [found.kind for found in find_breaks(seen_only(one, 1, slice(10, 11)))] == ["jump"]


@pytest.mark.parametrize(("joints", "count"), [(2, 0), (3, 1)])
def test_three_joints_are_enough_to_tell_where_a_body_is(joints: int, count: int) -> None:
    one = recording(np.where(np.arange(20) < 12, 100.0, 600.0))
    points = one.people[0].image_px.copy()
    points[:, joints:] = np.nan
    found = find_breaks(one.replace(people={0: one.people[0].replace(image_px=points)}))
    assert len(found) == count


@pytest.mark.parametrize("scale", [0.005, 1.0])
def test_how_far_a_body_goes_is_told_by_its_own_size(scale: float) -> None:
    """A step of 70 of its 150 pixels is no jump, wherever in an image of whatever size it stands."""
    for step_px, count in ((70.0, 0), (160.0, 1)):
        one = recording(np.where(np.arange(20) < 12, 200.0, 200.0 + step_px))
        points = one.people[0].image_px * scale
        assert len(find_breaks(one.replace(people={0: one.people[0].replace(image_px=points)}))) == count


def facing(fps: float, *, wide_px: float = 30.0) -> PoseSequence:
    """Somebody who faces the camera and waves an arm, left joints at larger x."""
    count = round(2 * fps)
    points = np.zeros((count, 17, 2))
    for index, name in enumerate(COCO17.names):
        side = 1 if name.startswith("left") else -1 if name.startswith("right") else 0
        points[:, index] = (300 + side * wide_px, 100 + 24 * ((index + 1) // 2))
    points[:, COCO17.index("left_wrist"), 1] -= 40 * np.sin(np.arange(count) / fps * 6) ** 2
    return PoseSequence(np.arange(count) / fps, COCO17, np.ones((count, 17)), image_px=points)


def with_sides_exchanged(sequence: PoseSequence, rows: slice) -> Recording:
    points = np.array(sequence.image_px)
    points[rows] = points[rows][:, COCO17.flip]
    return Recording("x", sequence.times_s, {3: sequence.replace(image_px=points)})


@pytest.mark.parametrize("fps", [5.0, 30.0, 120.0])
def test_sides_that_change_places_do_so_twice(fps: float) -> None:
    sequence = facing(fps)
    found = find_breaks(with_sides_exchanged(sequence, slice(4, 7)))
    assert [(one.kind, one.people, one.time_s) for one in found] == [
        ("sides", (3,), sequence.times_s[4]),
        ("sides", (3,), sequence.times_s[7]),
    ]
    (told,) = breaks_words(found)
    assert told.startswith("left and right of person 3 change places 2 times, first at ")


def test_sides_that_fit_both_ways_or_are_long_apart_say_nothing() -> None:
    assert find_breaks(with_sides_exchanged(facing(30.0), slice(0, 0))) == ()
    assert find_breaks(with_sides_exchanged(facing(30.0, wide_px=2.0), slice(4, 7))) == ()
    assert find_breaks(with_sides_exchanged(facing(3.0), slice(3, 5))) == ()


def test_who_turns_round_keeps_their_sides() -> None:
    sequence = facing(30.0)
    turning = np.cos(np.linspace(0, np.pi, len(sequence)))[:, None]
    points = np.array(sequence.image_px)
    points[..., 0] = 300 + (points[..., 0] - 300) * turning
    assert find_breaks(Recording("x", sequence.times_s, {0: sequence.replace(image_px=points)})) == ()


def test_show_and_convert_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = recording(np.where(np.arange(20) < 12, 100.0, 600.0))
    told = "person 0 jumps through the image at 0.40 s"
    assert told in summarise(one).warnings
    assert breaks_words(find_breaks(one)) == (told,)
    path = one.save(tmp_path / "x.parquet")
    with pytest.raises(SystemExit) as ended:
        main(["convert", str(path), str(tmp_path / "y.parquet")])
    assert not ended.value.code
    assert told in capsys.readouterr().err

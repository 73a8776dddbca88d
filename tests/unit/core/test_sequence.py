import copy
import inspect
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.io import load, save

T, J = 4, len(COCO17)
SIZE_WH = (640, 480)


def sequence(**changes: Any) -> PoseSequence:
    values: dict[str, Any] = {
        "times_s": np.arange(T) / 10,
        "skeleton": COCO17,
        "visibility": np.full((T, J), 0.5),
        "image_px": np.arange(T * J * 2).reshape(T, J, 2),
        "depth_px": np.ones((T, J)),
        "world_m": np.zeros((T, J, 3)),
        "body": np.zeros((T, J, 2)),
        "score": np.ones(T),
        "size_wh": SIZE_WH,
    }
    return PoseSequence(**{**values, **changes})


def recording(**changes: Any) -> Recording:
    """Six frames; person 3 is there in the second to the fifth."""
    times_s = np.arange(6) / 10
    values: dict[str, Any] = {
        "source": "walk.mp4",
        "times_s": times_s,
        "people": {3: sequence(times_s=times_s[1:5])},
        "size_wh": SIZE_WH,
        "metadata": {"model": "full"},
    }
    return Recording(**{**values, **changes})


def test_all_arrays_are_read_only_and_of_their_type() -> None:
    one = sequence()
    assert one.times_s.dtype == np.float64
    for name in ("visibility", "image_px", "depth_px", "world_m", "body", "score"):
        array = getattr(one, name)
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(FrozenInstanceError):
        one.score = None  # type: ignore[misc]


def test_the_callers_arrays_stay_the_callers() -> None:
    mine = np.zeros((T, J, 2), dtype=np.float32)
    one = sequence(image_px=mine)
    mine[:] = 9
    assert one.coordinates(Space.PIXEL).max() == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("visibility", np.zeros((T, J + 1)), r"shape \(4, 17\), got \(4, 18\)"),
        ("image_px", np.zeros((T, J, 3)), r"shape \(4, 17, 2\), got \(4, 17, 3\)"),
        ("depth_px", np.zeros((T, J, 1)), r"shape \(4, 17\), got \(4, 17, 1\)"),
        ("world_m", np.zeros((T - 1, J, 3)), r"shape \(4, 17, 3\), got \(3, 17, 3\)"),
        ("body", np.zeros((T, J)), r"shape \(4, 17, C\), got \(4, 17\)"),
        ("body", np.zeros((T, J, 4)), "2 or 3 coordinates a joint, got 4"),
        ("score", np.zeros(T + 1), r"shape \(4\), got \(5,\)"),
        ("times_s", np.zeros((T, 1)), r"shape \(T\), got \(4, 1\)"),
        ("times_s", [], "at least one time, got none"),
        ("times_s", [0, np.nan, 2, 3], "finite seconds, got NaN"),
        ("times_s", [0, 1, 1, 2], "increase strictly; row 2 does not"),
        ("times_s", [0, 1, 2, 1.5], "increase strictly; row 3 does not"),
        ("size_wh", (640, 0), r"above zero, got \(640, 0\)"),
        ("size_wh", (640, 480, 3), r"got \(640, 480, 3\)"),
        ("size_wh", 640, "got 640"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{name} must .*{words}"):
        sequence(**{name: value})


def test_some_coordinates_are_needed() -> None:
    with pytest.raises(InvalidValueError, match="needs image_px, world_m or body coordinates; none given"):
        sequence(image_px=None, world_m=None, body=None)


@pytest.mark.parametrize("kept", ["image_px", "world_m", "body"])
def test_any_one_kind_of_coordinates_is_enough(kept: str) -> None:
    spaces = {"image_px": Space.PIXEL, "world_m": Space.WORLD, "body": Space.BODY}
    one = sequence(**{name: None for name in spaces if name != kept})
    assert one.spaces == (spaces[kept],)
    assert one.coordinates(spaces[kept]) is getattr(one, kept)


@pytest.mark.parametrize("space", [Space.WORLD, Space.NORMALISED])
def test_a_space_without_coordinates_is_told_with_those_there_are(space: Space) -> None:
    one = sequence(world_m=None)
    with pytest.raises(InvalidValueError, match=f"no {space} coordinates, only pixel, body"):
        one.coordinates(space)


def test_an_instant_is_seen_when_any_joint_is_whole() -> None:
    image = np.full((T, J, 2), np.nan)
    image[1, 3] = 5
    image[2, :, 0] = 5
    assert sequence(image_px=image).seen.tolist() == [False, True, False, False]


def test_a_copy_with_changes_is_checked_anew() -> None:
    one = sequence()
    other = one.replace(score=None)
    assert (other.score, other.image_px is one.image_px) == (None, True)
    assert one.score is not None
    with pytest.raises(InvalidValueError, match="times_s must increase"):
        one.replace(times_s=np.zeros(T))


def test_rows_are_taken_from_every_array() -> None:
    one = sequence(image_px=np.arange(T * J * 2).reshape(T, J, 2))
    for rows in (slice(1, 3), np.array([False, True, True, False])):
        taken = one.take(rows)
        assert taken.times_s.tolist() == [0.1, 0.2]
        assert np.array_equal(taken.image_px, one.image_px[1:3])
        for name in ("visibility", "depth_px", "world_m", "body", "score"):
            assert len(getattr(taken, name)) == 2
        assert (taken.skeleton, taken.size_wh) == (one.skeleton, one.size_wh)


@pytest.mark.parametrize("rows", [slice(2, 2), np.zeros(T, dtype=bool)])
def test_at_least_one_row_must_remain(rows: Any) -> None:
    with pytest.raises(InvalidValueError, match="at least one time, got none"):
        sequence().take(rows)


@pytest.mark.parametrize(
    ("rows", "got"),
    [(np.ones(3, dtype=bool), r"bool of shape \(3,\)"), (np.arange(T), r"int64 of shape \(4,\)")],
)
def test_a_mask_has_a_truth_for_each_row(rows: Any, got: str) -> None:
    with pytest.raises(InvalidValueError, match=r"must be bool of shape \(4\), got " + got):
        sequence().take(rows)


def test_rows_cannot_be_taken_backwards() -> None:
    with pytest.raises(InvalidValueError, match="times_s must increase"):
        sequence().take(slice(None, None, -1))


def test_between_has_the_start_and_not_the_stop() -> None:
    one = sequence(times_s=[0.0, 0.5, 1.0, 1.5])
    assert one.between(0.5, 1.5).times_s.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"times_s": np.arange(T) / 5},
        {"score": None},
        {"visibility": np.zeros((T, J))},
        {"size_wh": None},
        {"body": np.zeros((T, J, 3))},
    ],
)
def test_sequences_are_equal_by_content(changes: dict[str, Any]) -> None:
    assert sequence() == sequence()
    assert sequence(score=np.full(T, np.nan)) == sequence(score=np.full(T, np.nan))
    assert sequence() != sequence(**changes)
    assert sequence() != "a sequence"


def test_another_skeleton_moves_every_array() -> None:
    one = sequence()
    other = one.to_skeleton(BLAZEPOSE33)
    left, here = BLAZEPOSE33.index("left_wrist"), COCO17.index("left_wrist")
    for name in ("visibility", "image_px", "depth_px", "world_m", "body"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert np.array_equal(theirs[:, left], ours[:, here])
        assert np.isnan(theirs[:, BLAZEPOSE33.index("left_heel")]).all()
    assert np.array_equal(other.score, one.score)
    assert (other.skeleton, other.size_wh) == (BLAZEPOSE33, SIZE_WH)


def test_the_same_skeleton_changes_nothing_and_what_is_absent_stays_absent() -> None:
    one = sequence(world_m=None, depth_px=None)
    assert one.to_skeleton(COCO17) is one
    other = one.to_skeleton(BLAZEPOSE33)
    assert (other.world_m, other.depth_px) == (None, None)


def test_people_stand_in_the_order_of_their_ids() -> None:
    times_s = np.arange(T) / 10
    mine = {5: sequence(), 0: sequence(), 2: sequence()}
    one = recording(times_s=times_s, people=mine)
    mine.clear()
    assert list(one.people) == [0, 2, 5]


def test_a_recording_cannot_be_changed() -> None:
    one = recording()
    with pytest.raises(TypeError):
        one.people[4] = sequence()  # type: ignore[index]
    with pytest.raises(TypeError):
        one.metadata["model"] = "lite"  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        one.times_s[0] = 1
    with pytest.raises(FrozenInstanceError):
        one.source = "run.mp4"  # type: ignore[misc]


def test_the_start_and_the_duration() -> None:
    one = recording()
    assert one.start_of(3) == 1
    assert one.duration_s == pytest.approx(0.5)
    with pytest.raises(KeyError):
        one.start_of(4)


@pytest.mark.parametrize("times_s", [[], [2.0]])
def test_a_recording_may_hold_nobody_and_hardly_a_frame(times_s: list[float]) -> None:
    one = recording(times_s=times_s, people={})
    assert (len(one.people), one.duration_s) == (0, 0.0)


@pytest.mark.parametrize(
    "times_s", [[0.1, 0.2, 0.3, 0.5], [0.05, 0.1, 0.2, 0.3], [0.3, 0.4, 0.5, 0.6], [7.0, 8.0, 9.0, 10.0]]
)
def test_the_times_of_people_are_a_run_of_the_frames(times_s: list[float]) -> None:
    with pytest.raises(
        InvalidValueError, match="times of person 3 must be a run of the recording's frame times"
    ):
        recording(times_s=np.array([0, 1, 2, 3, 4, 5]) / 10, people={3: sequence(times_s=times_s)})


@pytest.mark.parametrize("person", [-1, "3", 1.0])
def test_people_are_numbered_from_zero(person: Any) -> None:
    with pytest.raises(InvalidValueError, match=f"person ids must be integers from 0, got {person!r}"):
        recording(people={person: sequence()})


def test_people_share_the_size_of_the_image() -> None:
    with pytest.raises(
        InvalidValueError, match=r"person 3 has image size \(640, 480\), the recording \(1, 1\)"
    ):
        recording(size_wh=(1, 1))


@pytest.mark.parametrize("times_s", [[0.0, 0.0], [1.0, 0.0], [0.0, np.nan]])
def test_frame_times_increase(times_s: list[float]) -> None:
    with pytest.raises(InvalidValueError, match="times_s must"):
        recording(times_s=times_s, people={})


@pytest.mark.parametrize(
    "changes", [{"source": "run.mp4"}, {"people": {}}, {"metadata": {}}, {"times_s": np.arange(7) / 10}]
)
def test_recordings_are_equal_by_content(changes: dict[str, Any]) -> None:
    assert recording() == recording()
    assert recording() != recording(**changes)
    assert recording().replace(**changes) == recording(**changes)


def test_recordings_survive_pickle_and_copy() -> None:
    one = recording()
    for again in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one)):
        assert again == one
        assert list(again.people) == [3]


def test_saving_needs_no_import_beforehand(tmp_path: Path) -> None:
    code = (
        "import numpy as np; from laban.core.sequence import Recording; "
        f"print(Recording('walk.mp4', np.arange(3.0), {{}}).save({str(tmp_path / 'walk.parquet')!r}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(tmp_path / "walk.parquet")
    assert load(tmp_path / "walk.parquet").times_s.tolist() == [0.0, 1.0, 2.0]


def test_a_recording_saves_as_the_function_does() -> None:
    method, function = (inspect.signature(one).parameters for one in (Recording.save, save))
    assert list(method)[1:] == list(function)[1:]
    assert all(method[name].default == function[name].default for name in list(function)[1:])


def test_what_is_measured_where_nothing_else_is_asked_for() -> None:
    whole = sequence()
    assert whole.best_space is Space.WORLD
    assert whole.replace(world_m=None).best_space is Space.PIXEL
    assert whole.replace(world_m=None, image_px=None).best_space is Space.BODY


def test_a_sequence_shows_itself_in_one_short_line() -> None:
    assert repr(sequence()) == "<PoseSequence: 4 frames, 0.00-0.30 s, coco17, pixel, world, body, 640x480>"
    bare = sequence(world_m=None, body=None, size_wh=None).take(slice(0, 1))
    assert repr(bare) == "<PoseSequence: 1 frame, 0.00-0.00 s, coco17, pixel>"


def test_a_recording_shows_itself_in_one_short_line() -> None:
    assert repr(recording()) == "<Recording 'walk.mp4': 1 person, 6 frames, 0.50 s, 640x480, coco17>"
    nobody = recording(people={}, size_wh=None, times_s=[])
    assert repr(nobody) == "<Recording 'walk.mp4': no people, 0 frames, 0.00 s>"
    two = recording(times_s=np.arange(T) / 10, people={1: sequence(), 2: sequence().to_skeleton(BLAZEPOSE33)})
    assert repr(two) == "<Recording 'walk.mp4': 2 people, 4 frames, 0.30 s, 640x480, coco17, blazepose33>"


def test_a_recording_lasts_from_its_first_frame_to_its_last() -> None:
    assert recording(times_s=[2.0, 2.5, 4.0], people={}).duration_s == 2.0


def test_sequences_and_recordings_cannot_be_keys() -> None:
    for value in (sequence(), recording()):
        with pytest.raises(TypeError, match=f"unhashable type: '{type(value).__name__}'"):
            hash(value)

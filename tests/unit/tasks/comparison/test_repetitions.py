"""Repetitions that were counted beforehand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.extrema import pivots
from laban.io import load
from laban.tasks.comparison.repetitions import find_repetitions
from laban.tasks.comparison.settings import RepetitionSettings

Mover = Callable[..., PoseSequence]
Raise = Callable[..., dict[str, np.ndarray]]


def times(seconds: float, fps: float = 30.0) -> np.ndarray:
    return np.arange(round(seconds * fps) + 1) / fps


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("period_s", [0.8, 2.0, 4.5])
def test_every_repetition_is_counted(mover: Mover, arm_raise: Raise, count: int, period_s: float) -> None:
    at = times(count * period_s)
    found = find_repetitions(mover(arm_raise(at, period_s=period_s), times_s=at))
    assert len(found) == count
    assert found.joint in ("left_shoulder", "right_shoulder")
    assert found.median_duration_s == pytest.approx(period_s, rel=0.25)


@pytest.mark.parametrize("fps", [5.0, 10.0, 24.0, 60.0, 120.0])
def test_cameras_of_any_speed_count_the_same(mover: Mover, arm_raise: Raise, fps: float) -> None:
    at = times(8.0, fps)
    assert len(find_repetitions(mover(arm_raise(at), times_s=at))) == 4


def shaken(sequence: PoseSequence, torso: float, seed: int) -> PoseSequence:
    rng = np.random.default_rng(seed)
    assert sequence.image_px is not None
    return sequence.replace(
        image_px=sequence.image_px + rng.normal(size=sequence.image_px.shape) * 150 * torso, world_m=None
    )


@pytest.mark.parametrize("seed", range(4))
def test_somebody_who_stands_still_has_none(mover: Mover, seed: int) -> None:
    at = times(8.0)
    assert len(find_repetitions(mover({}, times_s=at))) == 0
    assert len(find_repetitions(shaken(mover({}, times_s=at), 0.02, seed))) == 0


@pytest.mark.parametrize("seed", range(4))
def test_noise_neither_adds_nor_hides_one(mover: Mover, arm_raise: Raise, seed: int) -> None:
    at = times(10.0)
    assert len(find_repetitions(shaken(mover(arm_raise(at), times_s=at), 0.03, seed))) == 5


def test_rests_between_and_around_are_no_part_of_them(mover: Mover) -> None:
    at = times(16.0)
    arm = np.full(len(at), 20.0)
    for start_s in (3.0, 7.0, 12.0):
        share = np.clip((at - start_s) / 2.0, 0, 1)
        arm += 110 * np.sin(np.pi * share) ** 2
    found = find_repetitions(mover({"left_shoulder": arm}, times_s=at))
    assert [one.start_s for one in found.repetitions] == pytest.approx([3.3, 7.3, 12.3], abs=0.25)
    assert [one.end_s for one in found.repetitions] == pytest.approx([4.7, 8.7, 13.7], abs=0.25)
    assert [one.turn_s for one in found.repetitions] == pytest.approx([4.0, 8.0, 13.0], abs=0.15)


def test_each_has_its_range_its_tempo_and_its_score(mover: Mover) -> None:
    at = times(10.0)
    phase = (at % 2.0) / 2.0
    # up in 0.6 s, down in 1.4 s; the third goes but half as high
    share = np.where(phase < 0.3, phase / 0.3, (1 - phase) / 0.7)
    height = np.where((at >= 4.0) & (at < 6.0), 75.0, 120.0)
    smooth = (1 - np.cos(np.pi * share)) / 2
    found = find_repetitions(mover({"left_shoulder": 20 + height * smooth}, times_s=at))
    assert len(found) == 5
    first, third = found.repetitions[0], found.repetitions[2]
    assert first.back_s / first.out_s == pytest.approx(2.3, rel=0.35)
    assert first.ranges_deg["left_shoulder"] == pytest.approx(118, abs=6)
    assert third.ranges_deg["left_shoulder"] == pytest.approx(74, abs=6)
    scores = [one.score_percent for one in found.repetitions]
    assert min(scores) == third.score_percent < min(scores[:2]) - 5
    assert third.worst is not None
    assert third.worst[0] == "left_shoulder"
    assert third.worst[1] < -10
    assert first.worst is None


def test_a_short_gap_is_bridged_and_a_long_one_is_not_filled_with_any(mover: Mover, arm_raise: Raise) -> None:
    at = times(12.0)
    whole = mover(arm_raise(at), times_s=at)

    def without(first: int, last: int) -> PoseSequence:
        image, world = whole.image_px.copy(), whole.world_m.copy()  # type: ignore[union-attr]
        image[first:last], world[first:last] = np.nan, np.nan
        return whole.replace(image_px=image, world_m=world)

    assert len(find_repetitions(without(100, 108))) == 6
    assert len(find_repetitions(without(125, 235))) in (3, 4)


def test_a_walk_before_the_set_is_not_counted(mover: Mover, arm_raise: Raise) -> None:
    at = times(14.0)
    still = np.where(at < 4.0, 20.0, arm_raise(at)["left_shoulder"])
    sway = np.where(at < 4.0, 172 + 6 * np.sin(2 * np.pi * at), 175.0)
    found = find_repetitions(mover({"left_shoulder": still, "right_knee": sway}, times_s=at))
    assert len(found) == 5
    assert found.repetitions[0].start_s > 3.5


@pytest.mark.parametrize(("axis", "height_px"), [(0, 60.0), (1, 40.0)])
@pytest.mark.parametrize("world", [True, False])
def test_a_body_that_moves_as_a_whole_is_counted(
    mover: Mover, axis: int, height_px: float, world: bool
) -> None:
    at = times(4.0)
    standing = mover({}, times_s=at, world=world)
    assert standing.image_px is not None
    moved = standing.image_px.copy()
    moved[..., axis] -= (height_px * (1 - np.cos(2 * np.pi * at / 0.5)) / 2)[:, None]
    assert len(find_repetitions(standing.replace(image_px=moved))) == 8


def test_a_camera_that_turns_past_somebody_counts_nothing(mover: Mover) -> None:
    at = times(6.0)
    standing = mover({}, times_s=at)
    assert standing.image_px is not None
    drifting = standing.image_px + np.stack([40 * at, -5 * at], axis=1)[:, None]
    assert len(find_repetitions(standing.replace(image_px=drifting))) == 0


def test_two_movements_that_are_unlike_are_not_two_of_one(mover: Mover) -> None:
    at = times(8.0)
    early, late = (np.sin(np.pi * np.clip((at - start_s) / 2, 0, 1)) ** 2 for start_s in (1.0, 5.0))
    limbs = {
        "left_shoulder": 20 + 100 * early,
        "right_shoulder": 20 + 90 * late,
        "left_elbow": 170 - 100 * late,
        "right_knee": 175 - 70 * early,
    }
    assert len(find_repetitions(mover(limbs, times_s=at))) == 1


def test_one_repetition_has_no_score(mover: Mover, arm_raise: Raise) -> None:
    at = times(2.0)
    (one,) = find_repetitions(mover(arm_raise(at), times_s=at)).repetitions
    assert np.isnan(one.score_percent)
    assert one.worst is None


def test_two_thresholds_of_a_joint_decide_where_they_are_given(mover: Mover) -> None:
    at = times(8.0)
    tops = np.array([130.0, 80.0, 130.0, 85.0])[np.minimum((at // 2).astype(int), 3)]
    arm = 20 + (tops - 20) * (1 - np.cos(np.pi * at)) / 2
    sequence = mover({"left_shoulder": arm, "right_shoulder": arm}, times_s=at)
    by_joint = find_repetitions(sequence, settings=RepetitionSettings(joint="left_shoulder"))
    high = find_repetitions(
        sequence, settings=RepetitionSettings(joint="left_shoulder", low_deg=40.0, high_deg=110.0)
    )
    assert len(by_joint) == 4
    assert len(high) == 2
    assert high.joint == "left_shoulder"


def test_nobody_moving_that_joint_has_none(mover: Mover, arm_raise: Raise) -> None:
    at = times(6.0)
    settings = RepetitionSettings(joint="left_knee", low_deg=90.0, high_deg=160.0)
    assert len(find_repetitions(mover(arm_raise(at), times_s=at), settings=settings)) == 0


def test_pivots_turn_up_and_down_in_turn() -> None:
    curve = np.array([0.0, 1.0, 0.9, 5.0, 4.6, 1.0, 1.2, 6.0, 0.0])
    assert pivots(curve, least=2.0).tolist() == [0, 3, 5, 7, 8]
    assert pivots(np.zeros(9), least=1.0).tolist() == []


def test_wrong_settings_are_told() -> None:
    with pytest.raises(UnknownNameError, match="left_knee"):
        RepetitionSettings(joint="left_kne")
    with pytest.raises(InvalidValueError, match="thresholds are two"):
        RepetitionSettings(joint="left_knee", low_deg=90.0)
    with pytest.raises(InvalidValueError, match="high_deg"):
        RepetitionSettings(joint="left_knee", low_deg=90.0, high_deg=80.0)


@pytest.mark.parametrize(
    ("action", "least"), [("jumping_jacks", 25), ("pullup", 23), ("pushup", 22), ("situp", 22)]
)
def test_real_exercises_of_one_repetition_are_counted_once_and_four_in_a_row_as_four(
    shared: Path, action: str, least: int
) -> None:
    """Penn Action's clips are cut to one repetition each; its joints are labelled by hand, many of them hidden."""
    with np.load(shared / "data" / "penn_action" / "packed.npz", allow_pickle=False) as packed:
        frames, lengths, label = (packed[name] for name in ("frames", "lengths", "label"))
    ends = np.cumsum(lengths)
    counts = []
    for clip in np.flatnonzero(label == action)[:25]:
        joints = frames[ends[clip] - lengths[clip] : ends[clip]].astype(np.float64)
        points = np.where(joints[..., 2:] > 0, joints[..., :2], np.nan)
        counts.append([count_of(np.concatenate([points] * times)) for times in (1, 4)])
    right = (np.array(counts) == (1, 4)).sum(axis=0)
    assert (right >= least).all(), right
    assert np.abs(np.array(counts) - (1, 4)).max() <= 1


def count_of(points: np.ndarray) -> int:
    at = np.arange(len(points)) / 30
    return len(
        find_repetitions(PoseSequence(at, skeleton("penn13"), np.ones(points.shape[:2]), image_px=points))
    )


@pytest.mark.parametrize("amplitude_deg", [5.0, 7.0])
@pytest.mark.parametrize("world", [True, False])
def test_a_sway_below_the_least_range_is_no_repetition(
    mover: Mover, amplitude_deg: float, world: bool
) -> None:
    at = times(8.0)
    knee = 167 + amplitude_deg * np.sin(2 * np.pi * at / 1.5)
    sequence = mover({"left_knee": knee}, times_s=at, world=world)
    assert len(find_repetitions(sequence)) == 0
    asked = find_repetitions(sequence, settings=RepetitionSettings(min_range_deg=1.5 * amplitude_deg))
    assert len(asked) >= 5


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("seed", range(3))
def test_noise_of_a_knee_is_no_repetition(mover: Mover, fps: float, seed: int) -> None:
    rng, at = np.random.default_rng(seed), times(8.0, fps)
    knee = 170 + 6 * rng.normal(size=len(at))
    assert len(find_repetitions(mover({"left_knee": knee}, times_s=at))) == 0


def raises(at: np.ndarray, starts_s: list[float], lasting_s: float = 2.0) -> np.ndarray:
    """0 at rest and 1 at the top of each."""
    shares = [np.clip((at - start_s) / lasting_s, 0, 1) for start_s in starts_s]
    return np.max([np.sin(np.pi * share) ** 2 for share in shares], axis=0)


@pytest.mark.parametrize("before_s", [0.0, 2.0, 30.0])
@pytest.mark.parametrize("after_s", [0.0, 2.0, 30.0])
@pytest.mark.parametrize("from_the_top", [False, True])
def test_rest_around_them_changes_no_count(
    mover: Mover, before_s: float, after_s: float, from_the_top: bool
) -> None:
    at = times(before_s + 4.0 + after_s, 15.0)
    share = raises(at, [before_s, before_s + 2.0])
    arm = 20 + 110 * (1 - share if from_the_top else share)
    assert len(find_repetitions(mover({"left_shoulder": arm, "right_shoulder": arm}, times_s=at))) == 2


def test_two_of_one_kind_are_found_among_other_movement(mover: Mover) -> None:
    """The last movement goes farther than either of the two, and is like neither."""
    at = times(9.0)
    arm, crouch = raises(at, [0.2, 1.7], 1.4), raises(at, [6.0], 1.4)
    limbs = {f"{side}_shoulder": 20 + 120 * arm + 60 * crouch for side in ("left", "right")}
    limbs |= {f"{side}_knee": 175 - 100 * crouch for side in ("left", "right")}
    limbs |= {f"{side}_hip": 175 - 110 * crouch for side in ("left", "right")}
    found = find_repetitions(mover(limbs, times_s=at))
    assert [round(one.turn_s, 1) for one in found.repetitions] == [0.9, 2.4]


@pytest.mark.parametrize("kept", ["wrist elbow", "wrist"])
def test_hands_alone_are_counted_where_no_trunk_is_seen(mover: Mover, kept: str) -> None:
    at = times(8.0)
    whole = mover({"left_elbow": 170 - 90 * raises(at, [0, 2, 4, 6])}, times_s=at, world=False)
    names = [f"{side}_{joint}" for side in ("left", "right") for joint in kept.split()]
    points = np.full_like(whole.image_px, np.nan)
    indices = [whole.skeleton.index(name) for name in names]
    points[:, indices] = whole.image_px[:, indices]  # type: ignore[index]
    assert len(find_repetitions(whole.replace(image_px=points))) == 4


@pytest.mark.parametrize("fps", [2.0, 3.0, 5.0, 7.5, 15.0, 60.0])
def test_slow_clocks_count_what_they_sample(mover: Mover, fps: float) -> None:
    at = times(15.0, fps)
    arm = 20 + 110 * raises(at, [0.5, 4.0, 7.5, 11.0], 3.5)
    assert len(find_repetitions(mover({"left_shoulder": arm, "right_shoulder": arm}, times_s=at))) == 4


@pytest.mark.parametrize("seed", range(4))
def test_a_clock_that_is_uneven_or_drops_half_of_the_frames_counts_the_same(mover: Mover, seed: int) -> None:
    rng = np.random.default_rng(seed)
    even = np.arange(150) / 10
    uneven = np.sort(even + rng.uniform(-0.04, 0.04, len(even)))
    half = even[np.sort(rng.permutation(len(even))[:75])]
    for at in (uneven, half):
        arm = 20 + 110 * raises(at, [0.5, 4.0, 7.5, 11.0], 3.5)
        assert len(find_repetitions(mover({"left_shoulder": arm, "right_shoulder": arm}, times_s=at))) == 4


@pytest.mark.parametrize(("name", "count"), [("penn_1009_x4", 12), ("penn_0464_x4", 4)])
def test_reported_clips_have_their_count(shared: Path, name: str, count: int) -> None:
    path = shared / "data" / "reported" / "repetitions" / f"{name}.parquet"
    (sequence,) = load(path).people.values()
    assert len(find_repetitions(sequence)) == count


def of_clip(points: np.ndarray, at: np.ndarray) -> PoseSequence:
    return PoseSequence(at, skeleton("penn13"), np.ones(points.shape[:2]), image_px=points)


@pytest.mark.parametrize(
    "change", ["15 fps", "10 fps", "uneven", "a third missing", "still around", "nobody in a tenth"]
)
@pytest.mark.parametrize("seed", range(2))
def test_the_jumps_of_a_clip_that_is_played_again_are_counted_whatever_its_clock(
    shared: Path, change: str, seed: int
) -> None:
    """The clip is a cycle of its own; the finer one within it is meant."""
    path = shared / "data" / "reported" / "repetitions" / "penn_1009_x4.parquet"
    (sequence,) = load(path).people.values()
    rng, at = np.random.default_rng(seed), np.asarray(sequence.times_s)
    if change.endswith("fps"):
        changed = sequence.take(slice(seed, None, 30 // int(change[:2])))
    elif change == "uneven":
        changed = sequence.replace(times_s=at + rng.uniform(-0.012, 0.012, len(at)))
    elif change == "a third missing":
        changed = sequence.take(np.isin(np.arange(len(at)), rng.permutation(len(at))[: len(at) * 2 // 3]))
    else:
        points = np.asarray(sequence.image_px).copy()
        if change == "still around":
            points = np.concatenate([points[:1].repeat(60, 0), points, points[-1:].repeat(60 * seed, 0)])
        else:
            points[rng.random(len(points)) < 0.1] = np.nan
        changed = of_clip(points, np.arange(len(points)) / 30)
    assert len(find_repetitions(changed)) == 12


@pytest.mark.parametrize("every", [4, 6, 10, 15])
def test_repetitions_in_too_few_frames_are_refused_rather_than_miscounted(shared: Path, every: int) -> None:
    path = shared / "data" / "reported" / "repetitions" / "penn_1009_x4.parquet"
    (sequence,) = load(path).people.values()
    with pytest.raises(InvalidValueError, match="4 frames of each or more"):
        find_repetitions(sequence.take(slice(None, None, every)))


def test_fast_repetitions_on_a_slow_clock_are_refused(mover: Mover, arm_raise: Raise) -> None:
    at = times(8.0, 5.0)
    with pytest.raises(InvalidValueError, match="cannot be counted at 5 frames a second"):
        find_repetitions(mover(arm_raise(at, period_s=0.64), times_s=at))


@pytest.mark.parametrize("seconds", [1.0, 3.0])
@pytest.mark.parametrize("world", [True, False])
@pytest.mark.parametrize("ease", [0.6, 1.0, 1.8])
def test_a_movement_that_goes_one_way_is_no_repetition(
    mover: Mover, seconds: float, world: bool, ease: float
) -> None:
    at = times(seconds)
    share = (at / seconds) ** ease
    bow = np.sin(np.pi * share)  # joints that pass through an arc come back while the body goes on
    limbs = {
        "right_elbow": 157 - 110 * share,
        "right_shoulder": 35 + 35 * share,
        "left_hip": 170 - 26 * share,
        "left_shoulder": 25 + 12 * bow,
    }
    assert len(find_repetitions(mover(limbs, times_s=at, world=world))) == 0


@pytest.mark.parametrize("whole", [0, 1, 3])
def test_half_a_way_back_at_the_end_of_the_clip_is_no_repetition(mover: Mover, whole: int) -> None:
    at = times(2.0 * whole + 1.5)
    elbow = 165 - 55 * (1 - np.cos(np.pi * at))
    assert len(find_repetitions(mover({"left_elbow": elbow, "right_elbow": elbow}, times_s=at))) == whole


def test_a_tutorial_of_one_way_has_none_with_or_without_rows_of_nobody(shared: Path) -> None:
    path = shared / "data" / "reported" / "mp_zero_rows.csv"
    (sequence,) = load(path, size_wh=(360, 640)).people.values()
    assert len(find_repetitions(sequence)) == 0


def hopping(at: np.ndarray, mover: Mover, *, period_s: float = 0.42) -> PoseSequence:
    """Somebody jumps on the spot, with arms and knees that give a little."""
    up = (1 - np.cos(2 * np.pi * at / period_s)) / 2
    limbs = {f"{side}_knee": 150 + 25 * up for side in ("left", "right")}
    limbs |= {f"{side}_elbow": 110 - 20 * up for side in ("left", "right")}
    body = mover(limbs, times_s=at, world=False)
    assert body.image_px is not None
    moved = body.image_px.copy()
    moved[..., 1] -= (45.0 * up)[:, None]
    return body.replace(image_px=moved)


@pytest.mark.parametrize("fps", [10.0, 12.5, 15.0, 24.0, 60.0])
def test_jumps_are_counted_at_any_rate_that_shows_them(mover: Mover, fps: float) -> None:
    assert len(find_repetitions(hopping(times(5.04, fps), mover))) == 12


@pytest.mark.parametrize("fps", [4.0, 5.0, 6.0, 7.0])
def test_jumps_quicker_than_the_frames_are_refused_with_the_rate_they_need(mover: Mover, fps: float) -> None:
    with pytest.raises(
        InvalidValueError, match=r"cannot be counted at .* film at \d+ frames a second or more"
    ):
        find_repetitions(hopping(times(8.0, fps), mover))


def test_frames_lost_for_more_than_half_a_repetition_are_told(mover: Mover) -> None:
    at = times(5.04)
    gone = (at > 2.0) & (at < 2.35)
    found = find_repetitions(hopping(at[~gone], mover))
    assert found.warnings == (
        "frames are missing in 1 place, for up to 0.37 s, more than half a repetition: "
        "the count may be too low there",
    )
    assert find_repetitions(hopping(at, mover)).warnings == ()


@pytest.mark.parametrize("fps", [3.0, 5.0, 7.5])
def test_somebody_who_stands_still_has_none_on_a_slow_clock_either(mover: Mover, fps: float) -> None:
    still = mover({}, times_s=times(8.0, fps))
    assert len(find_repetitions(still)) == len(find_repetitions(shaken(still, 0.02, 0))) == 0


@pytest.mark.parametrize(("clip", "count"), [("1009", 12), ("0985", 12), ("0967", 12)])
@pytest.mark.parametrize("seed", range(4))
def test_jumps_of_which_half_of_the_frames_are_lost_are_counted_or_doubted(
    shared: Path, clip: str, count: int, seed: int
) -> None:
    """Frames of real clips that are played again, dropped by chance, at most a third of a second in a row."""
    points = clip_of(shared, clip)
    kept = np.random.default_rng(seed).random(len(points)) < 0.5
    kept[[0, -1]] = kept[::10] = True
    found = find_repetitions(of_clip(points[kept], np.arange(len(points))[kept] / 30))
    assert len(found) == count or found.warnings


def clip_of(shared: Path, number: str) -> np.ndarray:
    with np.load(shared / "data" / "penn_action" / "packed.npz", allow_pickle=False) as packed:
        frames, lengths, ids = (packed[name] for name in ("frames", "lengths", "id"))
    (clip,) = np.flatnonzero([str(one).zfill(4)[-4:] == number for one in ids])
    end = np.cumsum(lengths)[clip]
    joints = frames[end - lengths[clip] : end].astype(np.float64)
    return np.concatenate([np.where(joints[..., 2:] > 0, joints[..., :2], np.nan)] * 4)

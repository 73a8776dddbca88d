"""Two movements whose angles, tempo and faults are known."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.movements import compare_movements
from laban.tasks.comparison.preprocess import measured_movement
from laban.tasks.comparison.settings import ComparisonSettings, MovementSettings
from laban.tasks.comparison.smoothness import smoothness, symmetry_of

Mover = Callable[..., PoseSequence]
Raise = Callable[..., dict[str, np.ndarray]]
TIMES_S = np.arange(180) / 30


def wave(times_s: np.ndarray) -> dict[str, np.ndarray]:
    """One movement that never repeats: an arm, then the other, then a leg."""

    def bump(at_s: float, lasting_s: float) -> np.ndarray:
        return np.exp(-(((times_s - at_s) / lasting_s) ** 2))

    return {
        "left_shoulder": 20 + 110 * bump(1.3, 0.7),
        "left_elbow": 170 - 80 * bump(1.6, 0.4),
        "right_shoulder": 20 + 90 * bump(3.2, 0.6),
        "right_hip": 175 - 60 * bump(4.6, 0.5),
    }


def noisy(sequence: PoseSequence, seed: int = 0, torso: float = 0.01) -> PoseSequence:
    rng = np.random.default_rng(seed)
    assert sequence.image_px is not None
    assert sequence.world_m is not None
    return sequence.replace(
        image_px=sequence.image_px + rng.normal(size=sequence.image_px.shape) * torso * 150,
        world_m=sequence.world_m + rng.normal(size=sequence.world_m.shape) * torso * 0.5,
    )


def test_a_movement_is_itself(mover: Mover) -> None:
    one = mover(wave(TIMES_S), times_s=TIMES_S)
    found = compare_movements(one, one)
    assert found.score_percent == 100.0
    assert np.array_equal(found.attempt_s, found.times_s)
    assert found.tempo.ratio == pytest.approx(1.0)
    assert not found.moments
    assert not found.hesitations
    assert not found.mirrored
    assert all(motion.verdict == "same" for motion in found.motions)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.3, 2.0])
def test_another_speed_is_found_and_the_phase_kept(mover: Mover, speed: float) -> None:
    own_s = np.arange(round(180 / speed)) / 30
    attempt = noisy(mover(wave(own_s * speed), times_s=own_s))
    found = compare_movements(attempt, mover(wave(TIMES_S), times_s=TIMES_S))
    phase = np.abs(found.attempt_s * speed - found.times_s) / TIMES_S[-1]
    assert float(np.median(phase)) <= 0.02
    assert found.tempo.ratio == pytest.approx(speed, rel=0.05)
    expected = "as the reference" if 1 / 1.2 < speed < 1.2 else "too fast" if speed > 1 else "too slow"
    assert found.tempo.pace == expected
    assert found.score_percent > 88.0


@pytest.mark.parametrize("fps", [5.0, 12.5, 120.0])
def test_slow_and_fast_cameras_see_the_same_movement(mover: Mover, fps: float) -> None:
    own_s = np.arange(round(6 * fps)) / fps
    found = compare_movements(mover(wave(own_s), times_s=own_s), mover(wave(TIMES_S), times_s=TIMES_S))
    assert found.score_percent > 90.0
    assert float(np.median(np.abs(found.attempt_s - found.times_s))) < 0.12


@pytest.mark.parametrize("joint", ["left_elbow", "right_elbow", "left_knee", "right_shoulder"])
def test_a_joint_bent_for_a_while_is_named_with_its_side_and_time(mover: Mover, joint: str) -> None:
    angles = wave(TIMES_S)
    rest = {"elbow": 170.0, "knee": 175.0, "shoulder": 20.0}[joint.split("_")[1]]
    bent = np.array(np.broadcast_to(angles.get(joint, rest), TIMES_S.shape), float)
    change = 35.0 if "shoulder" in joint else -35.0
    bent[60:100] += change
    attempt = noisy(mover({**angles, joint: bent}, times_s=TIMES_S), torso=0.005)
    found = compare_movements(attempt, mover(angles, times_s=TIMES_S))
    assert found.moments
    worst = max(found.moments, key=lambda one: abs(one.joints[0][1]))
    name, difference = worst.joints[0]
    assert name == joint
    assert np.sign(difference) == np.sign(change)
    assert 2.0 - 0.2 <= worst.time_s <= 100 / 30 + 0.2


def test_a_landmark_that_jumps_for_a_moment_is_no_fault(mover: Mover) -> None:
    angles = wave(TIMES_S)
    jumps = np.full(len(TIMES_S), 175.0)
    jumps[60:63] -= 30.0
    found = compare_movements(
        mover({**angles, "left_knee": jumps}, times_s=TIMES_S), mover(angles, times_s=TIMES_S)
    )
    assert np.nanmax(np.abs(found.differences.difference_deg)) > 15.0
    assert not found.moments
    assert not found.differences.excess_deg.any()


def test_noise_alone_makes_no_moment(mover: Mover) -> None:
    one = mover(wave(TIMES_S), times_s=TIMES_S)
    found = compare_movements(noisy(one, 1), noisy(one, 2))
    assert not found.moments
    assert not found.hesitations


def test_the_other_side_is_named(mover: Mover) -> None:
    angles = wave(TIMES_S)
    swap = {"left": "right", "right": "left"}
    other = {f"{swap[name.split('_')[0]]}_{name.split('_')[1]}": value for name, value in angles.items()}
    reference = mover(angles, times_s=TIMES_S)
    found = compare_movements(mover(other, times_s=TIMES_S), reference)
    assert found.mirrored
    assert found.score_percent > 99.0
    strict = compare_movements(
        mover(other, times_s=TIMES_S), reference, settings=MovementSettings(mirror="never")
    )
    assert not strict.mirrored
    assert strict.score_percent < 90.0


def test_a_halt_is_told_with_its_time(mover: Mover) -> None:
    held = np.concatenate([TIMES_S[:45], np.full(36, TIMES_S[45]), TIMES_S[45:]])
    own_s = np.arange(len(held)) / 30
    found = compare_movements(mover(wave(held), times_s=own_s), mover(wave(TIMES_S), times_s=TIMES_S))
    assert len(found.hesitations) == 1
    halt = found.hesitations[0]
    assert halt.start_s == pytest.approx(1.5, abs=0.2)
    assert halt.end_s == pytest.approx(2.7, abs=0.2)
    assert halt.reference_s == pytest.approx(1.5, abs=0.25)


def test_open_ends_find_the_movement_within_more(mover: Mover) -> None:
    reference = mover(wave(TIMES_S), times_s=TIMES_S)
    longer = np.clip(np.arange(330) / 30 - 2.5, 0.0, 6.0)
    jump = wave(longer)
    jump["left_knee"] = np.where(np.arange(330) < 60, 90.0, 175.0)
    attempt = mover(jump, times_s=np.arange(330) / 30)
    found = compare_movements(attempt, reference, settings=MovementSettings(open_begin=True, open_end=True))
    assert found.matched_s[0] == pytest.approx(2.5, abs=0.6)
    assert found.score_percent > 95.0


def test_gaps_and_hidden_joints_are_left_out(mover: Mover) -> None:
    one = mover(wave(TIMES_S), times_s=TIMES_S)
    assert one.image_px is not None
    assert one.world_m is not None
    image, world, visibility = one.image_px.copy(), one.world_m.copy(), one.visibility.copy()
    image[70:95], world[70:95] = np.nan, np.nan
    visibility[:, BLAZEPOSE33.index("left_ankle")] = 0.05
    found = compare_movements(one.replace(image_px=image, world_m=world, visibility=visibility), one)
    assert found.score_percent > 98.0
    assert float(np.median(np.abs(found.attempt_s - found.times_s))) < 0.05
    assert any("left knee could be measured" in one for one in found.warnings)
    assert np.isnan(found.joint_percent["left_knee"])


def test_where_a_joint_is_hidden_its_angle_is_a_guess_and_no_fault(mover: Mover) -> None:
    angles = wave(TIMES_S)
    bent = np.full(TIMES_S.shape, 175.0)
    bent[60:100] -= 60.0
    attempt = mover({**angles, "left_knee": bent}, times_s=TIMES_S)
    hidden = attempt.visibility.copy()
    hidden[50:110, BLAZEPOSE33.index("left_ankle")] = 0.4
    reference = mover(angles, times_s=TIMES_S)
    column = MAIN_ANGLES.index("left_knee")
    seen, found = (compare_movements(one, reference) for one in (attempt, attempt.replace(visibility=hidden)))
    assert seen.differences.excess_deg[:, column].any()
    assert not seen.attempt_guessed.any()
    assert not found.differences.excess_deg[:, column].any()
    assert "left_knee" not in {joint for one in found.moments for joint, _ in one.joints}
    middle = (found.times_s > 2.0) & (found.times_s < 3.2)
    assert found.attempt_guessed[middle, column].all()
    assert np.isfinite(found.attempt_deg[middle, column]).all()  # drawn pale, not lost
    assert not found.reference_guessed.any()


def test_ranges_are_compared(mover: Mover) -> None:
    small = wave(TIMES_S)
    small["left_shoulder"] = 20 + (small["left_shoulder"] - 20) * 0.5
    found = compare_movements(mover(small, times_s=TIMES_S), mover(wave(TIMES_S), times_s=TIMES_S))
    motions = {one.joint: one for one in found.motions}
    assert motions["left_shoulder"].verdict == "smaller"
    assert motions["right_shoulder"].verdict == "same"


def test_a_shaky_movement_is_less_smooth(mover: Mover) -> None:
    angles = wave(TIMES_S)
    shaky = {**angles, "left_shoulder": angles["left_shoulder"] + 4 * np.sin(2 * np.pi * 3 * TIMES_S)}
    smooth, rough = (
        smoothness(
            measured_movement(
                mover(one, times_s=TIMES_S),
                settings=ComparisonSettings(),
                space=Space.WORLD,
                fps=30,
                what="it",
            )
        )
        for one in (angles, shaky)
    )
    assert rough[2] < smooth[2] - 1.0
    assert np.isnan(smooth[7])


def test_uneven_sides_are_seen(mover: Mover) -> None:
    angles = {
        "left_shoulder": 20 + 100 * np.sin(TIMES_S) ** 2,
        "right_shoulder": 20 + 50 * np.sin(TIMES_S) ** 2,
    }
    measures = measured_movement(
        mover(angles, times_s=TIMES_S), settings=ComparisonSettings(), space=Space.WORLD, fps=30, what="it"
    )
    found = {one.joint: one for one in symmetry_of(measures)}
    assert found["shoulder"].uneven
    assert found["shoulder"].index_percent == pytest.approx(66.7, abs=3)
    assert not found["elbow"].uneven


@pytest.mark.parametrize(
    ("rows", "words"), [(1, "too short"), (4, "too short"), (180, "nobody moves in the attempt")]
)
def test_what_is_no_movement_is_refused(mover: Mover, rows: int, words: str) -> None:
    reference = mover(wave(TIMES_S), times_s=TIMES_S)
    with pytest.raises(InvalidValueError, match=words):
        compare_movements(mover({}, times_s=TIMES_S[:rows]), reference)


def test_nobody_and_too_few_frames_are_refused(mover: Mover) -> None:
    one = mover(wave(TIMES_S), times_s=TIMES_S)
    nobody = one.replace(image_px=np.full((180, 33, 2), np.nan), world_m=np.full((180, 33, 3), np.nan))
    with pytest.raises(InvalidValueError, match="nobody is seen in the attempt"):
        compare_movements(nobody, one)
    slow_s = np.arange(12) / 2
    with pytest.raises(InvalidValueError, match=r"2\.0 frames a second"):
        compare_movements(mover(wave(slow_s), times_s=slow_s), one)


def test_a_long_movement_is_compared_on_a_slower_clock(mover: Mover) -> None:
    long_s = np.arange(3600) / 30
    one = mover({"left_shoulder": 60 + 40 * np.sin(long_s)}, times_s=long_s)
    assert len(compare_movements(one, one).times_s) <= 2001

"""Angles by hand, and what must leave them alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, COCO17, skeleton
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.angles import (
    JOINT_ANGLES,
    MAIN_ANGLES,
    SEGMENTS,
    compute_inclinations,
    compute_joint_angles,
    guessed_angles,
)


def sequence_of(points: np.ndarray, *, world: bool = False) -> PoseSequence:
    rows = np.asarray(points, dtype=np.float32)
    rows = rows[None] if rows.ndim == 2 else rows
    visible = np.ones(rows.shape[:2], dtype=np.float32)
    times = np.arange(len(rows)) / 30
    if world:
        return PoseSequence(times, BLAZEPOSE33, visible, world_m=rows)
    return PoseSequence(times, BLAZEPOSE33, visible, image_px=rows, size_wh=(1920, 1080))


def body(**joints: tuple[float, ...]) -> np.ndarray:
    size = len(next(iter(joints.values())))
    points = np.random.default_rng(0).uniform(-1, 1, (33, size)) * 100
    for name, place in joints.items():
        points[BLAZEPOSE33.index(name)] = place
    return points


def test_a_right_elbow_on_a_wide_image_is_ninety_degrees() -> None:
    """On coordinates divided by width and height it would be 58.7°."""
    points = body(left_shoulder=(400.0, 300.0), left_elbow=(500.0, 400.0), left_wrist=(600.0, 300.0))
    assert compute_joint_angles(sequence_of(points))["left_elbow"] == pytest.approx([90.0], abs=1e-4)


def test_a_straight_leg_is_one_hundred_and_eighty() -> None:
    points = body(right_hip=(0.0, 0.0), right_knee=(0.0, 40.0), right_ankle=(0.0, 90.0))
    assert compute_joint_angles(sequence_of(points))["right_knee"] == pytest.approx([180.0])


def test_depth_counts_in_metres() -> None:
    points = body(left_shoulder=(0.0, 0.0, 0.0), left_elbow=(0.0, 0.3, 0.0), left_wrist=(0.0, 0.3, 0.25))
    assert compute_joint_angles(sequence_of(points, world=True))["left_elbow"] == pytest.approx(
        [90.0], abs=1e-4
    )


def test_no_length_and_missing_are_nan() -> None:
    points = body(left_elbow=(1.0, 1.0), left_shoulder=(1.0, 1.0))
    points[BLAZEPOSE33.index("right_wrist")] = np.nan
    angles = compute_joint_angles(sequence_of(points))
    assert np.isnan(angles["left_elbow"]).all()
    assert np.isnan(angles["right_elbow"]).all()
    assert np.isfinite(angles["right_knee"]).all()


def test_a_skeleton_without_feet_has_no_ankle_angle() -> None:
    sequence = sequence_of(body(nose=(1.0, 2.0))).to_skeleton(COCO17)
    angles = compute_joint_angles(sequence)
    assert np.isnan(angles["left_ankle"]).all()
    assert np.isfinite(angles["left_knee"]).all()


def test_names_and_units() -> None:
    angles = compute_joint_angles(sequence_of(body(nose=(1.0, 2.0))), names=MAIN_ANGLES)
    assert len(angles.names) == 8
    assert set(angles.units) == {"deg"}
    with pytest.raises(UnknownNameError, match="did you mean 'left_elbow'"):
        compute_joint_angles(sequence_of(body(nose=(1.0, 2.0))), names=("left_elbo",))


def test_normalised_coordinates_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="normalised"):
        compute_joint_angles(sequence_of(body(nose=(1.0, 2.0))), space="normalised")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-3, 3), st.floats(0.2, 5), st.floats(-500, 500))
def test_shift_turn_and_scale_leave_angles_alone(seed: int, turn: float, scale: float, shift: float) -> None:
    points = np.random.default_rng(seed).uniform(-100, 100, (33, 2))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = points @ rotation.T * scale + shift
    first, second = (compute_joint_angles(sequence_of(one)).values for one in (points, moved))
    assert first == pytest.approx(second, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_mirroring_swaps_left_and_right(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-100, 100, (33, 2))
    mirrored = points[BLAZEPOSE33.flip] * (-1, 1)
    first, second = (compute_joint_angles(sequence_of(one)) for one in (points, mirrored))
    for name in JOINT_ANGLES:
        other = name.replace("left", "?").replace("right", "left").replace("?", "right")
        assert first[name] == pytest.approx(second[other], abs=1e-3)


def test_inclination_of_the_trunk_and_of_the_shoulders() -> None:
    leaning = body(
        left_shoulder=(100.0, 0.0), right_shoulder=(60.0, 0.0), left_hip=(20.0, 60.0), right_hip=(-20.0, 60.0)
    )
    found = compute_inclinations(sequence_of(leaning))
    assert found["trunk_inclination"] == pytest.approx([np.degrees(np.arctan2(80, 60))], abs=1e-3)
    assert found["shoulders_inclination"] == pytest.approx([0.0], abs=1e-6)
    higher = body(left_shoulder=(10.0, -10.0), right_shoulder=(0.0, 0.0))
    tilted = compute_inclinations(sequence_of(higher), names=("shoulders",))
    assert tilted.names == ("shoulders_inclination",)
    assert tilted["shoulders_inclination"] == pytest.approx([45.0], abs=1e-3)


def test_inclinations_stand_beside_joint_angles() -> None:
    sequence = sequence_of(np.random.default_rng(0).uniform(-100, 100, (33, 2)))
    angles, inclinations = compute_joint_angles(sequence), compute_inclinations(sequence)
    assert angles.join(inclinations).names == (*JOINT_ANGLES, *(f"{name}_inclination" for name in SEGMENTS))


def test_a_lean_toward_the_camera_is_an_inclination_in_metres() -> None:
    """30 degrees out of the image's plane: the image alone shows an upright trunk."""
    depth, height = -0.5 * np.sin(np.radians(30)), -0.5 * np.cos(np.radians(30))
    leaning = body(
        left_shoulder=(0.2, height, depth),
        right_shoulder=(-0.2, height, depth),
        left_hip=(0.1, 0.0, 0.0),
        right_hip=(-0.1, 0.0, 0.0),
    )
    found = compute_inclinations(sequence_of(leaning, world=True), names=("trunk",))
    assert found["trunk_inclination"] == pytest.approx([30.0], abs=1e-3)


def test_the_tilt_of_a_turned_line_counts_its_depth() -> None:
    """The line runs 6 to the right and 8 in depth, and its left end is 10 higher: 45 degrees, not 59."""
    turned = body(
        left_shoulder=(6.0, -10.0, 8.0),
        right_shoulder=(0.0, 0.0, 0.0),
        left_hip=(0.0, 5.0, 0.0),
        right_hip=(3.0, 0.0, 4.0),
    )
    found = compute_inclinations(sequence_of(turned, world=True), names=("shoulders", "hips"))
    assert found["shoulders_inclination"] == pytest.approx([45.0], abs=1e-3)
    assert found["hips_inclination"] == pytest.approx([-45.0], abs=1e-3)


def test_every_segment_points_from_its_lower_to_its_upper_end() -> None:
    """Somebody upright with hanging arms, all lines level."""
    places = {
        "ear": (0.1, -1.7), "shoulder": (0.2, -1.4), "elbow": (0.2, -1.1), "wrist": (0.2, -0.85),
        "hip": (0.1, -0.9), "knee": (0.1, -0.5), "ankle": (0.1, 0.0),
    }  # fmt: skip
    upright = body(
        **{f"left_{name}": (x, y) for name, (x, y) in places.items()},
        **{f"right_{name}": (-x, y) for name, (x, y) in places.items()},
    )
    found = compute_inclinations(sequence_of(upright))
    assert found.units == ("deg",) * len(SEGMENTS)
    assert found.values == pytest.approx(np.zeros((1, len(SEGMENTS))), abs=1e-3)


def test_every_joint_angle_by_hand() -> None:
    """Seen from the side: shoulder over hip, thigh level, shank upright, foot level, arm bent at the side."""
    places = {
        "ear": (0.0, -5.0), "shoulder": (0.0, -3.0), "elbow": (0.0, -2.0), "wrist": (1.0, -2.0),
        "hip": (0.0, 0.0), "knee": (2.0, 0.0), "ankle": (2.0, 2.0), "foot_index": (3.0, 1.0),
    }  # fmt: skip
    seated = body(**{f"{side}_{name}": place for name, place in places.items() for side in ("left", "right")})
    found = compute_joint_angles(sequence_of(seated))
    expected = {"elbow": 90, "shoulder": 0, "hip": 90, "knee": 90, "ankle": 45}
    for name, degrees in expected.items():
        for side in ("left", "right"):
            assert found[f"{side}_{name}"] == pytest.approx([degrees], abs=1e-3), (side, name)
    assert found["neck"] == pytest.approx([180.0], abs=1e-3)
    assert found["trunk"] == pytest.approx([90.0], abs=1e-3)
    assert (
        tuple(f"{side}_{name}" for name in ("elbow", "shoulder", "hip", "knee") for side in ("left", "right"))
        == MAIN_ANGLES
    )


def three_spaces() -> PoseSequence:
    """An elbow of 90 degrees in metres, of 180 in the image and of 45 in torso lengths."""
    world = body(left_shoulder=(0.0, 0.0, 0.0), left_elbow=(0.0, 1.0, 0.0), left_wrist=(0.0, 1.0, 1.0))
    image = body(left_shoulder=(0.0, 0.0), left_elbow=(0.0, 1.0), left_wrist=(0.0, 2.0))
    torso = body(left_shoulder=(0.0, 0.0), left_elbow=(0.0, 1.0), left_wrist=(1.0, 0.0))
    return PoseSequence(
        np.zeros(1),
        BLAZEPOSE33,
        np.ones((1, 33)),
        image_px=image[None],
        world_m=world[None],
        body=torso[None],
    )


def test_angles_are_measured_in_metres_then_in_pixels_then_in_torso_lengths() -> None:
    whole = three_spaces()
    flat, bare = whole.replace(world_m=None), whole.replace(world_m=None, image_px=None)
    for sequence, degrees in ((whole, 90.0), (flat, 180.0), (bare, 45.0)):
        assert compute_joint_angles(sequence)["left_elbow"] == pytest.approx([degrees], abs=1e-3)
    for space, degrees in (("world", 90.0), ("pixel", 180.0), ("body", 45.0)):
        assert compute_joint_angles(whole, space=space)["left_elbow"] == pytest.approx([degrees], abs=1e-3)
    forearm = "left_forearm_inclination"
    assert compute_inclinations(whole)[forearm] == pytest.approx([90.0], abs=1e-3)
    assert compute_inclinations(whole, space="pixel")[forearm] == pytest.approx([0.0], abs=1e-3)


def test_no_names_give_no_columns_and_no_length_no_inclination() -> None:
    sequence = sequence_of(body(left_shoulder=(1.0, 1.0), right_shoulder=(1.0, 1.0)))
    assert compute_joint_angles(sequence, names=()).values.shape == (1, 0)
    assert compute_inclinations(sequence, names=()).values.shape == (1, 0)
    assert np.isnan(compute_inclinations(sequence)["shoulders_inclination"]).all()
    without_ears = sequence.to_skeleton(skeleton("jhmdb15"))
    assert np.isnan(compute_inclinations(without_ears)["head_inclination"]).all()
    assert np.isnan(compute_joint_angles(without_ears)["neck"]).all()
    with pytest.raises(UnknownNameError, match="unknown segment 'trnk'; did you mean 'trunk'"):
        compute_inclinations(sequence, names=("trnk",))


def test_angles_at_hidden_joints_are_guessed() -> None:
    visibility = np.ones((3, 33))
    visibility[1, BLAZEPOSE33.index("left_ankle")] = 0.2
    visibility[2] = np.nan
    sequence = PoseSequence(np.arange(3) / 10, BLAZEPOSE33, visibility, image_px=np.ones((3, 33, 2)))
    guessed = guessed_angles(sequence, names=("left_knee", "right_knee", "left_ankle", "left_hip"))
    assert guessed.tolist() == [[False] * 4, [True, False, True, False], [False] * 4]

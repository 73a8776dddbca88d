"""The table of measurements: which sets, which columns, in which space."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.angles import JOINT_ANGLES, SEGMENTS, compute_joint_angles
from laban.features.sets import MEASURES, measure

TIMES_S = np.array([0.0, 0.1, 0.3, 0.4])


def moving(rows: int = 4) -> PoseSequence:
    """Every joint goes 50 pixels a second to the right, and nowhere in metres."""
    points = np.random.default_rng(0).uniform(0, 200, (33, 2))
    world = np.random.default_rng(1).uniform(-1, 1, (33, 3))
    image = points + np.stack([50 * TIMES_S[:rows], 0 * TIMES_S[:rows]], axis=1)[:, None]
    return PoseSequence(
        TIMES_S[:rows],
        BLAZEPOSE33,
        np.ones((rows, 33)),
        image_px=image,
        world_m=np.repeat(world[None], rows, axis=0),
        score=np.ones(rows),
    )


def test_the_sets_are_these() -> None:
    assert tuple(MEASURES) == (
        *("angles", "inclinations", "angular_velocity"),
        *("velocity", "acceleration", "jerk", "bone_lengths"),
    )


def test_without_a_choice_there_are_angles_and_inclinations() -> None:
    found = measure(moving())
    assert found.names == (*JOINT_ANGLES, *(f"{name}_inclination" for name in SEGMENTS))
    assert set(found.units) == {"deg"}
    assert found["left_knee"] == pytest.approx(compute_joint_angles(moving())["left_knee"])


def test_sets_stand_in_the_order_they_are_named_each_once() -> None:
    found = measure(moving(), sets=("velocity", "angular_velocity", "velocity"))
    assert found.names[0] == "velocity_nose_x"
    assert found.names[66] == "angular_velocity_left_elbow"
    assert len(found.names) == 66 + len(JOINT_ANGLES)
    assert (found.units[0], found.units[66]) == ("px/s", "deg/s")


def test_speeds_are_in_the_image_and_lengths_in_metres_unless_a_space_is_named() -> None:
    found = measure(moving(), sets=tuple(MEASURES))
    assert found["velocity_left_wrist_x"] == pytest.approx(50.0, rel=1e-4)
    assert found["velocity_left_wrist_y"] == pytest.approx(0.0, abs=1e-3)
    assert found["acceleration_nose_x"] == pytest.approx(0.0, abs=0.1)
    assert found["angular_velocity_left_knee"] == pytest.approx(0.0, abs=1e-6)
    units = dict(zip(found.names, found.units, strict=True))
    assert units["length_left_shoulder-left_elbow"] == "m"
    assert (units["acceleration_nose_x"], units["jerk_nose_y"]) == ("px/s^2", "px/s^3")
    in_metres = measure(moving(), sets=("velocity",), space="world")
    assert in_metres["velocity_left_wrist_z"] == pytest.approx(0.0, abs=1e-6)
    assert set(in_metres.units) == {"m/s"}
    flat = measure(moving().replace(world_m=None), sets=("bone_lengths",))
    assert set(flat.units) == {"px"}
    only_metres = measure(moving().replace(image_px=None), sets=("velocity",))
    assert set(only_metres.units) == {"m/s"}
    with pytest.raises(InvalidValueError, match="no body coordinates"):
        measure(moving(), space="body")


def test_columns_are_chosen_by_name_and_pattern_out_of_all_sets() -> None:
    found = measure(moving(), columns=("left_knee", "velocity_*_wrist_x"))
    assert found.names == ("left_knee", "velocity_left_wrist_x", "velocity_right_wrist_x")
    assert found.units == ("deg", "px/s", "px/s")
    within = measure(moving(), sets=("inclinations",), columns=("trunk*",))
    assert within.names == ("trunk_inclination",)


def test_unknown_sets_and_columns_are_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="unknown set of features 'angels'; did you mean 'angles'"):
        measure(moving(), sets=("angels",))
    with pytest.raises(UnknownNameError, match="columns is called 'left_kne'; did you mean 'left_knee'"):
        measure(moving(), sets=("angles",), columns=("left_kne",))
    with pytest.raises(
        UnknownNameError, match="is called 'zzz'; expected a name or pattern of theirs, as 'left_elbow'"
    ):
        measure(moving(), columns=("zzz",))


def test_a_single_instant_has_angles_and_no_speed() -> None:
    found = measure(moving(rows=1), sets=tuple(MEASURES))
    assert found.names == measure(moving(), sets=tuple(MEASURES)).names
    assert found.units == measure(moving(), sets=tuple(MEASURES)).units
    assert np.isfinite(found["left_knee"]).all()
    assert np.isnan(found["velocity_nose_x"]).all()
    assert np.isnan(found["angular_velocity_left_knee"]).all()
    assert found.values.shape[0] == 1


def test_joints_that_a_skeleton_has_not_leave_their_columns_empty() -> None:
    found = measure(moving().to_skeleton(COCO17))
    assert np.isnan(found["left_ankle"]).all()
    assert np.isfinite(found["left_knee"]).all()

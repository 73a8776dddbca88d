"""How far a body is turned, of bodies that are turned by a known angle."""

import numpy as np
import pytest

from laban.core.facing import compute_yaw_deg, mean_yaw_deg, shoulder_yaw_deg, yaw_deg_of
from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17, Skeleton, skeleton
from laban.errors import InvalidValueError

J = len(COCO17)


def facing(yaw_deg: float, *, roll_deg: float = 0.0, hip_yaw_deg: float | None = None) -> np.ndarray:
    """(1, 17, 3) in torso lengths: shoulders 0.62 wide, hips 0.36, the nose ahead; 90 faces the right edge."""
    body = np.zeros((1, J, 3))
    for joint, width, y, angle in (
        ("shoulder", 0.62, -1.0, yaw_deg),
        ("hip", 0.36, 0.0, yaw_deg if hip_yaw_deg is None else hip_yaw_deg),
    ):
        turn = np.radians(angle)
        for side, sign in (("left", 0.5), ("right", -0.5)):
            place = sign * width * np.cos(turn), y, sign * width * np.sin(turn)
            body[0, COCO17.index(f"{side}_{joint}")] = place
    turn = np.radians(yaw_deg)
    for side, sign in (("left", 0.07), ("right", -0.07)):
        body[0, COCO17.index(f"{side}_ear")] = sign * np.cos(turn), -1.4, sign * np.sin(turn)
    body[0, COCO17.index("nose")] = 0.12 * np.sin(turn), -1.4, -0.12 * np.cos(turn)
    roll = np.radians(roll_deg)
    rolled = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(body @ rolled.T)


def apart_deg(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("roll_deg", [0.0, 25.0, -90.0])
@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 90.0, -90.0, -45.0, 150.0, 180.0])
def test_in_metres_the_turn_is_exact_whatever_the_cameras_roll(yaw_deg: float, roll_deg: float) -> None:
    found = yaw_deg_of(None, facing(yaw_deg, roll_deg=roll_deg), COCO17)
    assert apart_deg(float(found[0]), yaw_deg) < 1e-6


@pytest.mark.parametrize("roll_deg", [0.0, 25.0, -90.0])
@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 90.0, -90.0, -45.0, 150.0, -120.0, 180.0])
def test_in_the_image_the_widths_tell_the_turn(yaw_deg: float, roll_deg: float) -> None:
    found = yaw_deg_of(facing(yaw_deg, roll_deg=roll_deg)[..., :2] * 200, None, COCO17)
    assert apart_deg(float(found[0]), yaw_deg) < 1e-4


def test_metres_count_before_the_image() -> None:
    image, world = facing(0.0)[..., :2] * 200, facing(60.0)
    both = PoseSequence(np.zeros(1), COCO17, np.ones((1, J)), image_px=image, world_m=world)
    assert compute_yaw_deg(both) == pytest.approx([60.0], abs=1e-3)
    assert compute_yaw_deg(both.replace(world_m=None)) == pytest.approx([0.0], abs=0.1)
    with pytest.raises(
        InvalidValueError, match="needs landmarks in pixels or metres, got torso lengths only"
    ):
        compute_yaw_deg(both.replace(world_m=None, image_px=None, body=image))


def test_shoulders_count_twice_as_much_as_hips() -> None:
    """Directions of 60 (twice) and 0 degrees: their sum points to atan2(2 sin 60, 2 cos 60 + 1)."""
    found = yaw_deg_of(None, facing(60.0, hip_yaw_deg=0.0), COCO17)
    assert found == pytest.approx([np.degrees(np.arctan2(np.sqrt(3), 2.0))])


def test_wider_shoulders_than_an_adults_are_not_more_than_frontal() -> None:
    wide = facing(0.0)
    wide[..., 0] *= 1.5
    assert yaw_deg_of(wide[..., :2] * 200, None, COCO17) == pytest.approx([0.0], abs=1e-6)


@pytest.mark.parametrize("missing", ["left_shoulder", "right_hip"])
def test_a_missing_joint_of_the_trunk_leaves_no_direction(missing: str) -> None:
    body = facing(30.0)
    body[0, COCO17.index(missing)] = np.nan
    assert np.isnan(yaw_deg_of(None, body, COCO17)).all()
    assert np.isnan(yaw_deg_of(body[..., :2], None, COCO17)).all()


def test_a_trunk_that_points_at_the_camera_has_no_axis_in_the_image() -> None:
    """Lying with the head to the camera, the trunk's flat part is below 0.35 of it: right is right itself."""
    lying = np.zeros((1, J, 3))
    for joint, width, z in (("shoulder", 0.62, -1.0), ("hip", 0.36, 0.0)):
        for side, sign in (("left", 0.5), ("right", -0.5)):
            lying[0, COCO17.index(f"{side}_{joint}")] = sign * width, 0.0, z
    assert yaw_deg_of(None, lying, COCO17) == pytest.approx([0.0], abs=1e-6)
    tilted = lying.copy()
    for flat, left in ((0.36, True), (0.40, False)):
        for side in ("left", "right"):
            tilted[0, COCO17.index(f"{side}_shoulder"), 1] = flat
        found = float(yaw_deg_of(None, tilted, COCO17)[0])
        assert apart_deg(found, 0.0 if left else 180.0) < 1e-6, flat


@pytest.mark.parametrize("lacking", ["both_ears", "left_ear", "nose"])
def test_the_nose_tells_the_side_by_what_there_is(lacking: str) -> None:
    """Without ears the shoulders' middle is what the nose is ahead of; without a nose the side is not known."""
    gone = {"both_ears": ("left_ear", "right_ear")}.get(lacking, (lacking,))
    names = tuple(name for name in COCO17.names if name not in gone)
    part = Skeleton("part", names, ())
    points = facing(-70.0)[:, [COCO17.index(name) for name in names], :2]
    found = float(yaw_deg_of(points, None, part)[0])
    assert found == pytest.approx(70.0 if lacking == "nose" else -70.0, abs=1e-4)


def test_one_hidden_ear_leaves_the_other_and_two_the_shoulders() -> None:
    for hidden in (("left_ear",), ("right_ear",), ("left_ear", "right_ear"), ("nose",)):
        points = facing(-70.0)[..., :2]
        points[0, [COCO17.index(name) for name in hidden]] = np.nan
        expected = 70.0 if hidden == ("nose",) else -70.0
        assert yaw_deg_of(points, None, COCO17) == pytest.approx([expected], abs=1e-4), hidden


def test_a_skeleton_without_a_trunk_is_refused_with_what_it_lacks() -> None:
    names = tuple(name for name in COCO17.names if name not in ("left_hip", "right_shoulder"))
    part = Skeleton("part", names, ())
    with pytest.raises(InvalidValueError, match="part lacks right_shoulder, left_hip"):
        yaw_deg_of(np.zeros((1, J - 2, 2)), None, part)
    assert np.isfinite(yaw_deg_of(facing(10.0)[..., :2], None, COCO17)).all()
    assert skeleton("penn13").has("left_hip")


def test_the_mean_direction_goes_round_and_leaves_out_what_is_not_known() -> None:
    assert abs(mean_yaw_deg(np.array([170.0, -170.0, np.nan]))) == pytest.approx(180.0)
    assert mean_yaw_deg(np.array([10.0, 30.0])) == pytest.approx(20.0)
    assert np.isnan(mean_yaw_deg(np.array([np.nan])))


def test_many_instants_are_each_by_themselves() -> None:
    turns = [0.0, 70.0, -120.0]
    bodies = np.concatenate([facing(one) for one in turns])
    for found in (yaw_deg_of(None, bodies, COCO17), yaw_deg_of(bodies[..., :2] * 200, None, COCO17)):
        assert found == pytest.approx(turns, abs=1e-4)


def test_where_ears_are_seen_the_shoulders_do_not_tell_the_side() -> None:
    """The head is held far forward of the shoulders: the nose is left of the ears and right of the shoulders."""
    points = facing(-70.0)[..., :2]
    head = [COCO17.index(name) for name in ("nose", "left_ear", "right_ear")]
    points[0, head, 0] += 0.5
    assert yaw_deg_of(points, None, COCO17) == pytest.approx([-70.0], abs=1e-4)


@pytest.mark.parametrize("yaw_deg", [-150.0, -90.0, -20.0, 0.0, 35.0, 90.0, 170.0])
def test_shoulders_have_the_zero_and_the_sign_of_the_body(yaw_deg: float) -> None:
    body = facing(yaw_deg)
    left, right = (body[:, COCO17.index(f"{side}_shoulder")] for side in ("left", "right"))
    assert shoulder_yaw_deg(left, right) == pytest.approx(yaw_deg)
    assert yaw_deg_of(None, body, COCO17) == pytest.approx(yaw_deg)


def test_in_a_twisted_trunk_shoulders_are_turned_further_than_the_body() -> None:
    body = facing(40.0, hip_yaw_deg=0.0)
    left, right = (body[:, COCO17.index(f"{side}_shoulder")] for side in ("left", "right"))
    assert shoulder_yaw_deg(left, right) == pytest.approx(40.0)
    assert 20.0 < yaw_deg_of(None, body, COCO17)[0] < 35.0


def test_without_depth_the_direction_of_the_shoulders_is_unknown() -> None:
    flat = facing(20.0)[..., :2]
    assert np.isnan(shoulder_yaw_deg(flat[:, 5], flat[:, 6])).all()

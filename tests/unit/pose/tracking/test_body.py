"""The measures of bodies that were drawn by hand."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.pose.tracking import body as bodies_of
from laban.pose.tracking.body import appearance_distances, body_distances, overlapping
from laban.pose.tracking.landmarks import gather

JOINTS = {
    "nose": (0, -150),
    "left_shoulder": (30, -100),
    "right_shoulder": (-30, -100),
    "left_elbow": (30, -40),
    "right_elbow": (-30, -30),
    "left_wrist": (30, 10),
    "right_wrist": (-30, 40),
    "left_hip": (20, 0),
    "right_hip": (-20, 0),
    "left_knee": (20, 80),
    "right_knee": (-20, 90),
    "left_ankle": (20, 160),
    "right_ankle": (-20, 190),
}


def pose(*, at=(300, 200), scale=1.0, metres=False, visibility=0.9, skeleton=COCO17, without=(), **moved):
    points = np.full((len(skeleton), 2), 0.0)
    for name, place in {**JOINTS, **moved}.items():
        points[skeleton.index(name)] = place
    image_px = points * scale + at
    world_m = np.column_stack([points / 200, np.zeros(len(points))]) if metres else None
    image_px[[skeleton.index(name) for name in without]] = np.nan
    seen = np.full(len(skeleton), visibility, np.float32)
    return Pose(
        skeleton,
        image_px.astype(np.float32),
        seen,
        world_m=None if world_m is None else world_m.astype(np.float32),
    )


def measure(poses):
    return bodies_of.measure(gather(poses, poses[0].skeleton))


def test_hips_trunk_and_proportions_of_a_standing_body():
    body = measure([pose()])
    assert body.hip_px.tolist() == [[300, 200]]
    assert body.torso_px == pytest.approx([100])
    # Legs of 160 and 190, arms of 110 and 140, and a neck of 50, in trunks of 100.
    np.testing.assert_allclose(np.exp(body.shape), [[1.75, 1.25, 0.5]], rtol=1e-6)
    np.testing.assert_allclose(body.weight, 0.9, rtol=1e-6)
    assert body.joints_px[0, 0].tolist() == [300, 50]


def test_twice_as_large_is_twice_the_trunk_and_the_same_proportions():
    one, two = measure([pose(), pose(scale=2)]).torso_px
    assert two == pytest.approx(2 * one)
    shapes = measure([pose(), pose(scale=2)]).shape
    np.testing.assert_allclose(shapes[0], shapes[1], atol=1e-6)


def test_somebody_who_bends_to_the_camera_does_not_shrink():
    bent = {"left_shoulder": (30, -5), "right_shoulder": (-30, -5), "nose": (0, 5)}
    by_reach = measure([pose(**bent)]).torso_px
    assert by_reach == pytest.approx([0.28 * np.hypot(20, 190)])


def test_the_metres_tell_the_size_where_there_are_any():
    # Half a metre is a trunk: the image has 200 pixels to a metre.
    assert measure([pose(metres=True)]).torso_px == pytest.approx([100])
    assert measure([pose(metres=True, scale=3)]).torso_px == pytest.approx([300])


def test_of_two_poses_one_with_metres_each_is_measured_by_what_it_has():
    bodies = measure([pose(metres=True, scale=2), pose(scale=2)])
    assert bodies.torso_px == pytest.approx([200, 200])


def test_missing_joints_say_nothing_of_the_size_by_metres():
    whole = measure([pose(metres=True)]).torso_px
    part = measure([pose(metres=True, without=("left_ankle", "right_wrist", "left_hip"))]).torso_px
    assert part == pytest.approx(whole)


def test_hardly_visible_joints_keep_a_little_weight_and_guessed_ones_less():
    body = measure([pose(visibility=0.0, without=("left_knee",))])
    left_knee = 9
    assert body.weight[0, left_knee] == 0.005
    np.testing.assert_allclose(np.delete(body.weight[0], left_knee), 0.05)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("left_hip", [0]),
        ("right_knee", [0]),
        ("left_ankle", [0]),
        ("left_elbow", [1]),
        ("right_elbow", [1]),
        ("right_wrist", [1]),
        ("left_shoulder", [1, 2]),
        ("nose", [2]),
    ],
)
def test_a_proportion_is_unknown_where_a_joint_of_it_is(missing, unknown):
    shape = measure([pose(without=(missing, "left_eye", "right_eye", "left_ear", "right_ear"))]).shape[0]
    assert np.flatnonzero(np.isnan(shape)).tolist() == unknown


def test_bodies_are_as_far_apart_as_their_joints_in_trunks_of_the_larger():
    near, far, large = pose(), pose(at=(350, 200)), pose(scale=2)
    apart = body_distances(measure([near]), measure([near, far, large]))
    assert apart[0, 0] == 0
    assert apart[0, 1] == pytest.approx(0.5)
    assert apart[0, 2] == pytest.approx(np.mean([np.hypot(*place) for place in JOINTS.values()]) / 200)


def test_a_guess_hardly_counts_in_a_distance():
    raised = pose(left_wrist=(30, -400))
    hidden = pose(without=("left_wrist",))
    assert body_distances(measure([raised]), measure([pose()]))[0, 0] > 0.25
    assert body_distances(measure([raised]), measure([hidden]))[0, 0] < 0.01


def test_colours_differ_by_half_their_distance_and_unknown_ones_by_a_half():
    red, blue = np.eye(2)
    table = appearance_distances([red, None], [red, blue, None])
    np.testing.assert_allclose(table, [[0, 1, 0.5], [0.5, 0.5, 0.5]])


def test_two_bodies_touch_where_the_trunk_of_one_meets_the_box_of_the_other():
    assert overlapping(measure([pose()])).tolist() == [[False]]
    for away, touch in ((40, True), (59, True), (61, False), (90, False)):
        both = overlapping(measure([pose(), pose(at=(300 + away, 200))]))
        assert both.tolist() == [[False, touch], [touch, False]]
    above = overlapping(measure([pose(), pose(at=(300, 200 - 250))]))
    assert above.tolist() == [[False, True], [True, False]]
    higher = overlapping(measure([pose(), pose(at=(300, 200 - 295))]))
    assert not higher.any()


def test_three_known_main_joints_can_be_measured():
    blank = tuple(name for name in COCO17.names if name not in ("nose", "left_hip"))
    three = tuple(name for name in blank if name != "left_knee")
    assert gather([pose(), pose(without=blank), pose(without=three)], COCO17).measurable() == [0, 2]
    assert gather([], COCO17).measurable() == []


def test_fingers_weigh_as_they_are_seen_where_the_wrist_is_not():
    one = pose(skeleton=BLAZEPOSE33, without=("left_wrist", "left_thumb"))
    seen = np.array(one.visibility)
    seen[BLAZEPOSE33.index("left_index")] = 0.4
    seen[BLAZEPOSE33.index("left_pinky")] = 0.2
    body = measure([Pose(BLAZEPOSE33, one.image_px, seen)])
    assert body.weight[0, 5] == pytest.approx(0.3)

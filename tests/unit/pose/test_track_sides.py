"""Left and right put back where they were exchanged for a moment, and left alone in somebody who turns round."""

import numpy as np
import pytest
from benchmarks.identity_scenes import make_scene

from laban.core.skeleton import BLAZEPOSE33, SKELETONS, map_skeleton
from laban.pose.tracking.sides import LeftRightCorrector, LeftRightSettings
from laban.pose.tracking.sides import orders as orders_of_all

RATE_HZ = 30
AS_GIVEN = np.arange(33)
ARMS = [
    name for name in BLAZEPOSE33.names if name.split("_")[-1] in ("elbow", "wrist", "pinky", "index", "thumb")
]
LEGS = [f"{side}_{name}" for side in ("left", "right") for name in ("knee", "ankle", "heel", "foot_index")]


def exchange(names=None):
    order = AS_GIVEN.copy()
    for index, name in enumerate(BLAZEPOSE33.names):
        if names is None or name in names:
            order[index] = BLAZEPOSE33.flip[index]
    return order


def turning(turn_rad):
    """(T, 33, 2) pixels of a body with arms and legs apart that turns about its own axis; T angles."""
    body = np.zeros((33, 3))
    rows = {
        "shoulder": (20, -50),
        "elbow": (32, -25),
        "wrist": (40, 0),
        "hip": (12, 0),
        "knee": (16, 45),
        "ankle": (20, 90),
    }
    for name, (x, y) in rows.items():
        for side, sign in (("left", 1), ("right", -1)):
            body[BLAZEPOSE33.index(f"{side}_{name}")] = sign * x, y, 4 * sign
    cosine, sine = np.cos(turn_rad)[:, None], np.sin(turn_rad)[:, None]
    x = cosine * body[None, :, 0] + sine * body[None, :, 2]
    y = np.broadcast_to(body[None, :, 1], x.shape)
    return np.stack([x + 300, y + 200], axis=2).astype(np.float32)


def orders(poses, *, settings=None, rate_hz=RATE_HZ):
    sides = LeftRightCorrector(settings or LeftRightSettings())
    return [sides.order(pose, torso_px=50.0, time_s=row / rate_hz) for row, pose in enumerate(poses)]


@pytest.mark.parametrize("names", [None, ARMS, LEGS], ids=["body", "arms", "legs"])
def test_an_exchange_of_three_frames_is_put_back(names):
    poses = turning(np.zeros(20))
    spoilt = poses.copy()
    spoilt[8:11] = poses[8:11][:, exchange(names)]
    for row, (order, pose) in enumerate(zip(orders(spoilt), poses, strict=True)):
        deciding = [
            BLAZEPOSE33.index(f"{side}_{part}") for side in ("left", "right") for part in rows_of(names)
        ]
        np.testing.assert_allclose(spoilt[row][order][deciding], pose[deciding])


def rows_of(names):
    if names is None:
        return ("shoulder", "hip", "elbow", "wrist", "knee", "ankle")
    return ("elbow", "wrist") if names is ARMS else ("knee", "ankle")


@pytest.mark.parametrize("seconds_a_turn", [1.0, 2.0, 4.0])
def test_somebody_who_turns_round_is_left_alone(seconds_a_turn):
    turn = 2 * np.pi * np.arange(3 * RATE_HZ) / RATE_HZ / seconds_a_turn
    assert all(np.array_equal(order, AS_GIVEN) for order in orders(turning(turn)))


@pytest.mark.parametrize(
    ("rate_hz", "seconds_a_turn"), [(60, 1.0), (20, 1.0), (10, 2.0), (7.5, 3.0), (5, 4.0), (3, 1.0), (2, 4.0)]
)
def test_the_slower_the_stream_the_slower_a_turn_must_be_to_be_left_alone(rate_hz, seconds_a_turn):
    for start_rad in np.linspace(0, 2 * np.pi, 6, endpoint=False):
        turn = start_rad + 2 * np.pi * np.arange(round(4 * rate_hz)) / rate_hz / seconds_a_turn
        assert all(np.array_equal(order, AS_GIVEN) for order in orders(turning(turn), rate_hz=rate_hz))


@pytest.mark.parametrize(
    ("rate_hz", "is_put_back"), [(60, True), (10, True), (5, True), (4, True), (3.9, False)]
)
def test_one_frame_is_put_back_from_four_frames_a_second(rate_hz, is_put_back):
    poses = turning(np.zeros(12))
    poses[6] = poses[6][exchange()]
    assert np.array_equal(orders(poses, rate_hz=rate_hz)[6], exchange()) is is_put_back


def losing(pose, *names):
    pose = pose.copy()
    pose[[BLAZEPOSE33.index(name) for name in names]] = np.nan
    return pose


def test_joints_that_are_missing_decide_nothing_and_the_others_do():
    poses = turning(np.zeros(12))
    poses[6] = poses[6][exchange()]
    hidden = ("left_wrist", "right_wrist", "left_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
    given = orders([losing(pose, *hidden) for pose in poses])
    assert np.array_equal(given[6], exchange())
    assert all(np.array_equal(order, AS_GIVEN) for row, order in enumerate(given) if row != 6)


def test_where_nothing_is_known_the_labels_are_believed():
    poses = np.full((6, 33, 2), np.nan, np.float32)
    assert all(np.array_equal(order, AS_GIVEN) for order in orders(poses))


def test_a_joint_that_comes_back_is_expected_where_it_was_last():
    poses = [losing(pose, *ARMS) if row == 5 else pose for row, pose in enumerate(turning(np.zeros(9)))]
    poses[7] = poses[7][exchange(ARMS)]
    put_back, arms = orders(poses)[7], [BLAZEPOSE33.index(f"{side}_wrist") for side in ("left", "right")]
    np.testing.assert_array_equal(put_back[arms], exchange(ARMS)[arms])


@pytest.mark.parametrize("name", ["coco17", "openpose25", "ntu25", "penn13"])
def test_other_skeletons_are_put_back_by_their_own_pairs(name):
    skeleton = SKELETONS[name]
    poses = map_skeleton(BLAZEPOSE33, skeleton).apply(turning(np.zeros(12)))
    spoilt = poses.copy()
    spoilt[6] = poses[6][skeleton.flip]
    sides = LeftRightCorrector(LeftRightSettings(), skeleton=skeleton)
    given = [sides.order(pose, torso_px=50.0, time_s=row / RATE_HZ) for row, pose in enumerate(spoilt)]
    np.testing.assert_array_equal(given[6], skeleton.flip)
    assert all(np.array_equal(order, np.arange(len(skeleton))) for row, order in enumerate(given) if row != 6)


def test_a_labelling_that_the_network_keeps_up_is_believed():
    poses = turning(np.zeros(60))
    poses[10:] = poses[10:][:, exchange()]
    given = orders(poses, settings=LeftRightSettings(accept_after_s=0.5))
    assert np.array_equal(given[12], exchange())
    assert all(np.array_equal(order, AS_GIVEN) for order in given[10 + 17 :])


def test_after_a_pause_nothing_is_compared():
    sides = LeftRightCorrector(LeftRightSettings())
    pose = turning(np.zeros(1))[0]
    sides.order(pose, torso_px=50.0, time_s=0.0)
    assert np.array_equal(sides.order(pose[exchange()], torso_px=50.0, time_s=1.0), AS_GIVEN)


def test_exchanges_in_a_walk_are_mostly_put_back():
    rng = np.random.default_rng(1)
    scene = make_scene(2, people=2, seconds=16.0)
    repaired = harmed = spoilt = 0
    for truth in scene.image_px:
        sides = LeftRightCorrector(LeftRightSettings())
        for time_s, pose in zip(scene.times_s, truth, strict=True):
            is_spoilt = rng.random() < 0.03
            given = (pose[BLAZEPOSE33.flip] if is_spoilt else pose).astype(np.float32)
            torso = float(np.linalg.norm(pose[11:13].mean(axis=0) - pose[23:25].mean(axis=0)))
            order = sides.order(given, torso_px=torso, time_s=float(time_s))
            wide = np.linalg.norm(pose[11] - pose[12]) > 0.4 * torso
            spoilt += is_spoilt and wide
            repaired += is_spoilt and wide and np.array_equal(order, exchange())
            harmed += not is_spoilt and wide and np.array_equal(order, exchange())
    assert spoilt >= 5
    assert repaired >= 0.9 * spoilt
    assert harmed == 0


def test_people_together_are_put_back_as_each_alone_would_be():
    rng = np.random.default_rng(5)
    frames = np.stack([turning(np.full(30, turn_rad)) for turn_rad in (0.0, 0.4, 0.2)])
    frames += rng.normal(scale=1.5, size=frames.shape).astype(np.float32)
    for person, names in enumerate((None, ARMS, LEGS)):
        frames[person, 8:11] = frames[person, 8:11][:, exchange(names)]
    frames[1, 15:18, BLAZEPOSE33.index("left_knee")] = np.nan
    together, alone = ([LeftRightCorrector(LeftRightSettings()) for _ in frames] for _ in range(2))
    changed = 0
    for row in range(30):
        present = [0, 1, 2] if row % 7 else [0, 2]
        given = orders_of_all(
            [together[one] for one in present],
            frames[present, row].astype(np.float64),
            torso_px=[50.0] * len(present),
            time_s=row / RATE_HZ,
        )
        for one, order in zip(present, given, strict=True):
            want = alone[one].order(frames[one, row], torso_px=50.0, time_s=row / RATE_HZ)
            np.testing.assert_array_equal(AS_GIVEN if order is None else order, want)
            changed += order is not None
    assert changed >= 9

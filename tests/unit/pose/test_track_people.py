"""Who is who in small scenes whose answer is known."""

import pickle

import numpy as np
import pytest
from benchmarks.identity import evaluate, follow_by_overlap, follow_with_laban
from benchmarks.identity_scenes import make_scene
from benchmarks.identity_scores import Scores

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.tracking import Observation, Tracker, TrackerSettings

RATE_HZ = 30
RED, BLUE = np.eye(2, dtype=np.float32)
FIGURE = make_scene(3, people=2).image_px[0, 0]
FIGURE = (FIGURE - FIGURE[23:25].mean(axis=0)) / np.ptp(FIGURE[:, 1])


def seen(x, *, y=300.0, tall=300.0, clothes=None, hint=None, score=0.9):
    pose = Pose(
        BLAZEPOSE33,
        (FIGURE * tall + (x, y)).astype(np.float32),
        np.full(33, 0.9, np.float32),
        score=score,
    )
    return Observation(pose, clothes, hint)


def ids(tracker, frame, *observations):
    """The id given to each observation, None where it was left out."""
    given = {one.observation: one.person for one in tracker.update(observations, time_s=frame / RATE_HZ)}
    return [given.get(index) for index in range(len(observations))]


def test_a_new_person_has_an_id_from_the_first_frame():
    assert ids(Tracker(), 0, seen(200), seen(600)) == [0, 1]


def test_the_order_in_which_bodies_come_says_nothing():
    tracker = Tracker()
    ids(tracker, 0, seen(200), seen(600))
    assert ids(tracker, 1, seen(603), seen(203)) == [1, 0]


@pytest.mark.parametrize("with_appearance", [True, False])
def test_people_who_walk_through_each_other_keep_their_ids(with_appearance):
    tracker = Tracker()
    for frame in range(90):
        left, right = 200 + 8 * frame, 920 - 8 * frame
        hidden = abs(left - right) < 70
        bodies = [seen(left, clothes=RED if with_appearance else None)]
        if not hidden:
            bodies.append(seen(right, tall=270, clothes=BLUE if with_appearance else None))
        given = ids(tracker, frame, *bodies)
        assert given == [0, 1][: len(bodies)]


def test_people_who_meet_and_turn_back_are_distinguished_by_appearance():
    tracker = Tracker()
    for frame in range(120):
        away = 8 * abs(frame - 60)
        bodies = [seen(500 - away, clothes=RED)]
        if away > 60:
            bodies.append(seen(520 + away, clothes=BLUE))
        given = ids(tracker, frame, *bodies)
        if frame < 40 or frame > 90:
            assert given == [0, 1]


def test_the_front_person_found_twice_is_one_and_the_hidden_one_comes_back():
    tracker = Tracker()
    for frame in range(100):
        front, back = 200 + 6 * frame, 800 - 6 * frame
        hidden = abs(front - back) < 80
        shown = seen(front + 2, hint=1, score=0.8) if hidden else seen(back, hint=1, tall=260)
        given = ids(tracker, frame, seen(front, hint=0), shown)
        if hidden:
            assert given == [0, None]
        else:
            assert given == [0, 1]


def test_a_second_skeleton_beside_somebody_gets_no_id():
    tracker = Tracker()
    ids(tracker, 0, seen(300))
    assert ids(tracker, 1, seen(300), seen(325, score=0.6)) == [0, None]


@pytest.mark.parametrize(("away_s", "expected"), [(1.9, 0), (2.2, 1)])
def test_somebody_out_of_sight_is_known_again_for_two_seconds(away_s, expected):
    tracker = Tracker(TrackerSettings(max_age_s=2.0))
    for frame in range(30):
        ids(tracker, frame, seen(300, clothes=RED))
    assert ids(tracker, 29 + round(away_s * RATE_HZ), seen(300, clothes=RED)) == [expected]


def test_an_id_is_never_used_again():
    tracker = Tracker()
    given = [ids(tracker, frame * 100, seen(100 * (frame + 1)))[0] for frame in range(5)]
    assert given == [0, 1, 2, 3, 4]


def test_nobody_gives_an_empty_list():
    assert Tracker().update([], time_s=0.0) == []


def test_a_pickled_tracker_goes_on_the_same():
    scene = make_scene(11, people=3, seconds=4.0)
    tracker, copy = Tracker(), None
    for frame, (time_s, bodies) in enumerate(zip(scene.times_s, scene.seen, strict=True)):
        observations = [
            Observation(
                Pose(BLAZEPOSE33, one.image_px.astype(np.float32), one.visibility.astype(np.float32)),
                one.clothes.astype(np.float32),
            )
            for one in bodies
        ]
        given = tracker.update(observations, time_s=float(time_s))
        if copy is not None:
            again = copy.update(observations, time_s=float(time_s))
            assert [(one.person, one.observation) for one in again] == [
                (one.person, one.observation) for one in given
            ]
        if frame == 40:
            copy = pickle.loads(pickle.dumps(tracker))


def test_generated_crossings_are_followed_far_better_than_by_overlap():
    scenes = [make_scene(seed, people=2 + seed % 3, seconds=10.0) for seed in range(6)]

    def idf1(follow):
        return sum((evaluate(scene, follow(scene, True)) for scene in scenes), Scores()).idf1

    assert idf1(follow_with_laban) >= 0.92
    assert idf1(follow_by_overlap) < 0.7


def test_left_and_right_are_put_back_in_every_field_of_a_pose():
    flip = BLAZEPOSE33.flip
    # Arms and legs apart, so that left and right are told from each other.
    figure = np.stack([np.cos(np.arange(33.0)), np.sin(np.arange(33.0))], axis=1) * 80 + (300, 300)
    for left, right, y in (
        (11, 12, 200),
        (13, 14, 240),
        (15, 16, 280),
        (23, 24, 300),
        (25, 26, 350),
        (27, 28, 400),
    ):
        figure[left], figure[right] = (360, y), (240, y)
    pose = Pose(
        BLAZEPOSE33,
        figure.astype(np.float32),
        np.linspace(0.6, 1.0, 33, dtype=np.float32),
        depth_px=np.arange(33, dtype=np.float32),
        world_m=np.dstack([figure[:, 0], figure[:, 1], np.arange(33)])[0].astype(np.float32) / 200,
    )
    exchanged = Pose(
        BLAZEPOSE33,
        pose.image_px[flip],
        pose.visibility[flip],
        depth_px=pose.depth_px[flip],
        world_m=pose.world_m[flip],
    )
    tracker = Tracker()
    for frame in range(5):
        tracker.update([Observation(pose)], time_s=frame / RATE_HZ)
    (back,) = tracker.update([Observation(exchanged)], time_s=5 / RATE_HZ)
    for name in ("image_px", "visibility", "depth_px", "world_m"):
        np.testing.assert_array_equal(getattr(back.pose, name), getattr(pose, name))


def test_the_hint_decides_between_bodies_that_fit_alike():
    tracker = Tracker(TrackerSettings(duplicate_distance=0.0, false_positive_distance=0.0))
    for frame in range(5):
        ids(tracker, frame, seen(300))
    assert ids(tracker, 5, seen(290, hint=0), seen(310))[0] == 0
    again = Tracker(TrackerSettings(duplicate_distance=0.0, false_positive_distance=0.0))
    for frame in range(5):
        ids(again, frame, seen(300))
    assert ids(again, 5, seen(290), seen(310, hint=0))[1] == 0


def test_of_bodies_that_fit_alike_the_surer_one_is_the_person():
    for surer in (0, 1):
        tracker = Tracker(TrackerSettings(duplicate_distance=0.0, false_positive_distance=0.0))
        for frame in range(5):
            ids(tracker, frame, seen(300))
        scores = [0.9 if index == surer else 0.5 for index in (0, 1)]
        assert ids(tracker, 5, seen(290, score=scores[0]), seen(310, score=scores[1]))[surer] == 0


def test_size_tells_who_comes_back():
    tracker = Tracker()
    for frame in range(30):
        ids(tracker, frame, seen(300, tall=300))
    assert ids(tracker, 36, seen(300, tall=150), seen(200, tall=300)) == [1, 0]


def test_speed_tells_where_somebody_comes_back():
    tracker = Tracker()
    for frame in range(20):
        ids(tracker, frame, seen(200 + 10 * frame))
    # Ten frames later: one body where the walk leads, one where it was left.
    assert ids(tracker, 29, seen(470), seen(390)) == [0, 1]


def test_the_longer_out_of_sight_the_farther_people_may_have_gone():
    for frames_later, expected in ((2, 1), (30, 0)):
        tracker = Tracker()
        for frame in range(20):
            ids(tracker, frame, seen(300, clothes=RED))
        assert ids(tracker, 19 + frames_later, seen(540, clothes=RED)) == [expected]


def test_a_person_of_other_appearance_after_a_while_is_somebody_else():
    tracker = Tracker()
    for frame in range(20):
        ids(tracker, frame, seen(300, clothes=RED))
    assert ids(tracker, 30, seen(300, clothes=BLUE)) == [1]


def test_of_two_bodies_as_near_the_one_of_the_same_size_is_the_person():
    tracker = Tracker(TrackerSettings(pose_weight=0.0))  # postures differ in pixels where sizes do
    for frame in range(10):
        ids(tracker, frame, seen(300, tall=300))
    # The smaller one stands nearer, though not by as much as its size is off.
    assert ids(tracker, 12, seen(310, tall=220), seen(275, tall=300))[1] == 0


def test_nobody_shrinks_to_half_at_once():
    tracker = Tracker()
    for frame in range(10):
        ids(tracker, frame, seen(300, tall=300))
    assert ids(tracker, 10, seen(300, tall=130)) != [0]


def turned(x):
    """The body of ``seen`` turned about its hips by half a turn."""
    pose = seen(x).pose
    hips = pose.image_px[23:25].mean(axis=0)
    return Observation(pose.__class__(BLAZEPOSE33, 2 * hips - pose.image_px, pose.visibility, score=0.9))


def test_of_two_bodies_as_near_the_one_in_the_same_posture_is_the_person():
    tracker = Tracker()
    for frame in range(10):
        ids(tracker, frame, seen(300))
    assert ids(tracker, 10, turned(305), seen(270))[1] == 0


def test_the_posture_is_forgotten_while_somebody_is_out_of_sight():
    tracker = Tracker()
    for frame in range(10):
        ids(tracker, frame, seen(300))
    # A second later the place says more than the posture, which does at once.
    assert ids(tracker, 40, turned(310), seen(620))[0] == 0


def test_the_posture_is_compared_apart_from_the_place():
    tracker = Tracker(TrackerSettings(duplicate_distance=0.0, false_positive_distance=0.0))
    for frame in range(10):
        ids(tracker, frame, seen(300))
    assert ids(tracker, 10, turned(300), seen(345))[1] == 0


def test_a_newcomer_far_away_takes_nobodys_identity_by_appearance():
    tracker = Tracker()
    for frame in range(40):
        ids(tracker, frame, seen(200, clothes=RED))
    for frame in range(40, 90):
        assert ids(tracker, frame, seen(200, clothes=BLUE), seen(900, clothes=RED)) == [0, 1]


def test_a_walk_out_of_sight_slows_down():
    # 300 pixels a second lead about 250 on in 1.8 s, and not 356.
    tracker = Tracker()
    for frame in range(30):
        ids(tracker, frame, seen(100 + 10 * frame))
    assert ids(tracker, 29 + 54, seen(390 + 356), seen(390 + 250))[1] == 0


@pytest.mark.parametrize(("shade", "margin", "given"), [(0.2, 0.25, [0, 1]), (0.2, 0.5, [1, 0])])
def test_people_exchange_identities_where_that_makes_them_more_alike_by_the_margin(shade, margin, given):
    darker = (1 - shade) * RED + shade * BLUE
    tracker = Tracker(TrackerSettings(margin=margin))
    for frame in range(60, 0, -1):  # towards each other
        ids(tracker, 60 - frame, seen(500 - 8 * frame, clothes=RED), seen(520 + 8 * frame, clothes=darker))
    for frame in range(10, 40):  # and back, after both were hidden for a moment
        late = ids(
            tracker, 70 + frame, seen(500 - 8 * frame, clothes=RED), seen(520 + 8 * frame, clothes=darker)
        )
    assert late == given


def test_people_who_parted_may_exchange_until_they_were_looked_at_for_long_enough():
    grey = (RED + BLUE) / 2
    tracker = Tracker()
    for frame in range(60, 0, -1):
        ids(tracker, 60 - frame, seen(500 - 8 * frame, clothes=RED), seen(520 + 8 * frame, clothes=BLUE))
    for frame in range(10, 100):
        worn = [grey, grey] if frame < 16 else [RED, BLUE]
        away = 8 * min(frame, 60)
        late = ids(
            tracker,
            70 + frame,
            *(seen(x, clothes=c) for x, c in zip((500 - away, 520 + away), worn, strict=True)),
        )
    assert late == [0, 1]

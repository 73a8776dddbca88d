"""Two people whose distances are known by hand."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17, SKELETONS, Skeleton
from laban.errors import InvalidValueError
from laban.features.pairs import PAIR_FEATURES, companion_of, compute_pair_features

TIMES_S = np.arange(10) / 10
TORSO_PX = 100.0


def standing(x_px: float | np.ndarray, *, rows: slice = slice(None), scale: float = 1.0) -> PoseSequence:
    """Somebody with a torso of 100 pixels, hips at (x, 300): all other joints lie in the middle of the body."""
    points = np.zeros((10, 33, 2))
    points[..., 1] = -0.5
    for side in ("left", "right"):
        points[:, BLAZEPOSE33.index(f"{side}_shoulder"), 1] = -1.0
        points[:, BLAZEPOSE33.index(f"{side}_hip")] = 0.1 if side == "left" else -0.1, 0.0
        points[:, BLAZEPOSE33.index(f"{side}_ankle"), 1] = 1.5
    points[:, BLAZEPOSE33.index("nose"), 1] = -1.5
    points *= TORSO_PX * scale
    points[..., 0] += np.broadcast_to(x_px, 10)[:, None]
    points[..., 1] += 300
    return PoseSequence(TIMES_S, BLAZEPOSE33, np.ones((10, 33)), image_px=points).take(rows)


def reaching(sequence: PoseSequence, joint: str, at_px: tuple[float, float]) -> PoseSequence:
    points = np.array(sequence.image_px)
    points[:, BLAZEPOSE33.index(joint)] = at_px
    return sequence.replace(image_px=points)


def test_the_nearest_other_is_the_companion_and_changes() -> None:
    passing = standing(np.linspace(600, 150, 10))
    people = {1: standing(100), 2: standing(300), 4: passing}
    companion = companion_of(Recording("x", TIMES_S, people), 1)
    nearer = np.linspace(600, 150, 10) < 300
    assert np.array_equal(companion.image_px[nearer], passing.image_px[nearer])  # type: ignore[index]
    assert np.array_equal(companion.image_px[~nearer], people[2].image_px[~nearer])  # type: ignore[index]
    assert np.array_equal(companion.times_s, TIMES_S)


def test_who_is_alone_has_no_companion_and_no_features() -> None:
    people = {1: standing(100), 2: standing(300, rows=slice(4, 7))}
    recording = Recording("x", TIMES_S, people)
    companion = companion_of(recording, 1)
    assert companion.seen.tolist() == [4 <= row < 7 for row in range(10)]
    assert companion_of(recording, 2).seen.all()
    features = compute_pair_features(people[1], companion)
    assert np.isfinite(features["pair_distance"]).tolist() == companion.seen.tolist()
    alone = compute_pair_features(people[1], None)
    assert alone.values.shape == (10, len(PAIR_FEATURES))
    assert np.isnan(alone.values).all()
    assert not companion_of(Recording("x", TIMES_S, {1: people[1]}), 1).seen.any()


def test_distances_are_in_the_persons_own_torso_lengths() -> None:
    own, other = standing(100), standing(350, scale=2.0)
    features = compute_pair_features(own, other)
    assert features["pair_distance"] == pytest.approx(2.5)
    assert features["pair_size_ratio"] == pytest.approx(np.log(2))
    assert features["pair_hips_below"] == pytest.approx(0.0)
    assert features["pair_head_below"] == pytest.approx(-1.5)
    assert features["pair_overlap"] == pytest.approx(0.0)
    assert features["pair_approach"] == pytest.approx(0.0)
    back = compute_pair_features(other, own)
    assert back["pair_distance"] == pytest.approx(1.25)
    assert back["pair_size_ratio"] == pytest.approx(-np.log(2))


def test_coming_nearer_is_approach_by_true_times() -> None:
    other = standing(500 - 200 * TIMES_S)
    assert compute_pair_features(standing(100), other)["pair_approach"] == pytest.approx(2.0)


def test_a_hand_at_the_others_head_is_told_for_both() -> None:
    own, other = reaching(standing(100), "left_wrist", (300, 150)), standing(300)
    features = compute_pair_features(own, other)
    assert features["pair_hand_to_head"] == pytest.approx(0.0, abs=1e-5)
    assert features["pair_other_hand_to_head"].min() > 1.0
    back = compute_pair_features(other, own)
    for name in ("hand_to_head", "hand_to_torso", "foot_to_body", "hand_speed"):
        assert back[f"pair_other_{name}"] == pytest.approx(features[f"pair_{name}"])


def test_a_foot_at_the_others_knee() -> None:
    own = reaching(standing(100), "right_ankle", (300, 250))
    assert compute_pair_features(own, standing(300))["pair_foot_to_body"] == pytest.approx(0.0, abs=1e-5)


def test_people_who_stand_in_one_place_overlap() -> None:
    wide = reaching(reaching(standing(200), "left_index", (150, 300)), "right_index", (250, 300))
    assert compute_pair_features(wide, wide)["pair_overlap"] == pytest.approx(1.0)


def test_people_who_cannot_be_compared_are_refused() -> None:
    own = standing(100)
    with pytest.raises(InvalidValueError, match="same times as the person"):
        compute_pair_features(own, standing(300, rows=slice(0, 5)))
    with pytest.raises(InvalidValueError, match="skeleton coco17, expected blazepose33"):
        compute_pair_features(own, standing(300).to_skeleton(COCO17))
    with pytest.raises(InvalidValueError, match="person 2 has skeleton coco17"):
        companion_of(Recording("x", TIMES_S, {1: own, 2: standing(300).to_skeleton(COCO17)}), 1)


@pytest.mark.parametrize(("rows", "expected"), [(slice(0, 3), slice(0, 3)), (slice(7, 10), slice(7, 10))])
def test_people_who_are_there_at_other_times_share_the_rows_they_share(rows: slice, expected: slice) -> None:
    people = {1: standing(100), 2: standing(300, rows=rows)}
    companion = companion_of(Recording("x", TIMES_S, people), 1)
    assert np.flatnonzero(companion.seen).tolist() == list(range(10))[expected]
    assert np.array_equal(companion.image_px[expected], people[2].image_px)  # type: ignore[index]
    later = {1: standing(100, rows=slice(0, 4)), 2: standing(300, rows=slice(6, 10))}
    assert not companion_of(Recording("x", TIMES_S, later), 1).seen.any()


def test_the_companion_brings_their_visibility_and_the_persons_size() -> None:
    theirs = standing(300).replace(visibility=np.full((10, 33), 0.25))
    people = {1: standing(100), 2: theirs}
    sized = {person: one.replace(size_wh=(640, 480)) for person, one in people.items()}
    companion = companion_of(Recording("x", TIMES_S, sized, size_wh=(640, 480)), 1)
    assert (companion.visibility == 0.25).all()
    assert companion.size_wh == (640, 480)


def test_of_two_equally_near_the_lower_id_is_the_companion() -> None:
    people = {1: standing(200), 5: standing(300), 3: standing(100)}
    companion = companion_of(Recording("x", TIMES_S, people), 1)
    assert np.array_equal(companion.image_px, people[3].image_px)  # type: ignore[arg-type]


def test_every_column_of_a_scene_by_hand() -> None:
    """The other stands 2 torso lengths to the right and half a torso lower, twice as large."""
    own = standing(100)
    image = np.array(standing(300, scale=2.0).image_px)
    image[..., 1] += 50
    other = own.replace(image_px=image)
    found = compute_pair_features(own, other)
    assert found["pair_distance"] == pytest.approx(np.hypot(2.0, 0.5))
    assert found["pair_hips_below"] == pytest.approx(0.5)
    assert found["pair_head_below"] == pytest.approx((300 + 50 - 300 - (300 - 150)) / 100)
    assert found["pair_size_ratio"] == pytest.approx(np.log(2))
    assert found["pair_hand_speed"] == pytest.approx(0.0)
    # own hands are at (100, 250), the other's head at (300, 50)
    assert found["pair_hand_to_head"] == pytest.approx(np.hypot(200, 200) / 100)
    # the other's hands are at (300, 250), the own head at (100, 150)
    assert found["pair_other_hand_to_head"] == pytest.approx(np.hypot(200, 100) / 100)
    # own toes are at (100, 250), the other's knees at (300, 250)
    assert found["pair_foot_to_body"] == pytest.approx(2.0)
    # own hands at (100, 250); the nearest of the other's trunk is the right hip
    assert found["pair_hand_to_torso"] == pytest.approx(np.hypot(180, 100) / 100)
    assert found.units == tuple(unit for _, unit in PAIR_FEATURES)


@pytest.mark.parametrize(("hand", "toward"), [("left_wrist", "nose"), ("right_index", "nose")])
def test_wrists_and_fingers_are_hands(hand: str, toward: str) -> None:
    other = standing(300)
    at_px = tuple(float(one) for one in other.image_px[0, BLAZEPOSE33.index(toward)])  # type: ignore[index]
    own = reaching(standing(100), hand, at_px)  # type: ignore[arg-type]
    assert compute_pair_features(own, other)["pair_hand_to_head"] == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("foot", ["left_ankle", "right_foot_index"])
@pytest.mark.parametrize("at", ["left_shoulder", "right_hip", "left_knee"])
def test_ankles_and_toes_reach_for_shoulders_hips_and_knees(foot: str, at: str) -> None:
    other = standing(300)
    at_px = tuple(float(one) for one in other.image_px[0, BLAZEPOSE33.index(at)])  # type: ignore[index]
    own = reaching(standing(100), foot, at_px)  # type: ignore[arg-type]
    assert compute_pair_features(own, other)["pair_foot_to_body"] == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("at", ["left_shoulder", "right_hip"])
def test_a_hand_at_the_trunk(at: str) -> None:
    other = standing(300)
    at_px = tuple(float(one) for one in other.image_px[0, BLAZEPOSE33.index(at)])  # type: ignore[index]
    own = reaching(standing(100), "left_wrist", at_px)  # type: ignore[arg-type]
    assert compute_pair_features(own, other)["pair_hand_to_torso"] == pytest.approx(0.0, abs=1e-5)


def test_the_faster_hand_counts_against_the_hips() -> None:
    own = standing(100 + 50 * TIMES_S)
    points = np.array(own.image_px)
    points[:, BLAZEPOSE33.index("left_wrist"), 1] -= 30 * TIMES_S
    points[:, BLAZEPOSE33.index("right_wrist"), 1] -= 80 * TIMES_S
    points[:, BLAZEPOSE33.index("left_index"), 1] -= 100 * TIMES_S
    found = compute_pair_features(own.replace(image_px=points), standing(300))
    assert found["pair_hand_speed"] == pytest.approx(0.8, rel=1e-3)
    points[:, BLAZEPOSE33.index("right_wrist")] = np.nan
    found = compute_pair_features(own.replace(image_px=points), standing(300))
    assert found["pair_hand_speed"] == pytest.approx(0.3, rel=1e-3)


def test_a_torso_seen_from_above_is_as_long_as_the_extent_says() -> None:
    """Shoulders and hips on one line: 0.28 of 300 pixels of extent, across or down, is 84 pixels."""
    for axis in (0, 1):
        points = np.full((10, 33, 2), 300.0)
        points[:, BLAZEPOSE33.index("left_wrist"), axis] = 150
        points[:, BLAZEPOSE33.index("right_wrist"), axis] = 450
        above = PoseSequence(TIMES_S, BLAZEPOSE33, np.ones((10, 33)), image_px=points)
        far = above.replace(image_px=np.add(points, (168, 0)))
        assert compute_pair_features(above, far)["pair_distance"] == pytest.approx(2.0)
    point = above.replace(image_px=np.full((10, 33, 2), 300.0))
    assert np.isnan(compute_pair_features(point, far).values).all()


def test_boxes_that_share_a_quarter_overlap_by_a_seventh() -> None:
    """Two boxes of 200 by 200 pixels, moved by 100 both ways: 1 / (4 + 4 - 1)."""
    points = np.full((10, 33, 2), 200.0)
    points[:, BLAZEPOSE33.index("left_shoulder")] = 100, 100
    points[:, BLAZEPOSE33.index("right_shoulder")] = 300, 100
    points[:, BLAZEPOSE33.index("left_ankle")] = 300, 300
    own = PoseSequence(TIMES_S, BLAZEPOSE33, np.ones((10, 33)), image_px=points)
    other = own.replace(image_px=points + 100)
    assert compute_pair_features(own, other)["pair_overlap"] == pytest.approx(1 / 7)
    apart = own.replace(image_px=np.add(points, (250, 0)))
    assert compute_pair_features(own, apart)["pair_overlap"] == pytest.approx(0.0)
    corner = own.replace(image_px=points - (250, 250))
    assert compute_pair_features(own, corner)["pair_overlap"] == pytest.approx(0.0)


def on(joints: Skeleton, places: dict[str, tuple[float, float]]) -> PoseSequence:
    points = np.full((10, len(joints), 2), np.nan)
    for name, place in places.items():
        if joints.has(name):
            points[:, joints.index(name)] = place
    return PoseSequence(TIMES_S, joints, np.ones((10, len(joints))), image_px=points)


TRUNK = {
    "left_shoulder": (10.0, 0.0),
    "right_shoulder": (-10.0, 0.0),
    "left_hip": (10.0, 100.0),
    "right_hip": (-10.0, 100.0),
}


@pytest.mark.parametrize(
    ("name", "heads"),
    [
        ("coco17", {"nose": (0.0, -30.0), "left_ear": (9.0, 9.0), "right_ear": (9.0, 9.0)}),
        ("penn13", {"head": (0.0, -30.0)}),
        ("kinect20", {"head": (0.0, -30.0), "shoulder_center": (0.0, 0.0)}),
        ("jhmdb15", {"face": (0.0, -30.0), "neck": (5.0, 5.0)}),
        ("ears", {"left_ear": (-4.0, -30.0), "right_ear": (4.0, -30.0), "neck": (5.0, 5.0)}),
        ("necked", {"neck": (0.0, -30.0)}),
    ],
)
def test_the_head_is_the_best_joint_that_a_skeleton_has(
    name: str, heads: dict[str, tuple[float, float]]
) -> None:
    joints = SKELETONS.get(name) or Skeleton(name, (*TRUNK, *heads, "left_wrist", "left_ankle"), ())
    ends = {"left_wrist": (300.0, -30.0), "left_ankle": (0.0, 200.0)}
    own = on(joints, {**TRUNK, **heads, **ends})
    other = own.replace(image_px=np.add(own.image_px, (300, 0)))
    assert compute_pair_features(own, other)["pair_hand_to_head"] == pytest.approx(0.0, abs=1e-6)


def test_without_a_head_the_shoulders_middle_stands_for_it() -> None:
    joints = Skeleton("headless", (*TRUNK, "left_hand", "left_foot", "right_big_toe"), ())
    own = on(
        joints, {**TRUNK, "left_hand": (300.0, 0.0), "left_foot": (0.0, 200.0), "right_big_toe": (310, 0)}
    )
    other = own.replace(image_px=np.add(own.image_px, (300, 0)))
    found = compute_pair_features(own, other)
    assert found["pair_hand_to_head"] == pytest.approx(0.0, abs=1e-6)
    assert found["pair_foot_to_body"] == pytest.approx(0.0, abs=1e-6)
    assert np.isnan(found["pair_hand_speed"]).all()
    assert found["pair_head_below"] == pytest.approx(0.0)


def test_pairs_need_pixels() -> None:
    own = standing(100)
    bare = own.replace(image_px=None, body=own.image_px)
    with pytest.raises(InvalidValueError, match="one of them has no pixels"):
        compute_pair_features(own, bare)

"""Two people whose distances are known by hand."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17
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
    with pytest.raises(InvalidValueError, match="times of the person"):
        compute_pair_features(own, standing(300, rows=slice(0, 5)))
    with pytest.raises(InvalidValueError, match="skeleton coco17, expected blazepose33"):
        compute_pair_features(own, standing(300).to_skeleton(COCO17))
    with pytest.raises(InvalidValueError, match="person 2 has skeleton coco17"):
        companion_of(Recording("x", TIMES_S, {1: own, 2: standing(300).to_skeleton(COCO17)}), 1)

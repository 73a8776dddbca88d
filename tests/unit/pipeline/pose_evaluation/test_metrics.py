"""mAP and PCK on people whose scores are known beforehand."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import InvalidValueError, MissingExtraError
from laban.pipeline.pose_evaluation.ground_truth import TrueImage, TruePerson, read_keypoint_truth
from laban.pipeline.pose_evaluation.metrics import (
    Predictions,
    compute_average_precision,
    compute_correct_points,
    to_coco17,
)

TORSO_PX = 100.0


def body(x: float = 200.0) -> np.ndarray:
    """(17, 2) a standing body: its torso is 100 pixels long."""
    image_px = np.random.default_rng(3).uniform(-30, 30, size=(17, 2)) + np.array([x, 150])
    for joint, place in {
        "left_shoulder": (20, 100),
        "right_shoulder": (-20, 100),
        "left_hip": (15, 200),
        "right_hip": (-15, 200),
    }.items():
        image_px[COCO17.index(joint)] = np.add(place, (x, 0))
    return image_px


def true_person(image_px: np.ndarray, *, crowd: bool = False) -> TruePerson:
    return TruePerson(image_px, 100.0 * 300.0, (image_px[0, 0] - 50, 0.0, 100.0, 300.0), crowd)


def pose(image_px: np.ndarray, *, score: float = 1.0) -> Pose:
    return Pose(COCO17, image_px, np.ones(17), score=score)


def scene(*people: np.ndarray) -> tuple[TrueImage, ...]:
    return (TrueImage(1, "a.jpg", tuple(true_person(one) for one in people)),)


def truth_as_predictions(truth: tuple[TrueImage, ...], *, shift_px: float = 0.0) -> Predictions:
    return {
        image.number: [pose(person.image_px + shift_px) for person in image.people if person.marked.any()]
        for image in truth
    }


@pytest.fixture(scope="module")
def samples(shared: Path) -> tuple[TrueImage, ...]:
    return read_keypoint_truth(shared / "data" / "coco_samples" / "test_coco.json")


def test_the_truth_scores_one(samples):
    precision = compute_average_precision(samples, truth_as_predictions(samples))
    assert (precision.mean, precision.at_50, precision.at_75, precision.recall) == (1.0, 1.0, 1.0, 1.0)
    correct = compute_correct_points(samples, truth_as_predictions(samples))
    assert correct.share == 1.0
    assert 0 < correct.people <= 12


def test_further_off_is_worse(samples):
    shifted = [truth_as_predictions(samples, shift_px=shift) for shift in (0.0, 4.0, 8.0, 200.0)]
    means = [compute_average_precision(samples, predictions).mean for predictions in shifted]
    shares = [compute_correct_points(samples, predictions).share for predictions in shifted]
    assert means == sorted(means, reverse=True)
    assert shares == sorted(shares, reverse=True)
    assert means[0] > means[1] > means[2] > means[3] == 0.0
    assert shares[0] > shares[2] > shares[3]


def test_nobody_found_scores_nothing():
    truth = scene(body())
    assert compute_average_precision(truth, {}).mean == 0.0
    assert compute_correct_points(truth, {}) == compute_correct_points(truth, {1: []})
    assert compute_correct_points(truth, {}).share == 0.0


def test_nobody_to_find_has_no_score():
    truth = (TrueImage(1, "a.jpg", ()),)
    found = {1: [pose(body())]}
    assert math.isnan(compute_average_precision(truth, found).mean)
    assert math.isnan(compute_correct_points(truth, found).share)


def test_a_ghost_surer_than_the_body_costs_precision_but_not_points():
    truth = scene(body())
    found = {1: [pose(body(1200.0), score=0.9), pose(body(), score=0.5)]}
    assert compute_average_precision(truth, found).mean == pytest.approx(0.5)
    assert compute_correct_points(truth, found).share == 1.0


@pytest.mark.parametrize(("shift_px", "share"), [(0.199, 1.0), (0.201, 16 / 17)])
def test_a_joint_is_right_within_a_fifth_of_the_torso(shift_px: float, share: float):
    found = body()
    found[COCO17.index("left_wrist")] += (shift_px * TORSO_PX, 0)
    assert compute_correct_points(scene(body()), {1: [pose(found)]}).share == pytest.approx(share)


def test_the_threshold_is_the_callers():
    found = {1: [pose(body(215.0))]}
    assert compute_correct_points(scene(body()), found, threshold=0.1).share == 0.0
    assert compute_correct_points(scene(body()), found, threshold=0.2).share == 1.0
    with pytest.raises(InvalidValueError, match="threshold"):
        compute_correct_points(scene(body()), found, threshold=0.0)


def test_one_pose_stands_for_one_person_only():
    truth = scene(body(), body(205.0))
    assert compute_correct_points(truth, {1: [pose(body())]}).share == 0.5


def test_poses_are_given_out_for_the_most_right_joints():
    """Each of two close people is nearest to the same pose, yet both get one."""
    truth = scene(body(200.0), body(215.0))
    found = {1: [pose(body(214.0)), pose(body(230.0))]}
    assert compute_correct_points(truth, found).share == 1.0


def test_missing_joints_are_wrong():
    found = body()
    found[COCO17.index("nose")] = np.nan
    assert compute_correct_points(scene(body()), {1: [pose(found)]}).share == pytest.approx(16 / 17)
    assert compute_average_precision(scene(body()), {1: [pose(found)]}).mean < 1.0


def test_people_without_a_torso_and_crowds_do_not_count():
    half = body()
    half[COCO17.index("left_hip")] = np.nan
    people = (true_person(half), true_person(body(), crowd=True), true_person(body(600.0)))
    truth = (TrueImage(1, "a.jpg", people),)
    correct = compute_correct_points(truth, {1: [pose(body(600.0))]})
    assert (correct.people, correct.points, correct.share) == (1, 17, 1.0)


def test_unmarked_joints_do_not_count():
    person = body()
    person[COCO17.index("nose")] = np.nan
    correct = compute_correct_points(scene(person), {1: [pose(body())]})
    assert (correct.points, correct.share) == (16, 1.0)


def test_blazepose_is_judged_on_the_joints_of_coco():
    image_px = np.arange(66, dtype=np.float32).reshape(33, 2)
    found = to_coco17(Pose(BLAZEPOSE33, image_px, np.linspace(0, 1, 33), score=0.7))
    for joint, name in enumerate(COCO17.names):
        assert np.array_equal(found.image_px[joint], image_px[BLAZEPOSE33.index(name)])
    assert found.score == 0.7


def test_other_skeletons_are_refused():
    found = {1: [Pose(BLAZEPOSE33, np.zeros((33, 2)), np.ones(33))]}
    for compute in (compute_average_precision, compute_correct_points):
        with pytest.raises(InvalidValueError, match="to_coco17"):
            compute(scene(body()), found)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_coco_eval", None)
    with pytest.raises(MissingExtraError, match=r"laban\[evaluate\]"):
        compute_average_precision(scene(body()), {})


SIGMAS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
"""COCO's, joint by joint, from cocodataset.org/#keypoints-eval."""


def similarity(shift_px: float, area_px: float) -> float:
    """OKS of a person of whom every joint is ``shift_px`` off, written out from the definition."""
    return float(np.exp(-(shift_px**2) / (2 * area_px * (2 * SIGMAS) ** 2)).mean())


@pytest.mark.parametrize("shift_px", [5.0, 8.0, 11.0, 14.0])
def test_similarity_is_by_the_area_of_the_person_and_not_of_their_box(shift_px: float):
    area_px = 9_000.0  # of a box of 30,000
    person = TruePerson(body(), area_px, (150.0, 0.0, 100.0, 300.0), crowd=False)
    found = {1: [pose(np.add(body(), (shift_px, 0)))]}
    reached = (similarity(shift_px, area_px) >= np.arange(0.5, 1.0, 0.05)).mean()
    by_box = (similarity(shift_px, 30_000.0) >= np.arange(0.5, 1.0, 0.05)).mean()
    score = compute_average_precision((TrueImage(1, "a.jpg", (person,)),), found)
    assert score.mean == pytest.approx(reached)
    assert reached != by_box


@pytest.mark.parametrize(("crowd", "mean"), [(True, 1.0), (False, 0.5)])
def test_all_who_are_found_in_a_crowd_cost_nothing(crowd: bool, mean: float):
    """A crowd has a box and no joints, and any number of poses in it is right; one person excuses one pose."""
    mass = TruePerson(np.full((17, 2), np.nan), 160_000.0, (800.0, 0.0, 400.0, 400.0), crowd)
    truth = (TrueImage(1, "a.jpg", (true_person(body()), mass)),)
    found = {
        1: [pose(body(950.0), score=0.9), pose(body(1050.0), score=0.8), pose(body(), score=0.5)],
    }
    assert compute_average_precision(truth, found).mean == pytest.approx(mean)


def test_the_four_figures_stand_where_they_belong():
    """Of two people one is found exactly, the other with an OKS between 0.5 and 0.75."""
    second = body(600.0)
    truth = scene(body(), second)
    shift_px = 22.0
    reached = similarity(shift_px, 100.0 * 300.0)
    assert 0.5 < reached < 0.75
    found = {1: [pose(body(), score=0.9), pose(np.add(second, (shift_px, 0)), score=0.8)]}
    score = compute_average_precision(truth, found)
    assert score.at_50 == pytest.approx(1.0)
    assert score.at_75 == pytest.approx(51 / 101)
    steps = (reached >= np.arange(0.5, 1.0, 0.05)).mean()
    assert score.recall == pytest.approx(0.5 + steps / 2)
    assert score.mean == pytest.approx(steps + (1 - steps) * 51 / 101)

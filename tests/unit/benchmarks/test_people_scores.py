"""Who counts as found and who as a ghost, on boxes whose answer is known by hand."""

import numpy as np
import pytest
from benchmarks.people_scores import Counts, Found, Truth, count, evaluate, found_in, iou, is_tall

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33

ANN = Truth("ann", (100, 100, 200, 400))
BOB = Truth("bob", (300, 100, 400, 400))


def found(x0, y0, x1, y1):
    return Found(np.array([x0, y0, x1, y1], float), np.array([(x0 + x1) / 2, (y0 + y1) / 2]))


def moved(truth, by_px):
    x0, y0, x1, y1 = truth.box_xyxy_px
    return found(x0 + by_px, y0, x1 + by_px, y1)


def test_each_is_paired_with_whom_it_overlaps_most():
    verdict = evaluate([ANN, BOB], [moved(BOB, 10), moved(ANN, -10)])
    assert verdict.pairs == ((0, 1), (1, 0))
    assert verdict.ghosts == ()


def test_a_second_skeleton_on_one_person_is_a_ghost():
    verdict = evaluate([ANN, BOB], [moved(ANN, 20), moved(ANN, 0)])
    assert verdict.pairs == ((0, 1),)
    assert verdict.ghosts == (0,)


def test_pairs_are_given_for_the_good_of_all():
    near = Truth("near", (150, 100, 250, 400))
    verdict = evaluate([ANN, near], [moved(ANN, 30), moved(ANN, 0)])
    assert verdict.pairs == ((0, 1), (1, 0))


def test_a_box_that_barely_overlaps_is_nobody():
    assert evaluate([ANN], [moved(ANN, 49)]).pairs == ((0, 0),)
    small = found(140, 200, 160, 300)
    assert evaluate([ANN], [small]) == evaluate([], [small])


def test_the_torso_must_lie_in_the_box():
    outside = Found(np.array([100.0, 100.0, 200.0, 400.0]), np.array([250.0, 200.0]))
    assert evaluate([ANN], [outside]).ghosts == (0,)


def test_uncertain_regions_count_neither_way():
    crowd = Truth("crowd", (0, 0, 640, 480), "uncertain")
    assert count([crowd], [moved(ANN, 0), moved(BOB, 0)], height_px=480) == Counts()
    half_out = Truth("crowd", (0, 0, 149, 480), "uncertain")
    assert count([half_out], [moved(ANN, 0)], height_px=480) == Counts(found=1, ghosts=1)


def test_a_true_person_is_found_before_an_uncertain_region_takes_the_find():
    crowd = Truth("crowd", (0, 0, 640, 480), "uncertain")
    assert count([crowd, ANN], [moved(ANN, 0)], height_px=480) == Counts(1, 1, 1, 0)


@pytest.mark.parametrize(("with_hard", "wanted"), [(False, 0), (True, 1)])
def test_the_hard_are_no_ghosts_and_wanted_only_on_demand(with_hard, wanted):
    hard = Truth("ann", ANN.box_xyxy_px, "hard")
    counts = count([hard], [moved(ANN, 0)], height_px=480, with_hard=with_hard)
    assert counts == Counts(wanted, wanted, 1, 0)


def test_small_people_are_not_wanted_and_no_ghosts():
    assert is_tall(ANN, height_px=2500)
    assert not is_tall(ANN, height_px=2501)
    assert count([ANN], [moved(ANN, 0)], height_px=2501) == Counts(0, 0, 1, 0)


def test_missing_everybody_and_finding_nobody():
    assert count([ANN, BOB], [], height_px=480) == Counts(wanted=2)
    assert count([], [], height_px=480) == Counts()
    assert Counts().recall == 1.0
    assert Counts().ghost_share == 0.0


def test_counts_add_up_to_shares():
    total = Counts(2, 1, 3, 2) + Counts(2, 2, 2, 0)
    assert total == Counts(4, 3, 5, 2)
    assert total.recall == 0.75
    assert total.ghost_share == 0.4


def test_iou_of_boxes_apart_is_zero():
    assert iou((0, 0, 1, 1), (2, 0, 3, 1)) == 0.0
    assert iou((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0


def pose(points, visibility):
    return Pose(BLAZEPOSE33, np.array(points, np.float32), np.array(visibility, np.float32))


def test_the_box_leaves_out_guesses_and_what_lies_outside_the_image():
    points = np.full((33, 2), 50.0)
    points[0], points[15], points[27] = (40, 10), (-30, 60), (500, 500)
    visibility = np.ones(33)
    visibility[27] = 0.1
    one = found_in(pose(points, visibility), size_wh=(100, 100))
    assert one.box_xyxy_px.tolist() == [0.0, 10.0, 50.0, 60.0]
    assert one.centre_px.tolist() == [50.0, 50.0]


def test_where_nothing_is_visible_all_landmarks_count():
    points = np.column_stack([np.linspace(10, 42, 33), np.full(33, 20.0)])
    one = found_in(pose(points, np.zeros(33)), size_wh=(100, 100))
    assert one.box_xyxy_px.tolist() == [10.0, 20.0, 42.0, 20.0]


def test_who_is_cut_by_the_edge_has_a_middle_inside():
    points = np.full((33, 2), 50.0)
    points[[23, 24]] = (50, 250)
    visibility = np.ones(33)
    visibility[[23, 24]] = 0.0
    one = found_in(pose(points, visibility), size_wh=(100, 100))
    assert one.centre_px.tolist() == [50.0, 100.0]

"""What people look like, remembered and compared."""

import numpy as np
import pytest

from laban.pose.tracking.reid import (
    AppearanceFeatures,
    Mean,
    difference,
    differences,
    known_looks,
    recent_looks,
)

RED, BLUE = np.eye(2, dtype=np.float32)
SHAPE = np.array([0.4, 0.1, -0.8])
NAN = np.nan


def looks(appearance=None, shape=None):
    made = AppearanceFeatures(Mean(0.02), Mean(0.02))
    made.appearance.add(appearance)
    made.shape.add(shape)
    return made


def test_the_first_samples_weigh_alike():
    mean = Mean(0.02)
    for sample in (1.0, 2.0, 6.0):
        mean.add(np.array([sample]))
    assert mean.value == pytest.approx([3.0])
    assert (mean.looks, mean.frames) == (3, 3.0)


def test_later_samples_weigh_as_little_as_the_slowest_and_no_less():
    mean = Mean(0.25)
    for _ in range(40):
        mean.add(np.array([0.0]))
    mean.add(np.array([8.0]))
    assert mean.value == pytest.approx([2.0])


def test_a_sample_that_stands_for_several_frames_weighs_more_though_never_above_a_half():
    mean = Mean(0.02)
    mean.add(np.array([0.0]), frames=3)
    mean.add(np.array([4.0]), frames=1)
    assert mean.value == pytest.approx([1.0])
    mean.add(np.array([9.0]), frames=100)
    assert mean.value == pytest.approx([5.0])
    assert (mean.looks, mean.frames) == (3, 104.0)


def test_no_sample_is_no_look():
    mean = Mean(0.02)
    mean.add(None)
    assert (mean.looks, mean.frames, mean.value) == (0, 0.0, None)


def test_what_is_unknown_in_a_sample_changes_nothing_and_is_learnt_later():
    mean = Mean(0.02)
    mean.add(np.array([1.0, NAN]))
    mean.add(np.array([NAN, 5.0]))
    np.testing.assert_array_equal(mean.value, [1.0, 5.0])
    mean.add(np.array([NAN, NAN]))
    np.testing.assert_array_equal(mean.value, [1.0, 5.0])
    assert mean.looks == 3


def test_looks_keep_appearance_and_shape_apart():
    made = known_looks()
    made.add(RED, SHAPE, frames=2.0)
    made.add(None, SHAPE)
    assert made.appearance.frames == 2.0
    assert made.shape.frames == 3.0
    assert made.appearance.value == pytest.approx(RED)
    assert made.shape.value == pytest.approx(SHAPE)


def test_what_was_seen_lately_changes_faster_than_what_is_known():
    moved = []
    for made in (known_looks(), recent_looks()):
        for _ in range(200):
            made.add(RED, SHAPE)
        made.add(BLUE, SHAPE + 1)
        moved.append((made.appearance.value[1], made.shape.value[0] - SHAPE[0]))
    assert moved[0] == pytest.approx((0.02, 0.02))
    assert moved[1] == pytest.approx((0.1, 0.1))


def test_appearance_of_no_colour_in_common_differ_by_one():
    assert difference(looks(RED), looks(BLUE), shape_weight=0.5) == pytest.approx(1.0)
    assert difference(looks(RED), looks(0.5 * RED + 0.5 * BLUE), shape_weight=0.5) == pytest.approx(0.5)
    assert difference(looks(RED), looks(RED), shape_weight=0.5) == 0.0


def test_the_shape_counts_by_its_weight_and_by_one_at_most():
    assert difference(looks(shape=SHAPE), looks(shape=SHAPE + 0.15), shape_weight=0.4) == pytest.approx(0.2)
    assert difference(looks(shape=SHAPE), looks(shape=SHAPE + 5), shape_weight=0.4) == pytest.approx(0.4)
    both = difference(looks(RED, SHAPE), looks(BLUE, SHAPE - 0.15), shape_weight=0.4)
    assert both == pytest.approx(1.2)


def test_the_part_of_the_shape_that_both_have_decides():
    one, other = np.array([0.4, NAN, NAN]), np.array([0.55, 9.0, NAN])
    assert difference(looks(shape=one), looks(shape=other), shape_weight=1.0) == pytest.approx(0.5)
    nothing = np.array([NAN, 9.0, 9.0])
    assert difference(looks(shape=one), looks(shape=nothing), shape_weight=1.0) is None


@pytest.mark.parametrize("other", [looks(), looks(shape=SHAPE)])
def test_of_somebody_unknown_nothing_can_be_said(other):
    assert difference(looks(RED), other, shape_weight=0.5) is None
    assert difference(other, looks(RED), shape_weight=0.5) is None


def test_a_table_of_differences_has_nan_where_nothing_can_be_said():
    table = differences([looks(RED), looks()], [looks(RED), looks(BLUE), looks()], shape_weight=0.3)
    np.testing.assert_allclose(table, [[0, 1, NAN], [NAN, NAN, NAN]])

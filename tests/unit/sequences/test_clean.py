"""What is taken out and what is filled, at the very limits, in every field."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import InvalidValueError
from laban.sequences.clean import (
    CleanSettings,
    clean,
    doubtful_joints,
    fill_columns,
    fill_gaps,
    mask_joints,
)

J = len(BLAZEPOSE33)
TORSO_PX = 100.0
WRIST = BLAZEPOSE33.index("left_wrist")


def standing(rows: int = 30, *, fps: float = 30.0) -> np.ndarray:
    """(T, 33, 2) somebody who stands still, with a torso of 100 pixels."""
    points = np.random.default_rng(2).uniform(200, 400, (J, 2))
    for side, x in (("left", 20), ("right", -20)):
        points[BLAZEPOSE33.index(f"{side}_shoulder")] = 300 + x, 200
        points[BLAZEPOSE33.index(f"{side}_hip")] = 300 + x, 200 + TORSO_PX
    return np.repeat(points[None], rows, axis=0)


def sequence(points: np.ndarray, *, visibility: np.ndarray | None = None, fps: float = 30.0) -> PoseSequence:
    """All four fields, of numbers that tell them apart."""
    rows = len(points)
    depth = np.repeat(points[..., :1], 1, axis=2)[..., 0] / 2
    world = np.concatenate([points, points[..., :1]], axis=2) / 200
    return PoseSequence(
        np.arange(rows) / fps,
        BLAZEPOSE33,
        np.ones((rows, J)) if visibility is None else visibility,
        image_px=points,
        depth_px=depth,
        world_m=world,
        body=points / TORSO_PX,
        score=np.ones(rows),
    )


FIELDS = ("image_px", "depth_px", "world_m", "body")
NONE = CleanSettings(min_visibility=0.0, max_speed=1e6, hampel_s=0.0, max_gap_s=0.0)


def test_a_gap_of_exactly_the_limit_is_filled_and_one_a_little_longer_is_not() -> None:
    """A gap lasts from the last known time to the next: 0.25 s here, with two rows missing."""
    times_s = np.array([0.0, 0.125, 0.1875, 0.25])
    column = np.array([[1.0], [np.nan], [np.nan], [3.0]])
    assert fill_columns(column, times_s, max_gap_s=0.25)[:, 0].tolist() == [1.0, 2.0, 2.5, 3.0]
    assert np.isnan(fill_columns(column, times_s, max_gap_s=0.2499)[1:3]).all()


def test_each_column_and_gap_is_filled_by_itself() -> None:
    times_s = np.arange(6.0)
    first = [0.0, np.nan, 4.0, np.nan, np.nan, 10.0]
    second = [np.nan, 1.0, np.nan, 5.0, np.nan, np.nan]
    filled = fill_columns(np.array([first, second]).T, times_s, max_gap_s=2.0)
    assert filled[:, 0].tolist()[:3] == [0.0, 2.0, 4.0]
    assert np.isnan(filled[3:5, 0]).all()
    assert filled[1:4, 1].tolist() == [1.0, 3.0, 5.0]
    assert np.isnan(filled[[0, 4, 5], 1]).all()


def test_two_known_values_are_enough_to_fill_between_and_one_is_not() -> None:
    times_s = np.arange(3.0)
    assert fill_columns(np.array([[1.0], [np.nan], [3.0]]), times_s, max_gap_s=9.0)[1, 0] == 2.0
    assert np.isnan(fill_columns(np.array([[1.0], [np.nan], [np.nan]]), times_s, max_gap_s=9.0)[1:]).all()


def test_filling_mends_every_field_and_leaves_times_and_trust_alone() -> None:
    whole = sequence(standing() + np.arange(30)[:, None, None])
    gap = np.zeros((30, J), dtype=bool)
    gap[10:13, WRIST] = True
    holed = mask_joints(whole, gap)
    for name in FIELDS:
        assert np.isnan(getattr(holed, name)[10:13, WRIST]).all(), name
        assert np.isfinite(np.delete(getattr(holed, name), WRIST, axis=1)).all(), name
    filled = fill_gaps(holed, max_gap_s=0.25)
    for name in FIELDS:
        assert getattr(filled, name) == pytest.approx(getattr(whole, name), rel=1e-5), name
    for name in ("times_s", "visibility", "score"):
        assert np.array_equal(getattr(filled, name), getattr(whole, name)), name


def test_a_joint_at_the_least_visibility_stays() -> None:
    visibility = np.ones((30, J))
    visibility[:, 3], visibility[:, 4], visibility[:, 5] = 0.5, 0.499, np.nan
    taken = doubtful_joints(
        sequence(standing(), visibility=visibility), settings=CleanSettings(min_visibility=0.5)
    )
    assert np.flatnonzero(taken.any(axis=0)).tolist() == [4]
    assert taken[:, 4].all()


@pytest.mark.parametrize(("torsos_a_second", "out"), [(29.0, False), (31.0, True)])
def test_a_jump_there_and_back_is_out_above_the_speed_in_torso_lengths(
    torsos_a_second: float, out: bool
) -> None:
    points = standing()
    points[12, WRIST, 0] += torsos_a_second * TORSO_PX / 30
    settings = CleanSettings(max_speed=30.0, hampel_s=0.0)
    taken = doubtful_joints(sequence(points), settings=settings)
    assert taken[12, WRIST] == out
    assert taken.sum() == int(out)


def test_a_fast_move_that_stays_is_no_fault() -> None:
    points = standing()
    points[12:, WRIST, 0] += 500
    assert not doubtful_joints(sequence(points), settings=CleanSettings(hampel_s=0.0)).any()


def test_three_rows_are_enough_for_a_jump_and_two_are_not() -> None:
    points = standing(rows=3)
    points[1, WRIST] += 500
    settings = CleanSettings(hampel_s=0.0)
    assert doubtful_joints(sequence(points), settings=settings)[1, WRIST]
    assert not doubtful_joints(sequence(points[:2]), settings=settings).any()


def test_an_outlier_is_far_by_the_spread_of_its_neighbours_or_a_hundredth_of_the_torso() -> None:
    """Around a still joint the spread is nothing, so a hundredth of the torso (1 px) times the sigmas counts."""
    for off_px, out in ((3.9, False), (4.1, True)):
        points = standing()
        points[12, WRIST, 1] += off_px
        settings = CleanSettings(max_speed=1e6, hampel_s=0.1, hampel_sigmas=4.0)
        taken = doubtful_joints(sequence(points), settings=settings)
        assert taken[12, WRIST] == out
        assert taken.sum() == int(out)


def test_the_spread_is_the_median_deviation_as_of_a_normal_distribution() -> None:
    """Five neighbours at -10, -5, 0, 5 and d about 300: median deviation 5, so that 4 sigmas are 29.65."""
    for off, out in ((29.0, False), (30.5, True)):
        points = standing(rows=5)
        points[:, WRIST, 0] = 300 + np.array([-10.0, 5.0, off, -5.0, 0.0])
        settings = CleanSettings(max_speed=1e6, hampel_s=1.0, hampel_sigmas=4.0)
        assert doubtful_joints(sequence(points), settings=settings)[2, WRIST] == out


def test_hampel_looks_within_its_own_time_only_and_needs_three() -> None:
    points = standing(rows=9)
    points[3:6, WRIST, 0] += 60
    wide = CleanSettings(max_speed=1e6, hampel_s=4 / 30 + 1e-6)
    narrow = CleanSettings(max_speed=1e6, hampel_s=1 / 30 + 1e-6)
    assert doubtful_joints(sequence(points), settings=wide)[4, WRIST]
    assert not doubtful_joints(sequence(points), settings=narrow)[4, WRIST]
    lone = standing(rows=9)
    lone[[2, 4, 5], WRIST] = np.nan
    lone[3, WRIST] += 60
    few = CleanSettings(max_speed=1e6, hampel_s=1 / 30 + 1e-6)
    assert not doubtful_joints(sequence(lone), settings=few)[3, WRIST]


def test_what_is_unsure_is_no_neighbour() -> None:
    """Two of three rows that agree are hidden: the third has nothing to be compared with."""
    points, visibility = standing(rows=3), np.ones((3, J))
    points[1, WRIST] += 60
    visibility[[0, 2], WRIST] = 0.1
    settings = CleanSettings(max_speed=1e6, hampel_s=1.0)
    taken = doubtful_joints(sequence(points, visibility=visibility), settings=settings)
    assert taken[:, WRIST].tolist() == [True, False, True]


def test_a_body_without_a_torso_has_no_limit_of_speed() -> None:
    arms = Skeleton("arms", ("left_wrist", "right_wrist"), ())
    points = np.zeros((5, 2, 2))
    points[2, 0] = 1000
    found = PoseSequence(np.arange(5) / 30, arms, np.ones((5, 2)), image_px=points)
    assert not doubtful_joints(found, settings=CleanSettings(hampel_s=0.0)).any()
    assert doubtful_joints(found, settings=CleanSettings()).sum() == 1


def test_settings_are_as_the_page_says_and_checked() -> None:
    chosen = CleanSettings()
    assert (chosen.min_visibility, chosen.max_speed, chosen.hampel_s) == (0.3, 30.0, 0.1)
    assert (chosen.hampel_sigmas, chosen.max_gap_s) == (4.0, 0.25)
    CleanSettings(min_visibility=1.0, max_speed=0.0, hampel_s=0.0, hampel_sigmas=0.0, max_gap_s=0.0)
    for changes in (
        {"min_visibility": 1.01},
        {"min_visibility": -0.01},
        {"max_gap_s": -0.1},
        {"max_speed": -1},
    ):
        with pytest.raises(InvalidValueError, match=next(iter(changes))):
            CleanSettings(**changes)


def test_cleaning_with_nothing_to_do_changes_nothing() -> None:
    whole = sequence(standing())
    assert clean(whole, settings=NONE) == whole

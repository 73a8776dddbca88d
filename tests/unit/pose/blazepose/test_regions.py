"""The geometry of regions, by hand."""

import math

import numpy as np
import pytest

from laban.pose.blazepose.region_prediction import Followed, TrackedPeople, TrackedRegions, follow
from laban.pose.blazepose.regions import Region, region_from_box, region_from_points, wrap_angle


def test_upright_body_gives_an_unturned_region_of_two_and_a_half_radii() -> None:
    region = region_from_points(np.array([100.0, 200.0]), np.array([100.0, 120.0]))
    assert region.side_px == pytest.approx(200.0)
    assert region.turn_rad == pytest.approx(0.0)
    assert (region.x_px, region.y_px) == (100.0, 200.0)


def test_body_that_lies_to_the_right_is_turned_a_quarter_clockwise() -> None:
    region = region_from_points(np.array([0.0, 0.0]), np.array([50.0, 0.0]))
    assert region.turn_rad == pytest.approx(math.pi / 2)
    # Up in the crop is towards the circle point, to the right in the image.
    assert region.to_image(np.array([0.5, 0.0])) == pytest.approx([62.5, 0.0])


@pytest.mark.parametrize("turn", [0.0, 0.3, -2.0, 3.1])
def test_sampling_matrix_and_positions_agree(turn: float) -> None:
    region = Region(321.0, 123.0, 512.0, turn)
    matrix = region.sampling_matrix(256)
    for pixel in ([0.0, 0.0], [256.0, 0.0], [100.0, 31.0]):
        by_matrix = matrix @ np.array([*pixel, 1.0])
        assert by_matrix == pytest.approx(region.to_image(np.array(pixel) / 256))


def test_world_is_turned_with_the_region() -> None:
    lying = Region(0, 0, 1, math.pi / 2)
    assert lying.turn_world(np.array([[0.0, -1.0, 0.2]])) == pytest.approx(np.array([[1.0, 0.0, 0.2]]))


def test_box_gives_a_square_round_its_centre() -> None:
    region = region_from_box(np.array([10.0, 20.0, 30.0, 100.0]))
    assert (region.x_px, region.y_px, region.side_px) == (20.0, 60.0, 100.0)


@pytest.mark.parametrize(("angle", "wrapped"), [(math.pi, -math.pi), (-4.0, 2 * math.pi - 4.0), (1.0, 1.0)])
def test_angles_wrap(angle: float, wrapped: float) -> None:
    assert wrap_angle(angle) == pytest.approx(wrapped)


def test_following_goes_on_at_the_speed_seen() -> None:
    known: Followed | None = None
    for index in range(60):
        known = follow(known, Region(10.0 * index, 0.0, 400.0), time_s=index / 30)
    assert known is not None
    ahead = known.at(59 / 30 + 2 / 30)
    assert ahead.x_px == pytest.approx(610.0, abs=400 / 32)


def test_regions_that_nearly_agree_agree_after_snapping() -> None:
    rng = np.random.default_rng(3)
    base = [
        (rng.uniform(0, 2000), rng.uniform(0, 1000), rng.uniform(60, 900), rng.uniform(-3, 3))
        for _ in range(300)
    ]
    same = sum(
        Region(x, y, side, turn).snapped()
        == Region(x + 0.002 * side, y - 0.002 * side, side * 1.002, turn + 0.003).snapped()
        for x, y, side, turn in base
    )
    assert same > 200


def test_snapping_moves_a_region_by_little() -> None:
    region = Region(1000.0, 500.0, 333.0, 1.0)
    snapped = region.snapped()
    assert region.distance(snapped) < 0.025
    assert snapped.side_px == pytest.approx(333.0, rel=0.026)
    assert snapped.turn_rad == pytest.approx(1.0, abs=0.033)
    assert snapped.snapped() == snapped


def test_following_does_not_chase_a_region_that_jumps_to_and_fro() -> None:
    known: Followed | None = None
    for index in range(60):
        known = follow(known, Region(100.0 + 20.0 * (index % 2), 0.0, 400.0), time_s=index / 30)
    assert known is not None
    ahead = known.at(59 / 30 + 2 / 30)
    assert abs(ahead.x_px - known.region.x_px) < 20


def test_following_after_a_gap_starts_anew() -> None:
    first = follow(None, Region(0, 0, 100), time_s=0.0)
    later = follow(first, Region(500, 0, 100), time_s=2.0)
    assert later.track == ((2.0, Region(500, 0, 100)),)
    assert later.at(2.1) == Region(500, 0, 100).snapped()


def test_plans_are_made_from_the_frame_before_the_last() -> None:
    plans = TrackedRegions()
    assert plans.next().people == {}
    assert plans.next().people == {}
    first = TrackedPeople({1: Followed(((0.0, Region(0, 0, 1)),))})
    plans.add(first)
    assert plans.latest is first
    assert plans.next() is first

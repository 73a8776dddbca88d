"""Speeds of movements whose speed is known, on clocks that are not even."""

import inspect
import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, skeleton
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.features.angles import compute_inclinations, compute_joint_angles
from laban.features.geometry import boxes_xyxy, centre_of_mass, compute_bone_lengths, compute_distances
from laban.features.kinematics import (
    compute_acceleration,
    compute_angular_velocity,
    compute_jerk,
    compute_velocity,
    derivative,
)
from laban.features.spec import FEATURE_SETS, FeatureSpec

UNEVEN_S = np.cumsum([0.0, *np.random.default_rng(5).uniform(0.01, 0.06, 59)])


def moving(path: np.ndarray) -> PoseSequence:
    """Every joint goes along ``path`` (T, 2)."""
    rest = np.random.default_rng(1).uniform(0, 50, (33, 2))
    points = rest + path[:, None]
    visible = np.ones(points.shape[:2])
    world = np.concatenate([points, points[..., :1]], axis=2) / 100
    return PoseSequence(UNEVEN_S, BLAZEPOSE33, visible, image_px=points, world_m=world)


def test_a_parabola_has_its_acceleration_exactly_inside() -> None:
    fall = np.stack([0 * UNEVEN_S, 0.5 * 9.81 * UNEVEN_S**2], axis=1)
    velocity = derivative(fall, UNEVEN_S)
    assert velocity[1:-1, 1] == pytest.approx(9.81 * UNEVEN_S[1:-1], rel=1e-9)
    acceleration = compute_acceleration(moving(fall * 100), space="pixel")["nose_y"]
    assert acceleration[2:-2] == pytest.approx(981.0, rel=0.02)


def test_even_speed_is_even_and_without_jerk() -> None:
    sequence = moving(np.stack([30 * UNEVEN_S, -12 * UNEVEN_S], axis=1))
    velocity = compute_velocity(sequence, space="pixel")
    assert velocity["left_knee_x"] == pytest.approx(30.0, rel=1e-3)
    assert velocity["left_knee_y"] == pytest.approx(-12.0, rel=1e-3)
    assert velocity.units[0] == "px/s"
    jerk = compute_jerk(sequence, space="pixel")
    assert np.abs(jerk.values).max() < 1.0
    assert jerk.units[0] == "px/s^3"


@pytest.mark.parametrize(
    "compute",
    [
        compute_joint_angles,
        compute_inclinations,
        compute_velocity,
        compute_acceleration,
        compute_jerk,
        compute_bone_lengths,
        partial(compute_distances, pairs=[("nose", "left_wrist")]),
    ],
)
def test_all_are_measured_in_the_same_space_unless_one_is_given(compute: Callable[..., Features]) -> None:
    """Metres where there are any, else pixels: seen by values, because angles have one unit everywhere."""
    sequence = moving(np.stack([30 * UNEVEN_S, -12 * UNEVEN_S], axis=1))
    assert compute(sequence) == compute(sequence, space="world") != compute(sequence, space="pixel")
    flat = sequence.replace(world_m=None)
    assert compute(flat) == compute(flat, space="pixel")
    assert inspect.signature(compute).parameters["space"].default is None


def test_angular_velocity_of_a_turn() -> None:
    angles = Features(UNEVEN_S, ("left_elbow",), ("deg",), (90 + 45 * UNEVEN_S)[:, None])
    speed = compute_angular_velocity(angles)
    assert speed["left_elbow"] == pytest.approx(45.0)
    assert speed.units == ("deg/s",)


def test_missing_stays_local() -> None:
    values = UNEVEN_S.copy()
    values[20] = np.nan
    missing = np.flatnonzero(np.isnan(derivative(values, UNEVEN_S)))
    assert set(missing) <= {19, 20, 21}
    assert 20 in missing or {19, 21} <= set(missing)


def test_one_instant_has_no_speed() -> None:
    with pytest.raises(InvalidValueError, match="at least two"):
        derivative(np.array([1.0]), np.array([0.0]))


def test_lengths_distances_and_boxes() -> None:
    sequence = moving(np.zeros((60, 2)))
    lengths = compute_bone_lengths(sequence)
    assert lengths.units[0] == "m"
    assert np.ptp(lengths.values, axis=0).max() < 1e-6
    apart = compute_distances(sequence, pairs=[("left_wrist", "nose")], space="pixel")
    points = sequence.image_px
    assert points is not None
    expected = np.linalg.norm(points[0, BLAZEPOSE33.index("left_wrist")] - points[0, 0])
    assert apart.values[:, 0] == pytest.approx(expected, rel=1e-5)
    assert boxes_xyxy(np.full((2, 3, 2), np.nan)).shape == (2, 4)
    assert np.isnan(boxes_xyxy(np.full((2, 3, 2), np.nan))).all()


def test_the_centre_of_mass_moves_with_the_body_and_lies_within_it() -> None:
    points = np.random.default_rng(2).uniform(-1, 1, (33, 3))
    centre, shift = centre_of_mass(points, BLAZEPOSE33), np.array([1.0, 2.0, 3.0])
    assert centre_of_mass(points + shift, BLAZEPOSE33) == pytest.approx(centre + shift)
    assert (np.abs(centre) <= 1).all()


def test_the_default_specification_is_66_numbers_that_ignore_place_and_size() -> None:
    sequence = moving(np.zeros((60, 2)))
    larger = sequence.replace(image_px=sequence.image_px * 3 + 70)  # type: ignore[operator]
    spec = FeatureSpec()
    features = spec.compute(sequence)
    assert features.values.shape == (60, 66)
    assert features.names[:2] == ("nose_x", "nose_y")
    assert spec.compute(larger).values == pytest.approx(features.values, abs=1e-4)


def test_sets_stand_side_by_side_in_the_order_named() -> None:
    spec = FeatureSpec(tuple(FEATURE_SETS))
    features = spec.compute(moving(np.stack([UNEVEN_S, UNEVEN_S], axis=1)))
    assert len(set(features.names)) == len(features.names)
    assert FeatureSpec.from_json(spec.to_json()) == spec


def test_the_blocks_of_a_specification_tell_where_each_set_lies() -> None:
    angles, xy, world = FeatureSpec(("angles", "xy", "world")).blocks
    assert (angles.start, angles.channels) == (0, 0)
    assert (xy.start, xy.stop - xy.start, xy.channels) == (angles.stop, 66, 2)
    assert (world.start, world.stop - world.start, world.channels) == (xy.stop, 99, 3)


def test_features_are_mirrored_as_the_body_is() -> None:
    rng = np.random.default_rng(4)
    points = rng.uniform(-1, 1, (60, 33, 3))
    sequence = PoseSequence(
        UNEVEN_S, BLAZEPOSE33, np.ones((60, 33)), image_px=points[..., :2] * 100, world_m=points
    )
    flipped = points[:, BLAZEPOSE33.flip] * [-1, 1, 1]
    mirrored = sequence.replace(image_px=flipped[..., :2] * 100, world_m=flipped)
    beside = sequence.replace(image_px=np.flip(points[..., :2] * 100, axis=0) + 30)
    across = beside.replace(image_px=np.array(beside.image_px)[:, BLAZEPOSE33.flip] * [-1, 1])
    spec = FeatureSpec(tuple(FEATURE_SETS))
    order, sign = spec.mirror
    expected = spec.compute(sequence, companion=beside).values[:, order] * sign
    found = spec.compute(mirrored, companion=across).values
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-2, nan_ok=True)
    assert np.isfinite(found[:, [name.startswith("pair") for name in spec.names]]).all()


@pytest.mark.parametrize(
    ("name", "sets"), [("penn13", ("xy", "velocity")), ("kinect20", ("world", "front", "angles", "bones"))]
)
def test_other_skeletons_have_every_column_of_a_set(name: str, sets: tuple[str, ...]) -> None:
    spec, one = FeatureSpec(sets, name), skeleton(name)
    points = np.random.default_rng(8).uniform(-1, 1, (60, len(one), 3))
    sequence = PoseSequence(UNEVEN_S, one, np.ones((60, len(one))), image_px=points[..., :2], world_m=points)
    values = spec.compute(sequence).values
    assert values.shape == (60, spec.width)
    assert np.isfinite(values).all()
    order, _ = spec.mirror
    assert np.array_equal(np.sort(order), np.arange(spec.width))


@pytest.mark.parametrize("turn_rad", [0.3, 2.0, -2.9])
@pytest.mark.parametrize("name", ["front", "heading"])
def test_a_body_turned_about_the_vertical_looks_the_same_from_the_front(name: str, turn_rad: float) -> None:
    sequence = moving(np.zeros((60, 2)))
    sequence = sequence.replace(world_m=np.random.default_rng(3).uniform(-1, 1, (60, 33, 3)))
    cosine, sine = np.cos(turn_rad), np.sin(turn_rad)
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    turned = sequence.replace(world_m=sequence.world_m @ turn)  # type: ignore[operator]
    spec = FeatureSpec((name,))
    expected = spec.compute(sequence)
    assert spec.compute(turned).values == pytest.approx(expected.values, abs=1e-4)
    assert not np.allclose(FeatureSpec(("world",)).compute(turned).values, expected.values, atol=0.1)
    if name == "front":
        assert np.abs(expected["front_left_hip_z"] - expected["front_right_hip_z"]).max() < 1e-6
        assert (expected["front_left_hip_x"] > 0).all()


def test_a_sequence_that_cannot_serve_is_refused_with_the_reason() -> None:
    sequence = moving(np.zeros((60, 2))).replace(world_m=None)
    with pytest.raises(InvalidValueError, match="need world coordinates, the sequence has pixel"):
        FeatureSpec(("world",)).compute(sequence)
    with pytest.raises(InvalidValueError, match="measured on coco17"):
        FeatureSpec(skeleton="coco17").compute(sequence)
    with pytest.raises(UnknownNameError, match="did you mean 'angles'"):
        FeatureSpec(("angle",))
    with pytest.raises(InvalidValueError, match="once"):
        FeatureSpec(())


@pytest.mark.parametrize("text", ["{}", "[1]", '{"version": 9, "sets": [], "skeleton": "x"}', "null"])
def test_what_is_no_specification_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        FeatureSpec.from_json(json.loads(text))

"""Every measure on bodies of known geometry, and the geometry that must hold of all of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.posture.figures import Built, facing_bodies, seen, side_bodies

from laban.core.conversions import pose_at, sequence_of_pose
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, COCO17, map_skeleton
from laban.errors import InvalidValueError
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES, spoken
from laban.tasks.posture.measure import Readings, mirrored, read_posture
from laban.tasks.posture.observation import STANCES, sight_of
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import assumed_noise

SIDE, FACING = next(side_bodies()), next(facing_bodies())


def readings(pose: Pose, *, roll_deg: float = 0.0, sd_deg: float = 0.0, **changes: object) -> Readings:
    settings = PostureSettings(level=Level(roll_deg, sd_deg, "known"), **changes)  # type: ignore[arg-type]
    return read_posture(sequence_of_pose(pose, size_wh=(4000, 4000)), settings=settings, noise=None)


def values(found: Readings) -> dict[str, float]:
    return {name: float(one.value[0]) for name, one in found.measures.items() if one.known[0]}


@pytest.mark.parametrize(
    ("built", "view"),
    [(body, view) for body in list(side_bodies())[::5] for view in ("left side", "right side")]
    + [(body, view) for body in list(facing_bodies())[::7] for view in ("front", "back")],
)
def test_what_was_built_is_measured_in_every_view(built: Built, view: str) -> None:
    found = values(readings(seen(built, view=view, roll_deg=11.0, torso_px=80.0), roll_deg=11.0))
    for name, true in built.truth.items():
        assert found[name] == pytest.approx(true, abs=0.5 if MEASURES[name].unit != "torso" else 0.005), name


def test_every_measure_is_built_by_some_figure() -> None:
    assert set(SIDE.truth) | set(FACING.truth) == set(MEASURES)


def test_turning_the_camera_changes_the_raw_angle_by_just_that_and_the_corrected_one_not_at_all() -> None:
    level = values(readings(seen(SIDE, view="right side", roll_deg=0.0, torso_px=300.0)))
    turned = seen(SIDE, view="right side", roll_deg=7.0, torso_px=300.0)
    raw, corrected = values(readings(turned)), values(readings(turned, roll_deg=7.0))
    for name in ("trunk_inclination", "neck_inclination"):
        assert raw[name] - level[name] == pytest.approx(7.0, abs=0.05)
        assert corrected[name] == pytest.approx(level[name], abs=0.05)
    assert raw["craniovertebral_angle"] - level["craniovertebral_angle"] == pytest.approx(-7.0, abs=0.05)
    assert raw["knee_angle"] == pytest.approx(level["knee_angle"], abs=0.05)


def test_an_unknown_roll_is_in_the_uncertainty_of_what_it_touches() -> None:
    found = readings(seen(SIDE, view="left side", roll_deg=0.0, torso_px=300.0), sd_deg=2.0).measures
    assert found["trunk_inclination"].roll[0] == pytest.approx(1.96 * 2.0, rel=1e-6)
    assert found["knee_angle"].roll[0] == pytest.approx(0.0, abs=1e-9)
    assert found["plumb_ear"].roll[0] > found["plumb_knee"].roll[0] > 0


@pytest.mark.parametrize("yaw_deg", [-25.0, 20.0])
def test_what_a_turned_body_shows_too_short_is_in_the_interval(yaw_deg: float) -> None:
    """A tilt t in the image is atan(tan t · cos yaw) seen straight: its rise lies over more width there."""
    pose = seen(FACING, view="front", roll_deg=0.0, torso_px=300.0)
    assert pose.world_m is not None
    turn, world = np.radians(yaw_deg), pose.world_m.astype(np.float64)
    across, away = world[:, 0], world[:, 2]
    metres = np.stack(
        [
            np.cos(turn) * across - np.sin(turn) * away,
            world[:, 1],
            np.sin(turn) * across + np.cos(turn) * away,
        ],
        axis=1,
    )
    found = readings(replace(pose, world_m=metres.astype(np.float32)))
    assert found.sight.yaw_deg[0] == pytest.approx(yaw_deg, abs=1.0)
    tilt = found.measures["shoulder_tilt"]
    shown = np.radians(tilt.value[0])
    straight_deg = np.degrees(np.arctan(np.tan(shown) * np.cos(np.radians(found.sight.yaw_deg[0]))))
    assert tilt.turn[0] == pytest.approx(abs(straight_deg - tilt.value[0]), rel=1e-6)
    assert tilt.turn[0] > 0.1
    assert found.measures["left_knee_angle"].turn[0] == 0  # measured in space, where a turn changes nothing


def test_a_body_seen_straight_has_no_doubt_of_its_turn() -> None:
    found = readings(seen(FACING, view="front", roll_deg=0.0, torso_px=300.0)).measures
    assert found["shoulder_tilt"].turn[0] == pytest.approx(0.0, abs=0.05)


def test_mirroring_the_image_swaps_sides() -> None:
    pose = seen(FACING, view="front", roll_deg=0.0, torso_px=200.0)
    plain = values(readings(pose))
    flipped = values(readings(pose_at(mirrored(sequence_of_pose(pose, size_wh=(900, 900))), 0)))
    assert flipped["shoulder_tilt"] == pytest.approx(-plain["shoulder_tilt"], abs=1e-4)
    assert flipped["trunk_shift"] == pytest.approx(-plain["trunk_shift"], abs=1e-6)
    assert flipped["left_knee_alignment"] == pytest.approx(plain["right_knee_alignment"], abs=1e-4)
    assert flipped["knee_asymmetry"] == pytest.approx(-plain["knee_asymmetry"], abs=1e-3)


def test_a_mirror_image_told_as_one_gives_the_person_and_not_the_reflection() -> None:
    pose = seen(FACING, view="front", roll_deg=5.0, torso_px=200.0)
    true = values(readings(pose, roll_deg=5.0))
    reflected = pose_at(mirrored(sequence_of_pose(pose, size_wh=(900, 900))), 0)
    told = values(readings(reflected, roll_deg=-5.0, mirrored=True))
    assert told == pytest.approx(true, abs=1e-2)


def test_size_and_place_make_no_difference() -> None:
    small, large = (
        values(readings(seen(FACING, view="back", roll_deg=0.0, torso_px=size))) for size in (60, 500)
    )
    assert small == pytest.approx(large, abs=0.3)


def test_a_side_view_withholds_what_only_the_front_shows_and_the_other_way_round() -> None:
    side = values(readings(seen(SIDE, view="left side", roll_deg=0.0, torso_px=100.0)))
    front = values(readings(seen(FACING, view="front", roll_deg=0.0, torso_px=100.0)))
    assert "shoulder_tilt" not in side
    assert "craniovertebral_angle" not in front


def test_a_hidden_far_side_is_stood_in_for_by_the_near_one() -> None:
    pose = seen(SIDE, view="right side", roll_deg=0.0, torso_px=100.0)
    dim = pose.visibility.copy()
    dim[[BLAZEPOSE33.index(f"left_{joint}") for joint in ("shoulder", "hip", "ear", "knee", "ankle")]] = 0.1
    hidden = Pose(pose.skeleton, pose.image_px, dim, world_m=pose.world_m)
    assert values(readings(hidden)) == pytest.approx(values(readings(pose)), abs=0.05)
    near = dim.copy()
    near[BLAZEPOSE33.index("right_hip")] = 0.1
    lost = readings(Pose(pose.skeleton, pose.image_px, near, world_m=pose.world_m))
    assert not lost.measures["trunk_inclination"].known[0]


def test_landmarks_outside_the_image_are_not_measured() -> None:
    pose = seen(FACING, view="front", roll_deg=0.0, torso_px=100.0)
    low = float(pose.image_px[BLAZEPOSE33.index("left_knee"), 1]) - 5
    sequence = sequence_of_pose(pose, size_wh=(4000, int(low)))
    found = read_posture(sequence, settings=PostureSettings(), noise=None).measures
    assert found["shoulder_tilt"].known[0]
    assert not found["left_knee_alignment"].known[0]


def test_keypoints_without_depth_are_measured_too() -> None:
    pose = seen(SIDE, view="left side", roll_deg=0.0, torso_px=100.0)
    mapping = map_skeleton(BLAZEPOSE33, COCO17)
    points = mapping.apply(pose.image_px)
    points[COCO17.index("nose")] = points[COCO17.index("left_ear")] - [15.0, 0.0]
    for side in ("left", "right"):
        points[COCO17.index(f"{side}_eye")] = pose.image_px[BLAZEPOSE33.index(f"{side}_eye_outer")]
    flat = Pose(COCO17, points, mapping.apply_visibility(pose.visibility))
    found = readings(flat)
    assert found.sight.yaw_deg[0] == pytest.approx(-90.0, abs=1.0)
    own = values(found)
    assert own["trunk_inclination"] == pytest.approx(SIDE.truth["trunk_inclination"], abs=0.1)
    assert own["head_tilt"] == pytest.approx(SIDE.truth["head_tilt"], abs=0.2)  # the eye for its outer corner
    assert "craniovertebral_angle" in own


def test_without_pixels_or_a_trunk_nothing_is_measured() -> None:
    one = sequence_of_pose(seen(SIDE, view="left side", roll_deg=0.0, torso_px=100.0))
    with pytest.raises(InvalidValueError, match="no pixels"):
        read_posture(one.replace(image_px=None, depth_px=None), settings=PostureSettings(), noise=None)


def test_nobody_is_nan_and_not_zero() -> None:
    one = sequence_of_pose(seen(SIDE, view="left side", roll_deg=0.0, torso_px=100.0))
    empty = one.replace(
        image_px=np.full_like(one.image_px, np.nan), world_m=np.full_like(one.world_m, np.nan)
    )
    found = read_posture(empty, settings=PostureSettings(), noise=assumed_noise(BLAZEPOSE33))
    assert not any(measured.known.any() for measured in found.measures.values())
    assert found.sight.away.all()


def test_many_rows_are_read_as_one_by_one() -> None:
    built = list(side_bodies())[:6]
    poses = [
        seen(body, view="right side", roll_deg=3.0, torso_px=60.0 + 7 * i) for i, body in enumerate(built)
    ]
    settings = PostureSettings(level=Level(2.0, 1.0, "known"))
    parts = [sequence_of_pose(pose, time_s=i / 10) for i, pose in enumerate(poses * 60)]
    whole = parts[0].replace(
        times_s=np.arange(len(parts)) / 10,
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("visibility", "image_px", "world_m", "score")
        },
    )
    many = read_posture(whole, settings=settings, noise=None).measures
    for row in (0, 5, 200, 300, 359):
        one = read_posture(parts[row], settings=settings, noise=None).measures
        for name, measured in one.items():
            assert np.array_equal(many[name].value[row], measured.value[0], equal_nan=True)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(-0.004, "torso", "0.00 torso"), (12.6, "deg", "13°"), (-7.0, "%", "−7 %"), (3.14, "cm", "3.1 cm")],
)
def test_values_are_spoken_with_their_units(value: float, unit: str, words: str) -> None:
    assert spoken(value, unit) == words  # type: ignore[arg-type]


def test_a_mirror_flips_every_field_and_twice_is_nothing() -> None:
    rng = np.random.default_rng(4)
    shape = (2, len(BLAZEPOSE33))
    one = PoseSequence(
        np.arange(2) / 10,
        BLAZEPOSE33,
        rng.uniform(size=shape),
        image_px=rng.uniform(0, 400, (*shape, 2)),
        depth_px=rng.normal(size=shape),
        world_m=rng.normal(size=(*shape, 3)),
        body=rng.normal(size=(*shape, 3)),
        size_wh=(400, 300),
    )
    flipped = mirrored(one)
    left, right = (BLAZEPOSE33.index(f"{side}_wrist") for side in ("left", "right"))
    for name in ("visibility", "depth_px"):
        np.testing.assert_array_equal(getattr(flipped, name)[:, left], getattr(one, name)[:, right])
    for name, edge in (("image_px", 400.0), ("world_m", 0.0), ("body", 0.0)):
        there, here = getattr(flipped, name)[:, left], getattr(one, name)[:, right]
        np.testing.assert_allclose(there[:, 0], edge - here[:, 0], atol=1e-4)
        np.testing.assert_array_equal(there[:, 1:], here[:, 1:])
    twice = mirrored(flipped)
    for name in ("visibility", "depth_px", "image_px", "world_m", "body"):
        np.testing.assert_allclose(getattr(twice, name), getattr(one, name), atol=1e-4)


def standing(*, seen_from_above: float = 1.0, bent: bool = False, world: bool = True) -> PoseSequence:
    """Somebody upright; a camera that looks down shortens what is below the hips in the image, not in metres."""
    body = np.zeros((1, len(BLAZEPOSE33), 3))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        knee, ankle = (
            ((0.1, 0.0, -0.42), (0.1, 0.42, -0.42)) if bent else ((0.1, 0.42, 0.0), (0.1, 0.84, 0.0))
        )
        places = {"shoulder": (0.18, -0.5, 0.0), "hip": (0.1, 0.0, 0.0), "knee": knee, "ankle": ankle}
        for joint, (x, y, z) in places.items():
            body[:, BLAZEPOSE33.index(f"{side}_{joint}")] = (sign * x, y, z)
    image = body[..., :2] * 300.0
    image[..., 1] *= np.where(image[..., 1] > 0, seen_from_above, 1.0)
    seen_all = np.ones(body.shape[:2])
    return PoseSequence(
        np.zeros(1), BLAZEPOSE33, seen_all, image_px=image + 500.0, world_m=body if world else None
    )


@pytest.mark.parametrize(
    ("how", "stance"),
    [
        ({}, "standing"),
        ({"seen_from_above": 0.6}, "standing"),
        ({"bent": True}, "sitting"),
        ({"seen_from_above": 0.7, "world": False}, "unclear"),
        ({"world": False}, "standing"),
        ({"bent": True, "world": False}, "sitting"),
    ],
)
def test_short_legs_in_the_image_do_not_sit(how: dict[str, Any], stance: str) -> None:
    sight = sight_of(standing(**how), settings=PostureSettings())
    assert STANCES[int(sight.stances[0])] == stance

"""What a specification holds, writes and refuses."""

import json
from typing import Any

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, skeleton
from laban.core.space import Space
from laban.errors import FormatError, InvalidValueError
from laban.features.spec import FEATURE_SETS, FeatureSpec

RNG = np.random.default_rng(6)
WIDTHS = {
    "xy": 66,
    "world": 99,
    "front": 99,
    "heading": 99,
    "scene": 66,
    "stage": 99,
    "angles": 12,
    "bones": len(BLAZEPOSE33.bones),
    "velocity": 66,
    "acceleration": 66,
    "motion": 31,
    "confidence": 7,
    "pair": 14,
}
OVER_TIME = {"heading", "scene", "stage", "velocity", "acceleration", "motion", "pair"}
OF_JOINTS = {"xy", "world", "front", "heading", "scene", "stage", "velocity", "acceleration"}
IN_METRES = {"world", "front", "heading", "stage", "angles", "bones"}


def seen(rows: int = 2) -> PoseSequence:
    return PoseSequence(
        np.arange(rows) / 10,
        BLAZEPOSE33,
        np.ones((rows, 33)),
        image_px=RNG.uniform(0, 500, (rows, 33, 2)),
        world_m=RNG.uniform(-1, 1, (rows, 33, 3)),
    )


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_what_each_set_is_and_needs(name: str) -> None:
    one, spec = FEATURE_SETS[name], FeatureSpec((name,))
    assert spec.width == WIDTHS[name]
    assert (one.over_time, one.of_joints, one.of_pair) == (
        name in OVER_TIME,
        name in OF_JOINTS,
        name == "pair",
    )
    assert spec.needs_companion == (name == "pair")
    needed = (Space.WORLD,) if name in IN_METRES else () if name == "confidence" else (Space.PIXEL,)
    assert one.spaces == needed
    (block,) = spec.blocks
    channels = 3 if name in IN_METRES else 2
    assert (block.name, block.start, block.stop) == (name, 0, WIDTHS[name])
    assert block.channels == (channels if name in OF_JOINTS else 0)
    assert spec.refusal(seen()) is None
    single = spec.refusal(seen(rows=1))
    assert (single is not None) == (name in OVER_TIME)


def test_the_sets_are_these() -> None:
    assert tuple(FEATURE_SETS) == tuple(WIDTHS)


def test_columns_of_coordinates_are_named_joint_by_joint_with_their_unit() -> None:
    spec = FeatureSpec(("velocity", "world", "acceleration"))
    assert spec.names[:4] == (
        "velocity_nose_x",
        "velocity_nose_y",
        "velocity_left_eye_inner_x",
        "velocity_left_eye_inner_y",
    )
    assert spec.names[66:69] == ("world_nose_x", "world_nose_y", "world_nose_z")
    assert spec.names[-1] == "acceleration_right_foot_index_y"
    assert (spec.units[0], spec.units[66], spec.units[-1]) == ("torso/s", "torso", "torso/s^2")
    assert FeatureSpec(("angles",)).names[0] == "angle_left_elbow"
    assert FeatureSpec(("angles",)).units == ("deg",) * 12
    assert FeatureSpec(("bones",)).names[0] == "bone_nose-left_eye_inner"
    assert FeatureSpec(("bones",)).units[0] == "m"


def test_coordinates_are_about_the_hips_in_torso_lengths() -> None:
    points = np.zeros((1, 33, 2))
    for side, x in (("left", 330), ("right", 270)):
        points[0, BLAZEPOSE33.index(f"{side}_shoulder")] = x, 100
        points[0, BLAZEPOSE33.index(f"{side}_hip")] = x, 300
    points[0, 0] = 400, 50
    one = PoseSequence(np.zeros(1), BLAZEPOSE33, np.ones((1, 33)), image_px=points)
    found = FeatureSpec().compute(one)
    assert (found["nose_x"][0], found["nose_y"][0]) == (0.5, -1.25)
    flat = one.replace(image_px=np.zeros((1, 33, 2)))
    assert np.isnan(FeatureSpec().compute(flat).values).all()


def test_velocity_and_acceleration_are_by_true_times() -> None:
    times_s = np.array([0.0, 0.1, 0.3, 0.4, 0.6])
    points = np.zeros((5, 33, 2))
    for side in ("left", "right"):
        points[:, BLAZEPOSE33.index(f"{side}_shoulder"), 1] = -100
    points[:, 0, 0] = 100 * times_s**2
    one = PoseSequence(times_s, BLAZEPOSE33, np.ones((5, 33)), image_px=points)
    found = FeatureSpec(("velocity", "acceleration")).compute(one)
    assert found["velocity_nose_x"][1:-1] == pytest.approx(2 * times_s[1:-1], rel=1e-4)
    assert found["acceleration_nose_x"][2] == pytest.approx(2.0, rel=1e-4)


def test_hips_without_a_line_across_have_no_front() -> None:
    one = seen()
    points = np.array(one.world_m)
    left, right = BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")
    points[0, left] = points[0, right] + (0, 0.2, 0)
    upright = one.replace(world_m=points)
    front = FeatureSpec(("front",)).compute(upright).values
    assert np.isnan(np.delete(front[0].reshape(33, 3), 1, axis=1)).all()
    assert np.isfinite(front[1]).all()
    assert np.isfinite(FeatureSpec(("heading",)).compute(upright).values).all()
    points[:, left] = np.nan
    lost = FeatureSpec(("heading",)).compute(one.replace(world_m=points)).values
    assert np.isnan(lost).all()


def test_heading_turns_all_instants_by_the_one_mean_direction() -> None:
    one = seen()
    points = np.array(one.world_m)
    left, right = BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")
    for row, angle in enumerate(np.radians([20.0, 60.0])):
        half = 0.1 * np.array([np.cos(angle), 0.0, np.sin(angle)])
        points[row, left], points[row, right] = half, -half
    heading = FeatureSpec(("heading",)).compute(one.replace(world_m=points))
    across = [
        np.degrees(np.arctan2(heading["heading_left_hip_z"][row], heading["heading_left_hip_x"][row]))
        for row in (0, 1)
    ]
    torso = np.linalg.norm(points[:, [11, 12]].mean(axis=1) - points[:, [left, right]].mean(axis=1), axis=1)
    lengths = 1 / torso
    middle = np.degrees(
        np.arctan2(
            (lengths * np.sin(np.radians([20, 60]))).sum(), (lengths * np.cos(np.radians([20, 60]))).sum()
        )
    )
    assert across == pytest.approx([20 - middle, 60 - middle], abs=1e-3)


def test_a_specification_reads_what_it_writes() -> None:
    spec = FeatureSpec(("world", "pair"), "kinect20")
    assert spec.to_json() == {"version": 1, "skeleton": "kinect20", "sets": ["world", "pair"]}
    assert FeatureSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert FeatureSpec(["xy"]).sets == ("xy",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"version": 2, "skeleton": "coco17", "sets": ["xy"]}, "version 2, expected 1"),
        ({"version": 1, "sets": ["xy"]}, "not a feature specification: {'version': 1"),
        ("no object" + "x" * 200, f"not a feature specification: no object{'x' * 71}$"),
    ],
)
def test_a_file_that_is_none_is_told_by_its_beginning(value: Any, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        FeatureSpec.from_json(value)
    with pytest.raises(InvalidValueError):
        FeatureSpec.from_json({"version": 1, "skeleton": "coco17", "sets": ["xy", "xy"]})


def test_a_set_named_twice_is_refused_and_so_is_an_unknown_skeleton() -> None:
    with pytest.raises(InvalidValueError, match="names each set once"):
        FeatureSpec(("xy", "angles", "xy"))
    with pytest.raises(KeyError, match="coco18"):
        FeatureSpec(("xy",), "coco18")


def test_why_a_sequence_cannot_serve() -> None:
    flat = seen().replace(world_m=None)
    assert (
        FeatureSpec(("xy", "world")).refusal(flat)
        == "the features need world coordinates, the sequence has pixel"
    )
    other = flat.to_skeleton(skeleton("coco17"))
    assert FeatureSpec().refusal(other) == "the features are measured on blazepose33, the sequence has coco17"
    assert "single instant" in str(FeatureSpec(("xy", "velocity")).refusal(flat.take(slice(0, 1))))
    assert FeatureSpec(("xy",)).refusal(flat.take(slice(0, 1))) is None


def test_mirroring_exchanges_sides_and_turns_x_of_coordinates_only() -> None:
    spec = FeatureSpec(("xy", "angles", "bones", "confidence", "stage"))
    order, sign = spec.mirror
    names = spec.names
    partner = {name: names[order[index]] for index, name in enumerate(names)}
    assert partner["left_wrist_x"] == "right_wrist_x"
    assert partner["nose_y"] == "nose_y"
    assert partner["angle_right_knee"] == "angle_left_knee"
    assert partner["bone_left_shoulder-left_elbow"] == "bone_right_shoulder-right_elbow"
    assert partner["bone_left_hip-right_hip"] == "bone_left_hip-right_hip"
    assert partner["stage_left_hip_z"] == "stage_right_hip_z"
    signs = dict(zip(names, sign, strict=True))
    assert {signs[name] for name in names if name.endswith("_x")} == {-1.0}
    assert {signs[name] for name in names if not name.endswith("_x")} == {1.0}

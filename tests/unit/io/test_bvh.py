"""BVH: a body of fixed bones comes back joint by joint."""

from pathlib import Path

import numpy as np
import pytest

import laban
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17, Skeleton
from laban.errors import FormatError, InvalidValueError

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")
_SIDED = ("hip", "knee", "ankle", "foot_index", "shoulder", "elbow", "wrist")
SHARED = {f"{side}_{part}": f"{side}_{part}" for side in ("left", "right") for part in _SIDED} | {
    "head": "nose"
}
LENGTHS = {
    ("hip", "knee"): 0.42, ("knee", "ankle"): 0.4, ("ankle", "foot_index"): 0.2,
    ("shoulder", "elbow"): 0.3, ("elbow", "wrist"): 0.26,
}  # fmt: skip


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    vectors = rng.normal(size=(rows, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def tumbler(rows: int = 40, *, skeleton: Skeleton = BLAZEPOSE33, seed: int = 3) -> Recording:
    """A body of fixed bones, every one of them in any direction."""
    rng = np.random.default_rng(seed)
    world = np.zeros((rows, 33, 3))
    at = {name: BLAZEPOSE33.index(name) for name in BLAZEPOSE33.names}
    neck, axes = unit(rng, rows) * 0.5, {"hip": unit(rng, rows) * 0.13, "shoulder": unit(rng, rows) * 0.18}
    for side, sign in (("left", 1), ("right", -1)):
        world[:, at[f"{side}_hip"]] = sign * axes["hip"]
        world[:, at[f"{side}_shoulder"]] = neck + sign * axes["shoulder"]
        for (above, below), length in LENGTHS.items():
            world[:, at[f"{side}_{below}"]] = world[:, at[f"{side}_{above}"]] + unit(rng, rows) * length
    world[:, at["nose"]] = neck + unit(rng, rows) * 0.25
    sequence = PoseSequence(np.arange(rows) / 25, BLAZEPOSE33, np.ones((rows, 33)), world_m=world)
    one = sequence if skeleton == BLAZEPOSE33 else sequence.to_skeleton(skeleton)
    return Recording("x", one.times_s, {0: one})


@quiet
def test_joints_come_back_where_they_were(tmp_path: Path) -> None:
    before = tumbler()
    after = laban.load(before.save(tmp_path / "x.bvh")).people[0]
    np.testing.assert_allclose(after.times_s, before.times_s, atol=1e-6)
    for theirs, ours in SHARED.items():
        found = after.world_m[:, after.skeleton.index(theirs)]
        np.testing.assert_allclose(found, before.people[0].world_m[:, BLAZEPOSE33.index(ours)], atol=1e-4)


@quiet
def test_at_rest_and_upside_down(tmp_path: Path) -> None:
    """Directions along the axes and against them, where angles are not unique."""
    before = tumbler(2)
    one = before.people[0]
    for turn in (
        np.diag([1.0, 1, 1]),
        np.diag([-1.0, -1, 1]),
        np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    ):
        world = np.zeros((2, 33, 3))
        for name, place in {
            "left_hip": (0.1, 0, 0), "right_hip": (-0.1, 0, 0), "left_shoulder": (0.2, -0.5, 0),
            "right_shoulder": (-0.2, -0.5, 0), "left_knee": (0.1, 0.4, 0), "right_knee": (-0.1, 0.4, 0),
            "left_elbow": (0.5, -0.5, 0), "left_wrist": (0.2, -0.5, 0), "right_elbow": (-0.2, -0.1, 0),
        }.items():  # fmt: skip
            world[:, BLAZEPOSE33.index(name)] = turn @ np.array(place)
        unseen = [name for name in BLAZEPOSE33.names if not world[0, BLAZEPOSE33.index(name)].any()]
        world[:, [BLAZEPOSE33.index(name) for name in unseen]] = np.nan
        path = before.replace(people={0: one.replace(world_m=world)}).save(tmp_path / "x.bvh")
        after = laban.load(path).people[0]
        assert "left_ankle" not in after.skeleton.names
        for joint in ("left_hip", "left_knee", "left_shoulder", "left_elbow", "left_wrist", "right_elbow"):
            found = after.world_m[:, after.skeleton.index(joint)]
            np.testing.assert_allclose(found, world[:, BLAZEPOSE33.index(joint)], atol=1e-4)


@quiet
def test_what_is_not_seen_holds_its_direction(tmp_path: Path) -> None:
    before = tumbler(6)
    world = before.people[0].world_m.copy()
    world[3] = np.nan
    after = laban.load(
        before.replace(people={0: before.people[0].replace(world_m=world)}).save(tmp_path / "x.bvh")
    )
    points = after.people[0].world_m
    assert np.isfinite(points).all()
    np.testing.assert_allclose(points[3], points[2], atol=1e-4)


@quiet
def test_a_body_without_feet_and_needs(tmp_path: Path) -> None:
    assert (
        "left_foot_index"
        not in laban.load(tumbler(skeleton=COCO17).save(tmp_path / "x.bvh")).people[0].skeleton.names
    )
    flat = tumbler().people[0].replace(image_px=np.zeros((40, 33, 2)), world_m=None)
    with pytest.raises(InvalidValueError, match="no world_m"):
        Recording("x", flat.times_s, {0: flat}).save(tmp_path / "y.bvh")


WALK = """HIERARCHY
ROOT mixamorig:Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT mixamorig:LeftUpLeg
  {
    OFFSET 10 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT mixamorig:LeftLeg
    {
      OFFSET 0 -40 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 -40 0
      }
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
0 90 0 0 0 0 0 0 0 0 0 0
0 91 0 0 0 0 90 0 0 0 0 0
"""


def test_other_hierarchies_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.bvh").write_text(WALK)
    recording = laban.load(tmp_path / "x.bvh")
    sequence = recording.people[0]
    assert sequence.skeleton.names == ("mid_hip", "left_hip", "left_knee")
    assert sequence.skeleton.bone_names == (("mid_hip", "left_hip"), ("left_hip", "left_knee"))
    np.testing.assert_allclose(sequence.world_m[:, 2], [[0.1, 0.4, 0], [0.5, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(recording.times_s, [0, 0.04])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("MOTION", "MOTIONS", "MOTION"),
        ("Frame Time: 0.04", "Frame Time: 0", "seconds above 0"),
        ("0 91 0 ", "0 91 ", "frame 2 has 11 numbers, expected 12"),
        ("CHANNELS 3", "CHANNELS 4", "CHANNELS 4"),
        ("ROOT mixamorig:Hips", "ROOT", "HIERARCHY holds"),
        ("0 90 0", "0 nan 0", "cannot read"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "x.bvh").write_text(WALK.replace(old, new, 1))
    if "nan" in new:
        assert np.isnan(laban.load(tmp_path / "x.bvh").people[0].world_m).any()
        return
    with pytest.raises(FormatError, match=message):
        laban.load(tmp_path / "x.bvh")

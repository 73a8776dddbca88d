"""Looking again at somebody in changed crops."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.pose.blazepose.jitter import JitterSettings, jittered_poses
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.regions import Region, region_from_points

_IMAGE = np.full((400, 300, 3), 120, np.uint8)


def standing() -> Pose:
    points = np.zeros((33, 2), np.float32)
    for joint, half, y in (
        ("ear", 8, 60),
        ("shoulder", 30, 110),
        ("hip", 18, 210),
        ("knee", 18, 280),
        ("ankle", 18, 350),
    ):
        for side, sign in (("left", 1), ("right", -1)):
            points[BLAZEPOSE33.index(f"{side}_{joint}")] = 150 + sign * half, y
    for joint, (x, y) in {"nose": (150, 62), "elbow": (190, 160), "wrist": (195, 205)}.items():
        for index, name in enumerate(BLAZEPOSE33.names):
            if name.endswith(joint):
                points[index] = (x, y) if "right" not in name else (300 - x, y)
    points[(points == 0).all(axis=1)] = 150, 62
    return Pose(BLAZEPOSE33, points, np.ones(33, np.float32), person=4)


class Seer:
    """A landmark network that sees the same body in every region, off by a little more the more the region is
    off."""

    def __init__(self, pose: Pose, *, score: float = 0.99, elsewhere: float = 0.0) -> None:
        self.pose, self.score, self.elsewhere = pose, score, elsewhere
        self.regions: list[Region] = []
        self.means: list[float] = []
        self.corner = np.zeros(2, np.float32)

    def find(self, frame: Frame, region: Region, *, hidden_px: object = ()) -> Body:
        self.regions.append(region)
        self.means.append(float(frame.image_rgb.mean()))
        points = self.pose.image_px + np.float32(self.elsewhere)
        hips = points[[23, 24]].mean(axis=0)
        following = region_from_points(hips, hips - np.float32([0.0, 160.0]))
        shift = np.float32(0.01 * (region.x_px - following.x_px))
        zeros = np.zeros(33, np.float32)
        return Body(
            region, following, points + shift, zeros, np.ones(33, np.float32), zeros, np.zeros((33, 3), np.float32),
            self.score, np.zeros(128, np.float32),
        )  # fmt: skip


def test_looks_differ_a_little_and_are_the_same_each_time() -> None:
    pose, seer = standing(), Seer(standing())
    found = jittered_poses(Frame.from_rgb(_IMAGE), pose, landmarker=seer, settings=JitterSettings(count=8))  # type: ignore[arg-type]
    again = jittered_poses(
        Frame.from_rgb(_IMAGE), pose, landmarker=Seer(pose), settings=JitterSettings(count=8)
    )  # type: ignore[arg-type]
    assert len(found) == 8
    assert found == again
    assert all(one.person == 4 for one in found)
    spread = np.std([one.image_px for one in found], axis=0)
    assert 0 < spread.max() < 3


def test_crops_are_moved_scaled_turned_and_brightened_within_bounds() -> None:
    pose, seer = standing(), Seer(standing())
    settings = JitterSettings(count=40, shift=0.05, scale=0.1, turn_deg=6.0, gain=0.2, lift=0.0)
    jittered_poses(Frame.from_rgb(_IMAGE), pose, landmarker=seer, settings=settings)  # type: ignore[arg-type]
    base, looks, means = seer.regions[3], seer.regions[4:], seer.means[4:]
    sides = np.array([one.side_px for one in looks]) / 400.0
    assert 0.9 <= sides.min() < 0.95
    assert 1.05 < sides.max() <= 1.1
    assert max(abs(one.x_px - base.x_px) for one in looks) <= 0.05 * 400 + 1e-6
    assert np.degrees(max(abs(one.turn_rad) for one in looks)) <= 6.0 + 1e-6
    assert min(means) < 105 < 135 < max(means)


def test_somebody_else_or_nobody_gives_no_looks() -> None:
    pose = standing()
    for seer in (Seer(pose, elsewhere=150.0), Seer(pose, score=0.1)):
        assert jittered_poses(Frame.from_rgb(_IMAGE), pose, landmarker=seer) == []  # type: ignore[arg-type]


def test_a_person_at_the_edge_is_looked_at_too() -> None:
    pose = standing()
    moved = Pose(pose.skeleton, pose.image_px - np.float32([120.0, 40.0]), pose.visibility)
    assert jittered_poses(Frame.from_rgb(_IMAGE), moved, landmarker=Seer(moved))  # type: ignore[arg-type]


def test_settings_are_checked() -> None:
    with pytest.raises(InvalidValueError, match="count"):
        JitterSettings(count=0)
    with pytest.raises(InvalidValueError, match="turn_deg"):
        JitterSettings(turn_deg=90.0)


def test_real_looks_agree_with_the_pose(asset: Callable[[str], Path]) -> None:
    from laban.pipeline.recording.video import open_frames
    from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
    from laban.pose.blazepose.weights import load_weights

    asset("blazepose_detector")
    asset("blazepose_landmarker_full")
    clip = asset("demo")
    weights = load_weights(model="full", detector="blazepose", precision="mixed")
    with open_frames(clip, at_s=np.array([1.0])) as frames:
        image = next(iter(frames)).image_rgb.copy()
    with BlazePoseEngine(EngineSettings(detector="blazepose"), weights=weights) as engine:
        poses = engine.detect(Frame.from_rgb(image))
    found = jittered_poses(
        Frame.from_rgb(image),
        poses[0],
        landmarker=weights.make_landmarker(),
        settings=JitterSettings(count=6),
    )
    torso = np.linalg.norm(
        poses[0].image_px[[11, 12]].mean(axis=0) - poses[0].image_px[[23, 24]].mean(axis=0)
    )
    assert len(found) >= 5
    off = np.linalg.norm(np.mean([one.image_px for one in found], axis=0) - poses[0].image_px, axis=1)
    assert off[[11, 12, 23, 24]].max() < 0.08 * torso

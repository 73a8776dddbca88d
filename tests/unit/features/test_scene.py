"""Bodies placed once for a whole span: what moves them as a whole stays, where the camera stood does not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from laban.core.sequence import PoseSequence
from laban.core.skeleton import SKELETONS
from laban.features.scene import compute_scene, compute_stage

KINECT, PENN = SKELETONS["kinect20"], SKELETONS["penn13"]
TIMES_S = np.arange(6) / 6


def moving(joints: int, axes: int) -> np.ndarray:
    points = np.random.default_rng(3).normal(size=(1, joints, axes)) * 40 + 200
    return points + np.linspace(0, 60, 6)[:, None, None]


def in_image(points: np.ndarray) -> PoseSequence:
    return PoseSequence(TIMES_S, PENN, np.ones((6, 13), np.float32), image_px=points.astype(np.float32))


def in_room(points: np.ndarray) -> PoseSequence:
    return PoseSequence(TIMES_S, KINECT, np.ones((6, 20), np.float32), world_m=points.astype(np.float32))


def about_the_vertical(points: np.ndarray, angle_rad: float) -> np.ndarray:
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return np.asarray(points @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]]))


def test_neither_place_nor_distance_of_the_camera_matters() -> None:
    points = moving(13, 2)
    same = compute_scene(in_image(points * 3 - 50))
    assert_allclose(same.values, compute_scene(in_image(points)).values, atol=1e-5)


def test_what_moves_the_whole_body_stays() -> None:
    scene = compute_scene(in_image(moving(13, 2)))
    heights = scene.values[:, scene.names.index("scene_head_y")]
    assert (np.diff(heights) > 0.1).all()


def test_hidden_hips_hide_nothing_else() -> None:
    points = moving(13, 2)
    points[:, PENN.index("left_hip")] = np.nan
    scene = compute_scene(in_image(points))
    hidden = [
        name for name, column in zip(scene.names, scene.values.T, strict=True) if np.isnan(column).any()
    ]
    assert hidden == ["scene_left_hip_x", "scene_left_hip_y"]
    assert_allclose(np.nanmean(scene.values), 0, atol=1e-5)


def test_size_is_a_body_not_its_journey() -> None:
    points = moving(13, 2)
    far = points + np.linspace(0, 5000, 6)[:, None, None]
    near, away = (compute_scene(in_image(one)).values.reshape(6, 13, 2) for one in (points, far))
    assert_allclose(
        near - near.mean(axis=1, keepdims=True), away - away.mean(axis=1, keepdims=True), atol=1e-3
    )


@pytest.mark.parametrize("angle_rad", [-2.0, 0.5, 3.0])
def test_a_body_on_stage_faces_the_front_from_wherever_it_is_seen(angle_rad: float) -> None:
    points = moving(20, 3)
    turned = compute_stage(in_room(about_the_vertical(points, angle_rad) + 2))
    assert_allclose(turned.values, compute_stage(in_room(points)).values, atol=1e-4)
    across = [turned.values[:, turned.names.index(f"stage_{side}_hip_x")] for side in ("left", "right")]
    shoulders = [
        turned.values[:, turned.names.index(f"stage_{side}_shoulder_x")] for side in ("left", "right")
    ]
    assert (across[0] + shoulders[0] > across[1] + shoulders[1]).all()


def test_nobody_and_nothing_but_a_point_are_not_known() -> None:
    assert np.isnan(compute_scene(in_image(np.full((6, 13, 2), np.nan))).values).all()
    assert np.isnan(compute_scene(in_image(np.full((6, 13, 2), 7.0))).values).all()
    assert np.isnan(compute_stage(in_room(np.full((6, 20, 3), np.nan))).values).all()


def test_an_instant_with_one_joint_has_no_spread_of_its_own() -> None:
    """Its joint lies at its own middle: it adds a distance of 0 to the mean and nothing else."""
    points = np.full((6, 13, 2), np.nan)
    points[0, :2] = [[0.0, 0.0], [60.0, 80.0]]
    points[1, 0] = 1000.0, 1000.0
    scene = compute_scene(in_image(points)).values.reshape(6, 13, 2)
    size = np.sqrt((50.0**2 + 50.0**2 + 0.0) / 3)
    assert_allclose(scene[0, 1] - scene[0, 0], np.array([60.0, 80.0]) / size, rtol=1e-5)

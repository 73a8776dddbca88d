"""People who walk as a formula says, seen by a pinhole camera, so that every image can be checked."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33

SIZE_WH = (1280, 720)
FOCAL_PX = 1100.0
RATE_HZ = 30.0
Walk = Callable[..., PoseSequence]


def _standing() -> np.ndarray:
    """(33, 3) a person of 1.7 m who faces the camera: x right in the image, y down, z away, origin mid-hip."""
    body = np.zeros((33, 3))
    places = {
        "nose": (0, -0.66, -0.12), "mouth_left": (0.03, -0.6, -0.1), "mouth_right": (-0.03, -0.6, -0.1),
        "left_eye_inner": (0.02, -0.7, -0.1), "left_eye": (0.035, -0.7, -0.1), "left_eye_outer": (0.05, -0.7, -0.1),
        "left_ear": (0.08, -0.67, 0.0), "left_shoulder": (0.18, -0.5, 0), "left_elbow": (0.22, -0.22, 0.02),
        "left_wrist": (0.24, 0.02, -0.05), "left_pinky": (0.25, 0.1, -0.05), "left_index": (0.24, 0.11, -0.08),
        "left_thumb": (0.22, 0.07, -0.09), "left_hip": (0.1, 0, 0), "left_knee": (0.11, 0.42, -0.02),
        "left_ankle": (0.11, 0.82, 0.03), "left_heel": (0.11, 0.86, 0.07), "left_foot_index": (0.13, 0.88, -0.12),
    }  # fmt: skip
    for name, (x, y, z) in places.items():
        body[BLAZEPOSE33.index(name)] = x, y, z
        other = name.replace("left", "right") if "left" in name else name
        if other != name and other != "mouth_right":
            body[BLAZEPOSE33.index(other)] = -x, y, z
    return body


def _swing(body: np.ndarray, joints: list[str], pivot: str, angle: np.ndarray) -> None:
    """Turns ``joints`` of (T, 33, 3) about the x axis through ``pivot`` by ``angle`` (T,) radians, in place."""
    centre = body[:, BLAZEPOSE33.index(pivot)].copy()
    cosine, sine = np.cos(angle), np.sin(angle)
    for joint in joints:
        index = BLAZEPOSE33.index(joint)
        offset = body[:, index] - centre
        body[:, index, 1] = centre[:, 1] + cosine * offset[:, 1] - sine * offset[:, 2]
        body[:, index, 2] = centre[:, 2] + sine * offset[:, 1] + cosine * offset[:, 2]


def _world(times_s: np.ndarray, *, phase: float, turn: float) -> np.ndarray:
    body = np.repeat(_standing()[None], len(times_s), axis=0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        stride = sign * np.sin(2 * np.pi * 0.9 * times_s + phase)
        hand = [f"{side}_{name}" for name in ("wrist", "pinky", "index", "thumb")]
        foot = [f"{side}_{name}" for name in ("ankle", "heel", "foot_index")]
        _swing(body, [f"{side}_elbow", *hand], f"{side}_shoulder", 0.5 * stride)
        _swing(body, hand, f"{side}_elbow", -0.5 - 0.3 * stride)
        _swing(body, [f"{side}_knee", *foot], f"{side}_hip", -0.5 * stride)
        _swing(
            body, foot, f"{side}_knee", 0.35 + 0.35 * np.sin(2 * np.pi * 0.9 * times_s + phase + sign * 1.2)
        )
    cosine, sine = np.cos(turn), np.sin(turn)
    x, z = body[..., 0].copy(), body[..., 2].copy()
    body[..., 0], body[..., 2] = cosine * x + sine * z, cosine * z - sine * x
    return body


def walking(
    *,
    seconds: float = 3.0,
    start_x: float = -1.0,
    speed: float = 0.6,
    depth_m: float = 4.0,
    phase: float = 0.0,
    turn: float = -1.2,
) -> PoseSequence:
    """Somebody who crosses the image at ``depth_m`` metres from the camera."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    world = _world(times, phase=phase, turn=turn)
    place = np.stack(
        [start_x + speed * times, np.full_like(times, 0.1), np.full_like(times, depth_m)], axis=1
    )
    seen = world + place[:, None]
    image = FOCAL_PX * seen[..., :2] / seen[..., 2:] + np.array(SIZE_WH) / 2
    visibility = np.full(image.shape[:2], 0.95)
    return PoseSequence(
        times,
        BLAZEPOSE33,
        visibility,
        image_px=image,
        world_m=world,
        score=np.ones(len(times)),
        size_wh=SIZE_WH,
    )


@pytest.fixture(scope="session")
def walk() -> Walk:
    return walking


@pytest.fixture(scope="session")
def two_walkers() -> Recording:
    """Persons 1 and 2 for 3 s; person 2 comes half a second later and is lost for ten frames."""
    first = walking()
    second = walking(start_x=1.2, speed=-0.5, depth_m=5.5, phase=1.0, turn=1.2).take(slice(15, None))
    image, world = second.image_px.copy(), second.world_m.copy()
    image[30:40], world[30:40] = np.nan, np.nan
    lost = second.replace(image_px=image, world_m=world)
    return Recording("walk.mp4", first.times_s, {1: first, 2: lost}, size_wh=SIZE_WH)

"""Synthetic people: those whom answers are asked of, and those who are only there besides."""

from collections.abc import Callable

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.sources.figure import Build, walking_body

_BUILD = Build()
Place = Callable[[Float64Array], Float64Array]
"""(T, 2) shares of the image at which the hips are, from (T,) seconds."""


def standing(times_s: Float64Array, *, sway_m: float = 0.004) -> Float64Array:
    """(T, 33, 3) metres left, up and forward of the hips: somebody who stands almost still."""
    body = walking_body(_BUILD, stride_rad=np.zeros(len(times_s)), swing_rad=np.zeros(len(times_s)))
    return _about_hips(body) + _swaying(times_s, sway_m)


def sitting(times_s: Float64Array) -> Float64Array:
    """The same on a chair: thighs level, shins upright."""
    body = standing(times_s)
    thigh_m = 0.48 * _BUILD.leg * _BUILD.height_m
    for side in ("left", "right"):
        below = [BLAZEPOSE33.index(f"{side}_{name}") for name in ("knee", "ankle", "heel", "foot_index")]
        body[:, below] += np.array([0.0, thigh_m, thigh_m])
    return body


def walking(times_s: Float64Array) -> Float64Array:
    """The same at a walk."""
    stride = 2 * np.pi * times_s
    return _about_hips(walking_body(_BUILD, stride_rad=stride, swing_rad=np.full(len(times_s), 0.45)))


def seen_from(body: Float64Array, *, yaw_deg: float) -> Float64Array:
    """(T, 33, 3) metres right, down and away of the hips, of somebody turned ``yaw_deg`` from the camera."""
    yaw = np.radians(yaw_deg)
    left, up, forward = np.moveaxis(body, -1, 0)
    across = left * np.cos(yaw) + forward * np.sin(yaw)
    away = left * np.sin(yaw) - forward * np.cos(yaw)
    return np.stack([across, -up, away], axis=-1)


def stranger(
    recording: Recording,
    body: Callable[[Float64Array], Float64Array],
    *,
    at: Place,
    size: float,
    yaw_deg: float,
) -> PoseSequence:
    """Somebody else in a recording, ``size`` times as big as the one who is biggest there."""
    world_m = seen_from(body(recording.times_s), yaw_deg=yaw_deg)
    torso_px = size * max(_torso_px(one) for one in recording.people.values())
    width, height = recording.size_wh or (640, 480)
    hips_px = at(recording.times_s) * (width, height)
    count = len(recording.times_s)
    has_world = all(one.world_m is not None for one in recording.people.values())
    return PoseSequence(
        recording.times_s,
        BLAZEPOSE33,
        np.full((count, 33), 0.95),
        image_px=hips_px[:, None] + world_m[..., :2] * (torso_px / (_BUILD.torso * _BUILD.height_m)),
        world_m=world_m if has_world else None,
        score=np.full(count, 0.99),
        size_wh=recording.size_wh,
    )


def _torso_px(sequence: PoseSequence) -> float:
    assert sequence.image_px is not None
    return float(np.nanmax(torso_length(sequence.image_px, sequence.skeleton)))


def _about_hips(body: Float64Array) -> Float64Array:
    hips = body[:, [BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")]].mean(axis=1)
    return body - hips[:, None]


def _swaying(times_s: Float64Array, sway_m: float) -> Float64Array:
    sway = np.sin(2 * np.pi * 0.3 * times_s) * sway_m
    return np.stack([sway, np.zeros_like(sway), sway], axis=1)[:, None]

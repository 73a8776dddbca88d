"""The body of a synthetic person: 33 landmarks in metres, with a walk given by formulas."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.skeleton import BLAZEPOSE33

_Put = Callable[..., None]
_SIDES = (("left", 1.0), ("right", -1.0))


@dataclass(frozen=True)
class Build:
    """A person's build: the height in metres, the rest as shares of it. ``leg`` is the height of the hips,
    ``shoulder`` and ``hip`` are half widths, ``arm`` is the upper arm.
    """

    height_m: float = 1.7
    leg: float = 0.5
    torso: float = 0.29
    shoulder: float = 0.115
    hip: float = 0.057
    arm: float = 0.175

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Build":
        """A build of 1.5 to 1.95 m height."""
        return cls(
            height_m=rng.uniform(1.5, 1.95),
            leg=rng.uniform(0.47, 0.53),
            torso=rng.uniform(0.27, 0.31),
            shoulder=rng.uniform(0.1, 0.13),
            hip=rng.uniform(0.05, 0.065),
            arm=rng.uniform(0.16, 0.19),
        )


def walking_body(build: Build, *, stride_rad: Float64Array, swing_rad: Float64Array) -> Float64Array:
    """(T, 33, 3) metres to the left, up and forward of the point on the ground below the hips.

    ``stride_rad`` (T,) is the phase of the gait, ``swing_rad`` (T,) how far a leg swings from the vertical; a
    swing of 0 is standing still.
    """
    tall = build.height_m
    hip, torso, arm = build.leg * tall, build.torso * tall, build.arm * tall
    body = np.zeros((len(stride_rad), 33, 3))

    def put(
        name: str, left: float | Float64Array, up: float | Float64Array, forward: float | Float64Array
    ) -> None:
        body[:, BLAZEPOSE33.index(name)] = np.stack(
            np.broadcast_arrays(left, up, forward, np.empty(len(stride_rad)))[:3], axis=1
        )

    for name, (left, up, forward) in _face(tall).items():
        put(name, left, up, forward)
    for side, sign in _SIDES:
        leg_angle = swing_rad * np.sin(stride_rad) * sign
        arm_angle = -0.8 * swing_rad * np.sin(stride_rad) * sign
        bend = swing_rad * (1 - np.cos(stride_rad)) / 1.5
        _put_leg(put, side, sign * build.hip * tall, hip, leg_angle, bend=bend)
        _put_arm(put, side, sign * build.shoulder * tall, hip + torso, arm_angle, arm)
    return body


def _face(tall: float) -> dict[str, tuple[float, float, float]]:
    up = 0.93 * tall
    places = {"nose": (0.0, up, 0.11)}
    for side, sign in _SIDES:
        for index, part in enumerate(("eye_inner", "eye", "eye_outer")):
            places[f"{side}_{part}"] = (sign * (0.02 + 0.012 * index), up + 0.035, 0.09)
        places[f"{side}_ear"] = (sign * 0.075, up + 0.015, 0.0)
        places[f"mouth_{side}"] = (sign * 0.025, up - 0.045, 0.09)
    return places


def _put_leg(put: _Put, side: str, x: float, hip: float, angle: Float64Array, *, bend: Float64Array) -> None:
    thigh = shin = 0.48 * hip
    knee_up, knee_on = hip - thigh * np.cos(angle), thigh * np.sin(angle)
    lower = angle - bend
    ankle_up, ankle_on = knee_up - shin * np.cos(lower), knee_on + shin * np.sin(lower)
    put(f"{side}_hip", x, hip, 0.0)
    put(f"{side}_knee", x, knee_up, knee_on)
    put(f"{side}_ankle", x, ankle_up, ankle_on)
    put(f"{side}_heel", x, ankle_up - 0.04, ankle_on - 0.05)
    put(f"{side}_foot_index", x, ankle_up - 0.05, ankle_on + 0.15)


def _put_arm(put: _Put, side: str, x: float, chest: float, angle: Float64Array, length: float) -> None:
    elbow_up, elbow_on = chest - length * np.cos(angle), length * np.sin(angle)
    lower = angle + 0.35
    wrist_up, wrist_on = elbow_up - 0.9 * length * np.cos(lower), elbow_on + 0.9 * length * np.sin(lower)
    outwards = np.sign(x) * 0.03
    put(f"{side}_shoulder", x, chest, 0.0)
    put(f"{side}_elbow", x + outwards, elbow_up, elbow_on)
    put(f"{side}_wrist", x + outwards, wrist_up, wrist_on)
    for finger, aside in (("pinky", 0.02), ("index", 0.0), ("thumb", -0.02)):
        put(f"{side}_{finger}", x + outwards + np.sign(x) * aside, wrist_up - 0.08, wrist_on + 0.03)

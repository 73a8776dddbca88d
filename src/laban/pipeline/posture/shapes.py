"""The shapes of each measure, upright and in torso lengths around its landmarks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.features.geometry import centre_of_mass
from laban.tasks.posture.landmark_geometry import Bodies

_UP = np.array([0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Shape:
    """The shape of a measure, upright: ``lines`` and dashed ``guides`` (2, 2), an ``arc`` at a point between
    two directions (2,), and the ``anchor`` of its letter."""

    anchor: Float64Array
    lines: tuple[Float64Array, ...] = ()
    guides: tuple[Float64Array, ...] = ()
    arc: tuple[Float64Array, Float64Array, Float64Array] | None = None


def _line(*points: Float64Array) -> Float64Array:
    return np.stack([point[0] for point in points])


def _ahead(bodies: Bodies, size: float) -> Float64Array:
    """(2,) one torso length forward, seen from the side."""
    return np.array([float(bodies.ahead[0]) * size, 0.0])


def _craniovertebral(bodies: Bodies, size: float) -> Shape:
    c7, ear, ahead = bodies.c7[0], bodies.ear[0], _ahead(bodies, size)
    return Shape(
        c7 - 0.5 * ahead + 0.05 * size * _UP,
        (np.stack([c7, ear]),),
        (np.stack([c7, c7 + 0.55 * ahead]),),
        (c7, ahead, ear - c7),
    )


def _neck(bodies: Bodies, size: float) -> Shape:
    shoulder, ear = bodies.middle("shoulder")[0], bodies.ear[0]
    up = shoulder + 0.55 * size * _UP
    return Shape(
        shoulder + 0.6 * _ahead(bodies, size), (np.stack([shoulder, ear]),), (np.stack([shoulder, up]),)
    )


def _head(bodies: Bodies, size: float) -> Shape:
    ear, eye, ahead = bodies.middle("ear")[0], bodies.middle("eye_outer")[0], _ahead(bodies, size)
    far = ear + (eye - ear) / max(float(np.linalg.norm(eye - ear)), 1e-9) * 0.4 * size
    return Shape(far + 0.25 * ahead, (np.stack([ear, far]),), (np.stack([ear, ear + 0.4 * ahead]),))


def _trunk(bodies: Bodies, size: float) -> Shape:
    hip, shoulder = bodies.middle("hip")[0], bodies.middle("shoulder")[0]
    up = hip + 1.05 * size * _UP
    middle = (hip + shoulder) / 2
    return Shape(
        middle - 0.5 * _ahead(bodies, size), (np.stack([hip, shoulder]),), (np.stack([hip, up]),),
        (hip, _UP * size, shoulder - hip),
    )  # fmt: skip


def _near(joints: tuple[str, str, str], forward: float) -> Callable[[Bodies, float], Shape]:
    def shape(bodies: Bodies, size: float) -> Shape:
        side = "left" if bodies.ahead[0] < 0 else "right"
        first, centre, last = (bodies.at(f"{side}_{joint}")[0] for joint in joints)
        return Shape(
            centre + forward * _ahead(bodies, size),
            (np.stack([first, centre]), np.stack([centre, last])),
            arc=(centre, first - centre, last - centre),
        )

    return shape


def _level(joint: str, rise: float) -> Callable[[Bodies, float], Shape]:
    def shape(bodies: Bodies, size: float) -> Shape:
        ends = _line(bodies.at(f"left_{joint}"), bodies.at(f"right_{joint}"))
        ordered = ends[ends[:, 0].argsort()]
        middle = ordered.mean(axis=0)
        half = max(float(np.ptp(ordered[:, 0])) / 2, 0.12 * size)
        reach = np.array([1.35 * half, 0.0])
        beside = middle + reach + np.array([0.25 * size, rise * size])
        return Shape(beside, (ordered,), (np.stack([middle - reach, middle + reach]),))

    return shape


def _shift(bodies: Bodies, size: float) -> Shape:
    hip, shoulder = bodies.middle("hip")[0], bodies.middle("shoulder")[0]
    return Shape(
        (hip + shoulder) / 2 - np.array([0.62 * size, 0.0]),
        (np.stack([hip, shoulder]),),
        (np.stack([hip, hip + 1.1 * size * _UP]),),
    )


def _knee(side: str) -> Callable[[Bodies, float], Shape]:
    def shape(bodies: Bodies, size: float) -> Shape:
        hip, knee, ankle = (bodies.at(f"{side}_{joint}")[0] for joint in ("hip", "knee", "ankle"))
        outward = float(bodies.leftward[0]) * (1 if side == "left" else -1)
        return Shape(
            knee + np.array([0.42 * outward * size, 0.0]),
            (np.stack([hip, knee]), np.stack([knee, ankle])),
            (np.stack([hip, ankle]),),
        )

    return shape


def _weight(bodies: Bodies, size: float) -> Shape:
    mass = centre_of_mass(bodies.points, bodies.skeleton)[0]
    feet = bodies.middle("ankle")[0]
    below = np.array([mass[0], feet[1]])
    return Shape(
        below - np.array([0.0, 0.16 * size]),
        (np.stack([mass, below]),),
        (np.stack([feet, feet + 0.6 * size * _UP]),),
    )


def _beside_plumb(joint: str) -> Callable[[Bodies, float], Shape]:
    def shape(bodies: Bodies, size: float) -> Shape:
        point = (bodies.ear if joint == "ear" else bodies.middle(joint))[0]
        foot = bodies.middle("ankle")[0]
        return Shape(
            np.array([foot[0], point[1]]) - 0.75 * _ahead(bodies, size),
            (np.stack([np.array([foot[0], point[1]]), point]),),
        )

    return shape


SHAPES: Mapping[str, Callable[[Bodies, float], Shape]] = {
    "craniovertebral_angle": _craniovertebral,
    "neck_inclination": _neck,
    "head_tilt": _head,
    "trunk_inclination": _trunk,
    "hip_angle": _near(("shoulder", "hip", "knee"), -0.4),
    "knee_angle": _near(("hip", "knee", "ankle"), 0.4),
    "plumb_ear": _beside_plumb("ear"),
    "plumb_hip": _beside_plumb("hip"),
    "lateral_head_tilt": _level("ear", 0.12),
    "shoulder_tilt": _level("shoulder", 0.05),
    "hip_tilt": _level("hip", -0.05),
    "trunk_shift": _shift,
    "left_knee_alignment": _knee("left"),
    "right_knee_alignment": _knee("right"),
    "weight_line_offset": _weight,
}

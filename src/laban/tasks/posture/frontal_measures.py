"""Measures from the front or back: left compared with right. All positive toward the person's left."""

from collections.abc import Callable

import numpy as np

from laban.core.arrays import Float64Array
from laban.features.angles import angle_between_deg
from laban.features.geometry import centre_of_mass
from laban.tasks.posture.landmark_geometry import Bodies

Formula = Callable[[Bodies], Float64Array]


def tilt_deg(joint: str) -> Formula:
    """Of the line between two landmarks of that name against the horizontal: positive where the left is higher."""

    def compute(bodies: Bodies) -> Float64Array:
        line = bodies.at(f"left_{joint}") - bodies.at(f"right_{joint}")
        return np.asarray(np.degrees(np.arctan2(line[..., 1], bodies.to_left(line))))

    return compute


def trunk_shift(bodies: Bodies) -> Float64Array:
    """How far the middle of the shoulders is to the left of that of the hips, in torso lengths."""
    line = bodies.middle("shoulder") - bodies.middle("hip")
    return np.asarray(bodies.to_left(line) / bodies.torso_px)


def weight_line_offset(bodies: Bodies) -> Float64Array:
    """How far the centre of mass is to the left of the middle between the ankles, in torso lengths.

    The centre of mass is that of an average adult in this pose, see ``features.geometry.centre_of_mass``.
    """
    line = centre_of_mass(bodies.points, bodies.skeleton) - bodies.middle("ankle")
    return np.asarray(bodies.to_left(line) / bodies.torso_px)


def knee_alignment_deg(side: str) -> Formula:
    """The angle by which hip, knee and ankle leave a line in the image: positive where the knee is inward
    (frontal plane projection angle, Willson and Davis 2008)."""
    inward = -1.0 if side == "left" else 1.0

    def compute(bodies: Bodies) -> Float64Array:
        hip, knee, ankle = bodies.at(f"{side}_hip"), bodies.at(f"{side}_knee"), bodies.at(f"{side}_ankle")
        bend = 180.0 - angle_between_deg(hip - knee, ankle - knee)
        down = ankle - hip
        beside = down[..., 0] * (knee - hip)[..., 1] - down[..., 1] * (knee - hip)[..., 0]
        # With y up and the leg hanging, a positive cross product lies to the right of the image.
        return np.asarray(bend * np.sign(beside) * bodies.leftward * inward)

    return compute


def asymmetry_percent(joint: str) -> Formula:
    """The symmetry index of a pair of joints (Robinson, Herzog and Nigg 1987): how much further the left one is
    from the middle of the trunk than the right, in percent of their mean distance."""

    def compute(bodies: Bodies) -> Float64Array:
        centre = (bodies.middle("shoulder") + bodies.middle("hip")) / 2
        left = np.linalg.norm(bodies.at(f"left_{joint}") - centre, axis=-1)
        right = np.linalg.norm(bodies.at(f"right_{joint}") - centre, axis=-1)
        return np.asarray(200.0 * (left - right) / (left + right))

    return compute


def angle_in_space_deg(side: str, joints: tuple[str, str, str]) -> Formula:
    """A joint's angle in three dimensions, for views in which the image foreshortens it."""

    def compute(bodies: Bodies) -> Float64Array:
        if not bodies.skeleton.has(*(f"{side}_{joint}" for joint in joints)):
            return np.full(bodies.points.shape[:-2], np.nan)
        first, centre, last = (
            bodies.world_m[..., bodies.skeleton.index(f"{side}_{joint}"), :] for joint in joints
        )
        return np.asarray(angle_between_deg(first - centre, last - centre))

    return compute

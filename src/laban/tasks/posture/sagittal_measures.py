"""Measures from the side: head, neck, trunk and the plumb line. Positive is forward, where the body faces."""

import numpy as np

from laban.core.arrays import Float64Array
from laban.features.angles import angle_between_deg
from laban.tasks.posture.landmark_geometry import C7_TO_EAR_SD, EAR_SD, Bodies


def craniovertebral_angle_deg(bodies: Bodies) -> Float64Array:
    """From the horizontal through C7 up to the line from C7 to the ear; smaller the further the head is forward."""
    line = bodies.ear - bodies.c7
    return _degrees(line[..., 1], bodies.forward(line))


def craniovertebral_proxy_sd_deg(bodies: Bodies) -> Float64Array:
    """The uncertainty from the estimated C7 and ear, in degrees."""
    return _across_deg(bodies, bodies.ear - bodies.c7, C7_TO_EAR_SD)


def ear_proxy_sd(bodies: Bodies) -> Float64Array:
    """The uncertainty from the estimated ear, in torso lengths."""
    return np.full(bodies.ahead.shape, EAR_SD)


def neck_proxy_sd_deg(bodies: Bodies) -> Float64Array:
    """The uncertainty from the estimated ear, in degrees of the line from shoulder to ear."""
    return _across_deg(bodies, bodies.ear - bodies.middle("shoulder"), EAR_SD)


def head_tilt_deg(bodies: Bodies) -> Float64Array:
    """The line from ear to outer corner of the eye against the horizontal: positive looks up."""
    line = bodies.middle("eye_outer") - bodies.middle("ear")
    return _degrees(line[..., 1], bodies.forward(line))


def neck_inclination_deg(bodies: Bodies) -> Float64Array:
    """The line from shoulder to ear against the vertical."""
    return _leaning_deg(bodies, bodies.ear - bodies.middle("shoulder"))


def forward_head_translation(bodies: Bodies) -> Float64Array:
    """How far the ear is ahead of the shoulder, in torso lengths."""
    return _offset(bodies, bodies.ear, "shoulder")


def shoulder_protraction(bodies: Bodies) -> Float64Array:
    """How far the shoulder is ahead of the straight line from hip to ear, in torso lengths."""
    hip = bodies.middle("hip")
    line, arm = bodies.ear - hip, bodies.middle("shoulder") - hip
    across = line[..., 1] * arm[..., 0] - line[..., 0] * arm[..., 1]
    return np.asarray(across * bodies.ahead / np.linalg.norm(line, axis=-1) / bodies.torso_px)


def trunk_inclination_deg(bodies: Bodies) -> Float64Array:
    """The line from hip to shoulder against the vertical."""
    return _leaning_deg(bodies, bodies.middle("shoulder") - bodies.middle("hip"))


def upper_back_bend_deg(bodies: Bodies) -> Float64Array:
    """By how much the neck leans further than the trunk: a proxy for a rounded upper back."""
    return np.asarray(neck_inclination_deg(bodies) - trunk_inclination_deg(bodies))


def near_hip_angle_deg(bodies: Bodies) -> Float64Array:
    """Trunk to thigh of the leg on the camera's side, 180 where they are in line."""
    return _near_angle(bodies, "shoulder", "hip", "knee")


def near_knee_angle_deg(bodies: Bodies) -> Float64Array:
    """Thigh to shank of the leg on the camera's side, 180 where it is straight."""
    return _near_angle(bodies, "hip", "knee", "ankle")


def plumb_ear(bodies: Bodies) -> Float64Array:
    """How far the ear is ahead of the ankle, in torso lengths."""
    return _offset(bodies, bodies.ear, "ankle")


def plumb_shoulder(bodies: Bodies) -> Float64Array:
    """How far the shoulder is ahead of the ankle."""
    return _offset(bodies, bodies.middle("shoulder"), "ankle")


def plumb_hip(bodies: Bodies) -> Float64Array:
    """How far the hip is ahead of the ankle."""
    return _offset(bodies, bodies.middle("hip"), "ankle")


def plumb_knee(bodies: Bodies) -> Float64Array:
    """How far the knee is ahead of the ankle."""
    return _offset(bodies, bodies.middle("knee"), "ankle")


def _offset(bodies: Bodies, point: Float64Array, below: str) -> Float64Array:
    line = point - bodies.middle(below)
    return np.asarray(bodies.forward(line) / bodies.torso_px)


def _across_deg(bodies: Bodies, line: Float64Array, sd_torso: float) -> Float64Array:
    """The rotation of a line when one of its ends moves across it."""
    return _degrees(sd_torso * bodies.torso_px, np.linalg.norm(line, axis=-1))


def _leaning_deg(bodies: Bodies, line: Float64Array) -> Float64Array:
    return _degrees(bodies.forward(line), line[..., 1])


def _near_angle(bodies: Bodies, first: str, joint: str, last: str) -> Float64Array:
    sides = [
        angle_between_deg(
            bodies.at(f"{side}_{first}") - bodies.at(f"{side}_{joint}"),
            bodies.at(f"{side}_{last}") - bodies.at(f"{side}_{joint}"),
        )
        for side in ("left", "right")
    ]
    # A person who faces the right edge of the image shows the right side.
    return np.asarray(np.where(bodies.ahead < 0, sides[0], sides[1]))


def _degrees(opposite: Float64Array, adjacent: Float64Array) -> Float64Array:
    return np.asarray(np.degrees(np.arctan2(opposite, adjacent)))

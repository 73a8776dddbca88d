"""Measurements of movement: angles, speeds, lengths, and the feature sets of models."""

from laban.features.angles import compute_inclinations, compute_joint_angles
from laban.features.geometry import compute_bone_lengths, compute_distances
from laban.features.kinematics import (
    compute_acceleration,
    compute_angular_velocity,
    compute_jerk,
    compute_velocity,
)
from laban.features.spec import FEATURE_SETS, FeatureSpec

__all__ = [
    "FEATURE_SETS",
    "FeatureSpec",
    "compute_acceleration",
    "compute_angular_velocity",
    "compute_bone_lengths",
    "compute_distances",
    "compute_inclinations",
    "compute_jerk",
    "compute_joint_angles",
    "compute_velocity",
]

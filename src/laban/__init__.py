"""Laban understands human movement from ordinary video."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from laban.core.features import Features
from laban.core.sequence import Recording
from laban.version import __version__

if TYPE_CHECKING:
    from laban.core.sequence import PoseSequence
    from laban.features.angles import compute_inclinations, compute_joint_angles
    from laban.features.geometry import compute_bone_lengths, compute_distances
    from laban.features.kinematics import (
        compute_acceleration,
        compute_angular_velocity,
        compute_jerk,
        compute_velocity,
    )
    from laban.features.spec import FeatureSpec
    from laban.io import load, save
    from laban.pipeline.action.predict import predict
    from laban.pipeline.comparison.compare import compare
    from laban.pipeline.posture.assess import assess_posture
    from laban.pipeline.recording.extract import extract
    from laban.sequences.clean import clean
    from laban.sequences.normalize import normalize
    from laban.sequences.resample import resample, resample_recording
    from laban.sequences.smooth import smooth
    from laban.sequences.windows import windows
    from laban.tasks.coaching.coach import Coach, coach_through
    from laban.tasks.coaching.exercise_file import load_exercise
    from laban.tasks.comparison.repetitions import find_repetitions

_HOMES: Final = {
    "Coach": "laban.tasks.coaching.coach",
    "FeatureSpec": "laban.features.spec",
    "PoseSequence": "laban.core.sequence",
    "assess_posture": "laban.pipeline.posture.assess",
    "clean": "laban.sequences.clean",
    "coach_through": "laban.tasks.coaching.coach",
    "compare": "laban.pipeline.comparison.compare",
    "compute_acceleration": "laban.features.kinematics",
    "compute_angular_velocity": "laban.features.kinematics",
    "compute_bone_lengths": "laban.features.geometry",
    "compute_distances": "laban.features.geometry",
    "compute_inclinations": "laban.features.angles",
    "compute_jerk": "laban.features.kinematics",
    "compute_joint_angles": "laban.features.angles",
    "compute_velocity": "laban.features.kinematics",
    "extract": "laban.pipeline.recording.extract",
    "find_repetitions": "laban.tasks.comparison.repetitions",
    "load": "laban.io",
    "load_exercise": "laban.tasks.coaching.exercise_file",
    "normalize": "laban.sequences.normalize",
    "predict": "laban.pipeline.action.predict",
    "resample": "laban.sequences.resample",
    "resample_recording": "laban.sequences.resample",
    "save": "laban.io",
    "smooth": "laban.sequences.smooth",
    "windows": "laban.sequences.windows",
}
"""The module of each public name; it is imported when the name is first used."""

__all__ = [
    "Coach",
    "FeatureSpec",
    "Features",
    "PoseSequence",
    "Recording",
    "__version__",
    "assess_posture",
    "clean",
    "coach_through",
    "compare",
    "compute_acceleration",
    "compute_angular_velocity",
    "compute_bone_lengths",
    "compute_distances",
    "compute_inclinations",
    "compute_jerk",
    "compute_joint_angles",
    "compute_velocity",
    "extract",
    "find_repetitions",
    "load",
    "load_exercise",
    "normalize",
    "predict",
    "resample",
    "resample_recording",
    "save",
    "smooth",
    "windows",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'laban' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

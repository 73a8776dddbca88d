"""The joints and angles that are compared, and the segments that meet in each angle."""

import numpy as np

from laban.features.angles import MAIN_ANGLES

MAIN_JOINTS = tuple(
    f"{side}_{name}"
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)
"""The joints whose coordinates are compared: those of every skeleton, without the face."""


MIRRORED_ANGLES = tuple(
    MAIN_ANGLES.index(name)
    for name in (
        other
        for left, right in zip(MAIN_ANGLES[::2], MAIN_ANGLES[1::2], strict=True)
        for other in (right, left)
    )
)
"""The position of each of ``MAIN_ANGLES`` in a mirrored body."""


MEETING = {
    "elbow": ("upper_arm", "forearm"),
    "shoulder": ("upper_arm", "trunk"),
    "hip": ("trunk", "thigh"),
    "knee": ("thigh", "shank"),
}


LAST_SEGMENTS = np.array(
    [
        {"shoulder": 1.0, "elbow": 0.65, "wrist": 0.51, "hip": 1.0, "knee": 0.85, "ankle": 0.85}[
            name.split("_")[1]
        ]
        for name in MAIN_JOINTS
    ]
)
"""(12,) torso lengths of the segment that ends in each of ``MAIN_JOINTS``."""


def segment_names(angle: str) -> tuple[str, str]:
    """The two segments that meet in an angle, in words.

    >>> segment_names("left_elbow")
    ('left upper arm', 'left forearm')
    """
    side, joint = angle.split("_")
    first, second = (f"{side} {name}".replace("_", " ") for name in MEETING[joint])
    return first.replace(f"{side} trunk", "trunk"), second.replace(f"{side} trunk", "trunk")

"""The posture of people as somebody labelled them, by the same measures as of those whom the pose engine
finds."""

import numpy as np

from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import InvalidValueError
from laban.pipeline.image.values import HIDDEN, MISSING, Person
from laban.tasks.posture.assess import assess_sequence
from laban.tasks.posture.report import PostureReport
from laban.tasks.posture.settings import PostureSettings

_VISIBILITY = {MISSING: 0.0, HIDDEN: 0.5}


def pose_of_labels(person: Person, *, size_wh: tuple[int, int]) -> Pose:
    """A labelled person with COCO's 17 joints as a pose in an image of ``size_wh`` pixels; a hidden joint
    counts as half visible, a missing one is NaN.

    Raises InvalidValueError where they have no joints or others.
    """
    joints = person.known_joints
    if joints is None or person.flags is None or len(joints) != len(COCO17):
        held = 0 if joints is None else len(joints)
        raise InvalidValueError(f"posture is measured on COCO's 17 joints, {person.where} has {held}")
    visibility = [_VISIBILITY.get(int(flag), 1.0) for flag in person.flags]
    points = (joints * np.array(size_wh, dtype=np.float64)).astype(np.float32)
    return Pose(COCO17, points, np.array(visibility, dtype=np.float32))


def posture_of_labels(
    person: Person, *, size_wh: tuple[int, int], settings: PostureSettings | None = None
) -> PostureReport:
    """The posture of a labelled person in an image of ``size_wh`` pixels; see ``assess_sequence``."""
    pose = pose_of_labels(person, size_wh=size_wh)
    return assess_sequence(sequence_of_pose(pose, size_wh=size_wh), settings=settings)

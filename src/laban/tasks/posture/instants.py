"""Single instants of a sequence as poses, and poses as sequences of instants."""

from collections.abc import Sequence

import numpy as np

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError


def pose_at(sequence: PoseSequence, row: int, *, person: int | None = None) -> Pose:
    """One instant of a sequence that has pixels; raises InvalidValueError for one that has none."""
    if sequence.image_px is None:
        raise InvalidValueError(
            "posture is measured in the picture and these landmarks have no pixels; give a recording that has"
        )
    score = 1.0 if sequence.score is None else float(np.nan_to_num(sequence.score[row]))
    return Pose(
        sequence.skeleton,
        sequence.image_px[row],
        sequence.visibility[row],
        depth_px=None if sequence.depth_px is None else sequence.depth_px[row],
        world_m=None if sequence.world_m is None else sequence.world_m[row],
        score=min(max(score, 0.0), 1.0),
        person=person,
    )


def sequence_of_pose(
    pose: Pose, *, time_s: float = 0.0, size_wh: tuple[int, int] | None = None
) -> PoseSequence:
    """A sequence of one instant."""
    return PoseSequence(
        np.array([time_s]),
        pose.skeleton,
        pose.visibility[None],
        image_px=pose.image_px[None],
        depth_px=None if pose.depth_px is None else pose.depth_px[None],
        world_m=None if pose.world_m is None else pose.world_m[None],
        score=np.array([pose.score], dtype=np.float32),
        size_wh=size_wh,
    )


def sequence_of_looks(looks: Sequence[Pose], *, size_wh: tuple[int, int] | None = None) -> PoseSequence:
    """Several looks at one body as rows of a sequence, of which each is read by itself; the times mean nothing."""
    worlds = [pose.world_m for pose in looks if pose.world_m is not None]
    return PoseSequence(
        np.arange(len(looks), dtype=np.float64),
        looks[0].skeleton,
        np.stack([pose.visibility for pose in looks]),
        image_px=np.stack([pose.image_px for pose in looks]),
        world_m=np.stack(worlds) if len(worlds) == len(looks) else None,
        score=np.array([pose.score for pose in looks], dtype=np.float32),
        size_wh=size_wh,
    )

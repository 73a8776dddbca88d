"""Conversions between poses, sequences and recordings, in one place, so that no field is lost on the way.

A pose has no ``body``, which is computed from the other coordinates (``laban.normalize``). A sequence has no person
id, which the recording keeps.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from laban.core.arrays import Float32Array, FloatArray
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError

_UNKNOWN_SCORE = 1.0


def pose_at(sequence: PoseSequence, row: int, *, person: int | None = None) -> Pose:
    """The pose in one row of a sequence that has pixels. NaN is passed on; an unknown score is 1.

    Raises InvalidValueError for a sequence without pixels.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=1.0).recording().people[0]
    >>> pose = pose_at(sequence, 4, person=0)
    >>> sequence_of_pose(pose, time_s=sequence.times_s[4], size_wh=sequence.size_wh) == sequence.take(slice(4, 5))
    True
    """
    if sequence.image_px is None:
        have = ", ".join(sequence.spaces)
        raise InvalidValueError(
            f"a pose needs pixels and this sequence has only {have} coordinates; give a recording that has pixels"
        )
    return Pose(
        sequence.skeleton,
        sequence.image_px[row],
        sequence.visibility[row],
        depth_px=_row(sequence.depth_px, row),
        world_m=_row(sequence.world_m, row),
        score=_score_at(sequence, row),
        person=person,
    )


def sequence_of_pose(
    pose: Pose, *, time_s: float = 0.0, size_wh: tuple[int, int] | None = None
) -> PoseSequence:
    """The pose as a sequence of one instant."""
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


def sequence_of_poses(
    poses: Sequence[Pose | None],
    times_s: FloatArray | Sequence[float],
    *,
    size_wh: tuple[int, int] | None = None,
) -> PoseSequence:
    """One person's poses at ``times_s`` (T,); None, where the person was not seen, becomes a row of NaN.

    Depth and metres are kept where any pose has them, and are NaN for poses without. Raises InvalidValueError where
    there is no pose, or where they have different skeletons.

    >>> from laban.core.skeleton import COCO17
    >>> pose = Pose(COCO17, np.zeros((17, 2)), np.ones(17))
    >>> sequence_of_poses([pose, None, pose], [0.0, 0.04, 0.08]).seen.tolist()
    [True, False, True]
    """
    rows = [row for row, pose in enumerate(poses) if pose is not None]
    known = [pose for pose in poses if pose is not None]
    _check_alike(known)

    def column(name: str) -> Float32Array | None:
        return _spread([getattr(pose, name) for pose in known], rows, len(poses))

    return PoseSequence(
        np.asarray(times_s, dtype=np.float64),
        known[0].skeleton,
        _spread([pose.visibility for pose in known], rows, len(poses)),  # type: ignore[arg-type]
        image_px=column("image_px"),
        depth_px=column("depth_px"),
        world_m=column("world_m"),
        score=column("score"),
        size_wh=size_wh,
    )


def recording_of_frames(
    frames: Iterable[tuple[float, Iterable[Pose]]],
    *,
    source: str,
    size_wh: tuple[int, int] | None = None,
    metadata: Mapping[str, object] | None = None,
) -> Recording:
    """Everybody in frames, each given as its time in seconds and its people, in order of time.

    Each person's sequence goes from their first frame to their last. A pose without an id is left out.
    """
    times_s: list[float] = []
    seen: dict[int, dict[int, Pose]] = {}
    for row, (time_s, poses) in enumerate(frames):
        times_s.append(time_s)
        for pose in poses:
            if pose.person is not None:
                seen.setdefault(pose.person, {})[row] = pose
    people = {
        person: sequence_of_poses(
            [at.get(row) for row in range(min(at), max(at) + 1)],
            times_s[min(at) : max(at) + 1],
            size_wh=size_wh,
        )
        for person, at in seen.items()
    }
    return Recording(source, np.array(times_s), people, size_wh=size_wh, metadata=metadata or {})


def _row(values: Float32Array | None, row: int) -> Float32Array | None:
    return None if values is None else values[row]


def _score_at(sequence: PoseSequence, row: int) -> float:
    score = _UNKNOWN_SCORE if sequence.score is None else float(sequence.score[row])
    return min(max(score, 0.0), 1.0) if np.isfinite(score) else _UNKNOWN_SCORE


def _check_alike(poses: Sequence[Pose]) -> None:
    if not poses:
        raise InvalidValueError("a sequence needs at least one pose, got none")
    names = dict.fromkeys(pose.skeleton.name for pose in poses)
    if len(names) > 1:
        raise InvalidValueError(
            f"the poses of one person must have one skeleton, got {', '.join(names)}; convert them first"
        )


def _spread(values: Sequence[npt.ArrayLike | None], rows: Sequence[int], count: int) -> Float32Array | None:
    """(T, ...) the values in their rows and NaN elsewhere; None where there is no value at all."""
    given = next((value for value in values if value is not None), None)
    if given is None:
        return None
    held = [row for row, value in zip(rows, values, strict=True) if value is not None]
    out = np.full((count, *np.shape(given)), np.nan, dtype=np.float32)
    out[held] = np.stack([value for value in values if value is not None])
    return out

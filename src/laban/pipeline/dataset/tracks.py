"""Tracks that can be compared between clips: body coordinates of the main joints on one clock."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.body import mid_hip, torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.tasks.action.windows import visits_of

FPS = 20.0
LEAST_S = 1.0
_SIDED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_JOINTS = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in _SIDED)
_LEAST_KNOWN = 0.5


@dataclass(frozen=True, eq=False)
class Track:
    """One person in view without a long break: ``points`` (R, 12, 2) of the main joints, hip-centred, in median
    torso lengths, at ``FPS`` from ``start_s``. Gaps are interpolated; a joint never seen is 0."""

    person: int
    start_s: float
    points: Float32Array

    def __len__(self) -> int:
        return len(self.points)

    @property
    def mirrored(self) -> Float32Array:
        """The points with left and right exchanged."""
        half = len(_SIDED)
        swapped = np.concatenate([self.points[:, half:], self.points[:, :half]], axis=1)
        return np.asarray(swapped * np.array([-1.0, 1.0], dtype=np.float32))


def tracks_of(recording: Recording) -> tuple[Track, ...]:
    """All people in view for at least a second."""
    found = (_track(person, visit) for person, one in recording.people.items() for visit in visits_of(one))
    return tuple(track for track in found if track is not None)


def _track(person: int, visit: PoseSequence) -> Track | None:
    joints = [visit.skeleton.index(name) for name in _JOINTS if visit.skeleton.has(name)]
    duration_s = float(visit.times_s[-1] - visit.times_s[0])
    if len(joints) < len(_JOINTS) or duration_s + 1e-6 < LEAST_S * (1 - 1 / FPS):
        return None
    points = visit.coordinates(visit.spaces[0]).astype(np.float64)
    torso = torso_length(points, visit.skeleton)
    if not np.isfinite(torso).any() or not np.nanmedian(torso) > 0:
        return None
    body = (points[:, joints] - mid_hip(points, visit.skeleton)[:, None])[..., :2] / np.nanmedian(torso)
    if np.isfinite(body).mean() < _LEAST_KNOWN:
        return None
    return Track(person, float(visit.times_s[0]), _on_clock(visit.times_s, body))


def _on_clock(times_s: Float64Array, body: Float64Array) -> Float32Array:
    count = int((times_s[-1] - times_s[0]) * FPS + 1e-6) + 1
    clock = times_s[0] + np.arange(count) / FPS
    flat = body.reshape(len(body), -1)
    out = np.zeros((count, flat.shape[1]), dtype=np.float32)
    for column in range(flat.shape[1]):
        known = np.isfinite(flat[:, column])
        if known.any():
            out[:, column] = np.interp(clock, times_s[known], flat[known, column])
    return out.reshape(count, -1, 2)

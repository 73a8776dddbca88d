"""Posture live: frames of a camera or file in, what changes out, as soon as it is known."""

import threading
from collections.abc import Iterator

import numpy as np

from laban.core.pose import Pose
from laban.pipeline.live_frames import live_frames, people_in
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource
from laban.tasks.posture.holding import PostureEvent
from laban.tasks.posture.watch import PostureWatcher


def watch(
    source: FrameSource,
    watcher: PostureWatcher,
    *,
    estimator: PoseEstimator,
    person: int | None = None,
    stop: threading.Event | None = None,
) -> Iterator[PostureEvent]:
    """What changes in the posture of one person in ``source``: of ``person``, or of whoever is biggest in the
    picture.

    Once ``stop`` is set the watching ends as if the source had; the sum is then in ``watcher.holding()``. Raises
    what the source, the estimator and the watcher raise.
    """
    stopped = stop or threading.Event()
    with live_frames(source, stop=stopped) as frames:
        for frame, poses in people_in(frames, estimator, live=source.times_s is None):
            yield from watcher.update(frame.time_s, _chosen(poses, person), size_wh=frame.size_wh)


def _chosen(poses: list[Pose], person: int | None) -> Pose | None:
    known = [pose for pose in poses if person is None or pose.person == person]
    return max(known, key=_height_px, default=None)


def _height_px(pose: Pose) -> float:
    heights = pose.image_px[np.isfinite(pose.image_px).all(axis=1), 1]
    return float(np.ptp(heights)) if len(heights) else 0.0

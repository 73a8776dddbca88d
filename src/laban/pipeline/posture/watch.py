"""Posture live: frames of a camera or file in, what changes out, as soon as it is known."""

import threading
from collections.abc import Iterator

from laban.pipeline.recording.live_frames import live_frames, people_in
from laban.pipeline.recording.trainee import TraineeChoice
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
    """What changes in the posture of one person in ``source``: of ``person``, or of whoever is biggest at
    first, who is kept whoever comes nearer (``TraineeChoice``).

    Once ``stop`` is set the watching ends as if the source had; the sum is then in ``watcher.holding()``. Raises
    what the source, the estimator and the watcher raise.
    """
    stopped, choice = stop or threading.Event(), TraineeChoice(person=person)
    with live_frames(source, stop=stopped) as frames:
        for frame, poses in people_in(frames, estimator, live=source.times_s is None):
            pose = choice.update(poses, frame.time_s)
            yield from watcher.update(frame.time_s, pose, size_wh=frame.size_wh)

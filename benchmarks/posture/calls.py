"""The cost of a frame of live posture: a person who walks to and fro, through ``PostureWatcher.update``."""

import numpy as np

from benchmarks.calls import Update, update_rows
from benchmarks.rows import Row
from laban.core.conversions import pose_at
from laban.sources import SyntheticScene
from laban.tasks.posture.watch import PostureWatcher

_FIRST_CALLS = 3106
_SCENE = SyntheticScene(people=1, seconds=6.0, size_wh=(640, 480), seed=0)


def call_rows() -> list[Row]:
    """The calls and the processor time of a frame of live posture."""
    walker = _SCENE.recording().people[0]
    poses = [pose_at(walker, row) for row in np.flatnonzero(walker.seen).tolist()]
    times_s = walker.times_s[walker.seen].tolist()

    def new_stream() -> Update:
        watcher = PostureWatcher()
        return lambda index: watcher.update(times_s[index], poses[index], size_wh=_SCENE.size_wh)

    return update_rows("a frame of live posture", new_stream, frames=len(poses), first_calls=_FIRST_CALLS)

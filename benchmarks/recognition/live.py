"""The processor time per frame that recognition adds to pose estimation on a live stream.

The frames of a clip of people go one by one through the engine and then through the watcher, as `laban watch` does
with a camera; each side's processor time is counted, decoding on neither. The share is that of the whole clip.
"""

import time
from pathlib import Path

from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.models.deploy.loading import load_lite_model
from laban.models.deploy.zoo import model_path, zoo_names
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.sources import open_source
from laban.tasks.action.watch import ActionWatcher

_CLIPS = ("demo", "multi_person_cam01")
_MOST_PERCENT = 5.0


def live_rows() -> list[Row]:
    """A line for each model of the zoo: the greater share among a clip of few people and one of several."""
    shares = {name: {clip: _share_percent(name, asset_path(clip)) for clip in _CLIPS} for name in zoo_names()}
    return [
        row(
            f"recognition beside finding people, live, model {name}",
            max(of_clip.values()),
            "% of CPU",
            at_most=_MOST_PERCENT,
            clips=of_clip,
        )
        for name, of_clip in shares.items()
    ]


def _share_percent(name: str, video: Path) -> float:
    watcher = ActionWatcher(load_lite_model(model_path(name)))
    finding_s = recognising_s = 0.0
    with BlazePoseEngine(EngineSettings()) as engine, open_source(video) as source:
        for frame in source.frames():
            began_s = time.process_time()
            poses = engine.update(frame)
            found_s = time.process_time()
            watcher.update(frame.time_s, poses)
            finding_s += found_s - began_s
            recognising_s += time.process_time() - found_s
    return 100 * recognising_s / finding_s

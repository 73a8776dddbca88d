"""The frames behind one answer of a recogniser from pixels: a whole short clip, or one window of a longer video."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.frame import Frame
from laban.core.progress import Progress
from laban.errors import SourceError
from laban.pipeline.recording.video import open_frames
from laban.pipeline.video.prediction import ClipPredictions, ClipRecogniser
from laban.pipeline.video.sampling import stretched, strip_of
from laban.pipeline.video.stream import AT_ONCE
from laban.sources import open_source
from laban.tasks.action.attributions import label_to_explain


@dataclass(frozen=True, eq=False)
class Moment:
    """The frames ``images`` (T, H, W, 3) at ``times_s`` (T,) that the model was shown for its answer from
    ``start_s`` to ``end_s``, and the position of the ``label`` to explain. ``size_wh`` is the size of the video."""

    images: ImageArray
    times_s: Float64Array
    start_s: float
    end_s: float
    label: int
    size_wh: tuple[int, int]


def moment_of(
    recogniser: ClipRecogniser,
    path: Path,
    *,
    label: str | None = None,
    fps: float | None = None,
    progress: Progress | None = None,
) -> Moment:
    """What to explain of a video: the clip, or the window in which ``label`` is most probable.

    Where ``label`` is None it is the most probable event, or the model's answer where there is none. Raises
    SourceError where the video cannot be read, UnknownNameError for an unknown label.
    """
    task = recogniser.head.task
    asked = None if label is None else task.index(label)
    found = recogniser.predict(path, fps=fps, progress=progress)
    if not len(found.probabilities):
        raise SourceError(f"{path} is too short for an answer, so there is nothing to explain")
    known = found.probabilities[:, : len(task.labels)]
    chosen = label_to_explain(task, known) if asked is None else asked
    best = int(known[:, chosen].argmax())
    with open_source(path, fps=fps) as source:
        size_wh, times_s = source.size_wh, source.times_s
    lasts_s = float(times_s[-1]) if times_s is not None and len(times_s) else np.inf
    if lasts_s <= AT_ONCE * recogniser.given.clock.length_s:
        images, shown_s = _whole(recogniser, path, fps)
    else:
        images, shown_s = _window(recogniser, path, found, best, fps)
    return Moment(images, shown_s, float(found.start_s[best]), float(found.end_s[best]), chosen, size_wh)


def _whole(recogniser: ClipRecogniser, path: Path, fps: float | None) -> tuple[ImageArray, Float64Array]:
    with open_source(path, fps=fps) as source:
        strip = strip_of(source.frames(), size_wh=recogniser.given.size_wh, name=str(path))
    rows = strip.spread(recogniser.given.clock.length)
    return strip.images[rows], strip.times_s[rows]


def _window(
    recogniser: ClipRecogniser, path: Path, found: ClipPredictions, best: int, fps: float | None
) -> tuple[ImageArray, Float64Array]:
    """The frames nearest to the instants of a window, or of what there is of one, spread over it."""
    clock = recogniser.given.clock
    start_s, end_s = float(found.start_s[best]), float(found.end_s[best])
    rows = np.linspace(0, round((end_s - start_s) * clock.fps) - 1, clock.length).round()
    wanted_s = start_s + rows / clock.fps
    with open_frames(path, at_s=wanted_s, fps=fps) as frames:
        chosen = _nearest(frames, wanted_s)
    images = np.stack([stretched(frame.image_rgb, recogniser.given.size_wh) for frame in chosen])
    return images, np.array([frame.time_s for frame in chosen])


def _nearest(frames: Iterable[Frame], wanted_s: Float64Array) -> list[Frame]:
    """The frame nearest to each time; of two as near, the earlier."""
    nearest, least = dict[int, Frame](), np.full(len(wanted_s), np.inf)
    for frame in frames:
        away = np.abs(wanted_s - frame.time_s)
        for row in np.flatnonzero(away < least).tolist():
            nearest[row], least[row] = frame, away[row]
    return [nearest[row] for row in sorted(nearest)]

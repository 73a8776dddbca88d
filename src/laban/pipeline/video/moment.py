"""The frames behind one answer of a recogniser from pixels: a whole short clip, or one window of a longer video."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.progress import Progress
from laban.errors import SourceError
from laban.pipeline.video.bars import WHOLE, BlackBars
from laban.pipeline.video.prediction import ClipPredictions, ClipRecogniser
from laban.pipeline.video.rows import FrameSampler, Row
from laban.pipeline.video.sampling import stretched, strip_of
from laban.pipeline.video.stream import AT_ONCE
from laban.sources import FrameSource, open_source
from laban.tasks.action.attributions import label_to_explain

_AROUND = 3  # frames on either side, for those that are nearest to its first and last instants

_Shown = tuple[ImageArray, Float64Array, tuple[float, float, float, float]]


@dataclass(frozen=True, eq=False)
class Moment:
    """The frames ``images`` (T, H, W, 3) at ``times_s`` (T,) that the model was shown for its answer from
    ``start_s`` to ``end_s``, and the position of the ``label`` to explain. ``size_wh`` is the size of the video,
    and ``inside`` what the images show of it, see ``Strip``; ``warnings`` say why the answer may be wrong."""

    images: ImageArray
    times_s: Float64Array
    start_s: float
    end_s: float
    label: int
    size_wh: tuple[int, int]
    inside: tuple[float, float, float, float] = WHOLE
    warnings: tuple[str, ...] = ()


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
        images, shown_s, inside = _whole(recogniser, path, fps)
    else:
        images, shown_s, inside = _window(recogniser, path, found, best, fps)
    start_s, end_s = float(found.start_s[best]), float(found.end_s[best])
    return Moment(images, shown_s, start_s, end_s, chosen, size_wh, inside, found.warnings)


def _whole(recogniser: ClipRecogniser, path: Path, fps: float | None) -> _Shown:
    with open_source(path, fps=fps) as source:
        strip = strip_of(source.frames(), size_wh=recogniser.given.size_wh, name=str(path))
    rows = strip.spread(recogniser.given.clock.length)
    return strip.images[rows], strip.times_s[rows], strip.inside


def _window(
    recogniser: ClipRecogniser, path: Path, found: ClipPredictions, best: int, fps: float | None
) -> _Shown:
    """The frames of a window, or of what there is of one spread over it; where a slow source has none, the two
    around it mixed as what is seen in them is."""
    given = recogniser.given
    start_s, end_s = float(found.start_s[best]), float(found.end_s[best])
    first, count = round(start_s * given.clock.fps), round((end_s - start_s) * given.clock.fps)
    shown: dict[int, tuple[ImageArray, float]] = {}
    with open_source(path, fps=fps) as source:
        for row in _rows(source, given.clock.fps, start_s=start_s, end_s=end_s):
            if first <= row.number < first + count:
                shown[row.number] = _mixed(row, given.size_wh), row.frame.time_s
    spread = first + np.linspace(0, count - 1, given.clock.length).round().astype(int)
    images, times_s = zip(*(shown[number] for number in spread.tolist()), strict=True)
    bars, stacked = BlackBars(), np.stack(images)
    bars.add(stacked)
    return bars.removed(stacked), np.array(times_s), bars.inside


def _rows(source: FrameSource, fps: float, *, start_s: float, end_s: float) -> Iterator[Row]:
    """The rows of a clock in a part of a source, and some around it."""
    times_s = source.times_s
    begin, stop = 0, None
    if times_s is not None:
        begin = max(0, int(np.searchsorted(times_s, start_s)) - _AROUND)
        stop = min(len(times_s), int(np.searchsorted(times_s, end_s)) + _AROUND)
    sampler = FrameSampler(fps)
    for frame in source.frames(begin, stop):
        yield from sampler.add(frame)
    yield from sampler.finish()


def _mixed(row: Row, size_wh: tuple[int, int]) -> ImageArray:
    image = stretched(row.frame.image_rgb, size_wh)
    if row.other is None:
        return image
    other = stretched(row.other.image_rgb, size_wh)
    return np.asarray(np.rint(image * (1 - row.share) + other * row.share), dtype=np.uint8)

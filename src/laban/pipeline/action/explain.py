"""Attributions for a recording, written as a heat map, as key instants and as a video."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.checks import in_range
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.core.sequence import Recording
from laban.core.skeleton import skeleton
from laban.errors import SourceError
from laban.models.explanation.spans import peaks_apart
from laban.pipeline.recording.draw import poses_in
from laban.pipeline.recording.prefetch import prefetched
from laban.render.heat_map import HeatMapLayout, draw_heat_map
from laban.render.importance import around, corner_label, draw_importance, draw_instants
from laban.render.sheet import write_png
from laban.render.video import VideoSettings, encoded
from laban.render.words import format_time, short_name
from laban.tasks.action.attributions import Attributions

_AHEAD = 6
_BRIGHT = 0.9  # quantile of the evidence that is drawn brightest, so that one cell hides no other


def headline(attributions: Attributions, *, source: str) -> tuple[str, str]:
    """The explained answer, and where it is, in words."""
    found = attributions.explanation
    first, last = format_time(float(attributions.times_s[0])), format_time(float(attributions.times_s[-1]))
    where = f"{short_name(source)} · person {attributions.person} · {first} to {last}"
    return f"{found.task}: {found.label}  {found.score:.2f}", where


def write_heat_map(
    path: Path | str, attributions: Attributions, *, source: str, layout: HeatMapLayout | None = None
) -> Path:
    """Writes the heat map of joints over time as PNG."""
    title, subtitle = headline(attributions, source=source)
    found = attributions.explanation
    image = draw_heat_map(
        found.map,
        attributions.times_s,
        names=skeleton(found.skeleton).names,
        joints=found.joints,
        times=found.times,
        title=title,
        subtitle=subtitle,
        layout=layout,
    )
    return write_png(path, image)


def key_instants(attributions: Attributions, *, count: int = 5) -> Float64Array:
    """Up to ``count`` times in seconds, in order, with the most evidence for the answer and the person in view."""
    in_range(count, name="count", low=1, high=100)
    loud = np.where(attributions.explanation.seen.any(axis=1), attributions.explanation.times, -np.inf)
    return np.asarray(attributions.times_s[list(peaks_apart(loud, count=count))])


def write_instants(
    path: Path | str,
    recording: Recording,
    attributions: Attributions,
    frames: Iterable[Frame],
    *,
    at_s: Float64Array,
) -> Path:
    """Writes the instants ``at_s`` next to each other, with the person's joints coloured by their evidence.

    Raises SourceError where none of the frames shows the person then.
    """
    chosen = _nearest(recording, attributions, frames, at_s)
    if not chosen:
        raise SourceError(
            f"no frame of the source shows person {attributions.person} when the answer is given, so it is not "
            f"where {recording.source} was extracted from; name the right video with --source"
        )
    weight = _weights(attributions)
    boxes = [around(pose, frame.size_wh) for frame, pose in chosen]
    tiles = [
        _cut(draw_importance(frame.image_rgb, pose, weight(frame.time_s)), box, frame.time_s)
        for (frame, pose), box in zip(chosen, boxes, strict=True)
    ]
    title = " · ".join(headline(attributions, source=recording.source))
    return write_png(path, draw_instants(tiles, title=title))


def write_explained_video(
    path: Path | str,
    recording: Recording,
    attributions: Attributions,
    frames: Iterable[Frame],
    *,
    settings: VideoSettings | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the video with the person's joints coloured by their evidence at each time.

    Frames without the person, or outside the explained span, are left unchanged. Returns how many frames were
    written.
    """
    drawn = ((frame.time_s, image) for frame, image in _images(recording, attributions, frames))
    count = 0
    with prefetched(drawn, depth=_AHEAD) as ahead:
        for count, _ in enumerate(encoded(path, ahead, settings=settings or VideoSettings()), start=1):
            if progress is not None:
                progress(count, None)
    return count


def _images(
    recording: Recording, attributions: Attributions, frames: Iterable[Frame]
) -> Iterator[tuple[Frame, ImageArray]]:
    weight, (title, _) = _weights(attributions), headline(attributions, source=recording.source)
    first, last = float(attributions.times_s[0]), float(attributions.times_s[-1])
    for frame in frames:
        pose = _pose(recording, attributions, frame) if first <= frame.time_s <= last else None
        if pose is None:
            yield frame, frame.image_rgb.copy()
        else:
            yield frame, draw_importance(frame.image_rgb, pose, weight(frame.time_s), label=title)


def _weights(attributions: Attributions) -> Callable[[float], Float64Array]:
    """From a time to the (J,) evidence of the joints, scaled to 0 to 1."""
    cells = np.clip(attributions.explanation.map, 0.0, None)
    loud = cells[cells > 0]
    brightest = max(
        float(cells.max(initial=0.0)) * 0.5, float(np.quantile(loud, _BRIGHT)) if len(loud) else 0.0
    )
    shares = np.clip(cells / (brightest or 1.0), 0.0, 1.0)

    def weight(time_s: float) -> Float64Array:
        return np.asarray(shares[int(np.abs(attributions.times_s - time_s).argmin())])

    return weight


def _pose(recording: Recording, attributions: Attributions, frame: Frame) -> Pose | None:
    return next((pose for pose in poses_in(recording, frame) if pose.person == attributions.person), None)


def _nearest(
    recording: Recording, attributions: Attributions, frames: Iterable[Frame], at_s: Float64Array
) -> list[tuple[Frame, Pose]]:
    """For each instant the frame nearest to it in which the person is seen."""
    best: dict[int, tuple[float, Frame, Pose]] = {}
    for frame in frames:
        index = int(np.abs(at_s - frame.time_s).argmin())
        away = abs(float(at_s[index]) - frame.time_s)
        pose = _pose(recording, attributions, frame) if index not in best or away < best[index][0] else None
        if pose is not None:
            best[index] = away, frame, pose
    return [(frame, pose) for _, (_, frame, pose) in sorted(best.items())]


def _cut(image: ImageArray, box: tuple[int, int, int, int], time_s: float) -> ImageArray:
    left, top, right, bottom = box
    tile = np.ascontiguousarray(image[top:bottom, left:right])
    corner_label(tile, format_time(time_s))
    return tile

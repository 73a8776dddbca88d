"""Why a recogniser from pixels answered as it did, written as a strip of frames, as key instants and as a video."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

import numpy as np

from laban.core.answers.explanation import (
    ClipExplanationAnswer,
    FrameReasonAnswer,
    PlaceReasonAnswer,
    SpanAtAnswer,
)
from laban.core.arrays import Float32Array, Float64Array, FloatArray, ImageArray
from laban.core.frame import Frame
from laban.core.progress import Progress
from laban.models.explanation.clip_attribution import (
    LEAST_NATS,
    ClipExplanation,
    ClipExplanationSettings,
    explain_clip,
)
from laban.models.explanation.spans import peaks_apart
from laban.pipeline.recording.prefetch import prefetched
from laban.pipeline.video.moment import Moment
from laban.pipeline.video.prediction import ClipRecogniser
from laban.render.evidence_strip import FrameEvidence, StripLayout, draw_evidence_strip
from laban.render.importance import corner_label, draw_instants
from laban.render.sheet import write_png
from laban.render.video import VideoSettings, encoded
from laban.render.words import format_time, short_name

_AHEAD = 6
_INSTANT_WIDTH_PX = 640


@dataclass(frozen=True, eq=False)
class ExplainedClip:
    """The explanation of an answer to ``source``, and the frames that it is about."""

    source: str
    task: str
    label: str
    moment: Moment
    explanation: ClipExplanation

    @property
    def evidence(self) -> FrameEvidence:
        """The same, to be drawn."""
        left, top, right, bottom = self.moment.inside
        width, height = self.moment.size_wh[0] * (right - left), self.moment.size_wh[1] * (bottom - top)
        found = self.explanation
        return FrameEvidence(
            self.moment.images,
            self.moment.times_s,
            found.map,
            found.times,
            found.places,
            aspect=width / height,
        )

    @property
    def headline(self) -> tuple[str, str]:
        """The explained answer, and where it is, in words."""
        first, last = format_time(self.moment.start_s), format_time(self.moment.end_s)
        title = f"{self.task}: {self.label}  {self.explanation.score:.2f}"
        return title, f"{short_name(self.source)} · {first} to {last}"

    def spans_s(self) -> tuple[tuple[float, float], ...]:
        """Start and end of each span with at least half of the peak evidence, the strongest first."""
        at_s = self.moment.times_s
        return tuple((float(at_s[first]), float(at_s[last - 1])) for first, last in self.explanation.spans())

    def key_rows(self, *, count: int) -> tuple[int, ...]:
        """Up to ``count`` frames, in order, with the most evidence for the answer."""
        return peaks_apart(self.explanation.times, count=count)

    def places(self) -> Iterator[tuple[tuple[float, float, float, float], float]]:
        """Left, top, right and bottom of each place as shares of the image, and its evidence; the most first."""
        left, top, right, bottom = self.moment.inside
        rows, columns = self.explanation.places.shape
        x, y = np.linspace(left, right, columns + 1).tolist(), np.linspace(top, bottom, rows + 1).tolist()
        for row, column in self.explanation.order:
            box = (x[column], y[row], x[column + 1], y[row + 1])
            yield box, float(self.explanation.places[row, column])


@dataclass(frozen=True, eq=False)
class _Asked:
    """A recogniser as it is asked about hidden frames."""

    recogniser: ClipRecogniser

    def features(self, images: ImageArray) -> Float32Array:
        return self.recogniser.model.features(images)

    def logits(self, features: Float32Array) -> FloatArray:
        return self.recogniser.model.answers(features).logits[0] / self.recogniser.head.temperature


def explain_moment(
    recogniser: ClipRecogniser,
    moment: Moment,
    *,
    source: str,
    settings: ClipExplanationSettings | None = None,
    progress: Progress | None = None,
) -> ExplainedClip:
    """Which frames and places decided the answer that ``moment`` was shown for; ``progress`` is called with the
    hidden places that were looked at."""
    found = explain_clip(
        _Asked(recogniser), moment.images, label=moment.label, settings=settings, progress=progress
    )
    task = recogniser.head.task
    return ExplainedClip(source, task.name, task.labels[moment.label], moment, found)


def write_evidence_strip(path: Path, explained: ExplainedClip, *, layout: StripLayout | None = None) -> Path:
    """Writes the frames that the model was shown with the evidence in each, as PNG."""
    title, subtitle = explained.headline
    drawn = draw_evidence_strip(explained.evidence, title=title, subtitle=subtitle, layout=layout)
    return write_png(path, drawn)


def write_key_frames(path: Path, explained: ExplainedClip, *, count: int = 5) -> Path:
    """Writes the ``count`` frames with the most evidence next to each other, as PNG."""
    evidence = explained.evidence
    tiles = []
    for row in explained.key_rows(count=count):
        tile = evidence.drawn(row, width_px=_INSTANT_WIDTH_PX)
        corner_label(tile, format_time(float(explained.moment.times_s[row])))
        tiles.append(tile)
    return write_png(path, draw_instants(tiles, title=" · ".join(explained.headline)))


def write_evidence_video(
    path: Path, explained: ExplainedClip, frames: Iterable[Frame], *, progress: Progress | None = None
) -> int:
    """Writes the video with the evidence over each frame of the explained part; the others are left unchanged.
    Returns how many frames were written."""
    count = 0
    with prefetched(_over(explained, frames), depth=_AHEAD) as ahead:
        for count, _ in enumerate(encoded(path, ahead, settings=VideoSettings()), start=1):
            if progress is not None:
                progress(count, None)
    return count


def clip_explanation_answer(
    explained: ExplainedClip, *, model: str, files: Iterable[Path]
) -> ClipExplanationAnswer:
    """The answer that is printed."""
    found, moment = explained.explanation, explained.moment
    times_s = moment.times_s.tolist()
    return ClipExplanationAnswer(
        source=explained.source,
        model=model,
        task=explained.task,
        label=explained.label,
        probability=found.score,
        start_s=moment.start_s,
        end_s=moment.end_s,
        frames=tuple(starmap(FrameReasonAnswer, zip(times_s, found.times.tolist(), strict=True))),
        places=tuple(PlaceReasonAnswer(*box, nats) for box, nats in explained.places()),
        spans=tuple(starmap(SpanAtAnswer, explained.spans_s())),
        peak_s=times_s[found.peak] if float(found.times[found.peak]) > LEAST_NATS else None,
        files=tuple(map(str, files)),
        warnings=moment.warnings,
    )


def _over(explained: ExplainedClip, frames: Iterable[Frame]) -> Iterator[tuple[float, ImageArray]]:
    evidence, moment = explained.evidence, explained.moment
    times_s: Float64Array = moment.times_s
    for frame in frames:
        if not moment.start_s <= frame.time_s <= moment.end_s:
            yield frame.time_s, frame.image_rgb.copy()
            continue
        row = int(np.abs(times_s - frame.time_s).argmin())
        yield frame.time_s, _drawn_inside(frame.image_rgb, evidence, row, moment.inside)


def _drawn_inside(
    image_rgb: ImageArray, evidence: FrameEvidence, row: int, inside: tuple[float, float, float, float]
) -> ImageArray:
    """The evidence over what the model was shown of an image; bars around it are left as they are."""
    height, width = image_rgb.shape[:2]
    left, top, right, bottom = (
        round(share * side) for share, side in zip(inside, (width, height) * 2, strict=True)
    )
    canvas = image_rgb.copy()
    part = np.ascontiguousarray(canvas[top:bottom, left:right])
    canvas[top:bottom, left:right] = evidence.over(part, row, size_wh=(right - left, bottom - top))
    return canvas

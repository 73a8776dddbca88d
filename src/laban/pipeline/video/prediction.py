"""What happens in a video, and when, by a recogniser from pixels: of the whole scene, not of one person."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.frame import Frame
from laban.core.progress import Progress, unheard
from laban.core.spans import Timeline
from laban.errors import ModelError, SourceError
from laban.models.card import Head
from laban.models.deploy.clip_model import ClipLiteModel
from laban.models.evaluation.calibration import softmax
from laban.models.inputs import ClipInput
from laban.models.protocol import Model
from laban.pipeline.video.sampling import Strip, stretched, strip_of
from laban.sources import open_source
from laban.sources.containers import demuxer_of, read_head
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.timeline import ActionSettings, Change, HysteresisDetector, Track

AT_ONCE = 1.5
"""A source that lasts at most this many windows is one clip, and is shown whole."""


@dataclass(frozen=True, eq=False)
class ClipPredictions:
    """The spans of a source, without a person, and the probabilities (N, K) of each clip that was answered, by its
    ``start_s`` (N,) and ``end_s`` (N,)."""

    timeline: Timeline
    start_s: Float64Array
    end_s: Float64Array
    probabilities: Float64Array


@dataclass(frozen=True, eq=False)
class ClipRecogniser:
    """A recogniser from pixels, ready to answer videos."""

    model: ClipLiteModel
    given: ClipInput
    head: Head

    @property
    def name(self) -> str:
        """What it is called."""
        return self.model.card.name

    def predict(
        self,
        path: Path,
        *,
        settings: ActionSettings | None = None,
        fps: float | None = None,
        progress: Progress | None = None,
    ) -> ClipPredictions:
        """What happens in a video. A short one is one clip; in a longer one every window is answered, and each of
        its sampled frames is seen once.

        Raises SourceError where it cannot be read, or holds poses and no images.
        """
        chosen, advance = settings or ActionSettings(), progress or unheard
        _check_video(path)
        with open_source(path, fps=fps) as source:
            times_s = source.times_s
            count = None if times_s is None else len(times_s)
            lasts_s = None if times_s is None or not count else float(times_s[-1])
            answered: list[tuple[int, Float64Array]] = []
            if lasts_s is None or lasts_s > AT_ONCE * self.given.clock.length_s:
                answered = list(self.windows(_counted(source.frames(), advance, count)))
            if answered:
                return self._spans(answered, chosen)
            frames = _counted(source.frames(), advance, count)
            return self._whole(strip_of(frames, size_wh=self.given.size_wh, name=str(path)), chosen)

    def windows(self, frames: Iterable[Frame]) -> Iterator[tuple[int, Float64Array]]:
        """The number of each window and its probabilities (K,), as its last frame comes."""
        clock = self.given.clock
        seen: deque[Float32Array] = deque(maxlen=clock.length)
        for row, image in enumerate(_on_grid(frames, clock.fps, self.given.size_wh)):
            seen.append(self.model.features(image[None])[0])
            over, at = divmod(row + 1 - clock.length, clock.hop)
            if over >= 0 and at == 0:
                yield over, self._probabilities(np.stack(seen))

    def _probabilities(self, features: Float32Array) -> Float64Array:
        logits = self.model.answers(features[None]).logits[0]
        return np.asarray(softmax(logits, temperature=self.head.temperature)[0])

    def _whole(self, strip: Strip, settings: ActionSettings) -> ClipPredictions:
        images = strip.images[strip.spread(self.given.clock.length)]
        probabilities = self._probabilities(self.model.features(images))
        detector = HysteresisDetector(settings.rules(self.model.card, self.head.task), person=None)
        changes = detector.add(0.0, strip.length_s, WindowScores(probabilities, True))
        spans = _ended([*changes, *detector.close()])
        return ClipPredictions(spans, np.zeros(1), np.array([strip.length_s]), probabilities[None])

    def _spans(self, answered: list[tuple[int, Float64Array]], settings: ActionSettings) -> ClipPredictions:
        clock = self.given.clock
        track = Track(settings.rules(self.model.card, self.head.task), person=None, since_row=0, clock=clock)
        changes: list[Change] = []
        for number, probabilities in answered:
            last_row = number * clock.hop + clock.length - 1
            changes += track.add(WindowScores(probabilities, True), last_row=last_row)
        start_s = np.array([number * clock.hop / clock.fps for number, _ in answered])
        return ClipPredictions(
            _ended([*changes, *track.close()]),
            start_s,
            start_s + clock.length_s,
            np.stack([one for _, one in answered]),
        )


def clip_recogniser(model: Model) -> ClipRecogniser | None:
    """``model`` as a recogniser from pixels, as its card says it is; None for a model of another kind."""
    given = model.card.input
    if not isinstance(given, ClipInput):
        return None
    if not isinstance(model, ClipLiteModel):
        raise ModelError(f"{model.card.name} is a model of {given.words} that cannot answer frame by frame")
    return ClipRecogniser(model, given, model.card.heads[0])


def _check_video(path: Path) -> None:
    """Raises SourceError for a file without images."""
    if path.is_file() and demuxer_of(read_head(path)) is None:
        raise SourceError(
            f"{path} is no video; a recogniser from pixels needs the video itself, not its poses"
        )


def _counted(frames: Iterable[Frame], progress: Progress, count: int | None) -> Iterator[Frame]:
    for done, frame in enumerate(frames, start=1):
        progress(done, count)
        yield frame


def _on_grid(frames: Iterable[Frame], fps: float, size_wh: tuple[int, int]) -> Iterator[np.ndarray]:
    """The frame nearest to each instant of a grid of ``fps``, stretched; of a slower source some come again."""
    due, before = 0, None
    for frame in frames:
        while before is not None and due / fps <= (before.time_s + frame.time_s) / 2:
            yield stretched(before.image_rgb, size_wh)
            due += 1
        before = frame
    if before is not None and due / fps <= before.time_s + 0.5 / fps:
        yield stretched(before.image_rgb, size_wh)


def _ended(changes: Iterable[Change]) -> Timeline:
    return Timeline(tuple(change.span for change in changes if change.kind == "end"))

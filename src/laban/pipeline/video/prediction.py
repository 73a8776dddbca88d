"""What happens in a video, and when, by a recogniser from pixels: of the whole scene, not of one person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.frame import Frame
from laban.core.progress import Progress, unheard
from laban.core.spans import Timeline
from laban.errors import ModelError, SourceError
from laban.models.card import Head
from laban.models.inputs import ClipInput
from laban.models.protocol import ClipModel, Model
from laban.pipeline.video.stream import ClipStream, clip_stream
from laban.pipeline.video.streamed_model import Amend, ClipAnswer, StreamedModel
from laban.sources import FrameSource, open_source
from laban.sources.containers import demuxer_of, read_head
from laban.tasks.action.timeline import ActionSettings, Change


@dataclass(frozen=True, eq=False)
class ClipPredictions:
    """The spans of a source, without a person, and the probabilities (N, K) and ``embeddings`` (N, E) of each clip
    that was answered, by its ``start_s`` (N,) and ``end_s`` (N,). ``warnings`` say why answers may be wrong."""

    timeline: Timeline
    start_s: Float64Array
    end_s: Float64Array
    probabilities: Float64Array
    embeddings: Float32Array
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ClipRecogniser:
    """A recogniser from pixels, ready to answer videos."""

    model: ClipModel
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
        amend: Amend | None = None,
    ) -> ClipPredictions:
        """What happens in a video. A short one is one clip; in a longer one every window is answered, and each of
        its sampled frames is seen once. ``amend`` changes the answer for each clip by what else is known of it.

        Raises SourceError where it cannot be read, or holds poses and no images.
        """
        check_video(path)
        with open_source(path, fps=fps) as source:
            warnings: list[str] = []
            stream = self.stream(source, settings=settings, tell=warnings.append, name=str(path), amend=amend)
            count = None if source.times_s is None else len(source.times_s)
            timeline, answers = _predicted(stream, _counted(source.frames(), progress or unheard, count))
        return ClipPredictions(
            timeline,
            np.array([one.start_s for one in answers]),
            np.array([one.end_s for one in answers]),
            np.array([one.probabilities for one in answers]),
            np.array([one.embedding for one in answers], dtype=np.float32),
            tuple(warnings),
        )

    def stream(
        self,
        source: FrameSource,
        *,
        settings: ActionSettings | None = None,
        tell: Callable[[str], None],
        name: str | None = None,
        amend: Amend | None = None,
    ) -> ClipStream:
        """What takes the frames of ``source``, whose ``name`` may be another; ``tell`` hears each warning."""
        times_s = source.times_s
        lasts_s = None if times_s is None or not len(times_s) else float(times_s[-1])
        streamed = StreamedModel(self.model, self.given, self.head, settings or ActionSettings(), amend)
        return clip_stream(streamed, lasts_s=lasts_s, name=name or source.name, tell=tell)


def clip_recogniser(model: Model) -> ClipRecogniser | None:
    """``model`` as a recogniser from pixels, as its card says it is; None for a model of another kind."""
    given = model.card.input
    if not isinstance(given, ClipInput):
        return None
    if not isinstance(model, ClipModel):
        raise ModelError(f"{model.card.name} is a model of {given.words} that cannot answer frame by frame")
    return ClipRecogniser(model, given, model.card.heads[0])


def _predicted(stream: ClipStream, frames: Iterable[Frame]) -> tuple[Timeline, list[ClipAnswer]]:
    """All spans of a source, and all clips that were answered."""
    changes: list[Change] = []
    answers: list[ClipAnswer] = []
    for frame in frames:
        changes += stream.add(frame)
        answers += stream.answered
    changes += stream.finish()
    answers += stream.answered
    return Timeline(tuple(change.span for change in changes if change.kind == "end")), answers


def check_video(path: Path) -> None:
    """Raises SourceError for a file without images."""
    if path.is_file() and demuxer_of(read_head(path)) is None:
        raise SourceError(
            f"{path} is no video that can be read; a recogniser from pixels needs the video itself, and poses are "
            "no help to it"
        )


def _counted(frames: Iterable[Frame], progress: Progress, count: int | None) -> Iterator[Frame]:
    for done, frame in enumerate(frames, start=1):
        progress(done, count)
        yield frame

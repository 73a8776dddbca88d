"""Strips of a few test clips for the report: what decided the answers that were most wrong, and the surest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import FloatArray, IntArray
from laban.core.progress import Progress
from laban.models.evaluation.calibration import softmax
from laban.models.explanation.clip_attribution import ClipExplanationSettings, explain_clip
from laban.pipeline.recording.executor import Threads
from laban.pipeline.training.listening import Listener
from laban.pipeline.video.explain import ExplainedClip
from laban.pipeline.video.features import FrameReader
from laban.pipeline.video.moment import Moment
from laban.pipeline.video.sampling import ClipSampling, read_strip
from laban.pipeline.video.training.sight import LookedAt, fps_of, path_of
from laban.pipeline.video.training.tested import AskedNetwork, TestedClips
from laban.render.evidence_strip import StripLayout, draw_evidence_strip
from laban.render.report.classifier import ExampleImage
from laban.sources import open_source

_EACH = 2
_QUICKLY = ClipExplanationSettings(grid_wh=(5, 3), moments=6)
_LAYOUT = StripLayout(frames=20)


@dataclass(frozen=True, eq=False)
class _Example:
    row: int
    answer: int
    probability: float
    tested: TestedClips


def strips_of(
    looked: LookedAt,
    tests: Sequence[TestedClips],
    sampling: ClipSampling,
    *,
    reader: FrameReader | None,
    workers: int,
    listener: Listener,
) -> list[ExampleImage]:
    """The frames of a few clips of the tests with what decided the answer, the class, the answer and its
    probability. ``reader`` sees frames as the networks do; None where each has a backbone of its own."""
    examples = _examples(looked.clips.labels, tests)
    listener.stage(f"explaining {len(examples)} clips")
    task = looked.clips.task

    def drawn(one: _Example, progress: Progress) -> ExampleImage:
        moment = _moment(looked, one, sampling)
        asked = AskedNetwork(one.tested, reader)
        found = explain_clip(asked, moment.images, label=one.answer, settings=_QUICKLY, progress=progress)
        name, said = looked.clips.clips[one.row].name, task.labels[one.answer]
        explained = ExplainedClip(name, task.name, said, moment, found)
        strip = draw_evidence_strip(explained.evidence, title=explained.headline[1], layout=_LAYOUT)
        return strip, None, task.labels[looked.clips.labels[one.row]], said, one.probability

    work = Threads(workers).map(drawn, examples, sizes=[1.0] * len(examples), progress=listener.step)
    found = dict(work)
    return [found[index] for index in range(len(examples))]


def most_and_least_right(labels: IntArray, probabilities: FloatArray) -> tuple[int, ...]:
    """Positions of the clips whose own class was least probable, and of those where it was most; ``labels`` (N,),
    ``probabilities`` (N, K).

    >>> most_and_least_right(np.array([0, 0, 0, 0, 0]), np.array([[0.5], [0.9], [0.1], [0.7], [0.3]]))
    (2, 4, 1, 3)
    """
    own = probabilities[np.arange(len(labels)), labels]
    order = np.argsort(own, kind="stable").tolist()
    return tuple(dict.fromkeys([*order[:_EACH], *order[::-1][:_EACH]]))


def _examples(labels: IntArray, tests: Sequence[TestedClips]) -> list[_Example]:
    rows = np.concatenate([one.rows for one in tests])
    whose = [one for one in tests for _ in one.rows]
    told = softmax(np.concatenate([one.logits for one in tests]), temperature=1.0)
    return [
        _Example(int(rows[at]), int(told[at].argmax()), float(told[at].max()), whose[at])
        for at in most_and_least_right(labels[rows], told)
    ]


def _moment(looked: LookedAt, one: _Example, sampling: ClipSampling) -> Moment:
    path, fps = path_of(looked.clips.items[one.row]), fps_of(looked.dataset)
    strip = read_strip(path, size_wh=sampling.size_wh, fps=fps)
    with open_source(path, fps=fps) as source:
        size_wh = source.size_wh
    rows = strip.spread(sampling.frames)
    return Moment(
        strip.images[rows], strip.times_s[rows], 0.0, strip.length_s, one.answer, size_wh, strip.inside
    )

"""Whether a recogniser from pixels looks at the people or at the scene: its test with either of them masked."""

from collections.abc import Sequence

import numpy as np

from laban.core.answers import known
from laban.core.answers.clip_metrics import MaskedAnswer, MaskedScoresAnswer
from laban.core.arrays import Array, FloatArray, IntArray
from laban.models.card import Task
from laban.models.evaluation.metrics import metrics_of
from laban.pipeline.training.listening import Listener
from laban.pipeline.video.masked import MaskedClips, MaskedSight, PeopleFinder, see_masked
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import LookedAt, Sight, fps_of, path_of
from laban.pipeline.video.training.tested import TestedClips


def mask_test(
    looked: LookedAt,
    tests: Sequence[TestedClips],
    settings: ClipLearningSettings,
    *,
    sight: Sight,
    find: PeopleFinder,
    listener: Listener,
) -> tuple[MaskedAnswer, tuple[str, ...]]:
    """The figures of all ``tests`` together, of the clips that people were found in, and a sentence about each clip
    that could not be masked."""
    rows = np.concatenate([one.rows for one in tests])
    listener.stage(f"masking people and background in {len(rows)} clips")
    masked = see_masked(
        [(path_of(looked.clips.items[row]), looked.seen.contents[row]) for row in rows],
        [looked.clips.clips[row].name for row in rows],
        MaskedSight(settings.sampling, sight.reader, find, sight.cache, fps_of(looked.dataset)),
        workers=sight.workers,
        progress=listener.step,
    )
    told = tuple(f"{one.name} could not be masked: {one.reason}" for one in masked.failed)
    return _answer(looked.clips.task, looked.clips.labels[rows], tests, masked), told


def _answer(task: Task, labels: IntArray, tests: Sequence[TestedClips], masked: MaskedClips) -> MaskedAnswer:
    """``labels`` (N,) are those of the clips of all tests, one after the other."""
    at = np.array(masked.rows, dtype=np.int64)
    own = labels[at]
    plain = np.concatenate([one.logits for one in tests])[at]
    counts = np.bincount(own, minlength=1)
    return MaskedAnswer(
        clips=len(at),
        nobody=len(masked.nobody),
        failed=len(masked.failed),
        people_share=float(masked.people.mean()) if len(at) else None,
        unmasked=_scores(task, own, plain),
        people_masked=_scores(task, own, _logits(tests, at, masked.without_people)),
        background_masked=_scores(task, own, _logits(tests, at, masked.people_alone)),
        most_frequent=float(counts.max() / len(own)) if len(own) else None,
    )


def _logits(tests: Sequence[TestedClips], at: IntArray, forms: Array) -> FloatArray:
    """(N, K) the answers to masked clips, each by the network that it was a test of."""
    ends = np.cumsum([len(one.rows) for one in tests])
    which = np.searchsorted(ends, at, side="right")
    parts = [
        one.answers(forms[which == number]) for number, one in enumerate(tests) if (which == number).any()
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 1))


def _scores(task: Task, labels: IntArray, logits: FloatArray) -> MaskedScoresAnswer:
    if not len(labels):
        return MaskedScoresAnswer(None, None)
    found = metrics_of(task, labels, logits.argmax(axis=1))
    return MaskedScoresAnswer(known(found["accuracy"]), known(found["macro_f1"]))

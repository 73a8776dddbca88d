"""The clips that a model is most wrong about, with a few instants of the movement to look at."""

import numpy as np

from laban.core.answers.metrics import HardClipAnswer, Place
from laban.core.arrays import Float32Array
from laban.features.spec import FEATURE_SETS, FeatureSpec
from laban.models.evaluation.clip_scores import ClipScores
from laban.models.evaluation.held_out import HeldOutScores

_FIGURES = 8
_PLACES = ("scene", "xy", "stage", "heading", "world", "front")


def hardest_clips(said: HeldOutScores, scores: ClipScores, *, count: int) -> tuple[HardClipAnswer, ...]:
    """The ``count`` clips whose own label was least probable, worst first.

    ``figures`` holds eight instants of the window with the most evidence for the answer: for each joint of
    ``skeleton`` x and y, None where unknown; there are none where no coordinates are among the features.
    """
    if not len(scores):
        return ()
    own = scores.probabilities[np.arange(len(scores)), scores.label]
    worst = np.argsort(own, kind="stable")[:count]
    return tuple(_hard(said, scores, int(index), float(own[index])) for index in worst)


def _hard(said: HeldOutScores, scores: ClipScores, index: int, own: float) -> HardClipAnswer:
    examples, window, labels = said.examples, scores.window[index], said.task.labels
    predicted = int(scores.predicted[index])
    return HardClipAnswer(
        clip=examples.clips[scores.clip[index]].name,
        group=scores.groups[index],
        label=labels[scores.label[index]],
        label_probability=own,
        predicted=labels[predicted],
        probability=float(scores.probabilities[index, predicted]),
        person=int(examples.person[window]),
        start_s=float(examples.start_s[window]),
        skeleton=examples.spec.skeleton,
        figures=instants(examples.values[window], examples.spec),
    )


def instants(values: Float32Array, spec: FeatureSpec) -> tuple[tuple[Place, ...], ...]:
    """Eight evenly spaced instants of a window (L, F), each (x, y) per joint, None where unknown; () without
    any."""
    held = {block.name: block for block in spec.blocks if FEATURE_SETS[block.name].of_joints}
    block = next((held[name] for name in _PLACES if name in held), None)
    if block is None:
        return ()
    points = values[:, block.start : block.stop].reshape(len(values), -1, block.channels)[:, :, :2]
    seen = np.flatnonzero(np.isfinite(points).any(axis=(1, 2)))
    if not len(seen):
        return ()
    rows = np.rint(np.linspace(seen[0], seen[-1], _FIGURES)).astype(np.int64)
    return tuple(tuple(_place(x, y) for x, y in frame) for frame in points[rows].tolist())


def _place(x: float, y: float) -> Place:
    return (round(x, 3), round(y, 3)) if np.isfinite([x, y]).all() else None

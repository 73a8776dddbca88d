"""Labels that are probably wrong, found from the scores of a model that did not learn from them."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.errors import InvalidValueError


@dataclass(frozen=True, order=True)
class LabelError:
    """An example ``index`` whose label ``given`` is probably ``likely``; ``margin`` is how much more probable."""

    margin: float
    index: int
    given: int
    likely: int


def find_label_errors(probabilities: Float64Array, labels: IntArray) -> tuple[LabelError, ...]:
    """The examples whose labels are probably wrong, the most probable first.

    Confident learning (Northcutt et al. 2021, section 3.1): a label is confidently held where its probability
    reaches the mean that it has among the examples so labelled; an example is in doubt where another label is held
    confidently, the most probable of those that are, and more so than its own. ``probabilities`` (N, K) must be
    out of sample: each from a model that did not learn from that example. Unlabelled (-1) examples are
    skipped. Probabilities that are NaN raise InvalidValueError.
    """
    if len(probabilities) != len(labels):
        raise InvalidValueError(f"{len(probabilities)} answers and {len(labels)} labels must be equally many")
    if not np.isfinite(probabilities).all():
        raise InvalidValueError(
            "label errors need probabilities of every example, found NaN; predict out of fold first"
        )
    confident = probabilities >= _thresholds(probabilities, labels)
    likely = np.where(confident, probabilities, -1.0).argmax(axis=1)
    held = np.flatnonzero((labels >= 0) & confident.any(axis=1) & (likely != labels))
    margins = probabilities[held, likely[held]] - probabilities[held, labels[held]]
    found = [
        LabelError(float(margin), int(index), int(labels[index]), int(likely[index]))
        for margin, index in zip(margins, held, strict=True)
        if margin > 0
    ]
    return tuple(sorted(found, key=lambda doubt: (-doubt.margin, doubt.index)))


def _thresholds(probabilities: Float64Array, labels: IntArray) -> Float64Array:
    """(K,) the mean probability of each label among its own examples; above 1 for a label without any."""
    classes = probabilities.shape[1]
    out = np.full(classes, 2.0)
    for label in range(classes):
        own = labels == label
        if own.any():
            out[label] = probabilities[own, label].mean()
    return out

"""Whether a model that says 80 % is right in 80 of 100 cases, and the temperature that corrects it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import BinAnswer, CalibrationAnswer, ReliabilityAnswer
from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.checks import choose, positive
from laban.errors import InvalidValueError

_COOLEST, _HOTTEST = 0.05, 20.0
_FEW = 5


def softmax(logits: FloatArray, *, temperature: float = 1.0) -> Float64Array:
    """(N, K) probabilities, each row by itself."""
    scaled = np.asarray(logits, dtype=np.float64) / positive(temperature, name="temperature")
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(logits: FloatArray, labels: IntArray, *, prior: float = 1.0) -> float:
    """What logits (N, K) of held-out examples are divided by so that their labels (N,) are most probable.

    Temperature scaling (Guo et al. 2017, section 4.2). ``prior`` is the weight of a temperature of 1, in
    examples, so that a few examples, or a model that is always right on them, move it little rather than to an
    extreme. Unlabelled (-1) examples are left out; fewer than five leave it at 1.

    >>> fit_temperature(np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([0, 1]))
    1.0
    """
    from scipy.optimize import minimize_scalar

    held = labels >= 0
    shown, right = np.asarray(logits, dtype=np.float64)[held], labels[held]
    if len(right) < _FEW:
        return 1.0

    def loss(log_temperature: float) -> float:
        doubts = -_log_probability(shown / np.exp(log_temperature), right).sum()
        return float(doubts + 0.5 * prior * log_temperature**2)

    found = minimize_scalar(loss, bounds=(np.log(_COOLEST), np.log(_HOTTEST)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True)
class Bin:
    """Examples whose probability lies from ``low`` to ``high``: its mean, the share that was right, how many."""

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int

    def answer(self) -> BinAnswer:
        """The answer that is printed and written."""
        return BinAnswer(self.low, self.high, self.confidence, self.accuracy, self.count)


def reliability(
    probabilities: Float64Array, labels: IntArray, *, bins: int = 15, equal: str = "width"
) -> tuple[Bin, ...]:
    """The answers (N, K) binned by confidence; empty bins are left out.

    ``equal``: bins of the same ``width`` (Guo et al. 2017) or ``mass``, as many examples in each (Nguyen and
    O'Connor 2015), which do not depend on the edges of bins. Unlabelled (-1) examples are left out.
    """
    edges_of = choose(equal, {"width": _equal_width, "mass": _equal_mass}, what="kind of bins")
    if len(probabilities) != len(labels):
        raise InvalidValueError(f"{len(probabilities)} answers and {len(labels)} labels must be equally many")
    held = labels >= 0
    sure = np.minimum(probabilities[held].max(axis=1, initial=0.0), 1.0)
    right = probabilities[held].argmax(axis=1) == labels[held]
    order = np.argsort(sure, kind="stable")
    edges = edges_of(sure[order], bins)
    pieces = [order[first:last] for first, last in pairwise(edges) if last > first]
    return tuple(_bin(sure[piece], right[piece]) for piece in pieces)


def reliability_answer(probabilities: Float64Array, labels: IntArray) -> ReliabilityAnswer:
    """Both calibration errors and ten bins of equal width, as an answer."""
    return ReliabilityAnswer(
        ece=known(calibration_error(probabilities, labels)),
        ece_mass=known(calibration_error(probabilities, labels, equal="mass")),
        bins=tuple(one.answer() for one in reliability(probabilities, labels, bins=10)),
    )


def calibration_answer(
    before: Float64Array, after: Float64Array, labels: IntArray, *, temperature: float
) -> CalibrationAnswer:
    """Calibration of the answers (N, K) ``before`` and ``after`` scaling."""
    return CalibrationAnswer(
        temperature, reliability_answer(before, labels), reliability_answer(after, labels)
    )


def calibration_error(
    probabilities: Float64Array, labels: IntArray, *, bins: int = 15, equal: str = "width"
) -> float:
    """The expected calibration error: the distance between confidence and accuracy, bins weighted by size.

    NaN where nothing has a label. Guo et al. 2017, equation 3.
    """
    held = reliability(probabilities, labels, bins=bins, equal=equal)
    total = sum(one.count for one in held)
    gaps = sum(one.count * abs(one.confidence - one.accuracy) for one in held)
    return gaps / total if total else float("nan")


def _log_probability(logits: Float64Array, labels: IntArray) -> Float64Array:
    top = logits.max(axis=1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return np.asarray(logits[np.arange(len(labels)), labels] - total)


def _equal_width(ordered: Float64Array, bins: int) -> IntArray:
    inner = np.searchsorted(ordered, np.linspace(0, 1, bins + 1)[1:-1], side="right")
    return np.concatenate([[0], inner, [len(ordered)]])


def _equal_mass(ordered: Float64Array, bins: int) -> IntArray:
    return np.rint(np.linspace(0, len(ordered), min(bins, max(len(ordered), 1)) + 1)).astype(np.int64)


def _bin(sure: Float64Array, right: BoolArray) -> Bin:
    return Bin(float(sure.min()), float(sure.max()), float(sure.mean()), float(right.mean()), len(sure))

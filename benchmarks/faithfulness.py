"""Faithfulness of explanations: hiding the named joints must reduce an answer more than hiding others."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.checks import choose, in_range
from laban.errors import InvalidValueError
from laban.models.explanation.attribution import Explanation, explain
from laban.models.explanation.joint_columns import columns_of_joints
from laban.models.explanation.occlusion import FILLS, hide
from laban.models.explanation.query import ExplanationSettings
from laban.models.protocol import SequenceModel

_RESAMPLES = 2000


@dataclass(frozen=True)
class DeletionSettings:
    """Up to ``most`` joints are hidden all the time, by ``fill``; chance is the mean of ``draws`` random orders."""

    most: int = 8
    fill: str = "missing"
    draws: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        in_range(self.most, name="most", low=1, high=1000)
        in_range(self.draws, name="draws", low=1, high=1000)
        choose(self.fill, FILLS, what="fill")


@dataclass(frozen=True, eq=False)
class DeletionResult:
    """``named`` and ``chance`` (N, M + 1): the answer's probability with 0 to M joints hidden, those that the
    explanation names first, or random ones that are seen. ``gain`` is the mean drop over 1 to M hidden joints that
    the explanation adds to chance, with its 95 % interval by a bootstrap over the windows, paired.
    """

    named: Float64Array
    chance: Float64Array
    gain: float
    interval: tuple[float, float]

    @property
    def curves(self) -> Float64Array:
        """(2, M + 1) the means over the windows of ``named`` and ``chance``."""
        return np.stack([self.named.mean(axis=0), self.chance.mean(axis=0)])


def deletion_test(
    model: SequenceModel,
    values: FloatArray,
    *,
    task: str | None = None,
    method: str = "occlusion",
    explaining: ExplanationSettings | None = None,
    settings: DeletionSettings | None = None,
) -> DeletionResult:
    """Hides the joints that ``explain`` names for each window (N, L, F), and as many random ones.

    The deletion game of Samek et al. 2017 (section III) and Petsiuk et al. 2018 (section 3.1), on the model's own
    answers, joint by joint. Raises InvalidValueError for no windows, and what ``explain`` raises.
    """
    if not len(values):
        raise InvalidValueError("a deletion test needs at least one window, got none")
    settings = settings or DeletionSettings()
    source = np.random.default_rng(settings.seed)
    named, chance = [], []
    for window in values:
        found = explain(model, window, task=task, method=method, settings=explaining)
        seen = np.flatnonzero(found.seen.any(axis=0))
        first = np.array([joint for joint in found.order if joint in seen])
        orders = [first, *(source.permutation(seen) for _ in range(settings.draws))]
        curves = _curves(model, window, found, orders, settings=settings)
        named.append(curves[0])
        chance.append(curves[1:].mean(axis=0))
    return _summed(np.array(named), np.array(chance), source=source)


def _curves(
    model: SequenceModel,
    window: FloatArray,
    found: Explanation,
    orders: list[IntArray],
    *,
    settings: DeletionSettings,
) -> Float64Array:
    """(O, M + 1) the answer's probability as the joints of each order are hidden."""
    told = columns_of_joints(model.card.spec)
    hidden = np.stack([told[order[:count]].any(axis=0) for order in orders for count in _counts(settings)])
    cells: BoolArray = np.broadcast_to(hidden[:, None], (len(hidden), *window.shape))
    shown = hide(window, cells, fill=settings.fill)
    return _probability(model, shown, found).reshape(len(orders), -1)


def _counts(settings: DeletionSettings) -> range:
    return range(settings.most + 1)


def _probability(model: SequenceModel, windows: FloatArray, found: Explanation) -> Float64Array:
    head = model.card.head(found.task)
    position = [one.name for one in model.card.tasks].index(found.task)
    logits = model.run(windows.astype(np.float32)).logits[position].astype(np.float64) / head.temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers[:, head.task.index(found.label)] / powers.sum(axis=1))


def _summed(named: Float64Array, chance: Float64Array, *, source: np.random.Generator) -> DeletionResult:
    gains = (chance - named)[:, 1:].mean(axis=1)
    picks = source.integers(0, len(gains), (_RESAMPLES, len(gains)))
    low, high = np.quantile(gains[picks].mean(axis=1), [0.025, 0.975])
    return DeletionResult(named, chance, float(gains.mean()), (float(low), float(high)))

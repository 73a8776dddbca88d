"""The query behind an explanation: one window, the answer, and everything that can be hidden."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray, frozen
from laban.core.checks import choose, in_range
from laban.errors import InvalidValueError
from laban.models.card import Head
from laban.models.explanation.joint_columns import columns_of_joints
from laban.models.explanation.occlusion import FILLS
from laban.models.explanation.spans import spans_over, spread_over
from laban.models.protocol import SequenceModel

BATCH = 256
"""Windows per batch: enough to be quick, few enough to need little memory."""


@dataclass(frozen=True)
class ExplanationSettings:
    """``span`` of a window is hidden at a time (a share of its rows), moved on by half of that; ``fill`` is what
    replaces it, a name in ``laban.models.explanation.occlusion.FILLS``."""

    span: float = 0.15
    fill: str = "missing"

    def __post_init__(self) -> None:
        in_range(self.span, name="span", low=0.01, high=1.0)
        choose(self.fill, FILLS, what="fill")


@dataclass(frozen=True)
class AttributionQuery:
    """One window, the answer to explain, and what there is to hide."""

    model: SequenceModel
    values: Float32Array
    head: Head
    position: int
    label: int
    settings: ExplanationSettings

    @classmethod
    def of(
        cls,
        model: SequenceModel,
        values: FloatArray,
        *,
        task: str | None,
        label: str | None,
        settings: ExplanationSettings,
    ) -> "AttributionQuery":
        head = _head_of(model, task)
        window = _checked(model, values)
        position = [one.name for one in model.card.tasks].index(head.task.name)
        given = 0 if label is None else head.task.index(label)
        query = cls(model, window, head, position, given, settings)
        if label is not None:
            return query
        return replace(query, label=int(np.argmax(query.logits(window[None])[0])))

    def logits(self, windows: Float32Array) -> Float64Array:
        """(M, K) logits of the task, in batches that need little memory."""
        parts = [
            self.model.run(windows[start : start + BATCH]).logits[self.position]
            for start in range(0, len(windows), BATCH)
        ]
        return np.concatenate(parts).astype(np.float64) / self.head.temperature

    def evidence(self, windows: Float32Array) -> Float64Array:
        """(M,) the log-odds of the label; its plain output where it is the only one."""
        return log_odds(self.logits(windows), self.label)

    @property
    def probability(self) -> float:
        odds = float(self.evidence(self.values[None])[0])
        return float(1 / (1 + np.exp(-odds)))

    @property
    def skeleton(self) -> str:
        """The name of the joints' skeleton."""
        return self.model.card.spec.skeleton

    @cached_property
    def told(self) -> BoolArray:
        """(J, F)"""
        return columns_of_joints(self.model.card.spec)

    @property
    def unowned(self) -> BoolArray:
        """(F,) the columns that belong to no joint."""
        return np.asarray(~self.told.any(axis=0))

    @cached_property
    def seen(self) -> BoolArray:
        """(L, J) whether anything is known of a joint at a time."""
        known = np.isfinite(self.values).astype(np.float32)
        return np.asarray(known @ self.told.T.astype(np.float32) > 0)

    @cached_property
    def spans(self) -> BoolArray:
        """(S, L) the rows of each span, each row in two but for the first and last."""
        return spans_over(len(self.values), share=self.settings.span)

    def spread(self, of_spans: FloatArray) -> Float64Array:
        """(L, ...) for each row the mean of the spans (S, ...) that contain it, weighted by how near their middle
        is."""
        return spread_over(self.spans, of_spans)

    @cached_property
    def pairs(self) -> IntArray:
        """(P, 2) every pair of a span and a joint that is known somewhere in it."""
        known = self.spans.astype(np.float32) @ self.seen.astype(np.float32)
        return np.argwhere(known > 0)

    def cells(self, pairs: IntArray) -> BoolArray:
        """(P, L, F) the cells of each pair's joint in its span."""
        return np.asarray(self.spans[pairs[:, 0]][:, :, None] & self.told[pairs[:, 1]][:, None])


def log_odds(logits: FloatArray, label: int) -> Float64Array:
    """(N,) the evidence of (N, K) outputs for ``label`` against all others together; the output itself where there
    is no other label."""
    others = np.delete(np.asarray(logits, dtype=np.float64), label, axis=1)
    if not others.shape[1]:
        return np.asarray(logits[:, label], dtype=np.float64)
    most = others.max(axis=1)
    return np.asarray(logits[:, label] - most - np.log(np.exp(others - most[:, None]).sum(axis=1)))


def _head_of(model: SequenceModel, task: str | None) -> Head:
    if task is not None:
        return model.card.head(task)
    if len(model.card.heads) > 1:
        names = ", ".join(one.name for one in model.card.tasks)
        raise InvalidValueError(f"{model.card.name} answers several tasks ({names}); name one with task")
    return model.card.heads[0]


def _checked(model: SequenceModel, values: FloatArray) -> Float32Array:
    wanted = (model.card.clock.length, model.card.spec.width)
    window = frozen(values, shape=wanted, name="values")
    if not np.isfinite(window).any():
        raise InvalidValueError("nothing is known in this window (all NaN), so there is nothing to explain")
    return window

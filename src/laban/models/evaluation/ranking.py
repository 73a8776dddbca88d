"""How well the scores of one event rank clips: figures that need no threshold, or choose one."""

from laban.core.arrays import BoolArray, Float64Array
from laban.core.checks import in_range
from laban.models.evaluation.open_set import open_set_metrics


def auroc_of(scores: Float64Array, events: BoolArray) -> float:
    """The area under the ROC curve of ``scores`` (N,), higher where ``events`` (N,) is true; NaN where either kind
    is absent. Scores must not be NaN.

    >>> import numpy as np
    >>> auroc_of(np.array([0.9, 0.2, 0.4]), np.array([True, False, False]))
    1.0
    """
    if events.all() or not events.any():
        return float("nan")
    return open_set_metrics(scores[events], scores[~events]).auroc


def recall_at(scores: Float64Array, events: BoolArray, *, false_alarms: float = 0.05) -> float:
    """The share of events that score above the lowest threshold at which at most the share ``false_alarms`` of the
    other clips does; NaN where either kind is absent.

    >>> import numpy as np
    >>> recall_at(np.array([0.9, 0.3, 0.4, 0.1]), np.array([True, True, False, False]))
    0.5
    """
    in_range(false_alarms, name="false_alarms", low=0.0, high=1.0)
    if events.all() or not events.any():
        return float("nan")
    calm = sorted(scores[~events].tolist(), reverse=True)
    allowed = int(false_alarms * len(calm) + 1e-9)
    threshold = calm[allowed] if allowed < len(calm) else float("-inf")
    return float((scores[events] > threshold).mean())

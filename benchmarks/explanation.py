"""Whether explanations are faithful, and how long one takes.

The deletion test: the joints that an explanation names are hidden one after the other, and as many random ones; the
gain is how much more the answer's probability falls. Joints are hidden in two ways, as missing and as held still
where they are on average, because no way of hiding is free of favour for the explanations that were found by it.
"""

import time

from benchmarks.faithfulness import DeletionSettings, deletion_test
from benchmarks.rows import Row, row
from laban.core.arrays import Float32Array
from laban.models.explanation.attribution import METHODS, explain
from laban.models.protocol import SequenceModel

HIDDEN = (("missing", "hidden as missing"), ("mean", "held still"))
MOST_S = 1.0
_TIMED = 5
_LEAST_GAIN = 0.01  # more than rounding


def explanation_rows(
    model: SequenceModel, values: Float32Array, *, name: str, task: str | None = None
) -> list[Row]:
    """The lines for one model on windows (N, L, F) that it was not trained on; some fifty are enough."""
    return [
        *(
            _faithful(model, values, name=name, task=task, method=method, fill=fill, words=words)
            for method in METHODS
            for fill, words in HIDDEN
        ),
        _timed(model, values, name=name, task=task),
    ]


def _faithful(
    model: SequenceModel,
    values: Float32Array,
    *,
    name: str,
    task: str | None,
    method: str,
    fill: str,
    words: str,
) -> Row:
    found = deletion_test(model, values, task=task, method=method, settings=DeletionSettings(fill=fill))
    named, chance = found.curves
    return row(
        f"{name}: least gain of {method} over chance, joints {words} (95 %)",
        found.interval[0],
        "probability",
        at_least=_LEAST_GAIN,
        gain=found.gain,
        interval=list(found.interval),
        named=named.round(4).tolist(),
        chance=chance.round(4).tolist(),
        windows=len(values),
    )


def _timed(model: SequenceModel, values: Float32Array, *, name: str, task: str | None) -> Row:
    times_s = []
    for window in values[:_TIMED]:
        start = time.perf_counter()
        explain(model, window, task=task)
        times_s.append(time.perf_counter() - start)
    return row(
        f"{name}: time of one explanation, slowest of {len(times_s)}", max(times_s), "s", at_most=MOST_S
    )

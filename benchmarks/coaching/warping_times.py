"""Times of our dynamic time warping beside those of aeon, tslearn and dtaidistance, in one process and by turns.

Run by ``warping`` in an environment that has all of them, held to one core. Every library gets what it takes best:
contiguous float64, its compiled way, its own form of the window; compiling is not counted, making the band is. A
path is asked of each library's own function for paths; that of dtaidistance is in Python where there are several
features, so its table is made in C and walked through. Prints JSON: milliseconds, the median in the round in which
each was fastest.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from laban.tasks.comparison.alignment import align, band, warping_distance

# They are typed in part, and not installed where types are checked.
aeon: Any = import_module("aeon.distances")
dtaidistance: Any = import_module("dtaidistance.dtw_ndim")
tslearn: Any = import_module("tslearn.metrics")

_FEATURES = 66
_SIZES = (60, 300, 900)
_ROUNDS, _REPEATS = 30, {60: 20, 300: 8, 900: 2}
_WINDOW = 0.1


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = {
        f"{rows} {what} {'window' if window else 'full'}": _times_ms(answers, repeats=_REPEATS[rows])
        for rows in _SIZES
        for window in (_WINDOW, None)
        for what, answers in _answers(rows, window).items()
    }
    json.dump(found, sys.stdout)


def _answers(rows: int, window: float | None) -> dict[str, Mapping[str, Callable[[], object]]]:
    """What each library is asked: the distance, and the path."""
    rng = np.random.default_rng(rows)
    one, other = (np.cumsum(rng.normal(size=(rows, _FEATURES)), axis=0) for _ in range(2))
    one_by_feature, other_by_feature = (np.ascontiguousarray(each.T) for each in (one, other))
    reach = None if window is None else round(window * rows)
    sakoe = {} if reach is None else {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": reach}
    # Its window counts the diagonal.
    counted = {} if reach is None else {"window": reach + 1}
    distance: dict[str, Callable[[], Any]] = {
        "laban": lambda: warping_distance(one, other, within=band(rows, rows, window=reach)),
        "dtaidistance": lambda: dtaidistance.distance_fast(one, other, **counted) ** 2,
        "tslearn": lambda: tslearn.dtw(one, other, **sakoe) ** 2,
        "aeon": lambda: aeon.dtw_distance(one_by_feature, other_by_feature, window=window),
    }
    path: dict[str, Callable[[], Any]] = {
        "laban": lambda: align(one, other, within=band(rows, rows, window=reach)),
        "dtaidistance": lambda: dtaidistance.dtw.best_path(
            dtaidistance.warping_paths_fast(one, other, **counted)[1]
        ),
        "tslearn": lambda: tslearn.dtw_path(one, other, **sakoe),
        "aeon": lambda: aeon.dtw_alignment_path(one_by_feature, other_by_feature, window=window),
    }
    values = [answer() for answer in distance.values()]
    np.testing.assert_allclose(values, values[0], rtol=1e-9)
    return {"distance": distance, "path": path}


def _times_ms(answers: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    rounds: dict[str, list[float]] = {name: [] for name in answers}
    for answer in answers.values():
        answer()
    for _ in range(_ROUNDS):
        for name, answer in answers.items():
            rounds[name].append(statistics.median(_time_ms(answer) for _ in range(repeats)))
    return {name: min(times) for name, times in rounds.items()}


def _time_ms(answer: Callable[[], object]) -> float:
    began = time.perf_counter()
    answer()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()

"""Alignment of two movements by dynamic time warping (Sakoe and Chiba 1978), with numpy alone."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.sequences.dtw import CheapestPath
from laban.sequences.dtw_costs import band_costs, pair_cost


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which instants correspond: ``first`` and ``second`` (P,) are rows, monotonic in steps of at most one.

    ``cost`` (P,) is how much each pair differs, 0 where it is equal or has nothing in common.
    """

    first: IntArray
    second: IntArray
    cost: Float64Array

    @property
    def mean_cost(self) -> float:
        """The mean cost per step of the path."""
        return float(self.cost.mean())

    def rows_for_second(self, count: int) -> Float64Array:
        """(count,) for each row of the second the corresponding row of the first, the mean of several."""
        sums = np.bincount(self.second, weights=self.first, minlength=count)
        return np.asarray(sums / np.maximum(np.bincount(self.second, minlength=count), 1))


@dataclass(frozen=True, eq=False)
class Band:
    """For row i of the second, the rows ``start[i]`` up to but without ``start[i] + width`` of the first that
    it may be aligned with; rows outside of the first do not exist. The band looks the same from both ends.

    ``open_begin`` and ``open_end``: rows of the first may be left out there.
    """

    start: IntArray
    width: int
    open_begin: bool = False
    open_end: bool = False


def band(
    first_rows: int,
    second_rows: int,
    *,
    window: float | None = None,
    open_begin: bool = False,
    open_end: bool = False,
) -> Band:
    """The pairs of rows that are at most ``window`` rows of the first from an even pace; None is all pairs.

    With an open end the pace is unknown: every pace is allowed from that of the whole first to that of the second,
    with the latest beginning or the earliest end.
    """
    if min(first_rows, second_rows) < 1:
        raise InvalidValueError("an alignment needs at least one row of each, got none")
    everything = Band(np.zeros(second_rows, dtype=np.int64), first_rows, open_begin, open_end)
    if window is None or second_rows == 1:
        return everything
    in_range(window, name="window", low=0.0)
    across = np.arange(second_rows, dtype=np.float64)
    step = (first_rows - 1) / (second_rows - 1)
    spare = max(0, first_rows - second_rows) if open_begin or open_end else 0
    even = across * step
    earliest = np.minimum(even, across) if spare else even
    # Narrower than the step from row to row, a window would leave gaps that no path can cross.
    reach = max(window, step / 2 + 1)
    latest = np.maximum(even, across + spare) if spare else even
    width = int(np.ceil((latest - earliest).max() + 2 * reach)) + 1
    width += (first_rows - width) % 2  # for a middle row of its own
    if width >= first_rows:
        return everything
    start = np.floor(earliest - reach).astype(np.int64)
    half = second_rows // 2
    start[second_rows - half :] = first_rows - width - start[:half][::-1]
    if second_rows % 2:
        start[half] = (first_rows - width) // 2
    return Band(np.maximum.accumulate(start), width, open_begin, open_end)


def align(
    first: FloatArray, second: FloatArray, *, within: Band | None = None, step_cost: float = 0.0
) -> Alignment:
    """The cheapest path along rows of ``first`` (N, F) and of ``second`` (M, F), which covers all of ``second``.

    Two rows cost the sum of the squares of their differences; over the features that both have, without NaN,
    and scaled up to all features. Rows with none in common cost as much as two rows do on average.
    ``within`` is the band to stay in, all where it is None. ``step_cost`` is added, in the choice of the path,
    for each step that advances in one movement alone. Raises InvalidValueError where the features are not the
    same.
    """
    path = _cheapest(first, second, within, step_cost).pairs()
    return Alignment(path[:, 0], path[:, 1], pair_cost(first[path[:, 0]], second[path[:, 1]]))


def warping_distance(
    first: FloatArray, second: FloatArray, *, within: Band | None = None, step_cost: float = 0.0
) -> float:
    """The sum of costs along the cheapest path; see ``align``."""
    return _cheapest(first, second, within, step_cost).total


def _cheapest(first: FloatArray, second: FloatArray, within: Band | None, step_cost: float) -> CheapestPath:
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise InvalidValueError(
            f"both movements must be rows of the same features, got {first.shape} and {second.shape}"
        )
    chosen = within or band(len(first), len(second))
    return CheapestPath(
        band_costs(first, second, chosen.start, chosen.width),
        chosen.start,
        chosen.width,
        len(first),
        step_cost=step_cost,
        open_begin=chosen.open_begin,
        open_end=chosen.open_end,
    )

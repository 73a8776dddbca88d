"""Two movements laid side by side by dynamic time warping (Sakoe and Chiba 1978), with numpy alone.

Two things make it quick without compiled code. A row of the cumulative cost, in which each cell depends on its
left neighbour, is worked out at once: with S the running sum of the row's costs, ``D[j] = S[j] + min over k ≤ j
of (arrival[k] − S[k − 1])``, a running minimum. And the path is sought from both ends at the same time, which
meet in the middle row: half as many steps, each for two rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.tasks.coaching.row_costs import RowCosts, pair_cost

_STEPS = ((-1, -1), (-1, 0), (0, -1))


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which instants belong together: ``first`` and ``second`` (P,) are rows, never going back, one step at a time.

    ``cost`` (P,) is how much each pair differs, 0 where it is equal or has nothing in common.
    """

    first: IntArray
    second: IntArray
    cost: Float64Array

    @property
    def mean_cost(self) -> float:
        """The cost of the path for each of its steps."""
        return float(self.cost.mean())

    def rows_for_second(self, count: int) -> Float64Array:
        """(count,) for each row of the second the row of the first that belongs to it, the middle of several."""
        sums = np.bincount(self.second, weights=self.first, minlength=count)
        return np.asarray(sums / np.maximum(np.bincount(self.second, minlength=count), 1))


@dataclass(frozen=True, eq=False)
class Band:
    """For row i of the second, the rows ``start[i]`` up to but without ``start[i] + width`` of the first that
    it may be laid beside; what lies outside of the first is no row. The band looks the same from both ends.

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

    With an open end the pace is not known: every pace is allowed from that which takes in the whole of the first to
    that of the second, begun as late or ended as early as may be.
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
    """The cheapest path along rows of ``first`` (N, F) and of ``second`` (M, F), which takes in all of ``second``.

    Two rows cost the sum of the squares of their differences; over the features that both have, NaN being left
    out, and then times all features by these. Rows with none in common cost as much as two rows do on average.
    ``within`` is the band to stay in, all where it is None. ``step_cost`` is added, in the choice of the path,
    for each step that goes on in one movement alone. Raises InvalidValueError where the features are not the
    same.
    """
    search = _Search(first, second, within or band(len(first), len(second)), step_cost)
    path = search.path()
    return Alignment(path[:, 0], path[:, 1], pair_cost(first[path[:, 0]], second[path[:, 1]]))


def warping_distance(
    first: FloatArray, second: FloatArray, *, within: Band | None = None, step_cost: float = 0.0
) -> float:
    """The sum of costs along the cheapest path; see ``align``."""
    search = _Search(first, second, within or band(len(first), len(second)), step_cost)
    return float(search.through.min())


class _Search:
    """The cumulative costs from both ends to the middle row: 0 forward, 1 backward with all reversed.

    A row of both lies in one piece of memory, infinite margins round each, so that a step is a few operations on
    whole rows; ``_room`` is the length of one direction with its margins.
    """

    def __init__(self, first: FloatArray, second: FloatArray, within: Band, step_cost: float) -> None:
        if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
            raise InvalidValueError(
                f"both movements must be rows of the same features, got {first.shape} and {second.shape}"
            )
        self._rows, self._columns, self._step = len(second), len(first), step_cost
        self._within, self._width = within, within.width
        costs = RowCosts(first, second).banded(within.start, within.width)
        self.middle = self._rows // 2
        # Where the band moves on by some columns, the row before is read as many columns further on.
        self._shifts = np.diff(within.start[: self.middle + 1]).tolist()
        self._pad = max([1, *self._shifts])
        self._room = self._width + 2 * self._pad
        self._filled = self._fill(costs)
        forward, backward = self._at(0, self.middle), self._at(1, self._rows - 1 - self.middle)[::-1]
        self.through = self._inside(forward + backward - costs[self.middle])

    def path(self) -> IntArray:
        """(P, 2) the pairs of rows, in order."""
        column = int(np.argmin(self.through)) + int(self._within.start[self.middle])
        before = self._walk(0, self.middle, column)
        after = self._walk(1, self._rows - 1 - self.middle, self._columns - 1 - column)
        back = (self._columns - 1, self._rows - 1) - np.array(after, dtype=np.int64)
        return np.concatenate([np.array(before[::-1], dtype=np.int64), back[1:]])

    def _fill(self, costs: Float64Array) -> Float64Array:
        """(rows, 2·room) the cumulative costs of both directions up to the middle row."""
        count, pad = self.middle + 1, self._pad
        out = np.full((count, 2 * self._room), np.inf)
        inner = out[:, pad : 2 * self._room - pad]
        sides = [out[:, place + pad : place + pad + self._width] for place in (0, self._room)]
        # Of each row's running sum: before each column, and with it; in the margins nothing is ever reached.
        below, total = np.zeros_like(inner), np.full_like(inner, np.inf)
        for place, side, part in zip((0, self._room), (costs, costs[::-1, ::-1]), sides, strict=True):
            sums = total[:, place : place + self._width]
            np.cumsum(side[:count] + self._step if self._step else side[:count], axis=1, out=sums)
            below[:, place + 1 : place + self._width] = sums[:, :-1]
            self._begin(part[0], side[0], sums[0], is_open=self._is_open[place > 0])
        if self._step:
            below += self._step
        near = {shift: self._near(out, shift, inner.shape) for shift in set(self._shifts)}
        rows = zip(self._shifts, below[1:], total[1:], inner[1:], sides[0][1:], sides[1][1:], strict=True)
        for row, (shift, under, summed, reached, ahead, behind) in enumerate(rows):
            across, along = near[shift]
            if self._step:
                np.add(along[row], self._step, reached)
                np.minimum(across[row], reached, reached)
            else:
                np.minimum(across[row], along[row], reached)
            np.subtract(reached, under, reached)
            np.minimum.accumulate(ahead, 0, None, ahead)
            np.minimum.accumulate(behind, 0, None, behind)
            np.add(reached, summed, reached)
        return out

    @property
    def _is_open(self) -> tuple[bool, bool]:
        return self._within.open_begin, self._within.open_end

    def _begin(self, out: Float64Array, costs: Float64Array, sums: Float64Array, *, is_open: bool) -> None:
        """The first row of a direction: begun at the first column, or, where it is open, at any."""
        first = -int(self._within.start[0])
        out[first:] = costs[first:] if is_open else sums[first:] - sums[first] + costs[first]

    def _near(
        self, out: Float64Array, shift: int, shape: tuple[int, ...]
    ) -> tuple[Float64Array, Float64Array]:
        """For each row the row before, one column back and in the same column."""
        return (
            as_strided(out[:, self._pad + shift - 1 :], shape, out.strides, writeable=False),
            as_strided(out[:, self._pad + shift :], shape, out.strides, writeable=False),
        )

    def _at(self, side: int, row: int) -> Float64Array:
        start = side * self._room + self._pad
        return self._filled[row, start : start + self._width]

    def _inside(self, values: Float64Array) -> Float64Array:
        """Only where there is such a column."""
        start = int(self._within.start[self.middle])
        values[: max(0, -start)] = np.inf
        values[max(0, self._columns - start) :] = np.inf
        return values

    def _walk(self, side: int, row: int, column: int) -> list[tuple[int, int]]:
        """The pairs of rows from there back to the beginning of that direction."""
        starts = (self._within.start - self._pad - side * self._room).tolist()
        cell = self._filled.item
        pairs = [(column, row)]
        while row > 0 or (column > 0 and not self._is_open[side]):
            alone = cell(row, column - starts[row] - 1) + self._step
            options = (np.inf, np.inf, alone)
            if row > 0:
                at = column - starts[row - 1]
                options = (cell(row - 1, at - 1), cell(row - 1, at) + self._step, alone)
            back = _STEPS[options.index(min(options))]
            row, column = row + back[0], column + back[1]
            pairs.append((column, row))
        return pairs

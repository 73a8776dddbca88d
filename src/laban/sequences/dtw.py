"""The cheapest path through a band of costs, along its antidiagonals.

The cells of an antidiagonal depend on those of the two before it and not on each other, so each is computed with
three vectorised operations. A path with fixed ends is computed from both ends at once, which meet in the middle:
half as many steps, each for two.
"""

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.sequences.dtw_costs import BandCosts

_Cell = tuple[int, int]

_PLACES = 16_384
_AHEAD = 2  # antidiagonals before the first: from there a path enters its first cell


class CheapestPath:
    """The cumulative costs of M rows and N columns; row i may be matched with ``width`` columns from ``start[i]``
    on.

    The part of the band outside the columns has no cells. A step costs the cell it leads to, plus ``step_cost``
    along a row or a column. With open ends the first or last cell may be any of its row.
    """

    def __init__(
        self,
        costs: BandCosts,
        start: IntArray,
        width: int,
        columns: int,
        *,
        step_cost: float = 0.0,
        open_begin: bool = False,
        open_end: bool = False,
    ) -> None:
        self._rows, self._columns, self._step = len(start), columns, step_cost
        self._open_begin = open_begin
        last = self._rows + columns - 2
        # With an open end the middle antidiagonal is unknown.
        self._sides = 1 if open_begin or open_end else 2
        self._middle = last if self._sides == 1 else (last + 1) // 2
        self._number = np.arange(-_AHEAD, self._middle + 1)
        # The rows of an antidiagonal follow each other; the lowest is in its first slot.
        begins = np.arange(self._rows) + start
        lowest = np.searchsorted(begins, self._number - width, side="right")
        self._lowest = np.maximum(lowest, self._number - (columns - 1))
        above = np.minimum(np.searchsorted(begins, self._number, side="right"), self._number + 1)
        self._table = self._laid_out(costs, above - self._lowest)
        self._enter()
        arrival = self._fill()
        self.total, self._ends = self._met(arrival) if self._sides == 2 else self._ended(open_end=open_end)

    def pairs(self) -> IntArray:
        """(P, 2) the columns and rows of its cells, in order."""
        ways = [self._walk(side, *end) for side, end in enumerate(self._ends)]
        path = ways[0][::-1]
        if len(ways) == 1:
            return path
        back = (self._columns - 1, self._rows - 1) - ways[1]
        return np.concatenate([path, back[int((back[0] == path[-1]).all()) :]])

    def _laid_out(self, costs: BandCosts, count: IntArray) -> Float64Array:
        """Each cost in the slot of its cell, ``count`` of them on each antidiagonal; reversed for the other
        direction."""
        slots = np.arange(count.max())
        table = np.full((len(count), len(slots) + 2, self._sides), np.inf)
        rows = np.arange(self._rows)
        forward = costs.place - rows
        backward = costs.place[::-1] + rows + (self._columns - 1)
        # In chunks: allocating large index arrays would take longer than using them.
        step = max(1, _PLACES // len(slots))
        for top in range(0, len(count), step):
            part = slice(top, top + step)
            number, outside = self._number[part, None], slots >= count[part, None]
            row = np.minimum(self._lowest[part, None] + slots, self._rows - 1)
            for side, place in enumerate(
                (forward.take(row) + number, backward.take(row) - number)[: self._sides]
            ):
                np.putmask(place, outside, -1)
                table[part, 1:-1, side] = costs.values.take(place)
        return table

    def _enter(self) -> None:
        """The cell before the first costs nothing; with an open begin, those before any cell of the first row."""
        self._table[0, 0] = 0.0
        if self._open_begin:
            self._table[self._lowest == 0, 0] = 0.0

    def _fill(self) -> Float64Array:
        """Turns costs into cumulative costs, in place; returns (slots,) those of the last antidiagonal's cells."""
        flat = self._table.reshape(len(self._table), -1)
        length = flat.shape[1] - 2 * self._sides
        # Of each antidiagonal: shifted by one slot to the left, unchanged, and shifted to the right.
        views = zip(
            *(flat[:, side * self._sides : side * self._sides + length] for side in range(3)), strict=True
        )
        before, last, *others = views
        reached, minimum, add, step = np.empty(length), np.minimum, np.add, self._step
        moved = np.diff(self._lowest)
        shifts = zip(others, moved[1:].tolist(), (moved[1:] + moved[:-1]).tolist(), strict=True)
        for here, by_one, by_two in shifts:
            minimum(last[by_one], last[by_one + 1], reached)
            if step:
                add(reached, step, reached)
            minimum(reached, before[by_two], reached)
            cell = here[1]
            add(cell, reached, cell)
            before, last = last, here
        return reached[:: self._sides]

    def _met(self, arrival: Float64Array) -> tuple[float, tuple[_Cell, ...]]:
        """The cheapest path through a cell of the middle antidiagonal, or across it from the one before to the one
        after."""
        other = self._rows + self._columns - 2 - self._middle
        slots = np.arange(self._table.shape[1] - 2)
        through = self._lowest[-1] + slots
        past = self._lowest[-2] + slots
        ways = [
            arrival + self._reached(1, other, self._rows - 1 - through),
            self._reached(0, self._middle - 1, past) + self._reached(1, other - 1, self._rows - 2 - past),
        ]
        if ways[0].min() <= ways[1].min():
            row = int(through[ways[0].argmin()])
            ends = (row, self._middle), (self._rows - 1 - row, other)
        else:
            row = int(past[ways[1].argmin()])
            ends = (row, self._middle - 1), (self._rows - 2 - row, other - 1)
        return float(min(one.min() for one in ways)), ends

    def _ended(self, *, open_end: bool) -> tuple[float, tuple[_Cell, ...]]:
        """The cheapest cell at which a path may end."""
        row = self._rows - 1
        numbers = np.arange(row, self._middle + 1) if open_end else np.array([self._middle])
        costs = self._reached(0, numbers, np.full(len(numbers), row))
        best = int(costs.argmin())
        return float(costs[best]), ((row, int(numbers[best])),)

    def _reached(self, side: int, number: IntArray | int, row: IntArray) -> Float64Array:
        """(K,) the cumulative costs of cells by their antidiagonal and row; infinite outside the band."""
        slot = np.maximum(row - self._lowest[number + _AHEAD] + 1, 0)
        np.minimum(slot, self._table.shape[1] - 1, out=slot)
        return np.asarray(self._table[number + _AHEAD, slot, side])

    def _walk(self, side: int, row: int, number: int) -> IntArray:
        """(K, 2) the columns and rows of the cells from there back to the beginning of that direction."""
        cost, sides, step = self._table.item, self._sides, self._step
        # Where row 0 of each antidiagonal would be in the flat table.
        slots = np.arange(len(self._lowest)) * self._table.shape[1] + 1 - self._lowest
        place = (slots * sides + side).tolist()
        at = number + _AHEAD
        rows, numbers = [row], [at]
        while row > 0 or (at > _AHEAD and not self._open_begin):
            along = place[at - 1] + sides * row
            best = cost(place[at - 2] + sides * (row - 1))
            down, right = cost(along - sides) + step, cost(along) + step
            if best <= down and best <= right:
                at, row = at - 2, row - 1
            else:
                at, row = at - 1, row - (down <= right)
            rows.append(row)
            numbers.append(at)
        path = np.array([numbers, rows]).T
        path[:, 0] -= path[:, 1] + _AHEAD
        return path

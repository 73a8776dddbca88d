"""Online alignment: the position of a person in a movement, from the past alone.

Time warping with an open end: for every row of the reference the cost of the cheapest path to it is kept. With time
a path may stay or advance at up to three times the reference's pace; other paces than its own cost a little, and a
jump to anywhere costs much. All paths have taken the same time, so their costs are comparable, and the cheapest row
is the person's position.
"""

import numpy as np

from laban.core.arrays import Float64Array, IntArray

_FASTEST = 3.0  # times the pace of the reference
_PACE_COST = 0.006  # for each second off the pace, where 1 is a noticeable difference for a second
_LEAP_COST = 0.6  # the cost of a jump: so many seconds of a noticeable difference
_LONGEST_STEP_S = 0.5  # longer gaps are ignored
_FORGOTTEN_S = 2.0


class OnlineDTW:
    """Aligns a person with ``reference`` (R, F), rows of features ``step_s`` apart; NaN is left out.

    ``cyclic``: after the last row comes the first. ``weights`` (F,) are how much each feature counts.
    """

    def __init__(
        self, reference: Float64Array, *, step_s: float, cyclic: bool, weights: Float64Array | None = None
    ) -> None:
        shares = np.ones(reference.shape[1]) if weights is None else weights
        self._used = shares > 0
        self._rows, self._weights = reference[:, self._used], shares[self._used]
        self._step_s, self._cyclic = step_s, cyclic
        self._ways = self._start()
        self._last_s: float | None = None
        self._steps: dict[int, tuple[int, IntArray, Float64Array]] = {}
        self._owed = 0.0  # rows of the reference for which time has passed without a step
        self._error = np.nan

    @property
    def error(self) -> float:
        """The distance of the person from the current row of the reference: the root mean square of the
        differences, 1 where everything differs noticeably. NaN before anything was compared."""
        return float(self._error)

    def update(self, features: Float64Array, time_s: float) -> int:
        """The person's row, given the features (F,) seen at ``time_s``, later than those before.

        Features without anything to compare change nothing.
        """
        costs = self.costs(features)
        since_s = np.inf if self._last_s is None else time_s - self._last_s
        if since_s > _FORGOTTEN_S:
            self._ways = self._start()
        if np.isfinite(costs).any():
            step_s = min(since_s, _LONGEST_STEP_S)
            worst = np.nanmax(costs)
            self._ways = self._on(step_s) + np.where(np.isfinite(costs), costs, worst) * step_s
            self._ways = np.minimum(self._ways - self._ways.min(), _LEAP_COST)
            self._last_s = time_s
        row = int(self._ways.argmin())
        self._error = np.sqrt(self._mean((self._rows[[row]] - features[self._used]) ** 2)[0])
        return row

    def costs(self, features: Float64Array) -> Float64Array:
        """(R,) the cost of the features (F,) at each row, 0 to 1; NaN where they have nothing in common.

        The weighted mean of ``d² / (1 + d²)`` (Geman and McClure 1987) of the differences d: a limb with a wrong
        depth is far off in every row, and must not outweigh the others.
        """
        squares = (self._rows - features[self._used]) ** 2
        return self._mean(squares / (1.0 + squares))

    def _mean(self, values: Float64Array) -> Float64Array:
        """(R,) the weighted mean of what is known of (R, F)."""
        known = np.isfinite(values)
        shared = known @ self._weights
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, values, 0.0) @ self._weights / shared)

    def _start(self) -> Float64Array:
        """The costs at the beginning, or after a jump."""
        ways = np.full(len(self._rows), _LEAP_COST)
        ways[0] = 0.0
        return ways

    def _on(self, step_s: float) -> Float64Array:
        """(R,) the cheapest paths after ``step_s``, from all rows near enough before.

        Steps are whole rows, so a fast camera makes one only every few frames: else it would pay for its pace.
        """
        self._owed += step_s / self._step_s
        pace = int(self._owed)
        self._owed -= pace
        if not pace:
            return self._ways
        known = self._steps.get(pace)  # a camera has few different paces, and each frame needs one of them
        if known is None:
            known = self._steps[pace] = self._steps_of(pace)
        most, places, costs = known
        before = self._ways[-most:] if self._cyclic and most else np.full(most, np.inf)
        return np.asarray((np.concatenate([before, self._ways])[places] + costs).min(axis=1))

    def _steps_of(self, pace: int) -> tuple[int, IntArray, Float64Array]:
        """For a pace: the most rows per step, the rows that each row is reached from, and the cost of each step."""
        most = min(round(_FASTEST * pace), len(self._ways) - 1)
        back = np.arange(most, -1, -1)
        places = np.arange(len(self._ways))[:, None] + np.arange(most + 1)
        return most, places, _PACE_COST * self._step_s * np.abs(back - pace)


def follow(
    reference: Float64Array, features: Float64Array, times_s: Float64Array, *, step_s: float, cyclic: bool
) -> IntArray:
    """(T,) the rows of ``reference`` for ``features`` (T, F), each from the past alone."""
    follower = OnlineDTW(reference, step_s=step_s, cyclic=cyclic)
    rows = [follower.update(row, float(time_s)) for row, time_s in zip(features, times_s, strict=True)]
    return np.array(rows, dtype=np.int64)

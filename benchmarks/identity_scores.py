"""Identity metrics: IDF1 (Ristani et al. 2016), and switches and MOTA (CLEAR MOT, Bernardin 2008)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Scores:
    """Counts that add up over scenes, and the figures they give."""

    truths: int = 0
    found: int = 0
    kept: int = 0
    matched: int = 0
    switches: int = 0

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(
            self.truths + other.truths,
            self.found + other.found,
            self.kept + other.kept,
            self.matched + other.matched,
            self.switches + other.switches,
        )

    @property
    def idf1(self) -> float:
        """2 IDTP / (2 IDTP + IDFP + IDFN); 1 where there is nothing to find and nothing was found."""
        total = self.truths + self.found
        return 2 * self.kept / total if total else 1.0

    @property
    def mota(self) -> float:
        """1 - (misses + false bodies + switches) / true bodies; NaN where there are none."""
        wrong = (self.truths - self.matched) + (self.found - self.matched) + self.switches
        return 1 - wrong / self.truths if self.truths else float("nan")


def score(truths: Sequence[Sequence[int]], found: Sequence[Sequence[int]], pairs: Sequence[Pairs]) -> Scores:
    """The scores of one scene.

    For every frame: the true people there, the ids given, and the (person, id) pairs whose bodies lie on each
    other, each person and each id at most once. IDF1 pairs whole trajectories so that most frames agree.
    """
    return Scores(
        truths=sum(len(frame) for frame in truths),
        found=sum(len(frame) for frame in found),
        kept=_kept(pairs),
        matched=sum(len(frame) for frame in pairs),
        switches=_switches(pairs),
    )


def _kept(pairs: Sequence[Pairs]) -> int:
    """Frames in which a person has the one id that the best pairing of whole trajectories gives it."""
    flat = [pair for frame in pairs for pair in frame]
    if not flat:
        return 0
    people, rows = np.unique([person for person, _ in flat], return_inverse=True)
    ids, columns = np.unique([given for _, given in flat], return_inverse=True)
    together = np.zeros((len(people), len(ids)), dtype=np.int64)
    np.add.at(together, (rows, columns), 1)
    best = linear_sum_assignment(together, maximize=True)
    return int(together[best].sum())


def _switches(pairs: Sequence[Pairs]) -> int:
    """How often a person's id changes."""
    last: dict[int, int] = {}
    switches = 0
    for frame in pairs:
        for person, given in frame:
            switches += last.get(person, given) != given
            last[person] = given
    return switches

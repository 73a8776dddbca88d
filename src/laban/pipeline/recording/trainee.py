"""The choice of one person among those in live images, and of the same one when they come back."""

from collections.abc import Mapping, Sequence

from laban.core.checks import positive
from laban.core.pose import Pose
from laban.core.subject import prominence

GONE_S = 3.0
"""How long the trainee may be out of sight before another person in the image is chosen."""


class TraineeChoice:
    """Chooses the trainee in each frame; two people are never mixed.

    With ``person`` it is only the one with that id. Else it is the biggest at first, among certain detections
    (``core.subject``), and stays so even if others come near. Another person is chosen only once the trainee has
    been gone for ``gone_s``; the person coached longest has precedence when they come back.
    """

    def __init__(self, *, person: int | None = None, gone_s: float = GONE_S) -> None:
        self._wanted, self._gone_s = person, positive(gone_s, name="gone_s")
        self._coached_s: dict[int, float] = {}
        self._current: int | None = None
        self._last_s, self._seen_s = float("nan"), float("-inf")

    @property
    def coached_s(self) -> Mapping[int, float]:
        """Seconds for each person that was chosen as the trainee."""
        return dict(self._coached_s)

    def update(self, poses: Sequence[Pose], time_s: float) -> Pose | None:
        """The trainee's pose at ``time_s``, later than all before; None where they are not there."""
        there = {pose.person: pose for pose in poses if pose.person is not None}
        chosen = self._chosen(there, time_s)
        was_there, self._last_s = self._seen_s == self._last_s, time_s
        if chosen is None or (was_there and chosen != self._current):
            self._current = self._current if chosen is None else chosen
            return None  # also between two people, so that no state is shared
        passed_s = time_s - self._seen_s if was_there else 0.0
        self._coached_s[chosen] = self._coached_s.get(chosen, 0.0) + passed_s
        self._current, self._seen_s = chosen, time_s
        return there[chosen]

    def _chosen(self, there: Mapping[int, Pose], time_s: float) -> int | None:
        if self._wanted is not None:
            return self._wanted if self._wanted in there else None
        longest = self._by_time()
        for person in (*longest[:1], self._current):
            if person in there:
                return person
        if longest and time_s - self._seen_s < self._gone_s:
            return None
        return next((person for person in longest if person in there), _biggest(there))

    def _by_time(self) -> list[int]:
        return sorted(self._coached_s, key=lambda person: -self._coached_s[person])


def _biggest(there: Mapping[int, Pose]) -> int | None:
    return max(there, key=lambda person: prominence(there[person]), default=None)

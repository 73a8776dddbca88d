"""When a repetition begins, turns and ends."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SwingTimes:
    """A way out from ``start_s`` to ``turn_s``, and back until ``end_s``."""

    start_s: float
    turn_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def out_s(self) -> float:
        """Seconds from rest to the turn."""
        return self.turn_s - self.start_s

    @property
    def back_s(self) -> float:
        """Seconds from the turn to rest."""
        return self.end_s - self.turn_s

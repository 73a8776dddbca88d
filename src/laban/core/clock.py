"""How much of a movement a model sees at once: windows on a uniform clock, or a whole clip."""

from dataclasses import dataclass

from laban.core.checks import positive
from laban.errors import InvalidValueError

_LEAST_ROWS = 2


@dataclass(frozen=True)
class WindowSpec:
    """Windows of ``length_s`` seconds, one every ``hop_s``, on a clock of ``fps``.

    >>> WindowSpec(length_s=2.0, hop_s=0.5, fps=30.0).length, WindowSpec(length_s=2.0, hop_s=0.5, fps=30.0).hop
    (60, 15)
    """

    length_s: float = 2.0
    hop_s: float = 0.5
    fps: float = 30.0

    def __post_init__(self) -> None:
        for name in ("length_s", "hop_s", "fps"):
            positive(getattr(self, name), name=name)

    @property
    def length(self) -> int:
        """Rows of a window."""
        return max(1, round(self.length_s * self.fps))

    @property
    def hop(self) -> int:
        """Rows from one window to the next."""
        return max(1, round(self.hop_s * self.fps))

    def count(self, rows: int) -> int:
        """How many whole windows ``rows`` rows hold."""
        return max(0, (rows - self.length) // self.hop + 1)


@dataclass(frozen=True)
class WholeClip:
    """A whole clip of any length, sampled at ``length`` evenly spaced instants from its first to its last."""

    length: int = 60

    def __post_init__(self) -> None:
        if not isinstance(self.length, int) or self.length < _LEAST_ROWS:
            raise InvalidValueError(f"length must be at least {_LEAST_ROWS} rows, got {self.length!r}")


Clock = WindowSpec | WholeClip
"""What the rows of an example are."""

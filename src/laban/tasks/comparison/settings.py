"""How poses and movements are compared."""

from dataclasses import dataclass
from typing import Literal

from laban.core.checks import choose, in_range, positive
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES

NOISE_FLOOR_DEG = 10.0
"""Differences of angles below this are noise: from one camera knees and elbows are 4° to 10° off and shoulders
more (OpenCap's two cameras: 5.5° RMSE in the lower body, doi 10.1080/1091367X.2025.2512361; one camera's knees
4° to 10°, doi 10.1016/j.jbiomech.2025.112602)."""


@dataclass(frozen=True)
class ComparisonSettings:
    """The settings of a comparison.

    ``space``: ``auto`` is metres in three dimensions where both sides have them, else pixels. ``ignore_turn``:
    the direction that the body faces does not matter; in metres each is turned to face the camera first, in pixels
    upright. Size never matters. ``mirror``: ``auto`` names a match of the other side where it is clearly the
    better one, ``never`` and ``always`` decide it. ``noise_floor_deg``: differences below it are never reported
    as faults. ``min_visibility``: a joint seen less surely is not measured.
    """

    space: Literal["auto", "pixel", "world"] = "auto"
    ignore_turn: bool = False
    mirror: Literal["auto", "never", "always"] = "auto"
    noise_floor_deg: float = NOISE_FLOOR_DEG
    min_visibility: float = 0.3

    def __post_init__(self) -> None:
        for name, known in (("space", ("auto", "pixel", "world")), ("mirror", ("auto", "never", "always"))):
            if getattr(self, name) not in known:
                raise InvalidValueError(
                    f"{name} must be one of {', '.join(known)}, got {getattr(self, name)!r}"
                )
        in_range(self.noise_floor_deg, name="noise_floor_deg", low=0.0, high=180.0)
        in_range(self.min_visibility, name="min_visibility", low=0.0, high=1.0)

    def space_for(self, *spaces: tuple[Space, ...]) -> Space:
        """The space to measure in, of those that all sides have; raises where there is none."""
        order = (Space.WORLD, Space.PIXEL, Space.BODY) if self.space == "auto" else (Space(self.space),)
        for space in order:
            if all(space in have for have in spaces):
                return space
        have = " against ".join("/".join(one) for one in spaces)
        raise InvalidValueError(f"both sides must have {' or '.join(order)} coordinates, got {have}")


@dataclass(frozen=True)
class MovementSettings(ComparisonSettings):
    """The same for movements.

    ``clock_fps``: the clock on which both are compared. ``window_s``: how far, in seconds, the attempt may deviate
    from an even pace; None is a quarter of the longer of the two. ``open_begin`` and ``open_end``: the attempt may
    begin before the movement and end after it. ``moments``: how many instants that differ are picked.
    """

    clock_fps: float = 30.0
    window_s: float | None = None
    open_begin: bool = False
    open_end: bool = False
    moments: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        in_range(self.clock_fps, name="clock_fps", low=1.0, high=240.0)
        in_range(self.moments, name="moments", low=0, high=20)
        if self.window_s is not None:
            positive(self.window_s, name="window_s")


@dataclass(frozen=True)
class CoachSettings(ComparisonSettings):
    """When feedback is given.

    PERFECT is said at ``perfect_percent`` held for ``perfect_hold_s`` with nothing to change, FIGHTING below
    ``fighting_percent``. A hint is given once its reason has lasted for ``hint_after_s`` and stays for
    ``hint_least_s``. Beyond an error of ``away`` (1 is where every joint is noticeably off) the trainee does
    something else.
    """

    perfect_percent: float = 85.0
    perfect_hold_s: float = 0.5
    fighting_percent: float = 60.0
    hint_after_s: float = 0.4
    hint_least_s: float = 1.5
    away: float = 1.3

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("perfect_percent", "fighting_percent"):
            in_range(getattr(self, name), name=name, low=0.0, high=100.0)
        for name in ("perfect_hold_s", "hint_after_s", "hint_least_s"):
            in_range(getattr(self, name), name=name, low=0.0, high=60.0)
        in_range(self.away, name="away", low=0.1, high=10.0)


@dataclass(frozen=True)
class RepetitionSettings:
    """How repetitions are found.

    ``turn``: which share of the whole range a movement must go back to have turned. ``min_s`` and ``max_s``: what a
    repetition may last. ``min_range_deg`` or ``min_range_torso``: what its widest angle or coordinate must cover.
    ``joint``: one angle to count by instead of the whole body; with ``low_deg`` and ``high_deg`` a repetition goes
    from beyond one threshold to beyond the other and back, as exercises define it.
    """

    turn: float = 0.45
    min_s: float = 0.3
    max_s: float = 15.0
    min_range_deg: float = 15.0
    min_range_torso: float = 0.1
    joint: str | None = None
    low_deg: float | None = None
    high_deg: float | None = None

    def __post_init__(self) -> None:
        in_range(self.turn, name="turn", low=0.1, high=1.0)
        in_range(self.min_s, name="min_s", low=0.1, high=60.0)
        in_range(self.max_s, name="max_s", low=self.min_s, high=600.0)
        in_range(self.min_range_deg, name="min_range_deg", low=1.0, high=180.0)
        in_range(self.min_range_torso, name="min_range_torso", low=0.01, high=5.0)
        if self.joint is not None:
            choose(self.joint, dict.fromkeys(MAIN_ANGLES, 0), what="joint")
        if (self.low_deg is None) != (self.high_deg is None) or (
            self.low_deg is not None and self.joint is None
        ):
            raise InvalidValueError(
                "thresholds are two, low and high, of a joint: give joint, low_deg and high_deg"
            )
        if self.low_deg is not None and self.high_deg is not None:
            in_range(self.low_deg, name="low_deg", low=0.0, high=180.0)
            in_range(self.high_deg, name="high_deg", low=self.low_deg + 1.0, high=180.0)

"""Settings for measuring and watching posture."""

from dataclasses import dataclass, field

from laban.core.checks import in_range, positive
from laban.core.visibility import LEAST_VISIBILITY
from laban.tasks.posture.camera_roll import Level


@dataclass(frozen=True)
class PostureSettings:
    """``level`` of the camera; ``body_height_cm`` turns torso lengths into centimetres; ``mirrored`` says that the
    image is a mirror's, so that left and right are exchanged. A landmark less visible than ``min_visibility`` is
    not measured."""

    level: Level = field(default_factory=Level)
    body_height_cm: float | None = None
    mirrored: bool = False
    min_visibility: float = LEAST_VISIBILITY

    def __post_init__(self) -> None:
        in_range(self.min_visibility, name="min_visibility", low=0.0, high=1.0)
        if self.body_height_cm is not None:
            in_range(self.body_height_cm, name="body_height_cm", low=40.0, high=260.0)

    @property
    def roll_deg(self) -> float:
        """The camera's roll in the measured image, flipped for a mirror image."""
        return -self.level.roll_deg if self.mirrored else self.level.roll_deg


@dataclass(frozen=True)
class HoldingSettings:
    """How posture is followed over time.

    Values are the median of the last ``smooth_s``. A band is entered when they have been in it for ``enter_s``, and
    left when they have been back inside its limit by the rule's hysteresis for ``leave_s``. A slump is the time in
    which a rule of slumping is beyond its first limit. Being out of the image for ``break_s``, or off the seat,
    is a break. A reminder is due once a slump has lasted ``remind_after_s``, at most one in ``remind_every_s``.
    """

    smooth_s: float = 1.0
    enter_s: float = 3.0
    leave_s: float = 3.0
    break_s: float = 10.0
    remind_after_s: float = 60.0
    remind_every_s: float = 600.0

    def __post_init__(self) -> None:
        for name in ("enter_s", "leave_s", "remind_after_s", "remind_every_s"):
            in_range(getattr(self, name), name=name, low=0.0, high=86_400.0)
        for name in ("smooth_s", "break_s"):
            positive(getattr(self, name), name=name)

"""What ``laban posture`` can be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from laban.cli.pose_options import PoseOptions
from laban.errors import InvalidValueError
from laban.tasks.posture.camera_roll import Level, given_level, plumb_level
from laban.tasks.posture.rules import Rules, default_rules, load_rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings


@dataclass(frozen=True)
class PostureOptions(PoseOptions):
    """What ``laban posture`` can be told by flag, LABAN_POSTURE_ variable or laban.toml."""

    output: Path | None = None
    person: int | None = None
    height_cm: Annotated[float | None, Field(ge=40, le=260)] = None
    roll_deg: Annotated[float | None, Field(ge=-180, le=180)] = None
    plumb_line: str | None = None
    mirrored: bool = False
    rules: Path | None = None
    tta_samples: Annotated[int, Field(ge=0, le=200)] = 16
    visits: bool = False
    live: bool = False
    remind_after_s: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    remind_every_s: Annotated[float, Field(ge=0, le=86_400)] = 600.0
    cache: Path | None = None

    def settings(self, sensed: Level | None = None) -> PostureSettings:
        """Those that decide what is measured; ``sensed`` is the level that the image itself tells."""
        return PostureSettings(
            level=self._level() or sensed or Level(), body_height_cm=self.height_cm, mirrored=self.mirrored
        )

    def holding(self) -> HoldingSettings:
        """Those that decide how posture is followed over time."""
        return HoldingSettings(remind_after_s=self.remind_after_s, remind_every_s=self.remind_every_s)

    def judged_by(self) -> Rules:
        """The rules that were named, or those that come along."""
        return default_rules() if self.rules is None else load_rules(self.rules)

    def _level(self) -> Level | None:
        if self.roll_deg is not None and self.plumb_line is not None:
            raise InvalidValueError("--roll-deg and --plumb-line both tell the camera's roll; give one")
        if self.plumb_line is not None:
            return plumb_level(*_points(self.plumb_line))
        return None if self.roll_deg is None else given_level(self.roll_deg)


def _points(text: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points from ``x1,y1,x2,y2``."""
    try:
        x1, y1, x2, y2 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidValueError(f"--plumb-line must be four numbers X1,Y1,X2,Y2, got {text!r}") from error
    return (x1, y1), (x2, y2)

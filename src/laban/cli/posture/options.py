"""The options of ``laban posture``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from laban.cli.options import OutputFolder
from laban.cli.pose_options import PoseOptions, whom
from laban.errors import InvalidValueError
from laban.tasks.posture.camera_roll import Level, given_level, plumb_level
from laban.tasks.posture.rules import Rules, default_rules, load_rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings


@dataclass(frozen=True)
class PostureOptions(PoseOptions):
    """The options of ``laban posture``."""

    output: OutputFolder = None
    person: Annotated[int | None, whom("The person to measure. [the most prominent]")] = None
    height_cm: Annotated[
        float | None,
        Field(ge=40, le=260),
        typer.Option(metavar="CM", help="The person's height, to give lengths in centimetres."),
    ] = None
    roll_deg: Annotated[
        float | None,
        Field(ge=-180, le=180),
        typer.Option(
            metavar="DEG",
            help="The camera's roll: how far the vertical leans to the right in the image, in degrees.",
        ),
    ] = None
    plumb_line: Annotated[
        str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Two pixels on something vertical in the image.")
    ] = None
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The image was taken in a mirror.")] = False
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML file with your own limits. [those shipped]")
    ] = None
    tta_samples: Annotated[
        int,
        Field(ge=0, le=200),
        typer.Option(metavar="N", help="Repeated estimates for the intervals; 0 assumes a typical noise."),
    ] = 16
    visits: Annotated[
        bool,
        typer.Option(
            "--visits", help="Treat the sources as visits of one person, in order, and report changes."
        ),
    ] = False
    live: Annotated[
        bool, typer.Option("--live", help="Watch one source and print a line of JSON for each change.")
    ] = False
    remind_after_s: Annotated[
        float,
        Field(ge=0, le=86_400),
        typer.Option(metavar="S", help="Live: remind of a slump after this many seconds."),
    ] = 60.0
    remind_every_s: Annotated[
        float,
        Field(ge=0, le=86_400),
        typer.Option(metavar="S", help="Live: the least seconds between reminders."),
    ] = 600.0

    def settings(self, sensed: Level | None = None) -> PostureSettings:
        """The settings that decide what is measured; ``sensed`` is the camera roll noted in the image."""
        return PostureSettings(
            level=self._level() or sensed or Level(), body_height_cm=self.height_cm, mirrored=self.mirrored
        )

    def holding(self) -> HoldingSettings:
        """The settings for posture over time."""
        return HoldingSettings(remind_after_s=self.remind_after_s, remind_every_s=self.remind_every_s)

    def chosen_rules(self) -> Rules:
        """The rules that were named, or those shipped."""
        return default_rules() if self.rules is None else load_rules(self.rules)

    def _level(self) -> Level | None:
        if self.roll_deg is not None and self.plumb_line is not None:
            raise InvalidValueError("--roll-deg and --plumb-line both set the camera's roll; give one")
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

"""What ``laban predict`` and ``laban watch`` have in common: their options, and how spans are shown."""

from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import typer
from pydantic import Field

from laban.cli.extract import ExtractOptions, with_weights
from laban.pipeline.extraction import ExtractionSettings
from laban.tasks.action.timeline import ActionSettings

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A model that comes with Laban, a model file, or the folder of a run.",
        show_default=False,
    ),
]
Enter = Annotated[
    float | None,
    typer.Option(metavar="P", help="The probability at which an event begins. [the model's, or 0.6]"),
]
Leave = Annotated[
    float | None, typer.Option(metavar="P", help="The probability below which it ends. [the model's, or 0.4]")
]
MinDuration = Annotated[
    float | None, typer.Option("--min-duration-s", metavar="S", help="How long it must last to be told. [0]")
]
CoolDown = Annotated[
    float | None, typer.Option("--cool-down-s", metavar="S", help="How long it is not told again. [2]")
]
AllLabels = Annotated[
    bool | None, typer.Option("--all-labels", help="Tell of every label, also that nothing happens.")
]
PoseModel = Annotated[str | None, typer.Option(help="How poses are taken: lite, full or heavy. [full]")]
Detector = Annotated[str | None, typer.Option(help="auto, blazepose or yolox. [auto]")]
MaxPeople = Annotated[int | None, typer.Option(metavar="N", help="The most people to follow. [20]")]


@dataclass(frozen=True)
class ActionOptions(ActionSettings):
    """What both can be told by flag, variable or laban.toml."""

    pose_model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20

    def settings(self) -> ActionSettings:
        """Those that decide when something begins and ends."""
        return ActionSettings(**_fields_of(self, ActionSettings))

    def extraction(self, *, quiet: bool) -> ExtractionSettings:
        """How poses are taken, with the weights there: they are fetched where they are not."""
        options = ExtractOptions(model=self.pose_model, detector=self.detector, max_people=self.max_people)
        return with_weights(options, quiet=quiet).settings()


def _fields_of(value: Any, kind: type) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(kind)}

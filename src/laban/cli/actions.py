"""What ``laban predict`` and ``laban watch`` have in common: their options, and how spans are shown."""

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from laban.cli.pose_options import PoseOptions
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
    float | None,
    typer.Option("--min-duration-s", metavar="S", help="How long an event must last to be reported. [0]"),
]
CoolDown = Annotated[
    float | None,
    typer.Option("--cool-down-s", metavar="S", help="How long the same event is not reported again. [2]"),
]
AllLabels = Annotated[
    bool | None, typer.Option("--all-labels", help="Tell of every label, also that nothing happens.")
]


@dataclass(frozen=True)
class ActionOptions(PoseOptions, ActionSettings):
    """What both can be told by flag, variable or laban.toml."""

    def settings(self) -> ActionSettings:
        """Those that decide when something begins and ends."""
        return ActionSettings(**_fields_of(self, ActionSettings))


def _fields_of(value: object, kind: type) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(kind)}

"""Options that ``laban predict`` and ``laban watch`` share."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import typer

from laban.cli.options import Described, part_of
from laban.cli.pose_options import EngineOptions
from laban.tasks.action.timeline import ActionSettings

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A model that comes with Laban, a model file, or the folder of a run.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class ActionOptions(EngineOptions, ActionSettings):
    """When an event begins and ends, and how people are found."""

    described: ClassVar[Described] = {
        "enter": typer.Option(
            metavar="P", help="The probability at which an event begins. [the model's, or 0.6]"
        ),
        "leave": typer.Option(metavar="P", help="The probability below which it ends. [the model's, or 0.4]"),
        "min_duration_s": typer.Option(metavar="S", help="How long an event must last to be reported. [0]"),
        "cool_down_s": typer.Option(metavar="S", help="How long the same event is not reported again. [2]"),
        "all_labels": typer.Option(
            "--all-labels", help="Report every label, including that nothing happens."
        ),
    }

    def settings(self) -> ActionSettings:
        """The settings that decide when an event begins and ends."""
        return part_of(self, ActionSettings)

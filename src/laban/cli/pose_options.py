"""How poses are taken, in commands that work on videos and recordings alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import Field

from laban.cli.extract import ExtractOptions, with_weights
from laban.pipeline.extraction import ExtractionSettings

PoseModel = Annotated[str | None, typer.Option(help="How poses are taken: lite, full or heavy. [full]")]
Detector = Annotated[str | None, typer.Option(help="auto, blazepose or yolox. [auto]")]
MaxPeople = Annotated[int | None, typer.Option(metavar="N", help="The most people to follow. [20]")]
Cache = Annotated[Path | None, typer.Option(help="The folder in which poses are kept.")]


@dataclass(frozen=True)
class PoseOptions:
    """What these commands can be told of it by flag, variable or laban.toml."""

    pose_model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20

    def extraction(self, *, quiet: bool) -> ExtractionSettings:
        """How poses are taken, with the weights there: they are fetched where they are not."""
        options = ExtractOptions(model=self.pose_model, detector=self.detector, max_people=self.max_people)
        return with_weights(options, quiet=quiet).settings()

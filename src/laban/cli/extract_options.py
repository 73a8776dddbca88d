"""Options for finding people in videos, and the weights that they need."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import typer
from pydantic import Field

from laban.assets import find_asset
from laban.cli.asset_fetching import fetch_asset
from laban.cli.options import INTO_FOLDER, Described, part_of
from laban.cli.output import say
from laban.errors import AssetError
from laban.pipeline.recording.settings import ExtractionSettings

ModelName = Literal["lite", "full", "heavy"]
DetectorName = Literal["auto", "blazepose", "yolox"]
Detector = Annotated[DetectorName, typer.Option(help="The person detector: auto, blazepose or yolox.")]
MaxPeople = Annotated[int, Field(ge=1, le=100), typer.Option(metavar="N", help="The most people to track.")]

_DETECTORS = {"blazepose": "blazepose_detector", "yolox": "yolox_nano"}


@dataclass(frozen=True)
class ExtractOptions(ExtractionSettings):
    """The options of ``laban extract``."""

    output: Annotated[Path, INTO_FOLDER] = Path()
    model: Annotated[
        ModelName, typer.Option(help="The landmark network, from fast to accurate: lite, full or heavy.")
    ] = "full"
    detector: Detector = "auto"
    precision: Literal["mixed", "float"] = "mixed"
    max_people: MaxPeople = 20
    described: ClassVar[Described] = {
        "every": typer.Option(metavar="N", help="Use only every Nth frame."),
        "workers": typer.Option(metavar="N", help="How many networks run at once. [one per core]"),
    }
    fps: Annotated[
        float | None,
        Field(gt=0, le=1e6),
        typer.Option(metavar="HZ", help="Frames per second of numbered images or a raw stream. [30]"),
    ] = None
    overlay: Annotated[bool, typer.Option(help="Also write the video with skeletons drawn over it.")] = False
    photos: Annotated[
        bool | None,
        typer.Option(
            "--photos/--frames",
            help="Treat a folder of images as photos or as frames of a video. [by their content]",
        ),
    ] = None

    def settings(self) -> ExtractionSettings:
        """The settings that decide what is found."""
        return part_of(self, ExtractionSettings)


def with_weights(options: ExtractOptions, *, quiet: bool) -> ExtractOptions:
    """The options with the detector chosen, and all weights fetched."""
    detector = _auto(quiet=quiet) if options.detector == "auto" else options.detector
    for name in (_DETECTORS[detector], f"blazepose_landmarker_{options.model}"):
        fetch_asset(name, quiet=quiet)
    return replace(options, detector=detector)


def _auto(*, quiet: bool) -> Literal["blazepose", "yolox"]:
    """The better detector if it is available. It is not downloaded if only the other one is on this machine."""
    try:
        if find_asset(_DETECTORS["yolox"]) or not find_asset(_DETECTORS["blazepose"]):
            fetch_asset(_DETECTORS["yolox"], quiet=quiet)
            return "yolox"
    except AssetError as error:
        say(f"laban: {error}", quiet=quiet)
    say(
        "using the detector blazepose; for the better one, yolox, run `laban assets fetch yolox_nano`",
        quiet=quiet,
    )
    return "blazepose"

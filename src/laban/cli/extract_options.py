"""Options of whatever finds people in videos, and the weights that they need."""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from laban.assets import find_asset
from laban.cli.asset_fetching import fetch_asset
from laban.cli.output import say
from laban.errors import AssetError
from laban.pipeline.recording.extract import ExtractionSettings

_DETECTORS = {"blazepose": "blazepose_detector", "yolox": "yolox_nano"}


@dataclass(frozen=True)
class ExtractOptions(ExtractionSettings):
    """What ``laban extract`` can be told by flag, LABAN_EXTRACT_ variable or laban.toml."""

    model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    precision: Literal["mixed", "float"] = "mixed"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20
    output: Path = field(default_factory=Path)
    overlay: bool = False
    photos: bool | None = None
    fps: Annotated[float | None, Field(gt=0, le=1e6)] = None

    def settings(self) -> ExtractionSettings:
        """Those of the options that decide what is found."""
        return ExtractionSettings(**{one.name: getattr(self, one.name) for one in fields(ExtractionSettings)})


def with_weights(options: ExtractOptions, *, quiet: bool) -> ExtractOptions:
    """The options with the detector settled, its weights and the model's fetched."""
    detector = _auto(quiet=quiet) if options.detector == "auto" else options.detector
    for name in (_DETECTORS[detector], f"blazepose_landmarker_{options.model}"):
        fetch_asset(name, quiet=quiet)
    return replace(options, detector=detector)


def _auto(*, quiet: bool) -> Literal["blazepose", "yolox"]:
    """The better detector where it can be had. The network is asked once: not when the other is here instead."""
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

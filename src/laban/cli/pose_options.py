"""How poses are taken, in commands that work on videos and recordings alike."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from laban.cli.extract_options import ExtractOptions, with_weights
from laban.cli.source_options import Cache, Detector, FlipY, Fps, MaxPeople, PoseModel, Size, SwapXY, whom
from laban.errors import InvalidValueError
from laban.pipeline.recording.extract import ExtractionSettings
from laban.pipeline.recording.open import PoseFile

__all__ = [
    "Cache",
    "Detector",
    "FlipY",
    "Fps",
    "MaxPeople",
    "PoseModel",
    "PoseOptions",
    "Size",
    "SwapXY",
    "parse_size",
    "whom",
]


@dataclass(frozen=True)
class PoseOptions:
    """What these commands can be told of it by flag, variable or laban.toml."""

    pose_model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20
    fps: Annotated[float | None, Field(gt=0, le=1e6)] = None
    size: str | None = None

    def pose_file(self) -> PoseFile:
        """What a file of poses does not say of itself."""
        return PoseFile(self.fps, None if self.size is None else parse_size(self.size))

    def extraction(self, *, quiet: bool) -> ExtractionSettings:
        """How poses are taken, with the weights there: they are fetched where they are not."""
        options = ExtractOptions(model=self.pose_model, detector=self.detector, max_people=self.max_people)
        return with_weights(options, quiet=quiet).settings()


def parse_size(text: str) -> tuple[int, int]:
    """``1280x720`` as (1280, 720).

    >>> parse_size("640x480")
    (640, 480)
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) <= 15):
        raise InvalidValueError(f"--size must look like 1280x720, got {text[:40]!r}")
    return int(width), int(height)

"""Options on how poses are found and on properties that a source lacks, for commands to inherit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from laban.cli.extract_options import Detector, ExtractOptions, MaxPeople, ModelName, with_weights
from laban.errors import InvalidValueError
from laban.pipeline.recording.open import PoseFile
from laban.pipeline.recording.settings import ExtractionSettings

__all__ = [
    "AxisOptions",
    "CacheOption",
    "EngineOptions",
    "FrameRateOption",
    "PoseFileOptions",
    "PoseOptions",
    "parse_size",
    "whom",
]

_FrameRate = Annotated[
    float | None,
    Field(gt=0, le=1e6),
    typer.Option(
        metavar="HZ",
        help="Frames per second of a source without times: poses, numbered images, a raw stream. [30]",
    ),
]


@dataclass(frozen=True)
class EngineOptions:
    """Which networks find people."""

    pose_model: Annotated[ModelName, typer.Option(help="The landmark network: lite, full or heavy.")] = "full"
    detector: Detector = "auto"
    max_people: MaxPeople = 20

    def extraction(self, *, quiet: bool) -> ExtractionSettings:
        """How poses are found; the weights are fetched where they are missing."""
        options = ExtractOptions(model=self.pose_model, detector=self.detector, max_people=self.max_people)
        return with_weights(options, quiet=quiet).settings()


@dataclass(frozen=True)
class FrameRateOption:
    """The frame rate of a source without times."""

    fps: _FrameRate = None


@dataclass(frozen=True)
class PoseFileOptions:
    """Properties that a file of poses may lack."""

    fps: _FrameRate = None
    size: Annotated[
        str | None, typer.Option(metavar="WxH", help="Image size, if a file of poses does not give it.")
    ] = None

    def pose_file(self) -> PoseFile:
        """The same as one parsed value."""
        return PoseFile(self.fps, None if self.size is None else parse_size(self.size))


@dataclass(frozen=True)
class AxisOptions:
    """How the coordinates of a file of poses are laid out."""

    flip_y: Annotated[
        bool, typer.Option("--flip-y", help="Flip y, for pixels whose y grows upwards, as in plots.")
    ] = False
    swap_xy: Annotated[bool, typer.Option("--swap-xy", help="Read y before x, the order MoveNet uses.")] = (
        False
    )


@dataclass(frozen=True)
class CacheOption:
    """Where poses are kept."""

    cache: Annotated[Path | None, typer.Option(help="The folder in which poses are kept.")] = None


@dataclass(frozen=True)
class PoseOptions(EngineOptions, PoseFileOptions, CacheOption):
    """How poses are extracted from a video or read from a recording."""


def whom(words: str) -> Any:
    """The option that selects a person by id; ``words`` is its help."""
    return typer.Option(metavar="ID", help=words)


def parse_size(text: str) -> tuple[int, int]:
    """``1280x720`` as (1280, 720).

    >>> parse_size("640x480")
    (640, 480)
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) <= 15):
        raise InvalidValueError(f"--size must look like 1280x720, got {text[:40]!r}")
    return int(width), int(height)

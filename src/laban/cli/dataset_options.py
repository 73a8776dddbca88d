"""Options of the commands that read labelled clips, and opening a dataset with them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from laban.cli.extract_options import DetectorName, ModelName
from laban.pipeline.dataset import (
    Dataset,
    open_dataset,
)
from laban.pipeline.dataset.pickle_file import read_labels

Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="A folder of classes, a table of clips, files of landmarks, or a PYSKL pickle.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class ClipOptions:
    """How poses are found in the clips, and details that their files may lack."""

    detector: Annotated[DetectorName, typer.Option(help="For videos: auto, blazepose or yolox.")] = "auto"
    workers: Annotated[
        int | None,
        Field(ge=1, le=1024),
        typer.Option(metavar="N", help="How many videos to work on at once. [one per core]"),
    ] = None
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where poses are kept. [LABAN_CACHE, or your cache]")
    ] = None
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The names of a pickle's classes, one per line, in the order of their numbers.",
        ),
    ] = None
    group: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="The person or scene in a clip: a regular expression on its name, or a table with a column "
            "group.",
        ),
    ] = None


@dataclass(frozen=True)
class LearningClipOptions(ClipOptions):
    """The same for commands that train or evaluate a model on the clips."""

    pose_model: Annotated[ModelName, typer.Option(help="For videos: lite, full or heavy.")] = "full"
    read_fps: Annotated[
        float | None,
        Field(gt=0, le=1000),
        typer.Option(metavar="F", help="Frames per second of files without times. [30]"),
    ] = None


def opened(data: Path, options: ClipOptions, *, fps: float | None, split: str | None = None) -> Dataset:
    """The labelled clips at ``data``."""
    names = read_labels(options.labels) if options.labels is not None else None
    return open_dataset(data, fps=fps, labels=names, split=split, groups=options.group)

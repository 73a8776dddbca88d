"""What the commands on labelled clips may be told of their data, and the data opened so."""

from pathlib import Path
from typing import Annotated, Any

import typer

from laban.pipeline.dataset import (
    Dataset,
    open_dataset,
)
from laban.pipeline.dataset.pickle_file import read_labels

LabelsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Names of a pickle's classes, one a line, in the order of their numbers.",
        show_default=False,
    ),
]
GroupBy = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="Who or which scene a clip shows: a regular expression on its name, or a table with a column group.",
        show_default=False,
    ),
]
DataSplit = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Which of a pickle's splits is meant, such as xsub.", show_default=False
    ),
]


def opened(data: Path, options: Any, *, fps: float | None, split: str | None = None) -> Dataset:
    """The labelled clips at ``data``; ``options`` has ``labels`` and ``group``."""
    names = read_labels(options.labels) if options.labels is not None else None
    return open_dataset(data, fps=fps, labels=names, split=split, groups=options.group)


Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="A folder of classes, a table of clips, files of landmarks, or a PYSKL pickle.",
        show_default=False,
    ),
]


CacheFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where poses are kept. [LABAN_CACHE, or your cache]", show_default=False
    ),
]

"""Options about what is read, each declared once: how poses are taken, of whom, and what a source does not tell."""

from pathlib import Path
from typing import Annotated, Any

import typer

PoseModel = Annotated[str | None, typer.Option(help="The landmark network: lite, full or heavy. [full]")]
Detector = Annotated[str | None, typer.Option(help="auto, blazepose or yolox. [auto]")]
MaxPeople = Annotated[int | None, typer.Option(metavar="N", help="The most people to follow. [20]")]
Fps = Annotated[
    float | None,
    typer.Option(
        metavar="HZ",
        help="Frames per second where the source has no times: poses, numbered images, a raw stream. [30]",
    ),
]
Size = Annotated[
    str | None, typer.Option(metavar="WxH", help="Image size of a file of poses that does not give it.")
]
FlipY = Annotated[bool, typer.Option("--flip-y", help="Turn over pixels whose y grows upwards, as in plots.")]
SwapXY = Annotated[bool, typer.Option("--swap-xy", help="Read y before x, as MoveNet has them.")]
Cache = Annotated[Path | None, typer.Option(help="The folder in which poses are kept.")]


def whom(words: str) -> Any:
    """The option that names a person by number; ``words`` say what for, and who is taken without it."""
    return typer.Option(metavar="ID", help=words)

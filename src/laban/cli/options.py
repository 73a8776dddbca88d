"""Options that several commands share, and how their values are settled."""

from pathlib import Path
from typing import Annotated, TypeVar

import typer

T = TypeVar("T")

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Videos, images, folders or patterns; - is standard input.",
        show_default=False,
    ),
]
OutputFolder = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="The folder for what is made.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]


def settle(kind: type[T], *, section: str, **flags: object) -> T:
    """The options of one command; a flag that is None was not given. See ``resolve_settings``."""
    from laban.cli.registry import COMMANDS, SUBCOMMANDS
    from laban.cli.settings import resolve_settings

    return resolve_settings(kind, section=section, flags=flags, sections=(*COMMANDS, *SUBCOMMANDS))

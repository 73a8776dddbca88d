"""``laban assets``: list, fetch and locate weights and samples."""

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from laban.cli.app import new_app
from laban.cli.asset_fetching import fetch_assets
from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import report, report_outcome
from laban.core.answers.outcomes import AssetAnswer

if TYPE_CHECKING:
    from laban.assets.manifest import Asset

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The asset's name, as listed by `laban assets list`.")
]

_WIDTH = 79

app = new_app(help="List, fetch and locate weights and samples.", no_args_is_help=True)


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List weights and samples, their licences, and which are on this machine.

    Example:

    - `laban assets list`
    """
    from laban.assets import find_asset, list_assets

    found = {asset.name: find_asset(asset.name) for asset in list_assets()}
    value = [_answer(asset, found[asset.name]) for asset in list_assets()]
    report(value, _lines(value), as_json=as_json)


@dataclass(frozen=True)
class FetchOptions:
    """The options of ``laban assets fetch``."""

    everything: Annotated[bool, typer.Option("--all", help="Fetch weights and samples.")] = False


@app.command()
@with_options(None)
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="The assets to fetch. [all weights]")
    ] = None,
    *,
    options: FetchOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Download assets to this machine: the named ones, or all weights.

    Examples:

    - `laban assets fetch`
    - `laban assets fetch demo blazepose_landmarker_heavy`
    """
    from laban.assets import list_assets

    chosen = names or [asset.name for asset in list_assets() if options.everything or asset.kind == "weights"]
    outcome = fetch_assets(chosen, quiet=quiet)
    report_outcome(outcome, as_json=as_json)
    raise typer.Exit(outcome.exit_code)


@app.command()
def path(name: Name) -> None:
    """Print the path of an asset; nothing is downloaded.

    Example:

    - `laban assets path demo`
    """
    from laban.assets import asset_path

    report(None, str(asset_path(name, offline=True)), as_json=False)


def _answer(asset: "Asset", path: Path | None) -> AssetAnswer:
    return AssetAnswer(
        name=asset.name,
        kind=asset.kind,
        about=asset.about,
        licence=asset.licence,
        size_bytes=asset.size_bytes,
        sha256=asset.sha256,
        path=None if path is None else str(path),
    )


def _lines(value: list[AssetAnswer]) -> str:
    """Two or three lines for each asset, none longer than ``_WIDTH``."""
    names = max(len(one.name) for one in value)
    lines = []
    for one in value:
        here = "here" if one.path else "not here"
        size = f"{one.size_bytes / 1e6:.1f} MB"
        lines.append(f"{one.name:<{names}}  {size:>8}  {one.licence:<12}  {here}")
        lines += textwrap.wrap(one.about, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines)

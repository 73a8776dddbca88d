"""Fetching weights and samples with a progress bar."""

from collections.abc import Iterable
from pathlib import Path

from laban.cli.output import Item, Outcome, for_each, progress_bar, say


def fetch_assets(names: Iterable[str], *, quiet: bool = False) -> Outcome:
    """Fetches each of ``names`` with a progress bar; one that fails does not stop the others."""
    from laban.assets import find_asset

    def work(name: str) -> Item:
        status = "kept" if find_asset(name) else "done"
        return Item(name, "kept" if status == "kept" else "done", (str(fetch_asset(name, quiet=quiet)),))

    return for_each(names, work)


def fetch_asset(name: str, *, quiet: bool = False) -> Path:
    """The file of one asset, fetched with a progress bar if it is not on this machine."""
    from laban.assets import asset_path, find_asset

    found = find_asset(name)
    if found is not None:
        return found
    say(f"fetching {name}", quiet=quiet)
    with progress_bar(name, in_bytes=True, quiet=quiet) as advance:
        return asset_path(name, progress=advance)

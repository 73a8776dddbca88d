"""The command line."""

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs ``laban`` with ``arguments`` (the process's own if None) and exits with its code."""
    from laban.cli.app import app
    from laban.cli.errors import guarded

    raise SystemExit(guarded(app, arguments))

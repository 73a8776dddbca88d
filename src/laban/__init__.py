"""Laban understands human movement from ordinary video."""

from laban.version import __version__

__all__ = ["__version__"]

"""Tables of what the program knows by name: file formats, assets, the Python functions."""

import inspect
from dataclasses import fields

import laban
from laban.assets import list_assets
from laban.assets.manifest import HttpsPlace, Place, WheelPlace, shipped_manifest
from laban.sequences.io import FORMATS
from laban.sources import Limits
from scripts.docs.blocks import markdown_table


def formats_table() -> str:
    """One row a file format: name, suffixes, options, and what writing it loses."""
    rows = (
        [
            f"`{one.name}`",
            ", ".join(f"`{suffix}`" for suffix in one.suffixes) or "a folder",
            _codes(one.read_options),
            _codes(one.write_options),
            one.loss,
        ]
        for one in FORMATS.values()
    )
    headings = ("format", "written by suffix", "options for reading", "options for writing", "cannot hold")
    return markdown_table(headings, rows)


def assets_table() -> str:
    """One row an asset: name, size, licence, places, and what it is."""
    rows = (
        [
            f"`{one.name}`",
            f"`{one.file}`",
            f"{one.size_bytes / 1e6:.1f} MB",
            one.licence,
            "; ".join(_place(place) for place in one.places),
            one.about,
        ]
        for one in list_assets()
    )
    return markdown_table(("name", "file", "size", "licence", "places", "what"), rows, right=("size",))


def limits_table() -> str:
    """One row a limit on what is decoded: its name in ``Limits`` and how much that is."""
    shown = ([f"`{one.name}`", f"{getattr(Limits(), one.name):,.12g}"] for one in fields(Limits))
    return markdown_table(("limit", "at most"), shown, right=("at most",))


def api_table() -> str:
    """One row a public name of the package: what to type, and the first sentence of what it promises."""
    public = [name for name in laban.__all__ if not name.startswith("_")]
    return markdown_table(("name", "does"), ([f"`{_call(name)}`", _summary(name)] for name in public))


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _place(place: Place) -> str:
    manifest = shipped_manifest()
    if isinstance(place, HttpsPlace):
        return "https"
    if isinstance(place, WheelPlace):
        return f"wheel `{manifest.wheels[place.wheel].requirement}`"
    return f"npm `{manifest.npm_packages[place.npm].requirement}`"


def _call(name: str) -> str:
    value = getattr(laban, name)
    if inspect.isclass(value):
        return f"laban.{name}"
    parameters = inspect.signature(value).parameters.values()
    positional = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    more = ["…"] if any(one.kind in (one.KEYWORD_ONLY, one.VAR_KEYWORD) for one in parameters) else []
    return f"laban.{name}({', '.join([*positional, *more])})"


def _summary(name: str) -> str:
    text = inspect.getdoc(getattr(laban, name)) or ""
    return text.split("\n\n")[0].replace("``", "`")

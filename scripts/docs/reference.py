"""Tables of everything with a name: file formats, assets, Python functions."""

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path

import laban
from laban.assets import list_assets
from laban.assets.manifest import HttpsMirror, Mirror, WheelMirror, shipped_manifest
from laban.core.skeleton import SKELETONS
from laban.features.spec import FEATURE_SETS, FeatureSpec
from laban.io import FORMATS
from laban.models import architectures
from laban.sources import Limits
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.rules import default_rules
from laban.tasks.posture.views import SIDE_VIEWS
from scripts.docs.blocks import markdown_table


def formats_table() -> str:
    """One row per file format: name, suffixes, options, and what is lost in writing it."""
    rows = (
        [
            f"`{one.name}`",
            ", ".join(f"`{suffix}`" for suffix in one.suffixes) or _without_suffix(one.name),
            _codes(one.read_options),
            _codes(one.write_options),
            one.loss,
        ]
        for one in FORMATS.values()
    )
    headings = ("format", "written by suffix", "options for reading", "options for writing", "cannot hold")
    return markdown_table(headings, rows)


def _without_suffix(name: str) -> str:
    return "a folder" if name in ("openpose", "yolo-pose") else "any, with `--to`"


_ORIGINS = {
    "blazepose33": "MediaPipe's pose landmarker; what the engine gives",
    "coco17": "the COCO keypoint challenge",
    "openpose18": "OpenPose, trained on COCO",
    "openpose25": "OpenPose, BODY_25",
    "halpe26": "Halpe-FullBody, with feet",
    "ntu25": "Kinect v2, NTU RGB+D",
    "jhmdb15": "JHMDB",
    "penn13": "Penn Action",
    "kinect20": "Kinect v1",
}


def skeletons_table() -> str:
    """One row per skeleton: its name, number of joints, and origin."""
    rows = ([f"`{name}`", str(len(one)), _ORIGINS[name]] for name, one in SKELETONS.items())
    return markdown_table(("name", "joints", "from"), rows, right=("joints",))


def assets_table() -> str:
    """One row per asset: name, size, licence, mirrors, and what it is."""
    rows = (
        [
            f"`{one.name}`",
            f"`{one.file}`",
            f"{one.size_bytes / 1e6:.1f} MB",
            one.licence,
            "; ".join(_mirror(mirror) for mirror in one.mirrors),
            one.about,
        ]
        for one in list_assets()
    )
    return markdown_table(("name", "file", "size", "licence", "mirrors", "what"), rows, right=("size",))


def features_table() -> str:
    """One row per feature set: its name, number of columns for the default skeleton, and what it measures."""
    rows = (
        [f"`{name}`", str(FeatureSpec((name,)).width), ", ".join(one.spaces) or "none", one.about]
        for name, one in FEATURE_SETS.items()
    )
    return markdown_table(("set", "columns", "needs", "what"), rows, right=("columns",))


def architectures_table() -> str:
    """One row per architecture: its name and the first sentence of its module."""
    # Parsed rather than imported: PyTorch may not be installed.
    files = (Path(architectures.__file__).parent / f"{name}.py" for name in architectures.ARCHITECTURES)
    rows = ([f"`{file.stem}`", _first_sentence(file)] for file in files)
    return markdown_table(("name", "what"), rows)


def measures_table() -> str:
    """One row per posture measure: its name, unit, view, and what it is."""
    views = {True: "side", False: "front, back"}
    rows = (
        [
            f"`{one.name}`",
            one.unit,
            "any but side, in 3D" if one.in_space else views[set(one.views) == set(SIDE_VIEWS)],
            one.about + (", standing only" if one.standing else ""),
            " / ".join(word for word in (one.positive, one.negative) if word),
        ]
        for one in MEASURES.values()
    )
    return markdown_table(("measure", "unit", "seen from", "what", "positive / negative"), rows)


def rules_table() -> str:
    """One row per posture rule: the measure, its limits, and their source."""
    rows = (
        [
            f"`{rule.measure}`",
            rule.direction,
            " · ".join(f"{value:g}".replace("-", "−") for value in rule.limits.values()),
            rule.finding,
            rule.source,
        ]
        for rule in default_rules().rules
    )
    headings = ("measure", "finding where", "slight · moderate · marked", "what is said", "source")
    return markdown_table(headings, rows)


def limits_table() -> str:
    """One row per decoding limit: its name in ``Limits`` and its value."""
    shown = ([f"`{one.name}`", f"{getattr(Limits(), one.name):,.12g}"] for one in fields(Limits))
    return markdown_table(("limit", "at most"), shown, right=("at most",))


def api_table() -> str:
    """One row per public name of the package: how to call it, and the first sentence of its docstring."""
    public = [name for name in laban.__all__ if not name.startswith("_")]
    return markdown_table(("name", "does"), ([f"`{_call(name)}`", _summary(name)] for name in public))


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _mirror(mirror: Mirror) -> str:
    manifest = shipped_manifest()
    if isinstance(mirror, HttpsMirror):
        return "https"
    if isinstance(mirror, WheelMirror):
        return f"wheel `{manifest.wheels[mirror.wheel].requirement}`"
    return f"npm `{manifest.npm_packages[mirror.npm].requirement}`"


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


def _first_sentence(file: Path) -> str:
    text = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
    return re.split(r"(?<=\.)(?<!al\.)\s", text, maxsplit=1)[0]

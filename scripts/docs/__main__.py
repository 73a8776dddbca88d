"""``make docs`` writes the generated blocks; with ``--check`` it fails if one is stale or a link is broken.

python -m scripts.docs [--check]
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from scripts.docs.blocks import replace_block
from scripts.docs.commands import commands_reference, commands_table
from scripts.docs.invariance import invariance_block
from scripts.docs.links import broken_links
from scripts.docs.performance import HIGHLIGHTS, highlights_block, performance_block, read_report
from scripts.docs.reference import (
    api_table,
    architectures_table,
    assets_table,
    features_table,
    formats_table,
    limits_table,
    measures_table,
    rules_table,
    skeletons_table,
)
from scripts.docs.schemas import FOLDER, answers_table, schema_files

ROOT = Path(__file__).resolve().parents[2]
_FIGURES = ROOT / "docs" / "benchmarks"

Blocks = Mapping[str, Callable[[], str]]


def pages() -> dict[str, Blocks]:
    """The pages with generated blocks, and the function that writes each block."""

    def figures(suite: str, *, part: str | None = None) -> Callable[[], str]:
        report = _FIGURES / f"{suite}.json"
        return lambda: performance_block(read_report(report), part=part)

    def invariance(part: str) -> Callable[[], str]:
        return lambda: invariance_block(read_report(_FIGURES / "invariance.json"), part=part)

    def highlights() -> str:
        suites = {suite for suite, *_ in HIGHLIGHTS}
        return highlights_block({suite: read_report(_FIGURES / f"{suite}.json") for suite in suites})

    return {
        "README.md": {"highlights": highlights},
        "docs/commands.md": {
            "commands": partial(commands_table, page=""),
            "reference": commands_reference,
        },
        "docs/data-model.md": {"skeletons": skeletons_table},
        "docs/sources.md": {"limits": limits_table},
        "docs/formats.md": {"formats": formats_table},
        "docs/assets.md": {"assets": assets_table},
        "docs/models.md": {"features": features_table, "architectures": architectures_table},
        "docs/models/fall.md": {"figures": figures("recognition", part="falls")},
        "docs/models/fight.md": {"figures": figures("recognition", part="fights")},
        "docs/posture.md": {"measures": measures_table, "rules": rules_table},
        "docs/python.md": {"names": api_table},
        "docs/answers.md": {"schemas": answers_table},
        "docs/benchmarks.md": {
            "performance": figures("pose"),
            "recognition": figures("recognition"),
            "posture": figures("posture"),
            "coaching": figures("coaching"),
            "invariance-recordings": invariance("recordings"),
            "invariance-films": invariance("films"),
            "invariance-photos": invariance("photos"),
        },
    }


def regenerated(text: str, blocks: Blocks) -> str:
    """A page with all its blocks regenerated."""
    for name, write in blocks.items():
        text = replace_block(text, name=name, content=write())
    return text


def faults(root: Path) -> Iterator[str]:
    """A sentence for every stale block and broken link."""
    for name, blocks in pages().items():
        text = (root / name).read_text(encoding="utf-8")
        if regenerated(text, blocks) != text:
            yield f"{name} is stale: run `make docs` and commit what it changes"
    wanted = schema_files()
    held = {f"{FOLDER}/{path.name}": path.read_text(encoding="utf-8") for path in (root / FOLDER).glob("*")}
    for name in sorted(wanted.keys() | held.keys()):
        if wanted.get(name) != held.get(name):
            yield f"{name} is stale: run `make docs` and commit what it changes"
    for page in written_pages(root):
        yield from broken_links(page)


def written_pages(root: Path) -> list[Path]:
    """Every Markdown page of the project."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, and fail if anything is stale")
    if parser.parse_args().check:
        found = list(faults(ROOT))
        print("\n".join(found) or "the documentation is up to date", file=sys.stderr)
        return 1 if found else 0
    for name, blocks in pages().items():
        page = ROOT / name
        page.write_text(regenerated(page.read_text(encoding="utf-8"), blocks), encoding="utf-8")
    _write_schemas(ROOT)
    return 0


def _write_schemas(root: Path) -> None:
    wanted = schema_files()
    for path in (root / FOLDER).glob("*.json"):
        if f"{FOLDER}/{path.name}" not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

"""What the documentation site needs besides the pages of ``docs``: a hook that MkDocs calls while it builds.

The pages at the root of the project belong to the site too, and links lead to them from ``docs`` and back.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]

_AT_ROOT = ("CONTRIBUTING.md", "CHANGELOG.md")
_PLAIN = {"NOTICE": "NOTICE.md"}
_UP = re.compile(r"\]\((?P<up>(?:\.\./)+)(?P<name>CONTRIBUTING\.md|CHANGELOG\.md|NOTICE|README\.md)(?=[)#])")
_DOWN = re.compile(r"\]\(docs/")


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Adds the pages that lie at the root of the project."""
    from mkdocs.structure.files import File

    for name in _AT_ROOT:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=from_root(text)))
    for name, page in _PLAIN.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=plain_page(name, text)))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:  # noqa: ARG001
    """Leads links that leave ``docs`` to the pages of the site that stand for them."""
    return to_root(markdown, depth=page.file.src_uri.count("/"))


def from_root(text: str) -> str:
    """A page of the root as a page of the site: its links into ``docs`` are links between neighbours.

    >>> from_root("see [benchmarks](docs/benchmarks.md)")
    'see [benchmarks](benchmarks.md)'
    """
    return _DOWN.sub("](", text)


def to_root(text: str, *, depth: int) -> str:
    """A page of ``docs``, ``depth`` folders down, with its links to the root leading to pages of the site.

    >>> to_root("[a](../CHANGELOG.md) [b](../NOTICE) [c](../README.md#x)", depth=0)
    '[a](CHANGELOG.md) [b](NOTICE.md) [c](index.md#x)'
    >>> to_root("[a](../../NOTICE) [b](../CHANGELOG.md)", depth=1)
    '[a](../NOTICE.md) [b](../CHANGELOG.md)'
    """
    names = {"README.md": "index.md", **_PLAIN}

    def led(found: re.Match[str]) -> str:
        name = found["name"]
        if found["up"].count("../") <= depth:
            return found[0]
        return f"]({'../' * depth}{names.get(name, name)}"

    return _UP.sub(led, text)


def plain_page(name: str, text: str) -> str:
    """A text file as a page.

    >>> print(plain_page("NOTICE", "one\\n"))
    # NOTICE
    <BLANKLINE>
    ```text
    one
    ```
    """
    return f"# {name}\n\n```text\n{text.rstrip()}\n```"

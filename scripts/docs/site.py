"""A hook that MkDocs calls during a build.

It adds the pages at the root of the project to the site, and fixes links between them and the pages in ``docs``.
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
    """Adds the pages at the root of the project."""
    from mkdocs.structure.files import File

    for name in _AT_ROOT:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=from_root(text)))
    for name, page in _PLAIN.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=plain_page(name, text)))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:  # noqa: ARG001
    """Redirects links out of ``docs`` to the corresponding pages of the site."""
    return to_root(markdown, depth=page.file.src_uri.count("/"))


def from_root(text: str) -> str:
    """A page of the root as a page of the site: links into ``docs`` become relative to the site.

    >>> from_root("see [benchmarks](docs/benchmarks.md)")
    'see [benchmarks](benchmarks.md)'
    """
    return _DOWN.sub("](", text)


def to_root(text: str, *, depth: int) -> str:
    """A page of ``docs``, ``depth`` folders down, with links to the root redirected to pages of the site.

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

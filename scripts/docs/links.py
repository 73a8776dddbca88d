"""Checks that the links of a page lead to existing files and headings."""

import re
from collections.abc import Iterator
from pathlib import Path

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def links_in(text: str) -> list[str]:
    """The targets of links and images, those in code left out.

    >>> links_in("see [a](b.md#c) and `[no](x.md)` <img src=\\"d.jpg\\">")
    ['b.md#c', 'd.jpg']
    """
    prose = _CODE.sub("", _FENCE.sub("", text))
    return [target or source for target, source in _LINK.findall(prose)]


def anchors_in(text: str) -> set[str]:
    """The anchors of a page's headings.

    >>> sorted(anchors_in("# A page\\n## `laban evaluate-pose`, twice\\n"))
    ['a-page', 'laban-evaluate-pose-twice']
    """
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """A sentence for every broken relative link of ``page``. External addresses are not checked."""
    text = page.read_text(encoding="utf-8")
    for link in links_in(text):
        if _ELSEWHERE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            yield f"{page}: the link to {link} leads to no file"
        elif anchor and target.suffix == ".md" and anchor not in anchors_in(_text(target)):
            yield f"{page}: the link to {link} leads to no heading"


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")

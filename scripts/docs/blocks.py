"""The generated parts of a page, between two marks."""

from collections.abc import Iterable, Sequence

END = "<!-- end of generated -->"


def start_of(name: str) -> str:
    """The mark before the block ``name``."""
    return f"<!-- generated: {name} -->"


def replace_block(text: str, *, name: str, content: str) -> str:
    """``text`` with the content between the marks of the block ``name`` replaced.

    Raises ValueError if the marks are missing or occur twice.

    >>> replace_block("a\\n<!-- generated: x -->\\n<!-- end of generated -->\\nb\\n", name="x", content="new")
    'a\\n<!-- generated: x -->\\n\\nnew\\n\\n<!-- end of generated -->\\nb\\n'
    """
    start = start_of(name)
    if text.count(start) != 1:
        raise ValueError(f"expected the mark {start!r} once, found it {text.count(start)} times")
    before, rest = text.split(start)
    if END not in rest:
        raise ValueError(f"the block {name!r} has no end; put {END!r} behind it")
    after = rest.split(END, 1)[1]
    return f"{before}{start}\n\n{content.strip()}\n\n{END}{after}"


def markdown_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> str:
    """A Markdown table; the columns named in ``right`` are right-aligned. A bar in a cell is escaped.

    >>> print(markdown_table(("what", "ms"), [("a|b", "3")], right=("ms",)))
    | what | ms |
    | --- | ---: |
    | a\\|b | 3 |
    """
    rules = ["---:" if heading in right else "---" for heading in headings]
    lines = [list(headings), rules, *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|")

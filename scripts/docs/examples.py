"""Formats the examples of docstrings as code for the API reference."""

from typing import Any

try:
    from griffe import Extension
except ImportError:  # the site is built with the extra `docs`; this module is also imported without it
    Extension = object


class FencedExamples(Extension):  # type: ignore[misc]
    """Puts the examples of every docstring between fences before it is rendered as Markdown."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Called for each object that the reference may show."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    """``text`` with a fence round each run of lines that begins with a prompt, up to the next empty line.

    >>> fenced("One.\\n\\n>>> 1 + 1\\n2")
    'One.\\n\\n```pycon\\n>>> 1 + 1\\n2\\n```'
    """
    out: list[str] = []
    inside = False
    for line in text.splitlines():
        if not inside and line.startswith(">>> "):
            out.append("```pycon")
            inside = True
        elif inside and not line.strip():
            out.append("```")
            inside = False
        out.append(line.replace("  # doctest: +SKIP", ""))
    return "\n".join([*out, "```"] if inside else out)

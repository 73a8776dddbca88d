"""The part of YAML that the description of a YOLO data set uses, read strictly.

Top-level ``key: value`` lines, where a value is a word, a number, ``[a, b]``, ``{0: a, 1: b}``, or a block of
``- a`` or ``0: a`` lines; ``- a`` lines may follow a single ``0:``. The rest of
YAML is not needed and not accepted.
"""

from collections.abc import Sequence

from laban.errors import FormatError

Value = str | list[str] | dict[str, str]


def parse_flat_yaml(text: str, *, keys: Sequence[str]) -> dict[str, Value]:
    """The values of ``keys``; other keys may hold anything and are ignored."""
    found: dict[str, Value] = {}
    for key, head, block in _entries(text):
        if key in keys:
            if key in found:
                raise FormatError(f"data.yaml gives {key} twice")
            found[key] = _value(head, block, key=key)
    return found


def whole_numbers(value: Value, *, what: str) -> list[int]:
    """The whole numbers of a list."""
    if not isinstance(value, list) or not all(_is_whole(item) for item in value):
        raise FormatError(f"{what} in data.yaml must be a list of whole numbers")
    return [int(item) for item in value]


def _entries(text: str) -> list[tuple[str, str, list[str]]]:
    """Each top-level key with the rest of its line and the lines that belong to it."""
    entries: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        content = line.split(" #")[0].rstrip()
        if not content or content.startswith("#") or content in ("---", "..."):
            continue
        if not content[0].isspace() and not content.startswith("-"):
            key, colon, head = content.partition(":")
            if not colon:
                raise FormatError(f"data.yaml holds {content[:60]!r}, expected 'key: value'")
            entries.append((_word(key), head.strip(), []))
        elif entries:
            entries[-1][2].append(content.strip())
        else:
            raise FormatError("data.yaml does not begin with 'key: value'")
    return entries


def _value(head: str, block: list[str], *, key: str) -> Value:
    if head and block:
        raise FormatError(f"{key} in data.yaml runs over several lines; write it on one")
    if not head:
        return _block(block, key=key)
    inner = _split(head[1:-1])
    if head[0] == "[" and head[-1] == "]":
        return [_word(item) for item in inner]
    if head[0] == "{" and head[-1] == "}":
        return dict(_pair(item, key=key) for item in inner)
    if head[0] in "[{&*!|>":
        raise FormatError(f"{key} in data.yaml must be a word, a number, a list or a table on one line")
    return _word(head)


def _block(lines: list[str], *, key: str) -> Value:
    if lines[:1] == ["0:"]:
        lines = lines[1:]
    if all(line.startswith("- ") for line in lines):
        return [_word(line[2:]) for line in lines]
    return dict(_pair(line, key=key) for line in lines)


def _pair(text: str, *, key: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise FormatError(f"{key} in data.yaml holds {text[:60]!r}, expected 'name: value'")
    return _word(name), _word(value)


def _split(text: str) -> list[str]:
    return text.split(",") if text.strip() else []


def _word(text: str) -> str:
    text = text.strip()
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= 9

"""Groups of clips of one person or source, from names, a pattern or a side table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from laban.errors import InvalidValueError
from laban.io.delimited import is_missing
from laban.pipeline.dataset.table_file import table_columns, table_rows
from laban.pipeline.dataset.values import Item

_HMDB51: Final = r"[uhlf]_(?:nm|cm)_np\d_(?:fr|fl|ba|ri|le)_(?:goo|med|bad)_\d+(?!\d)"

_PATTERNS: Final = (
    ("performer", re.compile(r"(?<![A-Za-z0-9])S\d{3}C\d{3}(P\d{3})R\d{3}A\d{3}")),  # NTU RGB+D
    ("source", re.compile(r"(?<![A-Za-z0-9])(v_\w+_g\d{2})_c\d{2}(?!\d)")),  # UCF50 and UCF101
    ("source", re.compile(r"(?<![A-Za-z0-9])(v_[A-Za-z]+(?:_[A-Za-z]+)*_\d{2})_\d{2}(?!\d)")),  # UCF11
    ("source", re.compile(r"(?:^|/)((?:RF)?\d+-\d+)_7\d{4,5}(?!\d)")),  # UCF Sports
    ("person", re.compile(r"(?<![A-Za-z0-9])(person\d{2})_[a-z]+_d\d(?!\d)")),  # KTH
    ("source", re.compile(rf"(?:^|/)(?P<label>[^/]+)/(?P<group>.+)_(?P=label)_{_HMDB51}")),  # HMDB51
    ("source", re.compile(rf"(?:^|/)(?P<group>[^/]+)_{_HMDB51}")),
)
_NAME_COLUMNS: Final = ("path", "name", "frame_dir", "clip")
_GROUP: Final = "group"


def grouped(items: Sequence[Item], *, by: str | Path | None = None) -> tuple[list[Item], list[str]]:
    """The items with groups from ``by``, a side table or a regular expression, else from known naming schemes (NTU
    RGB+D: the performer, KTH: the person, UCF11, UCF50, UCF101, UCF Sports and HMDB51: the source); and notes.
    Groups named in the data are kept.

    A side table has a column ``group`` and one of ``path``, ``name``, ``frame_dir`` and ``clip``; an expression
    is looked for in the name of the file, then in its whole path; its first parentheses are the group, or else the
    whole match. Raises InvalidValueError where ``by``
    fits no clip.
    """
    if by is None:
        return _by_known_names(items)
    group_of = _of_table(Path(by)) if Path(by).is_file() else _of_pattern(str(by))
    made = [_with_group(item, group_of(item.clip.name)) for item in items]
    left = [item.clip.name for item in items if group_of(item.clip.name) is None]
    if items and len(left) == len(items):
        raise InvalidValueError(f"{by} gives none of the {len(items)} clips a group, such as {left[0]!r}")
    notes = [f"{by} gives no group to {len(left)} of {len(items)} clips, such as {left[0]!r}"] if left else []
    return made, notes


def _by_known_names(items: Sequence[Item]) -> tuple[list[Item], list[str]]:
    found = [_known(item) for item in items]
    made = [_with_group(item, group) for item, (_, group) in zip(items, found, strict=True)]
    notes = [
        f"groups are taken from the names of {count} clips, which include the {what}"
        for what in dict.fromkeys(what for what, _ in _PATTERNS)
        if (count := sum(one == what for one, _ in found))
    ]
    return made, notes


def _known(item: Item) -> tuple[str, str | None]:
    if item.clip.group == item.clip.name:
        for what, pattern in _PATTERNS:
            match = pattern.search(item.clip.name)
            if match:
                return what, match[match.lastgroup or 1]
    return "", None


def _with_group(item: Item, group: str | None) -> Item:
    return item if group is None else replace(item, clip=replace(item.clip, group=group))


def _of_pattern(pattern: str) -> Callable[[str], str | None]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InvalidValueError(
            f"{pattern!r} is neither a table that is there nor a regular expression: {error}"
        ) from error

    def group_of(name: str) -> str | None:
        # What begins the file's name must match too where classes are folders.
        match = compiled.search(PurePosixPath(name).name) or compiled.search(name)
        return None if match is None else match[1 if compiled.groups else 0]

    return group_of


def _of_table(path: Path) -> Callable[[str], str | None]:
    columns = table_columns(path)
    key = next((name for name in _NAME_COLUMNS if name in columns), None)
    if key is None or _GROUP not in columns:
        raise InvalidValueError(
            f"{path}: expected a column group and one of {', '.join(_NAME_COLUMNS)}, got {', '.join(columns)}"
        )
    held: dict[str, str] = {}
    for _, cells in table_rows(path):
        name, group = (str(cells[column] or "").strip().replace("\\", "/") for column in (key, _GROUP))
        if name and not is_missing(group):
            held[name] = group
    return lambda name: _looked_up(name, held)


def _looked_up(name: str, held: Mapping[str, str]) -> str | None:
    """By the whole name, without its suffix, or without its folders."""
    path = PurePosixPath(name)
    keys = (name, path.with_suffix("").as_posix() if path.name else name, path.name, path.stem)
    return next((held[key] for key in keys if key in held), None)

"""A table of clips: file, label, and optionally times, person and task."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from laban.core.checks import unknown_message
from laban.core.spans import Span
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.io.delimited import is_missing
from laban.models.examples import Clip
from laban.pipeline.dataset.files import NoClipError, kind_of
from laban.pipeline.dataset.folders import DEFAULT_TASK
from laban.pipeline.dataset.table_file import table_columns, table_notes, table_rows
from laban.pipeline.dataset.values import EVER_S, Item, Kind, Skipped
from laban.sources.containers import address_in

NEEDED = ("path", "label")
OPTIONAL = ("start_s", "end_s", "person", "group", "task", "split")
SUBGROUP = "subgroup_"


def _empty_is_none(value: object) -> object:
    if isinstance(value, str):
        return None if is_missing(value) else value.strip()
    return None if isinstance(value, float) and math.isnan(value) else value


def _text(value: object) -> Any:
    value = _empty_is_none(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _plain_path(value: str) -> str:
    """One spelling for one file; an address is left as it is."""
    if address_in(value) is not None:
        return value
    return Path(os.path.normpath(value)).as_posix()


_Words = Annotated[str | None, BeforeValidator(_text)]
_Seconds = Annotated[Annotated[float, Field(ge=-EVER_S, le=EVER_S)] | None, BeforeValidator(_empty_is_none)]


class Row(BaseModel):
    """One line of a table. ``label`` may be empty: the clip is unlabelled."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, BeforeValidator(_text), AfterValidator(_plain_path)]
    label: _Words = None
    start_s: _Seconds = None
    end_s: _Seconds = None
    person: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_empty_is_none)] = None
    group: _Words = None
    task: _Words = None
    split: _Words = None
    subgroups: dict[str, _Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_length(self) -> "Row":
        if self.start_s is not None and self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"end_s {self.end_s:g} must lie after start_s {self.start_s:g}")
        return self

    @property
    def span(self) -> Span:
        """The row's span, over all times where it names none."""
        start_s = -EVER_S if self.start_s is None else self.start_s
        end_s = EVER_S if self.end_s is None else self.end_s
        return Span(start_s, end_s, self.label or "", person=self.person)


@dataclass(frozen=True)
class _Line:
    """A row and its number in the table."""

    number: int
    row: Row

    @property
    def task(self) -> str:
        return self.row.task or DEFAULT_TASK


def is_table(path: Path) -> bool:
    """Whether a file is CSV or Parquet with the columns that a table of clips has; raises nothing."""
    try:
        return set(NEEDED) <= set(table_columns(path))
    except (OSError, ValueError, FormatError):
        return False


def read_table(path: Path) -> tuple[list[Item], list[Skipped], list[str]]:
    """The clips of a table, those left out, and notes; see ``open_dataset``.

    Raises UnknownNameError for an unknown column, InvalidValueError for an invalid row and for rows that contradict
    each other, naming them; FormatError where it is no table.
    """
    _check_columns(path, table_columns(path))
    lines, notes = [], table_notes(path)
    unnamed: list[str] = []
    for number, cells in table_rows(path):
        row = _row(path, number, cells)
        lines.append(_Line(number, row))
        unnamed += [str(cells["label"])] if row.label is None and str(cells["label"] or "").strip() else []
    if not lines:
        raise InvalidValueError(f"{path} holds no rows; expected one for each clip or span")
    _check_overlaps(path, lines)
    if unnamed:
        notes.append(
            f"{path.name}: {len(unnamed)} rows whose label is {unnamed[0]!r} are taken as unlabelled"
        )
    return *_items(path, lines), notes


def _check_columns(path: Path, names: list[str]) -> None:
    known = (*NEEDED, *OPTIONAL)
    if not set(NEEDED) & set(names):
        got = ", ".join(names)
        raise InvalidValueError(
            f"{path} is no table of clips: expected columns path and label, got {got:.200}"
        )
    for name in names:
        if name not in known and not name.startswith(SUBGROUP):
            raise UnknownNameError(unknown_message(name, (*known, f"{SUBGROUP}…"), what=f"column in {path},"))
    for name in names:
        if names.count(name) > 1:
            raise InvalidValueError(f"{path}: column {name!r} stands there twice")
    for name in NEEDED:
        if name not in names:
            raise InvalidValueError(f"{path}: expected a column {name!r}, got {', '.join(names)}")


def _row(path: Path, number: int, cells: Mapping[str, object]) -> Row:
    subgroups = {name.removeprefix(SUBGROUP): cells[name] for name in cells if name.startswith(SUBGROUP)}
    plain = {name: value for name, value in cells.items() if not name.startswith(SUBGROUP)}
    plain["path"] = spelled_here(plain["path"], path.parent)
    try:
        return Row.model_validate({**plain, "subgroups": subgroups})
    except ValidationError as error:
        first = error.errors()[0]
        where = f", {first['loc'][0]}" if first["loc"] else ""
        reason = first["msg"].removeprefix("Value error, ")
        got = f", got {first['input']!r:.80}" if first["loc"] else ""
        raise InvalidValueError(
            f"{path}, row {number}{where}: {reason[:1].lower()}{reason[1:]}{got}"
        ) from error


def spelled_here(name: object, folder: Path) -> Any:
    """A path as Windows writes it, with slashes; a file that has a backslash in its name is left alone."""
    if not isinstance(name, str) or "\\" not in name or (folder / name.strip()).exists():
        return name
    return name.replace("\\", "/")


def _check_overlaps(path: Path, lines: list[_Line]) -> None:
    """Raises InvalidValueError where two labels of one task hold for one person at one time."""
    ordered = sorted(
        (line for line in lines if line.row.label),
        key=lambda line: (_whose(line), line.row.span.start_s, line.row.span.end_s),
    )
    latest: dict[tuple[str, str, int], list[_Line]] = {}
    for line in ordered:
        open_lines = latest.setdefault(_whose(line), [])
        open_lines[:] = [other for other in open_lines if other.row.span.end_s > line.row.span.start_s]
        for other in open_lines:
            if other.row.label != line.row.label:
                first, second = sorted((other.number, line.number))
                raise InvalidValueError(
                    f"{path}, rows {first} and {second}: {other.row.label!r} and {line.row.label!r} hold at once "
                    f"for {line.row.path} in task {line.task!r}; let one end where the other begins, or give them "
                    "tasks of their own"
                )
        open_lines.append(line)


def _whose(line: _Line) -> tuple[str, str, int]:
    return line.row.path, line.task, -1 if line.row.person is None else line.row.person


def _items(path: Path, lines: list[_Line]) -> tuple[list[Item], list[Skipped]]:
    by_file: dict[str, list[_Line]] = {}
    for line in lines:
        by_file.setdefault(line.row.path, []).append(line)
    items: list[Item] = []
    skipped: list[Skipped] = []
    for name, rows in by_file.items():
        file = path.parent / name
        try:
            if address_in(name) is not None and not file.exists():
                raise NoClipError("addresses cannot be read yet; download the file, and give its path")
            if not file.exists():
                raise NoClipError(f"there is no such file (row {rows[0].number})")
            kind = kind_of(file)
        except NoClipError as error:
            skipped.append(Skipped(name, str(error)))
            continue
        items += _items_of_file(file, name, rows, kind)
    if not items:
        first = skipped[0]
        raise InvalidValueError(
            f"{path}: none of its {len(by_file)} clips can be read (the first, {first.name}: {first.reason}); "
            "paths are taken from the table's folder"
        )
    return items, skipped


def _items_of_file(file: Path, name: str, lines: list[_Line], kind: Kind) -> list[Item]:
    """One clip, or one for each group, split and subgroup that rows of the same file name."""
    alone = {key: _only({getattr(line.row, key) for line in lines}) for key in ("group", "split")}
    clips: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], list[_Line]] = {}
    for line in lines:
        group = line.row.group or alone["group"] or name
        split = line.row.split or alone["split"]
        subgroups = tuple(sorted((key, value) for key, value in line.row.subgroups.items() if value))
        clips.setdefault((group, split, subgroups), []).append(line)
    return [
        Item(
            Clip(name, group, split, dict(subgroups)),
            _labels(rows),
            file,
            kind=kind,
            only_spans=len(clips) > 1,
        )
        for (group, split, subgroups), rows in clips.items()
    ]


def _only(values: set[str | None]) -> str | None:
    named = {value for value in values if value}
    return named.pop() if len(named) == 1 else None


def _labels(lines: list[_Line]) -> dict[str, tuple[Span, ...]]:
    labels: dict[str, tuple[Span, ...]] = {}
    for line in lines:
        if line.row.label:
            labels[line.task] = (*labels.get(line.task, ()), line.row.span)
    return labels

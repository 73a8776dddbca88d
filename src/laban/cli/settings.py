"""Resolves options from flags, LABAN_ variables, laban.toml and defaults."""

import dataclasses
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, UnknownNameError

T = TypeVar("T")

SETTINGS_FILE = "laban.toml"


class _Given(NamedTuple):
    value: Any
    origin: str


def resolve_settings(
    kind: type[T],
    *,
    section: str | None,
    flags: Mapping[str, object],
    sections: Iterable[str] = (),
    spelled: Mapping[str, str] = MappingProxyType({}),
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> T:
    """The settings of one command: an instance of the dataclass ``kind``.

    A value in ``flags`` that is not None wins over the variable ``LABAN_<SECTION>_<KEY>``, that over the key in
    the table ``[section]`` of ``file`` (``laban.toml`` in the working folder, if there is one), that over the
    dataclass's own default. Without a ``section`` only flags count. Text from outside is converted to the field's
    type. ``sections`` are the other tables that the file may hold, ``spelled`` the flags by field, where they are
    not the field's name.

    Raises UnknownNameError for a key, variable or table that does not exist, with the nearest one that does,
    and InvalidValueError for a value that the field does not take, saying where it was given.
    """
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    keys = {name.rstrip("_"): name for name in names}  # a field may not be called `from`
    given: dict[str, _Given] = {}
    if section is not None:
        others = set(sections) - {section}
        given.update(_from_file(file or Path(SETTINGS_FILE), section, keys, known={section, *others}))
        given.update(_from_environment(environment, section, keys, others=others))
    for name, value in flags.items():
        if value is not None:
            given[name] = _Given(value, spelled.get(name) or _flag(name))
    return _built(kind, given)


def _from_file(file: Path, section: str, keys: Mapping[str, str], *, known: set[str]) -> dict[str, _Given]:
    content = _read(file)
    for table in content:
        _must_be_known(table, known, what=f"table in {file}")
    values = content.get(section, {})
    if not isinstance(values, dict):
        raise InvalidValueError(f"{file}: expected a table [{section}], got {values!r}")
    for key in values:
        _must_be_known(key, keys, what=f"key in {file}, [{section}]")
    return {keys[key]: _Given(value, f"{file}, [{section}] {key}") for key, value in values.items()}


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{file} is not TOML: {error}") from error
    except OSError as error:
        raise InvalidValueError(f"cannot read {file}: {error.strerror}") from error


def _from_environment(
    environment: Mapping[str, str], section: str, keys: Mapping[str, str], *, others: Iterable[str]
) -> Iterator[tuple[str, _Given]]:
    prefix = _prefix(section)
    known = {prefix + key.upper(): name for key, name in keys.items()}
    # such as the variables of train-image, seen from train
    longer = tuple(other for other in map(_prefix, others) if other.startswith(prefix))
    for variable in sorted(name for name in environment if name.startswith(prefix)):
        if variable in known or not variable.startswith(longer):
            _must_be_known(variable, known, what="environment variable")
            yield known[variable], _Given(environment[variable], variable)


def _prefix(section: str) -> str:
    return f"LABAN_{section.replace('-', '_').upper()}_"


def _must_be_known(name: str, names: Iterable[str], *, what: str) -> None:
    if name not in names:
        raise UnknownNameError(unknown_message(name, names, what=what))


def _flag(key: str) -> str:
    return "--" + key.replace("_", "-")


def _built(kind: type[T], given: Mapping[str, _Given]) -> T:
    try:
        return TypeAdapter(kind).validate_python({key: one.value for key, one in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        reason = first["msg"].removeprefix("Value error, ")
        if key not in given:
            raise InvalidValueError(reason) from error
        reason = reason[:1].lower() + reason[1:]
        raise InvalidValueError(f"{given[key].origin}: {reason}, got {given[key].value!r}") from error

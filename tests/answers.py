"""Answers made of what a test says of them, and JSON held against the published schemas."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")
SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


def answer(kind: type[Kind], content: Mapping[str, Any]) -> Kind:
    """An answer of ``kind`` with the ``content`` given; what is left out is empty, 0 or None."""
    return _made(kind, content)


def _made(kind: Any, value: Any) -> Any:
    if value is None or not _parts(kind, value):
        return value
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _made(next(one for one in inside if _fits(one, value)), value)
    if is_dataclass(kind) and isinstance(kind, type):
        assert value.keys() <= {field.name for field in fields(kind)}, (kind, value)
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        return kind(
            **{
                name: _made(hints[name], value[name]) if name in value else _nothing(hints[name])
                for name in names
            }
        )
    if origin is tuple:
        kinds = inside[:1] * len(value) if inside[-1] is ... else inside
        return tuple(_made(one, part) for one, part in zip(kinds, value, strict=True))
    return {key: _made(inside[1], part) for key, part in value.items()}


def _parts(kind: Any, value: Any) -> bool:
    return isinstance(value, dict | list | tuple) and (get_origin(kind) is not None or is_dataclass(kind))


def _fits(kind: Any, value: Any) -> bool:
    if is_dataclass(kind):
        return isinstance(value, dict) and value.keys() <= {field.name for field in fields(kind)}
    return kind is not NoneType and isinstance(value, dict) is not (get_origin(kind) is tuple)


def _nothing(kind: Any) -> Any:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if NoneType in inside else _nothing(inside[0])
    if origin is Literal:
        return inside[0]
    if origin is tuple:
        return () if inside[-1] is ... else tuple(map(_nothing, inside))
    if is_dataclass(kind):
        return _made(kind, {})
    return {str: "", int: 0, float: 0.0, bool: False}.get(kind, {})


def check_schema(name: str, text: str) -> Any:
    """The JSON in ``text``, which must be what the published schema ``name`` says."""
    value = json.loads(text)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    found = list(_faults(value, schema, schema["$defs"], at=name))
    assert not found, "\n".join(found[:10])
    return value


_TYPES: Mapping[str, tuple[type, ...]] = {
    "null": (NoneType,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
_KNOWN = {
    "$defs", "$schema", "$ref", "additionalProperties", "anyOf", "const", "description", "enum", "exclusiveMinimum",
    "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minProperties", "minimum", "pattern",
    "prefixItems", "properties", "propertyNames", "required", "title", "type",
}  # fmt: skip


def _faults(value: Any, schema: Any, definitions: Mapping[str, Any], *, at: str) -> Iterator[str]:
    """What is wrong with ``value`` by the words of JSON Schema that our schemas use."""
    if schema is False:
        yield f"{at} should not be there"
        return
    assert schema.keys() <= _KNOWN, schema.keys() - _KNOWN
    if "$ref" in schema:
        yield from _faults(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, at=at)
        return
    found = [list(_faults(value, one, definitions, at=at)) for one in schema.get("anyOf", ())]
    if found and all(found):
        yield from min(found, key=len)
    if "type" in schema and not _is_type(value, schema["type"]):
        yield f"{at} should be {schema['type']}, got {value!r:.60}"
        return
    allowed = [schema["const"]] if "const" in schema else schema.get("enum", [value])
    if value not in allowed:
        yield f"{at} should be one of {allowed}, got {value!r:.60}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at} should match {schema['pattern']}, got {value!r:.60}"
    if isinstance(value, int | float):
        yield from _number_faults(value, schema, at)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, definitions, at)
    if isinstance(value, list):
        yield from _array_faults(value, schema, definitions, at)


def _is_type(value: Any, names: str | list[str]) -> bool:
    allowed = [names] if isinstance(names, str) else names
    return any(isinstance(value, _TYPES[one]) for one in allowed) and (
        not isinstance(value, bool) or "boolean" in allowed
    )


def _number_faults(value: float, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if not low <= value <= high or value <= schema.get("exclusiveMinimum", value - 1):
        yield f"{at} is out of range: {value}"


def _object_faults(
    value: dict[str, Any], schema: Mapping[str, Any], definitions: Mapping[str, Any], at: str
) -> Iterator[str]:
    named = schema.get("properties", {})
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, part in value.items():
        rest = schema.get("additionalProperties", {})
        yield from _faults(part, named.get(name, rest), definitions, at=f"{at}.{name}")
        yield from _faults(name, schema.get("propertyNames", {}), definitions, at=f"the name {at}.{name}")


def _array_faults(
    value: list[Any], schema: Mapping[str, Any], definitions: Mapping[str, Any], at: str
) -> Iterator[str]:
    first = schema.get("prefixItems", [])
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{at} has {len(value)} items"
    for index, part in enumerate(value):
        kind = first[index] if index < len(first) else schema.get("items", {})
        yield from _faults(part, kind, definitions, at=f"{at}[{index}]")

"""The published schemas: complete, and held against what commands really print."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripts.docs.__main__ import ROOT
from scripts.docs.schemas import FOLDER, PUBLISHED, answers_table, schema_files, schema_of
from tests.answers import check_schema

from laban.cli.app import load
from laban.cli.registry import COMMANDS


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within one."""
    if isinstance(schema, dict):
        yield schema
        parts = [schema.get(name, {}) for name in ("properties", "$defs")]
        yield from (one for part in parts for value in part.values() for one in _schemas(value))
        for name in ("items", "prefixItems", "anyOf", "additionalProperties", "propertyNames"):
            yield from _schemas(schema.get(name))
    if isinstance(schema, list):
        yield from (one for part in schema for one in _schemas(part))


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_schema_leaves_nothing_open(name: str) -> None:
    schema = schema_of(name)
    for one in _schemas(schema):
        assert one, "a schema that admits anything"
        assert one.get("additionalProperties", False) is not True
        if one.get("type") == "object":
            assert "additionalProperties" in one
            for field, part in one.get("properties", {}).items():
                assert part.get("description"), field
    for title, one in schema["$defs"].items():
        assert one.get("description"), title


@pytest.mark.parametrize("name", PUBLISHED)
def test_numbers_say_their_unit(name: str) -> None:
    units = {
        "_s": "second", "_deg": "degree", "_percent": "%", "_cm": "cent", "_px": "pixel", "_bytes": "bytes",
        "_ms": "millisecond", "_hz": "a second",
    }  # fmt: skip
    for one in _schemas(schema_of(name)):
        for field, part in one.get("properties", {}).items():
            unit = next((words for ending, words in units.items() if field.endswith(ending)), "")
            assert unit in part["description"].lower() or "percent" in part["description"], (field, part)


def test_a_field_that_may_be_left_out_is_not_required() -> None:
    (line,) = [one for one in schema_of("posture-line")["$defs"].items() if one[0] == "PostureEventLine"]
    assert line[1]["required"] == ["kind", "time_s", "since_s"]
    assert line[1]["properties"]["measure"]["type"] == "string"


def test_names_that_python_keeps_for_itself_are_as_in_json() -> None:
    assert "from" in schema_of("conversion")["required"]


def test_files_are_json_and_listed() -> None:
    table = answers_table()
    for path, text in schema_files().items():
        assert json.loads(text)["title"] == Path(path).stem
        assert f"(schemas/{Path(path).name})" in table


def test_every_command_that_speaks_json_has_a_schema() -> None:
    told = {place for one in PUBLISHED.values() for place in one.where}
    for name in COMMANDS:
        for path, command in _commands(f"laban {name}", load(name)):
            if any("--json" in option.opts for option in command.params):
                assert path.removesuffix(" live") in told, path


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, part in getattr(command, "commands", {}).items():
        yield from _commands(f"{path} {name}", part)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_test_holds_real_output_against_each_schema(name: str) -> None:
    asked = f'check_schema("{name}"'
    files = (path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert any(asked in path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"page": 1}', "page.page should be string"),
        ("{}", "page.page is missing"),
        ('{"page": "a", "more": 1}', "page.more should not be there"),
        ("[]", "page should be object"),
    ],
)
def test_what_is_not_as_published_is_noticed(text: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        check_schema("page", text)


def test_the_folder_holds_nothing_else() -> None:
    held = {f"{FOLDER}/{path.name}" for path in (ROOT / FOLDER).iterdir()}
    assert held == set(schema_files())

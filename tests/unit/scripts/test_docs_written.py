"""What the pages say by hand, against the program: names, paths, commands with their options, and numbers."""

import importlib
import inspect
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripts.docs.__main__ import ROOT, written_pages
from scripts.docs.commands import subcommands

import laban
from laban.cli.app import load
from laban.cli.registry import COMMANDS
from laban.tasks.coaching.exercise_file import shipped_exercises

PAGES = tuple(page for page in written_pages(ROOT) if page.name != "CHANGELOG.md")
PUBLIC = tuple(name for name in laban.__all__ if not name.startswith("_"))
NO_NAMES = {"laban.toml", "laban.json"}
WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
NUMBERS: dict[tuple[str, str], Callable[[], int]] = {
    ("docs/exercises.md", r"(\w+) come with Laban"): lambda: len(shipped_exercises()),
    ("docs/decisions/index.md", r"(\w+) core dependencies"): lambda: len(core_dependencies()),
    ("README.md", r"(\w+) body\s+landmarks"): lambda: len(laban.FeatureSpec().names) // 2,
}
"""Numbers in prose, and what they count."""


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def core_dependencies() -> list[str]:
    import tomllib

    return list(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])


def found(name: str) -> Any:
    """What a dotted name leads to."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError as error:
            if error.name and not error.name.startswith("laban"):
                pytest.skip(f"{name} needs {error.name}")
            continue
        for part in parts[count:]:
            value = getattr(value, part)
        return value
    raise AttributeError(name)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_dotted_names_lead_somewhere(page: Path) -> None:
    for name in set(re.findall(r"`(laban(?:\.\w+)+)", page.read_text())) - NO_NAMES:
        assert found(name) is not None, name


def test_notebooks_import_what_exists() -> None:
    for notebook in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        for module, names in re.findall(r"from (laban[\w.]*) import ([\w, ]+)", notebook.read_text()):
            for name in names.split(", "):
                assert found(f"{module}.{name}") is not None


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_paths_of_the_project_exist(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|scripts|benchmarks|docs)/[\w./-]+)`", page.read_text()):
        if not path.startswith("benchmarks/results"):
            assert (ROOT / path).exists(), path


def command_lines() -> Iterator[tuple[str, str]]:
    """Every line of a shell example that calls laban, and its page."""
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                called = re.match(r"(?:\.venv/bin/)?laban (.*)", line)
                if called and "COMMAND …" not in line and "[OPTIONS]" not in line:
                    yield ids(page), called[1]


@pytest.mark.parametrize(("page", "line"), tuple(command_lines()))
def test_a_shell_example_uses_commands_and_options_that_exist(page: str, line: str) -> None:
    name, *words = shlex.split(line, comments=True)
    if name.startswith("--"):
        return
    command = load(name)
    while words and words[0] in subcommands(command):
        command = subcommands(command)[words.pop(0)]
    commands = [command, *subcommands(command).values()]  # `laban coach squat` is `laban coach live squat`
    options = {
        one
        for command in commands
        for option in command.params
        for one in (*option.opts, *option.secondary_opts)
    }
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.split("=")[0] in options, word


def test_the_api_reference_has_every_public_name_once() -> None:
    listed = re.findall(r"^::: laban\.(\w+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(PUBLIC)


def test_the_api_reference_names_what_exists() -> None:
    for name in re.findall(r"^::: ([\w.]+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE):
        assert found(name) is not None


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_does_with_a_running_example(name: str) -> None:
    text = inspect.getdoc(getattr(laban, name)) or ""
    assert len(text.split("\n\n")) > 1, f"{name} has a docstring of one paragraph"
    assert ">>> " in text, f"{name} has no example"


@pytest.mark.parametrize(("page", "pattern"), NUMBERS, ids=str)
def test_numbers_in_prose_are_counted(page: str, pattern: str) -> None:
    (said,) = re.findall(pattern, (ROOT / page).read_text())
    number = int(said) if said.isdigit() else WORDS.index(said.lower())
    assert number == NUMBERS[page, pattern]()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_some_page_by_hand(name: str) -> None:
    pages = (page for page in PAGES if page.name != "commands.md")
    assert any(f"laban {name}" in page.read_text() for page in pages)


def test_the_messages_of_the_troubleshooting_page_are_those_of_the_program() -> None:
    sources = "\n".join(one.read_text() for one in sorted((ROOT / "src").rglob("*.py")))
    program = re.sub(r'"\s*\n\s*f?"', "", sources)
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    messages = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(messages) > 15
    assert [one for one in messages if one not in program] == []

"""The commands that are run with each extra alone."""

import shlex

import pytest
import typer
from scripts.extras.checks import CORE, OWN, WITHOUT, Check

from laban.cli.app import load

ALL = [*CORE, *(check for checks in (*OWN.values(), *WITHOUT.values()) for check in checks)]
OF_LABAN = [check for check in dict.fromkeys(ALL) if not check.words.startswith(("python", "--"))]


@pytest.mark.parametrize("check", OF_LABAN, ids=lambda check: check.words)
def test_a_command_of_the_extras_has_the_options_it_is_run_with(check: Check) -> None:
    name, *words = shlex.split(check.words)
    command = load(name)
    if words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    command.make_parser(typer.Context(command)).parse_args(words)

import pytest
from scripts.docs.commands import commands_reference, commands_table, option_names, subcommands, usage_of

from laban.cli.app import load
from laban.cli.registry import COMMANDS


def parameters(name: str) -> dict[str, object]:
    return {one.name: one for one in load(name).params}


def test_the_table_names_every_command_once() -> None:
    table = commands_table(page="docs/commands.md")
    for name, entry in COMMANDS.items():
        assert table.count(f"[`laban {name}`](docs/commands.md#laban-{name}) | {entry.about} |") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_every_option_and_example(name: str) -> None:
    reference = commands_reference()
    section = reference.split(f"## laban {name}\n", 1)[1]
    commands = [load(name), *subcommands(load(name)).values()]
    for option in (one for command in commands for one in command.params):
        shown = option.opts if option.param_type_name == "option" else [option.metavar]
        assert all(f"`{part}`" in section for part in shown)
    assert all(f"`{example}`" in section for example in COMMANDS[name].examples)


def test_a_switch_shows_both_forms_and_a_value_what_it_takes() -> None:
    options = parameters("extract")
    assert option_names(options["overlay"]) == "`--overlay` / `--no-overlay`"
    assert option_names(options["output"]) == "`-o`, `--output` `DIR`"
    assert option_names(options["quiet"]) == "`-q`, `--quiet`"


def test_usage_puts_arguments_before_options() -> None:
    assert usage_of("laban convert", load("convert")) == "laban convert IN OUT [OPTIONS]"
    assert usage_of("laban assets", load("assets")) == "laban assets COMMAND …"

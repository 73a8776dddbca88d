"""The reference of the commands, from the command line itself."""

from collections.abc import Iterator
from typing import Any

from laban.cli.app import load
from laban.cli.registry import COMMANDS
from scripts.docs.blocks import markdown_table


def commands_table(*, page: str) -> str:
    """One row per command: its name, linked into ``page``, and its one-line help."""
    rows = ([f"[`laban {name}`]({page}#laban-{name})", entry.about] for name, entry in COMMANDS.items())
    return markdown_table(("command", "does"), rows)


def commands_reference() -> str:
    """A section for each command: usage, help, arguments, options."""
    return "\n\n".join(part for name in COMMANDS for part in _sections(f"laban {name}", load(name), level=2))


def usage_of(path: str, command: Any) -> str:
    """The usage of a command in one line."""
    if subcommands(command):
        return f"{path} COMMAND …"
    arguments = [_placeholder(one) for one in command.params if one.param_type_name == "argument"]
    return " ".join([path, *arguments, "[OPTIONS]"])


def subcommands(command: Any) -> dict[str, Any]:
    """The commands of a group by name; none for a single command."""
    return dict(getattr(command, "commands", {}))


def option_names(option: Any) -> str:
    """The forms of an option, with its placeholder.

    A switch that can be turned off shows both forms.
    """
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len))
    if option.secondary_opts:
        return f"{names} / `{option.secondary_opts[0]}`"
    return names if option.is_flag else f"{names} `{_taken(option)}`"


def _sections(path: str, command: Any, *, level: int) -> Iterator[str]:
    yield "\n\n".join([f"{'#' * level} {path}", _code(usage_of(path, command)), *_body(command)])
    for name, below in subcommands(command).items():
        yield from _sections(f"{path} {name}", below, level=level + 1)


def _body(command: Any) -> Iterator[str]:
    yield (command.help or "").strip()
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    if arguments:
        rows = ([f"`{_placeholder(one)}`", one.help or ""] for one in arguments)
        yield markdown_table(("argument", "meaning"), rows)
    if options:
        yield markdown_table(("option", "meaning"), ([option_names(one), one.help or ""] for one in options))


def _code(line: str) -> str:
    return f"```sh\n{line}\n```"


def _placeholder(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _taken(option: Any) -> str:
    return str(option.metavar or option.name.upper())

"""The command ``laban``: its list of commands, each loaded only when it is used."""

import difflib
import inspect
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from laban.cli.registry import COMMANDS
from laban.version import __version__


class LazyCommands(TyperGroup):
    """Lists the commands in its help, and imports a command only to run it."""

    listing = False

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002
        """The names of the installed commands, in the order of the registry."""
        return [name for name, entry in COMMANDS.items() if find_spec(entry.target.partition(":")[0])]

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The command of that name; while the help is written, only its line in the registry."""
        if cmd_name not in self.list_commands(ctx):
            return None
        if self.listing:
            return TyperCommand(name=cmd_name, help=COMMANDS[cmd_name].about)
        return load(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that ``args`` begin with; an unknown one is refused, with the nearest known name."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            ctx.fail(no_command(args[0], known))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the help without importing any command."""
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False


def no_command(name: str, known: Sequence[str]) -> str:
    """The error for a command that does not exist.

    >>> no_command("extrct", ["extract", "show"])
    "No such command 'extrct'. Did you mean 'extract'?"
    """
    near = difflib.get_close_matches(name, known, n=1)
    return f"No such command {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")


def load(name: str) -> TyperCommand | TyperGroup:
    """Imports the command called ``name``."""
    module, _, attribute = COMMANDS[name].target.partition(":")
    target = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        function, target = target, new_app()
        target.command(name=name, no_args_is_help=False)(function)
    command = get_command(target)
    command.name = name
    command.help = _with_examples(command.help or COMMANDS[name].about, COMMANDS[name].examples)
    return command  # type: ignore[return-value]


def _with_examples(text: str, examples: Sequence[str]) -> str:
    return "\n".join([inspect.cleandoc(text), "", "Examples:", "", *(f"- `{line}`" for line in examples)])


def new_app(**options: Any) -> typer.Typer:
    """An application or group of commands in the common style."""
    return typer.Typer(
        add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False, **options
    )


app = new_app(cls=LazyCommands)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"laban {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def laban(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Understand human movement from ordinary video: people, poses, angles.

    `laban demo` shows the main job on a sample. Results go to stdout, progress and warnings to
    stderr. Exit codes: 0 all done, 1 nothing could be done, 2 wrong use, 3 some inputs failed.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())

"""The options of a command, declared once: the fields of a frozen dataclass.

A field gives an option's type, range and default and, by ``typer.Option``, its help. ``with_options`` turns the
fields into command-line parameters and passes their resolved values on as one value.
"""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import MISSING, Field, fields
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

T = TypeVar("T")

Command = Callable[..., None]

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Videos, images, folders or patterns; - is standard input.",
        show_default=False,
    ),
]
INTO_FOLDER: Any = typer.Option("-o", "--output", metavar="DIR", help="The folder for the results.")
OutputFolder = Annotated[Path | None, INTO_FOLDER]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print lines of JSON on a terminal too.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]

Described = Mapping[str, OptionInfo]
"""The help of options whose type and default are inherited, by field: the class variable ``described``. They are
listed at its position among the fields."""


def with_options(section: str | None) -> Callable[[Command], Command]:
    """Makes a command from a function whose parameter ``options`` is annotated with a dataclass of options.

    Options that are not given come from the environment variables and the laban.toml table of ``section``, then
    from the dataclass's defaults; if ``section`` is None, from the defaults alone. See ``resolve_settings``.
    """

    def decorated(function: Command) -> Command:
        signature = inspect.signature(function)
        kind = signature.parameters["options"].annotation
        typed = {one.name: one for one in _parameters(kind)}

        @functools.wraps(function)
        def command(**given: Any) -> None:
            flags = {name: given.pop(name) for name in typed}
            function(**given, options=_settled(kind, section, flags))

        replaced = [
            part
            for one in signature.parameters.values()
            for part in (typed.values() if one.name == "options" else [one])
        ]
        command.__signature__ = signature.replace(parameters=replaced)  # type: ignore[attr-defined]
        return command

    return decorated


def settle(kind: type[T], *, section: str | None, **flags: object) -> T:
    """The options of one command; a flag that is None was not given. See ``resolve_settings``."""
    from laban.cli.registry import COMMANDS, SUBCOMMANDS
    from laban.cli.settings import resolve_settings

    spelled = {name: _spelled(name, info) for name, info in option_infos(kind).items()}
    return resolve_settings(
        kind, section=section, flags=flags, sections=(*COMMANDS, *SUBCOMMANDS), spelled=spelled
    )


def part_of(options: object, kind: type[T]) -> T:
    """An instance of ``kind`` with the values of the fields that ``options`` has too, and defaults for the
    others."""
    names = (one.name for one in fields(kind) if hasattr(options, one.name))  # type: ignore[arg-type]
    return kind(**{name: getattr(options, name) for name in names})


def option_infos(kind: type) -> dict[str, OptionInfo]:
    """Typer's description of each field that is an option: first the class's own, then those of its bases."""
    found: dict[str, OptionInfo] = {}
    hints = get_type_hints(kind, include_extras=True)
    for base in kind.__mro__:
        found.update({name: info for name, info in _described(base, hints) if name not in found})
    return found


def _described(base: type, hints: Mapping[str, Any]) -> Iterator[tuple[str, OptionInfo]]:
    for name in vars(base).get("__annotations__", {}):
        for extra in getattr(hints[name], "__metadata__", ()):
            if isinstance(extra, OptionInfo):
                yield name, extra
        if name == "described":
            yield from vars(base)[name].items()


def _settled(kind: type[T], section: str | None, flags: Mapping[str, Any]) -> T:
    given = {name: value for name, value in flags.items() if value not in (None, [], ())}
    return settle(kind, section=section, **given)


def _parameters(kind: type) -> Iterator[inspect.Parameter]:
    """The parameters of a command; None means that the option was not given."""
    hints = get_type_hints(kind, include_extras=True)
    by_name = {one.name: one for one in fields(kind)}
    for name, info in option_infos(kind).items():
        field, typed = by_name[name], _typed_kind(hints[name])
        is_needed = field.default is MISSING and field.default_factory is MISSING
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if is_needed else None,
            annotation=Annotated[typed if is_needed else typed | None, _shown(info, field)],
        )


def _typed_kind(hint: Any) -> Any:
    """The type that Typer parses for a field; ranges and choices are checked when the options are resolved."""
    from pydantic import BeforeValidator

    base, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    kind = next((one for one in get_args(base) if one is not NoneType), base) if _is_optional(base) else base
    if get_origin(kind) is Literal or any(isinstance(one, BeforeValidator) for one in extras):
        return str
    return list[str] if get_origin(kind) is tuple else kind


def _is_optional(kind: Any) -> bool:
    return NoneType in get_args(kind)


def _shown(info: OptionInfo, field: "Field[Any]") -> OptionInfo:
    """The same with the default appended to the help, unless the help already ends with one."""
    shown = copy(info)
    shown.show_default = False
    help_text, default = info.help or "", field.default
    if isinstance(default, int | float | str) and not isinstance(default, bool) and help_text[-1:] != "]":
        shown.help = f"{help_text} [{default if isinstance(default, str) else format(default, 'g')}]"
    return shown


def _spelled(name: str, info: OptionInfo) -> str:
    """The long form of an option."""
    given = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
    words = next((one for one in given if one.startswith("--")), "--" + name.replace("_", "-"))
    return words.partition("/")[0]

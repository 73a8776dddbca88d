"""Options are declared once: in the dataclass of their command."""

import ast
import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_type_hints

import pytest
import typer
from pydantic import BeforeValidator, Field
from typer.models import OptionInfo

from laban.cli import options as shared
from laban.cli.app import load, new_app
from laban.cli.errors import guarded
from laban.cli.options import AsJson, Described, JsonLines, Quiet, option_infos, part_of, with_options
from laban.cli.registry import COMMANDS, SUBCOMMANDS
from laban.errors import UnknownNameError

CLI = Path(shared.__file__).parent
OF_EVERY_COMMAND = {"as_json": (AsJson, JsonLines), "quiet": (Quiet,)}
OTHERWISE_CALLED = {
    "sets": "--set",
    "columns": "--column",
    "from_": "--from",
    "everything": "--all",
}
"""Fields that hold what is typed several times, or whose option's name is taken by Python."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every command and the function behind it."""
    for name in COMMANDS:
        command: Any = load(name)
        below = getattr(command, "commands", {})
        for word, one in (below or {"": command}).items():
            yield f"{name} {word}".strip(), inspect.unwrap(one.callback)


ALL = dict(functions())


def options_of(function: Callable[..., Any]) -> type | None:
    kind = get_type_hints(function).get("options")
    return kind if kind is None or dataclasses.is_dataclass(kind) else None


KINDS = {name: kind for name, function in ALL.items() if (kind := options_of(function)) is not None}


@pytest.mark.parametrize("name", ALL)
def test_a_command_declares_arguments_only(name: str) -> None:
    hints = get_type_hints(ALL[name], include_extras=True)
    for parameter, hint in hints.items():
        if any(isinstance(one, OptionInfo) for one in getattr(hint, "__metadata__", ())):
            assert hint in OF_EVERY_COMMAND[parameter], parameter


def test_no_function_of_the_command_line_has_an_option_in_its_signature() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(CLI.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and "typer.Option" in ast.unparse(node.args)
        and node.name != "laban"  # `--version` belongs to no command
    ]
    assert found == []


@pytest.mark.parametrize("name", KINDS)
def test_every_option_is_a_frozen_field_called_as_it_is_typed(name: str) -> None:
    kind = KINDS[name]
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    infos = option_infos(kind)
    assert set(infos) <= {one.name for one in fields(kind)}
    for field, info in infos.items():
        typed = OTHERWISE_CALLED.get(field, "--" + field.replace("_", "-"))
        given = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
        assert not given or typed in " ".join(given).replace("/", " ").split()
        assert info.help


@pytest.mark.parametrize("name", KINDS)
def test_the_command_line_has_the_options_of_the_dataclass(name: str) -> None:
    command: Any = load(name.split()[0])
    for word in name.split()[1:]:
        command = command.commands[word]
    shown = {one.name for one in command.params if one.param_type_name == "option"}
    assert shown - set(OF_EVERY_COMMAND) - {"help"} == set(option_infos(KINDS[name]))


def test_commands_do_not_import_one_another() -> None:
    """What several need lies in modules that are no command; a group imports the commands below it."""
    groups = {"laban.cli.coach.app"}
    homes = {function.__module__ for function in ALL.values()}
    for home in homes - groups:
        path = CLI.parent.parent.joinpath(*home.split(".")).with_suffix(".py")
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert imported & homes == set(), home


@dataclass(frozen=True)
class Settings:
    epochs: int = 3
    rate: float = 0.5


def _split(value: object) -> object:
    return tuple(value.split(",")) if isinstance(value, str) else value


@dataclass(frozen=True)
class Base:
    workers: Annotated[int | None, Field(ge=1), typer.Option(metavar="N", help="At once. [all]")] = None


@dataclass(frozen=True)
class Options(Settings, Base):
    model: Annotated[Literal["lite", "full"], typer.Option(help="lite or full.")] = "full"
    sets: Annotated[tuple[str, ...], typer.Option("--set", help="Repeated. [none]")] = ()
    names: Annotated[tuple[str, ...], BeforeValidator(_split), typer.Option(help="a,b [none]")] = ()
    described: ClassVar[Described] = {"epochs": typer.Option(help="Passes.")}
    turn: Annotated[bool, typer.Option("--turn/--still", help="Turned.")] = True
    hidden: int = 7
    from_: Annotated[str | None, typer.Option("--from", help="Where from.")] = None


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Options | int]:
    """Runs a small command, and gives its options, or the exit code where it was refused."""
    monkeypatch.chdir(tmp_path)

    def ran(*words: str, file: str = "", section: str | None = "extract") -> Options | int:
        (tmp_path / "laban.toml").write_text(file)
        kept: list[Options] = []
        app = new_app()

        @app.command()
        @with_options(section)
        def command(source: str, *, options: Options, quiet: Quiet = False) -> None:
            kept.append(options)

        code = guarded(app, ["clip.mp4", *words])
        return kept[0] if kept else code

    return ran


def test_defaults_are_those_of_the_dataclass(run: Callable[..., Any]) -> None:
    assert run() == Options()


def test_what_is_typed_wins_over_the_variable_over_the_file(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = "[extract]\nepochs = 4\nworkers = 5\nturn = false\nhidden = 8\nfrom = 'x'\n"
    monkeypatch.setenv("LABAN_EXTRACT_EPOCHS", "6")
    assert run("--turn", file=file) == Options(epochs=6, workers=5, hidden=8, from_="x")
    assert run("--epochs", "9", "--quiet", file=file) == Options(
        epochs=9, workers=5, turn=False, hidden=8, from_="x"
    )


def test_each_kind_of_option_is_read(run: Callable[..., Any]) -> None:
    words = "--model lite --set a --set b --names c,d --still --workers 2 --from y"
    assert run(*words.split()) == Options(
        model="lite", sets=("a", "b"), names=("c", "d"), turn=False, workers=2, from_="y"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "litee"], "--model: input should be 'lite' or 'full', got 'litee'"),
        (["--workers", "0"], "--workers: input should be greater than or equal to 1, got 0"),
        (["--workers", "two"], "Invalid value for '--workers'"),
        (["--hidden", "3"], "No such option: --hidden"),
        (["--rate", "3"], "No such option: --rate"),
    ],
)
def test_wrong_use_is_refused(
    words: list[str], said: str, run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert said in capsys.readouterr().err


def test_an_unknown_key_of_the_file_is_refused_with_the_nearest(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file="[extract]\nepoch = 3\n") == 2
    assert "did you mean 'epochs'" in capsys.readouterr().err


def test_without_a_section_only_what_is_typed_counts(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABAN_EXTRACT_EPOCHS", "6")
    assert run("--workers", "2", file="[extract]\nepochs = 4\n", section=None) == Options(workers=2)


def test_own_options_come_before_inherited_ones_where_they_are_described() -> None:
    assert list(option_infos(Options)) == ["model", "sets", "names", "epochs", "turn", "from_", "workers"]


def test_help_shows_the_default_where_it_does_not_say_what_is_done_without(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--help") == 0
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "lite or full. [full]" in shown
    assert "Passes. [3]" in shown
    assert "At once. [all]" in shown
    assert "Turned. [" not in shown


def test_part_of_takes_the_fields_that_both_have() -> None:
    assert part_of(Options(epochs=8, rate=0.1), Settings) == Settings(8, 0.1)


SECTIONS = {
    name: "coach" if name == "coach live" else name.replace(" ", "_")
    for name in KINDS
    if name not in ("assets fetch", "coach history")  # which take what is typed only
}


def test_every_section_is_known() -> None:
    assert set(SECTIONS.values()) <= {*COMMANDS, *SUBCOMMANDS}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if "pose_model" in option_infos(kind)])
def test_the_key_of_pose_model_is_pose_model(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    section = SECTIONS[name]
    needed = {"output": tmp_path / "mine.toml"} if name == "coach learn" else {}
    (tmp_path / "laban.toml").write_text(f"[{section}]\npose_model = 'lite'\n")
    assert shared.settle(KINDS[name], section=section, **needed).pose_model == "lite"  # type: ignore[attr-defined]
    (tmp_path / "laban.toml").write_text(f"[{section}]\npose_modell = 'lite'\n")
    with pytest.raises(UnknownNameError, match="did you mean 'pose_model'"):
        shared.settle(KINDS[name], section=section, **needed)

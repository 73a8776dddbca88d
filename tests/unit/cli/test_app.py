import subprocess
import sys

import pytest

from laban.cli import main
from laban.cli.app import app, load
from laban.cli.errors import guarded
from laban.cli.registry import COMMANDS
from laban.version import __version__

HEAVY = ("cv2", "av", "scipy", "pyarrow", "matplotlib", "plotly", "ai_edge_litert", "pydantic")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr() == (f"laban {__version__}\n", "")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["--help"]) == 0
    shown = capsys.readouterr().out
    for name, entry in COMMANDS.items():
        assert f"│ {name} " in shown
        assert entry.about in shown


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, []) == 0
    assert "Usage: laban" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, [name, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Usage: laban {name}" in shown
    assert COMMANDS[name].examples
    assert all(example in shown for example in COMMANDS[name].examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    assert load(name).name == name


def test_help_imports_nothing_heavy() -> None:
    code = "import sys\ntry:\n from laban.cli import main; main(['--help'])\nfinally:\n"
    code += f" print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip() == "[]"

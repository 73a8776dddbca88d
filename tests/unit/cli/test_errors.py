import errno
import subprocess
import sys
from typing import Any

import pytest
import typer

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.errors import AssetError, InvalidValueError, SourceError, UnknownNameError


def ending(error: BaseException | None = None, *, code: int | None = None) -> Any:
    def command(**_: Any) -> int | None:
        if error is not None:
            raise error
        return code

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SourceError("clip.mp4: no\n  video"), 1, "clip.mp4: no video"),
        (AssetError("absent"), 1, "absent"),
        (InvalidValueError("--every: too small"), 2, "--every: too small"),
        (UnknownNameError("unknown model"), 2, "unknown model"),
        (OSError(errno.ENOSPC, "No space left on device", "out"), 1, "out: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "out"), 1, "out: Permission denied"),
        (MemoryError(), 1, "not enough memory; close other programs or use fewer workers"),
        (typer.BadParameter("no such thing"), 2, "Invalid value: no such thing; see `laban --help`"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(ending(error), []) == code
    assert capsys.readouterr() == ("", f"laban: {words}\n")


def test_an_unforeseen_error_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABAN_DEBUG", raising=False)
    assert guarded(ending(ZeroDivisionError("division by zero")), []) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("laban: unexpected ZeroDivisionError: division by zero; this is a fault in Laban")
    assert err.count("\n") == 1


def test_the_traceback_is_there_for_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(ending(ZeroDivisionError()), [])


@pytest.mark.parametrize("command", [ending(KeyboardInterrupt()), ending(code=130)])
def test_ctrl_c_says_how_to_go_on(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(command, []) == 130
    assert "finished work is kept" in capsys.readouterr().err


@pytest.mark.parametrize("code", [None, 0, 1, 3])
def test_a_commands_own_code_is_passed_on(code: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(ending(code=code), []) == (code or 0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "arguments", [["nosuch"], ["assets", "nosuch"], ["assets", "path"], ["assets", "list", "--nosuch"]]
)
def test_wrong_use_is_one_line_and_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("laban: ")
    assert err.count("\n") == 1
    assert "--help`" in err


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -c 'from laban.cli import main; main()' assets list --json | head -c 1"
    shell = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=30
    )
    assert (shell.returncode, shell.stdout, shell.stderr) == (0, "[", "")

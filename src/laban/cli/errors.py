"""How a command ends: an error is one line on stderr and an exit code, never a traceback."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import typer

from laban.cli.output import NOTHING, STOPPED, WRONG_USE, complain, describe
from laban.errors import InvalidValueError, LabanError, UnknownNameError

_STOPPED = "stopped; finished work is kept, and the same command continues from there"


def guarded(command: Callable[..., object], arguments: Sequence[str] | None) -> int:
    """Runs ``command`` with ``arguments`` (the process's own if None) and returns the exit code.

    With LABAN_DEBUG set, an unexpected error is raised with its traceback.
    """
    try:
        code = command(args=arguments, prog_name="laban", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        return _reader_left()
    except (typer.TyperException, LabanError, OSError, MemoryError) as error:
        return _reported(error)
    except Exception as error:
        if os.environ.get("LABAN_DEBUG"):
            raise
        complain(
            f"unexpected {type(error).__name__}: {describe(error)}; this is a fault in Laban, "
            "please report it (LABAN_DEBUG=1 shows where it happened)"
        )
        return NOTHING
    if code == STOPPED:  # Typer turns Ctrl-C into this code
        complain(_STOPPED)
    return int(code) if isinstance(code, int) else 0


def _reported(error: BaseException) -> int:
    if isinstance(error, typer.TyperException):
        message = error.format_message().rstrip(".") + _dashed(error)
        complain(f"{message}{' See' if message.endswith('?') else '; see'} {_help_of(error)}")
        return error.exit_code
    complain(
        "not enough memory; close other programs or use fewer workers"
        if isinstance(error, MemoryError)
        else describe(error)
    )
    return WRONG_USE if isinstance(error, InvalidValueError | UnknownNameError) else NOTHING


def _dashed(error: typer.TyperException) -> str:
    """A hint if an unknown option is a file whose name begins with a dash."""
    name = str(getattr(error, "option_name", "") or "")
    meant = [word for word in sys.argv[1:] if name and word.startswith(name[:2]) and Path(word).exists()]
    return f"; to name that file, write ./{meant[0]}" if meant else ""


def _help_of(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"`{context.command_path if context is not None else 'laban'} --help`"


def _reader_left() -> int:
    """The reader of stdout has closed it, as `head` does: not an error, and nothing more can be printed."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0

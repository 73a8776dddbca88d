"""Files written completely or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from laban.core.answers import json_text
from laban.errors import OutputError


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """A temporary file next to ``target`` that replaces it if the block succeeds, and is removed otherwise.

    Makes missing folders. Raises ``OutputError`` if the system refuses (no permission, disk full).
    """
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(exist_ok=False)
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_json(path: Path, value: object) -> Path:
    """Writes an answer, or several, as indented JSON, completely or not at all."""
    with written(path) as temporary:
        temporary.write_text(json_text(value, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def _refused(target: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {target}: {reason}; choose another place with -o")

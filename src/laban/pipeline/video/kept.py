"""Arrays that were worked out once and are kept in files by everything that decides them."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from laban.core.arrays import Array
from laban.render.files import written

_KEY_LETTERS = 24
_save: Callable[..., None] = np.savez


def kept_at(cache: Path | None, work: Mapping[str, object]) -> Path | None:
    """The file of what ``work`` decides; None where nothing is kept."""
    if cache is None:
        return None
    key = hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:_KEY_LETTERS]
    return cache / key[:2] / f"{key}.npz"


def load_kept(file: Path | None, *names: str) -> dict[str, Array] | None:
    """The arrays ``names`` of a file; a damaged or missing one is as none, for it can be made again."""
    if file is None:
        return None
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return {name: held[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def keep(file: Path | None, arrays: Mapping[str, Array | float]) -> None:
    """Writes the arrays, completely or not at all; nothing where nothing is kept."""
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with written(file) as temporary, temporary.open("wb") as stream:
        _save(stream, **{name: np.asarray(value) for name, value in arrays.items()})

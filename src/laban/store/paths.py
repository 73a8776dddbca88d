"""The folder of a user's own data, which unlike a cache must not be lost."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from laban.errors import OutputError


def data_folder(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> Path:
    """The folder that LABAN_HOME names, otherwise the one in XDG_DATA_HOME or in the platform's data folder.

    Raises OutputError if there is no home folder.
    """
    own = environment.get("LABAN_HOME", "").strip()
    if own:
        return Path(own).expanduser()
    named = environment.get("XDG_DATA_HOME", "")
    if named and Path(named).is_absolute():
        return Path(named) / "laban"
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "laban" / "data"
    try:
        home = Path.home()
    except RuntimeError as error:
        raise OutputError("no home folder to keep data in; set LABAN_HOME") from error
    return home / ("Library/Application Support" if platform == "darwin" else ".local/share") / "laban"

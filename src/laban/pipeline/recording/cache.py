"""A cache of recordings, keyed by the content of the video, the settings and the version.

An index remembers the hash of every file by its size and time, so that gigabytes are not read again.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from laban.assets.mirrors import cache_folder
from laban.errors import OutputError
from laban.io.files import write_text
from laban.pipeline.recording.identity import data_hash
from laban.pipeline.recording.settings import ExtractionSettings
from laban.version import __version__

_INDEX = "index.json"
_KEY_LETTERS = 24
_PARQUET_MARK = b"PAR1"


class _Known(BaseModel):
    """The state of a file when its content was hashed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str

    def fits(self, about: os.stat_result) -> bool:
        stamp = about.st_size, about.st_mtime_ns, about.st_ctime_ns
        return (self.size, self.mtime_ns, self.ctime_ns) == stamp


_INDEXED = TypeAdapter(dict[str, _Known])


def default_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of recordings: LABAN_CACHE, else next to this user's assets."""
    named = environment.get("LABAN_CACHE", "").strip()
    return Path(named).expanduser() if named else cache_folder(environment).parent / "recordings"


@dataclass
class RecordingCache:
    """A folder of recordings. ``save`` writes new hashes of files."""

    folder: Path
    _index: dict[str, _Known] = field(default_factory=dict, init=False)
    _learnt: dict[str, _Known] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._index = _read_index(self.folder / _INDEX)

    def path_for(self, video: Path, settings: ExtractionSettings) -> Path:
        """Where the recording of ``video`` is or would be; raises SourceError where the video cannot be read."""
        work = {**settings.of_result(), "data_sha256": self._hash_of(video), "laban": __version__}
        key = hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:_KEY_LETTERS]
        return self.folder / key[:2] / f"{key}.parquet"

    def save(self) -> None:
        """Writes the index, merged with what other runs have written meanwhile; does nothing where nothing is
        new."""
        if self._learnt:
            merged = {**_read_index(self.folder / _INDEX), **self._learnt}
            write_text(self.folder / _INDEX, _INDEXED.dump_json(merged, indent=0).decode())
            self._learnt.clear()

    def prepare(self) -> None:
        """Makes the folder; raises OutputError where that is not possible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"recordings cannot be kept in {self.folder}: {error.strerror}; name another folder with --cache "
                "or LABAN_CACHE"
            ) from error

    def _hash_of(self, video: Path) -> str:
        name = str(video.resolve())
        try:
            about = video.stat()
        except OSError:
            return data_hash(video)
        known = self._learnt.get(name) or self._index.get(name)
        if known is None or not known.fits(about):
            known = _Known(
                size=about.st_size,
                mtime_ns=about.st_mtime_ns,
                ctime_ns=about.st_ctime_ns,
                sha256=data_hash(video),
            )
            self._learnt[name] = known
        return known.sha256


def is_whole(path: Path) -> bool:
    """Whether there is a complete recording."""
    try:
        with path.open("rb") as stream:
            stream.seek(-len(_PARQUET_MARK), os.SEEK_END)
            return stream.read() == _PARQUET_MARK
    except OSError:
        return False


def _read_index(path: Path) -> dict[str, _Known]:
    """The content of an index; a damaged one counts as empty, because it can be made again."""
    try:
        return _INDEXED.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}

"""The finished spans of an extraction in progress, so that a stopped one can continue."""

import hashlib
import json
import shutil
from pathlib import Path

from laban.core.sequence import Recording
from laban.errors import LabanError, OutputError
from laban.io import load, save
from laban.pipeline.recording.identity import Identity


class Parts:
    """The finished spans, in a hidden folder next to the target, named by a hash of the work."""

    def __init__(self, target: Path, work: dict[str, object], identity: Identity) -> None:
        self._identity = identity
        key = hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:16]
        self._folder = target.parent / f".{target.name}.{key}.parts"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{target} cannot be written: {error.strerror}; choose another place"
            ) from error

    def load_all(self, count: int) -> dict[int, Recording]:
        """The finished ones of ``count`` spans, by their number."""
        found = ((index, self._load(index)) for index in range(count))
        return {index: part for index, part in found if part is not None}

    def _load(self, index: int) -> Recording | None:
        path = self._path(index)
        try:
            return load(path) if path.exists() else None
        except LabanError:
            return None

    def save(self, index: int, part: Recording) -> None:
        """Saves a span; raises SourceError if the source has changed meanwhile."""
        self._identity.check()
        save(part, self._path(index))

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self._folder / f"{index:05d}.parquet"

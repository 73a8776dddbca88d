"""What a backbone sees in the frames of clips: worked out once, in parallel, and kept by content."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Protocol

import numpy as np

from laban.core.arrays import Array, ImageArray
from laban.core.progress import Progress
from laban.errors import LabanError, SourceError
from laban.models.deploy.clip_model import FrameNetwork
from laban.pipeline.dataset.values import Skipped
from laban.pipeline.recording.executor import Threads
from laban.pipeline.recording.identity import data_hash
from laban.pipeline.video.sampling import ClipSampling, form_of, read_strip
from laban.render.files import written

_VERSION = 2
_KEY_LETTERS = 24


class FrameReader(Protocol):
    """Sees frames; ``key`` tells it from all that see otherwise."""

    @property
    def key(self) -> str: ...

    def features(self, images: ImageArray) -> Array:
        """(N, ...) what is seen in images (N, H, W, 3)"""
        ...


class FramePool:
    """Networks on LiteRT that see frames, as many as threads ask at once; ``network`` makes their file when the
    first frame is to be seen, and ``key`` tells them from all that see otherwise. ``half`` keeps what they see in
    half the memory."""

    def __init__(self, network: Callable[[], bytes], *, key: str, half: bool = False) -> None:
        self._network, self.key = network, key
        self._kept = np.float16 if half else np.float32
        self._made: bytes | None = None
        self._lock = Lock()
        self._idle: LifoQueue[FrameNetwork] = LifoQueue()

    def features(self, images: ImageArray) -> Array:
        """(N, ...) what is seen in images (N, H, W, 3)"""
        one = self._taken()
        try:
            return one.features(images).astype(self._kept, copy=False)
        finally:
            self._idle.put(one)

    def _taken(self) -> FrameNetwork:
        with suppress(Empty):
            return self._idle.get_nowait()
        with self._lock:
            if self._made is None:
                self._made = self._network()
        return FrameNetwork(self._made, name="the backbone")


class Pixels:
    """Sees nothing: the frames themselves are what a backbone that learns is given."""

    key = "pixels"

    def features(self, images: ImageArray) -> ImageArray:
        """The images."""
        return images


@dataclass(frozen=True, eq=False)
class SeenClips:
    """The clips that could be read: ``rows`` are their positions among all, ``forms`` (V, N, T, ...) what was seen
    in each form, ``length_s`` how long they last, ``contents`` the SHA-256 of each. ``failed`` are the others."""

    rows: tuple[int, ...]
    forms: Array
    length_s: tuple[float, ...]
    contents: tuple[str, ...]
    failed: tuple[Skipped, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class _Seen:
    forms: Array
    length_s: float
    content: str


@dataclass(frozen=True)
class ClipSight:
    """How clips are seen: sampled, by a reader, and where what was seen is kept (None: nowhere)."""

    sampling: ClipSampling
    reader: FrameReader
    mirror: bool = True
    cache: Path | None = None
    fps: float | None = None

    def see(self, path: Path, progress: Progress) -> _Seen | LabanError:
        """What is seen in one clip, or why nothing is."""
        try:
            found = self._seen(path, data_hash(path))
        except LabanError as error:
            return error
        progress(1, 1)
        return found

    def _seen(self, path: Path, content: str) -> _Seen:
        file = self._file(content)
        kept = None if file is None else _kept(file, content)
        if kept is not None:
            return kept
        strip = read_strip(path, size_wh=self.sampling.size_wh, fps=self.fps)
        key = int(content[:12], 16)
        forms = np.stack(
            [
                self.reader.features(form_of(strip, self.sampling, version, key=key, mirror=self.mirror))
                for version in range(self.sampling.versions)
            ]
        )
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            with written(file) as temporary, temporary.open("wb") as stream:
                np.savez(stream, forms=forms, length_s=strip.length_s)
        return _Seen(forms, strip.length_s, content)

    def _file(self, content: str) -> Path | None:
        if self.cache is None:
            return None
        work = {
            "sampling": asdict(self.sampling),
            "reader": self.reader.key,
            "mirror": self.mirror,
            "fps": self.fps,
            "version": _VERSION,
            "content": content,
        }
        key = hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:_KEY_LETTERS]
        return self.cache / key[:2] / f"{key}.npz"


def see_clips(
    paths: Sequence[Path], names: Sequence[str], sight: ClipSight, *, workers: int, progress: Progress
) -> SeenClips:
    """What is seen in all clips; a clip that cannot be read is left out and named.

    Raises SourceError where none can be read.
    """
    found: dict[int, _Seen] = {}
    failed: dict[int, Skipped] = {}
    sizes = [1.0] * len(paths)
    for index, one in Threads(workers).map(sight.see, list(paths), sizes=sizes, progress=progress):
        if isinstance(one, _Seen):
            found[index] = one
        else:
            failed[index] = Skipped(names[index], str(one))
    if not found:
        first = next(iter(failed.values())).reason if failed else "there are none"
        raise SourceError(f"none of the {len(paths)} clips can be read: {first}")
    rows = tuple(sorted(found))
    return SeenClips(
        rows,
        np.stack([found[row].forms for row in rows], axis=1),
        tuple(found[row].length_s for row in rows),
        tuple(found[row].content for row in rows),
        tuple(failed[row] for row in sorted(failed)),
    )


def _kept(file: Path, content: str) -> _Seen | None:
    """What was kept; a damaged file is as none, for it can be made again."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return _Seen(held["forms"], float(held["length_s"]), content)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None

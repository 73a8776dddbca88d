"""What a backbone sees in the frames of clips: worked out once, in parallel, and kept by content."""

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
from laban.pipeline.recording.executor import Threads, outcome_of
from laban.pipeline.recording.identity import data_hash
from laban.pipeline.video.kept import keep, kept_at, load_kept
from laban.pipeline.video.sampling import ClipSampling, form_of, read_strip

_VERSION = 2


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
        found = outcome_of(lambda: self._seen(path, data_hash(path)))
        if isinstance(found, _Seen):
            progress(1, 1)
        return found

    def _seen(self, path: Path, content: str) -> _Seen:
        file = kept_at(self.cache, self._work(content))
        held = load_kept(file, "forms", "length_s")
        if held is not None:
            return _Seen(held["forms"], float(held["length_s"]), content)
        strip = read_strip(path, size_wh=self.sampling.size_wh, fps=self.fps)
        key = int(content[:12], 16)
        forms = np.stack(
            [
                self.reader.features(form_of(strip, self.sampling, version, key=key, mirror=self.mirror))
                for version in range(self.sampling.versions)
            ]
        )
        keep(file, {"forms": forms, "length_s": strip.length_s})
        return _Seen(forms, strip.length_s, content)

    def _work(self, content: str) -> dict[str, object]:
        """Everything that decides what is seen."""
        return {
            "sampling": asdict(self.sampling),
            "reader": self.reader.key,
            "mirror": self.mirror,
            "fps": self.fps,
            "version": _VERSION,
            "content": content,
        }


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

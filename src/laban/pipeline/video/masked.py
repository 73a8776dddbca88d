"""What a backbone sees in clips whose people, or whose background, are masked: worked out once, kept by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from laban.core.arrays import Array, Float32Array
from laban.core.progress import Progress, unheard
from laban.core.sequence import Recording
from laban.errors import LabanError
from laban.pipeline.dataset.values import Skipped
from laban.pipeline.recording.executor import Threads, outcome_of
from laban.pipeline.recording.open import PoseFile, poses_of
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pipeline.video.features import FrameReader
from laban.pipeline.video.kept import keep, kept_at, load_kept
from laban.pipeline.video.masking import people_alone, people_masks, without_people
from laban.pipeline.video.sampling import ClipSampling, read_strip

_VERSION = 1


class PeopleFinder(Protocol):
    """Finds the people of a clip; ``key`` tells it from all that find others."""

    @property
    def key(self) -> str: ...

    def __call__(self, path: Path, *, fps: float | None) -> Recording: ...


@dataclass(frozen=True)
class ExtractedPeople:
    """The people that the pose engine finds; recordings are kept in ``cache``, where other commands find them."""

    settings: ExtractionSettings
    cache: Path | None = None

    @property
    def key(self) -> str:
        """The settings that decide the result."""
        return str(sorted(self.settings.of_result().items()))

    def __call__(self, path: Path, *, fps: float | None) -> Recording:
        return poses_of(path, settings=self.settings, cache=self.cache, pose_file=PoseFile(fps)).recording


@dataclass(frozen=True, eq=False)
class MaskedClip:
    """What is seen in the frames without people, and in those of people alone, each (T, ...); ``people`` is the
    share of the image in which people are, 0 where nobody was found."""

    without_people: Array
    people_alone: Array
    people: float


@dataclass(frozen=True)
class MaskedSight:
    """How masked clips are seen: sampled and unchanged otherwise, by a reader."""

    sampling: ClipSampling
    reader: FrameReader
    find: PeopleFinder
    cache: Path | None = None
    fps: float | None = None

    def see(self, clip: tuple[Path, str], progress: Progress = unheard) -> MaskedClip | LabanError:
        """What is seen in one clip, a path and the SHA-256 of its content, or why nothing is."""
        found = outcome_of(lambda: self._seen(*clip))
        if isinstance(found, MaskedClip):
            progress(1, 1)
        return found

    def _seen(self, path: Path, content: str) -> MaskedClip:
        file = kept_at(self.cache, self._work(content))
        held = load_kept(file, "without_people", "people_alone", "people")
        if held is None:
            held = self._worked_out(path)
            keep(file, held)
        return MaskedClip(held["without_people"], held["people_alone"], float(held["people"]))

    def _worked_out(self, path: Path) -> dict[str, Array]:
        strip = read_strip(path, size_wh=self.sampling.size_wh, fps=self.fps)
        rows = strip.spread(self.sampling.frames)
        images = strip.images[rows]
        people = self.find(path, fps=self.fps)
        masks = people_masks(people, strip.times_s[rows], size_wh=self.sampling.size_wh, inside=strip.inside)
        return {
            "without_people": np.asarray(self.reader.features(without_people(images, masks))),
            "people_alone": np.asarray(self.reader.features(people_alone(images, masks))),
            "people": np.asarray(masks.mean()),
        }

    def _work(self, content: str) -> dict[str, object]:
        """Everything that decides what is seen."""
        return {
            "masked": _VERSION,
            "frames": self.sampling.frames,
            "size_wh": self.sampling.size_wh,
            "reader": self.reader.key,
            "people": self.find.key,
            "fps": self.fps,
            "content": content,
        }


@dataclass(frozen=True, eq=False)
class MaskedClips:
    """The clips in which people were found: ``rows`` are their positions among all; ``without_people`` and
    ``people_alone`` (N, T, ...) are what was seen, ``people`` (N,) the share of the image. ``nobody`` was found in
    the clips at these positions; ``failed`` could not be masked."""

    rows: tuple[int, ...]
    without_people: Array
    people_alone: Array
    people: Float32Array
    nobody: tuple[int, ...]
    failed: tuple[Skipped, ...]


def see_masked(
    clips: Sequence[tuple[Path, str]],
    names: Sequence[str],
    sight: MaskedSight,
    *,
    workers: int,
    progress: Progress,
) -> MaskedClips:
    """What is seen in all clips, paths and SHA-256 of their contents, once they are masked."""
    unique = {content: (path, content) for path, content in clips}
    seen: dict[str, MaskedClip | LabanError] = {}
    work = Threads(workers).map(
        sight.see, list(unique.values()), sizes=[1.0] * len(unique), progress=progress
    )
    for index, one in work:  # copies of one video share a recording, which two workers must not write at once
        seen[list(unique)[index]] = one
    found: dict[int, MaskedClip] = {}
    failed: dict[int, Skipped] = {}
    for row, (_, content) in enumerate(clips):
        one = seen[content]
        if isinstance(one, MaskedClip):
            found[row] = one
        else:
            failed[row] = Skipped(names[row], str(one))
    rows = tuple(row for row in sorted(found) if found[row].people > 0)
    held = [found[row] for row in rows]
    return MaskedClips(
        rows,
        np.stack([one.without_people for one in held]) if held else np.zeros((0,)),
        np.stack([one.people_alone for one in held]) if held else np.zeros((0,)),
        np.array([one.people for one in held], dtype=np.float32),
        tuple(row for row in sorted(found) if not found[row].people),
        tuple(failed[row] for row in sorted(failed)),
    )

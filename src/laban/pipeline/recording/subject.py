"""The subject of a recording, video, photo or moment."""

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.progress import Progress
from laban.core.sequence import PoseSequence, Recording
from laban.core.subject import biggest_person
from laban.errors import SourceError
from laban.pipeline.recording.extract import extract
from laban.pipeline.recording.open import PoseFile, has_images, poses_of
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pipeline.recording.video import find_origin, open_frames, origin_doubt
from laban.pipeline.recording.warnings import doubts_of
from laban.sources.containers import absence

_MOMENT = re.compile(r"^(?P<path>.+)@(?P<time>\d+(\.\d+)?)s?$")


_NEAR_S = 0.5


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison: a person, their source, and its images, if any.

    ``moment_s`` is the time of a single instant of a longer source; ``image`` is its image, if it was read.
    """

    name: str
    recording: Recording
    person: int
    images: Path | None = None
    moment_s: float | None = None
    image: ImageArray | None = None
    warnings: tuple[str, ...] = ()

    @property
    def sequence(self) -> PoseSequence:
        return self.recording.people[self.person]

    @property
    def doubts(self) -> tuple[str, ...]:
        """Warnings where the person jumps, or people or sides change places."""
        return doubts_of(self.recording, person=self.person)

    @property
    def is_pose(self) -> bool:
        """Whether it is one instant."""
        return len(self.recording.times_s) == 1


def open_side(
    source: str,
    *,
    person: int | None = None,
    settings: ExtractionSettings | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    pose_file: PoseFile | None = None,
) -> Side:
    """An image, a moment of a video or recording (``clip.mp4@2.5s``), a recording, or a video.

    Videos are extracted once and kept in ``cache``; for a moment its frame is enough, unless ``person`` is an id in
    the whole clip. Raises SourceError where there is no such file, no
    such moment, or nobody.
    """
    path, moment_s = parse_source(source)
    if not path.exists():
        raise SourceError(absence(path))
    if moment_s is not None and person is None and has_images(path):
        fps = pose_file.fps if pose_file is not None else None
        return _moment_of_video(path, moment_s, source, settings, fps=fps)
    found = poses_of(path, settings=settings, cache=cache, progress=progress, pose_file=pose_file)
    recording = found.recording
    chosen = biggest_person(recording, person=person, name=source)
    images = found.images or _origin(recording, path)
    doubt = origin_doubt(recording, images) if found.images is None and images is not None else None
    warnings = (*found.warnings, *([doubt] if doubt else []))
    side = Side(source, recording, chosen, images, warnings=warnings)
    return side if moment_s is None else _moment_of_recording(side, moment_s)


def parse_source(source: str) -> tuple[Path, float | None]:
    """The path, and the moment in seconds where one is named.

    >>> path, moment_s = parse_source("clip.mp4@2.5s")
    >>> path.name, moment_s
    ('clip.mp4', 2.5)
    """
    match = _MOMENT.match(source)
    if match is None or Path(source).exists():
        return Path(source), None
    return Path(match["path"]), float(match["time"])


def _moment_of_video(
    path: Path, moment_s: float, source: str, settings: ExtractionSettings | None, *, fps: float | None
) -> Side:
    """One frame of a video alone: the rest is not needed."""
    with open_frames(path, at_s=np.array([moment_s]), fps=fps) as frames:
        nearest = min(frames, key=lambda frame: abs(frame.time_s - moment_s), default=None)
    if nearest is None or abs(nearest.time_s - moment_s) > _NEAR_S:
        end = "nothing" if nearest is None else f"{nearest.time_s:.2f} s"
        raise SourceError(f"{path} has no moment at {moment_s:g} s, the nearest is {end}")
    image = np.ascontiguousarray(nearest.image_rgb)
    recording = _people_in(image, settings).replace(source=str(path))
    chosen = biggest_person(recording, name=source)
    return Side(source, recording, chosen, path, moment_s=nearest.time_s, image=image)


def _people_in(image: ImageArray, settings: ExtractionSettings | None) -> Recording:
    import cv2

    with tempfile.TemporaryDirectory(prefix="laban-") as folder:
        still = Path(folder) / "frame.png"
        cv2.imwrite(str(still), image[..., ::-1])
        return extract(still, settings=settings)


def _moment_of_recording(side: Side, moment_s: float) -> Side:
    sequence = side.sequence
    seen = np.flatnonzero(sequence.seen)
    row = int(seen[np.abs(sequence.times_s[seen] - moment_s).argmin()]) if len(seen) else 0
    time_s = float(sequence.times_s[row])
    if not len(seen) or abs(time_s - moment_s) > _NEAR_S:
        raise SourceError(
            f"person {side.person} is not seen at {moment_s:g} s in {side.name}; the nearest is {time_s:.2f} s"
        )
    one = sequence.take(slice(row, row + 1))
    recording = side.recording.replace(times_s=one.times_s, people={side.person: one})
    return replace(side, recording=recording, moment_s=time_s)


def _origin(recording: Recording, path: Path) -> Path | None:
    """The images of a recording, where it has any and they have not moved."""
    try:
        found = find_origin(recording, beside=path)
    except SourceError:
        return None
    return found if has_images(found) else None

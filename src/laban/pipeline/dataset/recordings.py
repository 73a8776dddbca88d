"""Poses of all clips of a dataset: videos are extracted in parallel and cached, files of poses are read."""

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from laban.core.json_values import object_at, texts_at
from laban.core.progress import Progress
from laban.core.sequence import Recording
from laban.errors import AssetError, InvalidValueError, LabanError, MissingExtraError, OutputError
from laban.io import format_of, load
from laban.io.formats import LoadOptions
from laban.pipeline.dataset.values import Dataset, Item, Skipped
from laban.pipeline.recording.cache import RecordingCache, default_cache, is_whole
from laban.pipeline.recording.executor import CancelledError, Executor, Threads
from laban.pipeline.recording.extract import extract_file
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pose.blazepose.weights import resolve_detector

_FATAL = (AssetError, OutputError, MissingExtraError)
"""Faults of this machine rather than of a file: they end the work."""


class Extractor(Protocol):
    """What makes the recording ``target`` of a video, as ``extract_file`` does."""

    def __call__(
        self,
        source: Path,
        target: Path,
        *,
        settings: ExtractionSettings,
        progress: Progress,
    ) -> object: ...


@dataclass(frozen=True, eq=False)
class Recordings:
    """The poses of a dataset's clips. ``failed`` are the files without poses, and why; ``notes`` what had to be
    assumed about others."""

    dataset: Dataset
    places: Mapping[Path, Path]
    failed: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    extracted: int = 0
    kept: int = 0

    def of(self, index: int) -> Recording | None:
        """The poses of the clip at this position; None where its file failed. Read again at each call."""
        clip = self.clip(index)
        return None if clip is None else clip.recording()

    def clip(self, index: int) -> "ClipPoses | None":
        """Where the poses of the clip at this position are; None where its file failed."""
        item = self.dataset.items[index]
        place = self.places.get(item.path) if item.path else None
        if item.recording is None and place is None:
            return None
        return ClipPoses(index, item, place, self.dataset.reading)

    def clips(self) -> "Iterator[ClipPoses]":
        """All clips that have poses, in the dataset's order."""
        found = (self.clip(index) for index in range(len(self.dataset.items)))
        return (clip for clip in found if clip is not None)

    def __iter__(self) -> Iterator[tuple[Item, Recording | None]]:
        """Every clip with its poses, in the dataset's order."""
        return ((item, self.of(index)) for index, item in enumerate(self.dataset.items))


@dataclass(frozen=True, eq=False)
class ClipPoses:
    """One clip of a dataset, with its position there, and where its poses are: what a task in any thread or
    process needs to read them."""

    index: int
    item: Item
    place: Path | None
    reading: LoadOptions

    def recording(self) -> Recording:
        """The poses, read again at each call unless the dataset holds them in memory."""
        if self.item.recording is not None:
            return self.item.recording
        if self.place is None:
            raise InvalidValueError(f"{self.item.clip.name} has no poses")
        return _read(self.place, self.item, self.reading)


def recordings_of(
    dataset: Dataset,
    *,
    cache: Path | None = None,
    settings: ExtractionSettings | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    extract: Extractor = extract_file,
) -> Recordings:
    """The poses of every clip. Each video is extracted once and kept in ``cache`` (LABAN_CACHE, or this user's
    cache) by its content, the settings and Laban's version; ``workers`` videos are processed in parallel, one per
    core if None, in threads unless ``executor`` is given. ``progress`` is called with the frames done and those
    there are, a guess until every video has been opened.

    A file that cannot be read is listed in ``failed`` and the others go on. When it is interrupted, what is
    finished stays kept, and a later run goes on from there. Raises AssetError, OutputError; InvalidValueError
    where no file at all could be read.
    """
    read, failed, notes = _read_files(dataset)
    videos = dataset.videos
    extracted = 0
    if videos:
        chosen = settings or ExtractionSettings()
        chosen = replace(chosen, detector=resolve_detector(chosen.detector), workers=1)
        store = RecordingCache(cache or default_cache())
        store.prepare()
        targets, unreadable = _targets(store, videos, chosen)
        failed += unreadable
        missing = {video: target for video, target in targets.items() if not is_whole(target)}
        wrong = _extracted(
            missing, _FileTask(chosen, extract), executor or Threads(workers or os.cpu_count() or 1), progress
        )
        wrong += _changed(store, missing, chosen, known={one.name for one in wrong})
        failed += wrong
        bad = {one.name for one in wrong}
        read |= {video: target for video, target in targets.items() if str(video) not in bad}
        extracted = len(missing) - len(wrong)
    out = Recordings(dataset, read, tuple(failed), tuple(notes), extracted, len(read) - extracted)
    _check_any(out)
    return out


def _targets(
    store: RecordingCache, videos: Iterable[Path], settings: ExtractionSettings
) -> tuple[dict[Path, Path], list[Skipped]]:
    targets: dict[Path, Path] = {}
    failed: list[Skipped] = []
    try:
        for video in videos:
            try:
                targets[video] = store.path_for(video, settings)
            except LabanError as error:
                failed.append(Skipped(str(video), in_one_line(error)))
    finally:
        store.save()
    return targets, failed


def _changed(
    store: RecordingCache, made: Mapping[Path, Path], settings: ExtractionSettings, *, known: set[str]
) -> list[Skipped]:
    """Videos that changed between being looked up and being read; what was made of them is removed."""
    changed = []
    for video, target in made.items():
        if str(video) not in known and not _belongs(store, video, target, settings):
            target.unlink(missing_ok=True)
            changed.append(
                Skipped(str(video), "it changed while it was read; run this again when it is written")
            )
    store.save()
    return changed


def _belongs(store: RecordingCache, video: Path, target: Path, settings: ExtractionSettings) -> bool:
    try:
        return store.path_for(video, settings) == target
    except LabanError:
        return False


@dataclass(frozen=True)
class _FileTask:
    """The extraction of one video to its target; gives why it failed, where the video is to blame."""

    settings: ExtractionSettings
    extract: Extractor

    def __call__(self, item: tuple[Path, Path], progress: Progress) -> str | None:
        video, target = item
        try:
            self.extract(video, target, settings=self.settings, progress=progress)
        except (LabanError, OSError) as error:
            if isinstance(error, CancelledError) or not _of_the_file(error):
                raise
            return in_one_line(error)
        return None


def _extracted(
    missing: Mapping[Path, Path], task: _FileTask, executor: Executor, progress: Progress | None
) -> list[Skipped]:
    """Extracts all; returns those that failed. Two videos with the same content are extracted once."""
    by_target: dict[Path, list[Path]] = {}
    for video, target in missing.items():
        by_target.setdefault(target, []).append(video)
    items = [(videos[0], target) for target, videos in by_target.items()]
    failed: list[Skipped] = []
    with closing(executor.map(task, items, progress=progress)) as finished:
        for number, reason in finished:
            if reason is not None:
                failed += [Skipped(str(video), reason) for video in by_target[items[number][1]]]
    return sorted(failed, key=lambda one: one.name)


def _of_the_file(error: BaseException) -> bool:
    return isinstance(error, LabanError | OSError) and not isinstance(error, _FATAL)


def _read_files(dataset: Dataset) -> tuple[dict[Path, Path], list[Skipped], list[str]]:
    """Which files of poses can be read, each tried once."""
    read: dict[Path, Path] = {}
    failed: list[Skipped] = []
    notes: dict[str, None] = dict.fromkeys(dataset.notes)
    doubts: dict[str, list[Path]] = {}
    seen: set[Path] = set()
    for item in dataset.items:
        if item.kind != "recording" or item.path is None or item.path in seen:
            continue
        seen.add(item.path)
        try:
            recording = _read(item.path, item, dataset.reading)
        except LabanError as error:
            failed.append(Skipped(str(item.path), in_one_line(error)))
            continue
        read[item.path] = item.path
        for key, value in object_at(recording.metadata, "assumed").items():
            notes[f"{key} is not told by every file: {value} is assumed"] = None
        doubts.setdefault("; ".join(texts_at(recording.metadata, "notes")), []).append(item.path)
    return read, failed, [*notes, *_doubt_words(doubts)]


def _doubt_words(doubts: Mapping[str, Sequence[Path]]) -> list[str]:
    """The warnings about files, equal ones once with the name of the first file."""
    return [
        f"{files[0].name}{f' and {len(files) - 1} more' if len(files) > 1 else ''}: {words}"
        for words, files in doubts.items()
        if words
    ]


def _read(place: Path, item: Item, reading: LoadOptions) -> Recording:
    """What was assumed stands in the recording's metadata, so that it need not be warned of clip by clip."""
    options = format_of(place).usable(reading) if item.kind == "recording" else LoadOptions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load(place, **options)


def _check_any(recordings: Recordings) -> None:
    held = any(item.recording is not None for item in recordings.dataset.items)
    if not held and not recordings.places:
        first = recordings.failed[0]
        raise InvalidValueError(
            f"none of the {len(recordings.failed)} files of {recordings.dataset.name} can be read: {first.reason}"
        )


def in_one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    if isinstance(error, OSError) and not isinstance(error, LabanError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__

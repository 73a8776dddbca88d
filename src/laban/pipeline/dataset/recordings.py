"""Poses of all clips of a dataset: videos extracted side by side and kept, files of poses read."""

import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from laban.core.sequence import Recording
from laban.errors import AssetError, InvalidValueError, LabanError, MissingExtraError, OutputError
from laban.io import format_of, load
from laban.pipeline.dataset.values import Dataset, Item, Skipped
from laban.pipeline.recording.cache import RecordingCache, default_cache, is_whole
from laban.pipeline.recording.extract import ExtractionSettings, extract_file
from laban.pose.blazepose.weights import resolve_detector

_FATAL = (AssetError, OutputError, MissingExtraError)
"""Faults of this machine and of no file: they end the work."""


@dataclass(frozen=True)
class Extracted:
    """How far the extraction is. ``frames`` and ``of_frames`` count videos that are being extracted in this run;
    the total is a guess from those already open until all are."""

    files: int
    of_files: int
    frames: int
    of_frames: int
    name: str


Progress = Callable[[Extracted], None]


class Extractor(Protocol):
    """What makes the recording ``target`` of a video, as ``extract_file`` does."""

    def __call__(
        self,
        source: Path,
        target: Path,
        *,
        settings: ExtractionSettings,
        progress: Callable[[float, float | None], None],
    ) -> object: ...


@dataclass(frozen=True, eq=False)
class Recordings:
    """The poses of a dataset's clips. ``failed`` are the files of which there are none, and why; ``notes`` what had
    to be assumed of others."""

    dataset: Dataset
    places: Mapping[Path, Path]
    failed: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    extracted: int = 0
    kept: int = 0

    def of(self, index: int) -> Recording | None:
        """The poses of the clip at this position; None where its file failed. Read anew at each call."""
        item = self.dataset.items[index]
        if item.recording is not None:
            return item.recording
        place = self.places.get(item.path) if item.path else None
        return None if place is None else _read(place, item, self.dataset.reading)

    def __iter__(self) -> Iterator[tuple[Item, Recording | None]]:
        """Every clip with its poses, in the dataset's order."""
        return ((item, self.of(index)) for index, item in enumerate(self.dataset.items))


def recordings_of(
    dataset: Dataset,
    *,
    cache: Path | None = None,
    settings: ExtractionSettings | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    extract: Extractor = extract_file,
) -> Recordings:
    """The poses of every clip. Each video is extracted once and kept in ``cache`` (LABAN_CACHE, or this user's
    cache) by its content, the settings and Laban's version; ``workers`` videos are worked on side by side, one a
    core if None.

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
        work = _Work(missing, chosen, extract, progress, len(targets))
        wrong = work.run(workers or os.cpu_count() or 1)
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


class _StoppedError(LabanError):
    """The work has ended, so this video need not be finished."""


class _Work:
    """The extraction of many videos, side by side on threads: the networks run outside Python's lock."""

    def __init__(
        self,
        missing: Mapping[Path, Path],
        settings: ExtractionSettings,
        extract: Extractor,
        progress: Progress | None,
        of_files: int,
    ) -> None:
        self._by_target: dict[Path, list[Path]] = {}
        for video, target in missing.items():
            self._by_target.setdefault(target, []).append(video)
        self._settings, self._extract = settings, extract
        self._progress = progress or _silent
        self._files, self._of_files = of_files - len(missing), of_files
        self._frames: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, workers: int) -> list[Skipped]:
        """Extracts all; gives those that failed. Two videos of one content are extracted once."""
        with ThreadPoolExecutor(max(1, workers), thread_name_prefix="laban-clip") as pool:
            futures = {pool.submit(self._one, target): target for target in self._by_target}
            try:
                return sorted(self._collect(futures), key=lambda one: one.name)
            except BaseException:
                self._stopped = True
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _collect(self, futures: Mapping["Future[None]", Path]) -> Iterator[Skipped]:
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                videos = self._by_target[futures[future]]
                error = future.exception()
                if error is not None and not _of_the_file(error):
                    raise error
                if error is not None:
                    yield from (Skipped(str(video), in_one_line(error)) for video in videos)
                self._files += len(videos)
                self._tell(videos[0])

    def _one(self, target: Path) -> None:
        video = self._by_target[target][0]

        def advance(done: float, total: float | None) -> None:
            if self._stopped:
                raise _StoppedError("stopped")
            self._frames[video] = int(done), int(total or done)
            self._tell(video)

        self._extract(video, target, settings=self._settings, progress=advance)

    def _tell(self, video: Path) -> None:
        with self._lock:
            counts = list(self._frames.values())
            known = sum(total for _, total in counts)
            guessed = round(known * len(self._by_target) / len(counts)) if counts else 0
            done = sum(frames for frames, _ in counts)
            self._progress(Extracted(self._files, self._of_files, done, guessed, video.name))


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
        for key, value in dict(recording.metadata.get("assumed", {})).items():
            notes[f"{key} is not told by every file: {value} is assumed"] = None
        doubts.setdefault("; ".join(map(str, recording.metadata.get("notes", []))), []).append(item.path)
    return read, failed, [*notes, *_doubt_words(doubts)]


def _doubt_words(doubts: Mapping[str, Sequence[Path]]) -> list[str]:
    """What was doubtful in files, the same doubts told once with the name of the first."""
    return [
        f"{files[0].name}{f' and {len(files) - 1} more' if len(files) > 1 else ''}: {words}"
        for words, files in doubts.items()
        if words
    ]


def _read(place: Path, item: Item, reading: Mapping[str, Any]) -> Recording:
    """What was assumed stands in the recording's metadata, so that it need not be warned of clip by clip."""
    options: dict[str, Any] = {}
    if item.kind == "recording":
        known = format_of(place).read_options
        options = {key: value for key, value in reading.items() if key in known}
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


def _silent(_: Extracted) -> None: ...

"""From a source to a recording: spans worked on apart, joined, and kept on disk as they are done."""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from laban.core.checks import in_range, positive
from laban.core.frame import Frame
from laban.core.sequence import Recording
from laban.errors import LabanError, OutputError, SourceError
from laban.io import load, save
from laban.pipeline.recording.assemble import PeopleTable
from laban.pipeline.recording.identity import Identity
from laban.pipeline.recording.prefetch import prefetched
from laban.pipeline.recording.spans import FrameSpan, plan_spans
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.pose.blazepose.weights import Weights, load_weights
from laban.pose.tracking.stitch import drop_ghosts, renumber, stitch
from laban.sources import FrameSource, needs_rate, open_source
from laban.sources.protocol import known_times_s
from laban.version import __version__

Progress = Callable[[float, float | None], None]
_READ_AHEAD = 6
_NETWORKS_A_SPAN = 2


@dataclass(frozen=True)
class ExtractionSettings:
    """How people are taken from a source.

    ``model``, ``detector``, ``precision`` and ``max_people`` as in ``EngineSettings``. ``every``: look at every
    Nth frame only. ``workers``: networks side by side, one a core if None; the result does not depend on it.
    ``span_s`` and ``overlap_s``: how the source is cut. ``min_seen_s``: who is seen for less is dropped.
    ``fps``: frames a second of what does not tell: a folder of pictures, or a raw stream.
    """

    model: str = "full"
    detector: str = "auto"
    precision: str = "mixed"
    max_people: int = 20
    every: int = 1
    workers: int | None = None
    span_s: float = 20.0
    overlap_s: float = 0.5
    min_seen_s: float = 0.3
    fps: float | None = None

    def __post_init__(self) -> None:
        in_range(self.every, name="every", low=1, high=100_000)
        positive(self.span_s, name="span_s")
        in_range(self.overlap_s, name="overlap_s", low=0.0, high=self.span_s)
        in_range(self.min_seen_s, name="min_seen_s", low=0.0)
        if self.fps is not None:
            in_range(self.fps, name="fps", low=1e-3, high=1e6)
        if self.workers is not None:
            in_range(self.workers, name="workers", low=1, high=1024)

    @property
    def networks(self) -> int:
        """How many networks run side by side on this machine."""
        return self.workers or os.cpu_count() or 1

    def of_result(self) -> dict[str, Any]:
        """What of them decides the result, by name: not ``workers``, and ``fps`` only where it is given."""
        left_out = {"workers", *(("fps",) if self.fps is None else ())}
        return {key: value for key, value in asdict(self).items() if key not in left_out}

    def engine(self) -> EngineSettings:
        """The engine's settings for one span."""
        return EngineSettings(
            model=self.model,
            detector=self.detector,
            precision=self.precision,
            max_people=self.max_people,
            threads=min(_NETWORKS_A_SPAN, self.networks),
        )


@dataclass(frozen=True)
class Extraction:
    """What an extraction came to. ``kept`` says that an earlier run had done it already."""

    recording: Recording
    elapsed_s: float
    kept: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames were looked at."""
        return len(self.recording.times_s)

    @property
    def people(self) -> int:
        """How many people were found."""
        return len(self.recording.people)


def extract(
    source: str | Path | int,
    *,
    settings: ExtractionSettings | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Recording:
    """Everybody in a video, a picture or a folder of pictures, followed through it.

    ``options`` are fields of ``ExtractionSettings``. ``progress`` is called with the frames done and the frames
    there are. Raises SourceError where the source cannot be read or changes meanwhile, LimitError where it exceeds
    a limit, AssetError where the weights cannot be had.

    >>> recording = extract("clip.mp4", max_people=2)  # doctest: +SKIP
    >>> recording.people[0].image_px.shape  # doctest: +SKIP
    (128, 33, 2)
    """
    path = Path(str(source))
    chosen = settings_for(path, replace(settings or ExtractionSettings(), **options))
    identity = Identity.of(path) if path.exists() else None
    with open_source(source, fps=chosen.fps) as opened:
        weights, chosen = _weights(chosen)
        found = _extract(opened, settings=chosen, weights=weights, parts=None, progress=progress or _silent)
        if identity is not None:
            identity.check()
        return found


def extract_file(
    source: Path,
    target: Path,
    *,
    settings: ExtractionSettings | None = None,
    progress: Progress | None = None,
    name: str | None = None,
) -> Extraction:
    """Extracts ``source`` to the recording ``target``, or keeps what an earlier run made with the same settings.

    Each span is saved beside the target when it is done, so that a run that is stopped goes on from there. ``name``
    is what the recording calls its source, where that is not its path. Raises SourceError, also where the source
    changes while it is read, of which nothing is kept; AssetError; OutputError where the target cannot be written.
    """
    began_s = time.perf_counter()
    identity = Identity.of(source)
    given = settings or ExtractionSettings()
    chosen = settings_for(source, given)
    with open_source(source, fps=chosen.fps) as opened:
        weights, chosen = _weights(chosen)
        work = _description(chosen, data=identity.sha256)
        kept = _kept(target, work)
        if kept is not None:
            warnings = tuple(map(str, kept.metadata.get("warnings", ())))
            kept = kept.replace(
                source=name or opened.name
            )  # another name may have been kept for the same content
            return Extraction(kept, time.perf_counter() - began_s, kept=True, warnings=warnings)
        parts = _Parts(target, work, identity)
        try:
            recording = _extract(
                opened, settings=chosen, weights=weights, parts=parts, progress=progress or _silent
            )
            identity.check()
        except SourceError:
            if identity.has_changed():
                parts.remove()
                identity.check()
            raise
        warnings = (*identity.with_doubts(opened.warnings), *unused_rate(given, chosen))
        about = {"warnings": list(warnings), "path": str(source.absolute()), "work": work}
        if name is not None:
            recording = recording.replace(source=name)
            about.pop("path")
        recording = recording.replace(metadata={**recording.metadata, **about})
        save(recording, target)
        parts.remove()
        return Extraction(recording, time.perf_counter() - began_s, warnings=warnings)


def settings_for(source: Path, settings: ExtractionSettings) -> ExtractionSettings:
    """The settings, without a frame rate where ``source`` tells its own."""
    if settings.fps is None or (source.exists() and needs_rate(source)):
        return settings
    return replace(settings, fps=None)


def extract_span(
    source: FrameSource,
    span: FrameSpan,
    *,
    settings: ExtractionSettings,
    weights: Weights,
    advance: Callable[[], None] = lambda: None,
) -> Recording:
    """The people in one span of a source, by ids of its own: a function of its arguments and nothing else."""
    table = PeopleTable()
    frames = _chosen(source.frames(span.warm, span.stop), every=settings.every)
    with (
        BlazePoseEngine(settings.engine(), weights=weights) as engine,
        prefetched(frames, depth=_READ_AHEAD) as ahead,
    ):
        for frame, poses in engine.run(ahead):
            table.add(frame.time_s, poses)
            advance()
    return table.recording(source=source.name, size_wh=source.size_wh, metadata={})


def _weights(settings: ExtractionSettings) -> tuple[Weights, ExtractionSettings]:
    """The weights, and the settings with the detector that was found."""
    weights = load_weights(model=settings.model, detector=settings.detector, precision=settings.precision)
    return weights, replace(settings, detector=weights.detector_name)


def _description(settings: ExtractionSettings, *, data: str) -> dict[str, Any]:
    """All that decides the result."""
    return {**settings.of_result(), "data_sha256": data, "laban": __version__}


def unused_rate(given: ExtractionSettings, chosen: ExtractionSettings) -> tuple[str, ...]:
    """What to say of a rate that was given for a source which tells its own."""
    if given.fps == chosen.fps:
        return ()
    return (f"the rate of {given.fps:g} fps is not used: it has times of its own",)


def _kept(target: Path, work: dict[str, Any]) -> Recording | None:
    """The recording at ``target`` if the same work made it."""
    if not target.exists():
        return None
    try:
        recording = load(target)
    except LabanError:
        return None
    return recording if recording.metadata.get("work") == work else None


def _extract(
    source: FrameSource,
    *,
    settings: ExtractionSettings,
    weights: Weights,
    parts: "_Parts | None",
    progress: Progress,
) -> Recording:
    spans = plan_spans(
        known_times_s(source),
        keyframes=source.keyframes,
        span_s=settings.span_s,
        overlap_s=settings.overlap_s,
        every=settings.every,
    )
    total = sum(_count(span, settings.every) for span in spans)
    counter = _Counter(total, progress)

    def work_on(index: int) -> Recording:
        done = parts.load(index) if parts else None
        if done is not None:
            counter.add(_count(spans[index], settings.every))
            return done
        part = extract_span(source, spans[index], settings=settings, weights=weights, advance=counter.add)
        if parts:
            parts.save(index, part)
        return part

    pieces = _side_by_side(
        work_on, len(spans), threads=max(1, settings.networks // _NETWORKS_A_SPAN), stop=counter
    )
    recording = renumber(drop_ghosts(stitch(pieces), min_seen_s=settings.min_seen_s))
    metadata = {"laban": __version__, "settings": asdict(settings), "warnings": list(source.warnings)}
    return recording.replace(metadata=metadata)


def _side_by_side(
    work_on: Callable[[int], Recording], count: int, *, threads: int, stop: "_Counter"
) -> list[Recording]:
    """The results for 0 to ``count`` in order; the first error ends the others."""
    if threads == 1 or count == 1:
        return [work_on(index) for index in range(count)]
    with ThreadPoolExecutor(threads, thread_name_prefix="laban-span") as pool:
        futures: list[Future[Recording]] = [pool.submit(work_on, index) for index in range(count)]
        try:
            waiting: set[Future[Recording]] = set(futures)
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
        except BaseException:
            stop.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]


class _CancelledError(LabanError):
    """Another span failed, so this one need not go on."""


class _Counter:
    """Counts frames over all spans, tells how far the work is, and ends it when it is to end."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total, self._done = total, 0
        self._progress = progress
        self._lock = threading.Lock()
        self._cancelled = False

    def add(self, frames: int = 1) -> None:
        if self._cancelled:
            raise _CancelledError("stopped because another part of the work failed")
        with self._lock:
            self._done += frames
            self._progress(self._done, self._total)

    def cancel(self) -> None:
        self._cancelled = True


class _Parts:
    """The spans that are done, in a hidden folder beside the target that is named for the work."""

    def __init__(self, target: Path, work: dict[str, Any], identity: Identity) -> None:
        self._identity = identity
        key = hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:16]
        self._folder = target.parent / f".{target.name}.{key}.parts"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{target} cannot be written: {error.strerror}; choose another place"
            ) from error

    def load(self, index: int) -> Recording | None:
        path = self._path(index)
        try:
            return load(path) if path.exists() else None
        except LabanError:
            return None

    def save(self, index: int, part: Recording) -> None:
        """Keeps a span, unless the source has changed meanwhile: raises SourceError then."""
        self._identity.check()
        save(part, self._path(index))

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self._folder / f"{index:05d}.parquet"


def _chosen(frames: Iterator[Frame], *, every: int) -> Iterator[Frame]:
    return frames if every == 1 else (frame for frame in frames if frame.index % every == 0)


def _count(span: FrameSpan, every: int) -> int:
    return len(range(span.warm + (-span.warm) % every, span.stop, every))


def _silent(done: float, total: float | None) -> None:
    del done, total

"""Extraction of a recording from a source: spans are extracted separately, saved when done, and joined."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from laban.core.checks import with_given
from laban.core.frame import Frame
from laban.core.json_values import texts_at
from laban.core.progress import Progress, unheard
from laban.core.sequence import Recording
from laban.errors import LabanError, SourceError
from laban.io import load, save
from laban.pipeline.recording.assemble import PeopleTable
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.identity import Identity
from laban.pipeline.recording.parts import Parts
from laban.pipeline.recording.prefetch import prefetched
from laban.pipeline.recording.settings import NETWORKS_PER_SPAN, ExtractionSettings, settings_for, unused_rate
from laban.pipeline.recording.source import SourceDescription
from laban.pipeline.recording.spans import FrameSpan, plan_spans
from laban.pipeline.recording.warnings import upside_down_words
from laban.pose.blazepose.engine import BlazePoseEngine
from laban.pose.blazepose.weights import load_weights, resolve_detector
from laban.pose.tracking.stitch import drop_ghosts, renumber, stitch
from laban.sources import FrameSource
from laban.sources.protocol import known_times_s
from laban.version import __version__

_READ_AHEAD = 6


@dataclass(frozen=True)
class Extraction:
    """The result of an extraction. ``kept`` is true for the result of an earlier run."""

    recording: Recording
    elapsed_s: float
    kept: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """The number of frames used."""
        return len(self.recording.times_s)

    @property
    def people(self) -> int:
        """The number of people found."""
        return len(self.recording.people)


def extract(
    source: str | Path | int,
    *,
    model: str | None = None,
    detector: str | None = None,
    precision: str | None = None,
    max_people: int | None = None,
    every: int | None = None,
    workers: int | None = None,
    span_s: float | None = None,
    overlap_s: float | None = None,
    min_seen_s: float | None = None,
    fps: float | None = None,
    settings: ExtractionSettings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Recording:
    """Finds and tracks all people in a video, an image or a folder of images.

    The options are the fields of ``ExtractionSettings``; those that are None are taken from ``settings``.
    ``executor`` runs one task per span, by default in threads; the result does not depend on it. ``progress`` is
    called with the frames done and their total. Raises SourceError where the source cannot be read or changes
    meanwhile, LimitError where it exceeds a limit, AssetError where the weights are not available.

    >>> recording = extract("clip.mp4", max_people=2)  # doctest: +SKIP
    >>> recording.people[0].image_px.shape  # doctest: +SKIP
    (128, 33, 2)
    """
    path = Path(str(source))
    wanted = with_given(
        settings or ExtractionSettings(),
        model=model,
        detector=detector,
        precision=precision,
        max_people=max_people,
        every=every,
        workers=workers,
        span_s=span_s,
        overlap_s=overlap_s,
        min_seen_s=min_seen_s,
        fps=fps,
    )
    chosen = settings_for(path, wanted)
    identity = Identity.of(path) if path.exists() else None
    described = SourceDescription(str(source), chosen.fps)
    with described.opened() as opened:
        job = _Job(described, opened, _with_weights(chosen), executor)
        found = job.recording(progress=progress or unheard)
        if identity is not None:
            identity.check()
        return found


def extract_file(
    source: Path,
    target: Path,
    *,
    settings: ExtractionSettings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    name: str | None = None,
) -> Extraction:
    """Extracts ``source`` to the recording ``target``, or keeps what an earlier run made with the same settings.

    Each span is saved next to the target when it is done, so that a stopped run continues from there. ``name`` is
    the recording's name for its source, if not its path. Raises SourceError, also where the source changes while it
    is read, and then nothing is kept; AssetError; OutputError where the target cannot be written.
    """
    began_s = time.perf_counter()
    identity = Identity.of(source)
    given = settings or ExtractionSettings()
    described = SourceDescription(str(source), settings_for(source, given).fps)
    with described.opened() as opened:
        chosen = _with_weights(replace(given, fps=described.fps))
        work = _description(chosen, data=identity.sha256)
        kept = _kept(target, work)
        if kept is not None:
            warnings = texts_at(kept.metadata, "warnings")
            # The same content may have been extracted under another name.
            kept = kept.replace(source=name or opened.name)
            return Extraction(kept, time.perf_counter() - began_s, kept=True, warnings=warnings)
        parts = Parts(target, work, identity)
        try:
            recording = _Job(described, opened, chosen, executor).recording(
                parts=parts, progress=progress or unheard
            )
            identity.check()
        except SourceError:
            if identity.has_changed():
                parts.remove()
                identity.check()
            raise
        noted = texts_at(recording.metadata, "warnings")
        warnings = (*identity.with_doubts(noted), *unused_rate(given, chosen))
        about = {"warnings": list(warnings), "path": str(source.absolute()), "work": work}
        if name is not None:
            recording = recording.replace(source=name)
            about.pop("path")
        recording = recording.replace(metadata={**recording.metadata, **about})
        save(recording, target)
        parts.remove()
        return Extraction(recording, time.perf_counter() - began_s, warnings=warnings)


def extract_span(
    source: SourceDescription,
    span: FrameSpan,
    *,
    settings: ExtractionSettings,
    progress: Progress = unheard,
) -> Recording:
    """The people in one span of a source, with its own ids: a function of its arguments and nothing else, so that
    any process or machine that can open the source gives the same result.

    ``metadata["warnings"]`` are the warnings about the source so far.
    """
    weights = load_weights(model=settings.model, detector=settings.detector, precision=settings.precision)
    table, total = PeopleTable(), _count(span, settings.every)
    with source.opened() as opened:
        frames = _chosen(opened.frames(span.warm, span.stop), every=settings.every)
        with (
            BlazePoseEngine(settings.engine(), weights=weights) as engine,
            prefetched(frames, depth=_READ_AHEAD) as ahead,
        ):
            for done, (frame, poses) in enumerate(engine.run(ahead), start=1):
                table.add(frame.time_s, poses)
                progress(done, total)
        about = {"warnings": list(opened.warnings)}
        return table.recording(source=opened.name, size_wh=opened.size_wh, metadata=about)


def join_spans(pieces: Sequence[Recording], *, settings: ExtractionSettings) -> Recording:
    """One recording from the spans of a source, in order: everybody keeps one id."""
    return renumber(drop_ghosts(stitch(pieces), min_seen_s=settings.min_seen_s))


@dataclass(frozen=True)
class _SpanTask:
    """``extract_span`` as a task for executors."""

    source: SourceDescription
    settings: ExtractionSettings

    def __call__(self, span: FrameSpan, progress: Progress) -> Recording:
        return extract_span(self.source, span, settings=self.settings, progress=progress)


@dataclass(frozen=True)
class _Job:
    """The extraction of one open source by spans."""

    described: SourceDescription
    source: FrameSource
    settings: ExtractionSettings
    executor: Executor | None

    def recording(self, *, parts: Parts | None = None, progress: Progress) -> Recording:
        """All people in the source; spans that ``parts`` holds from earlier runs are not extracted again."""
        settings, opening = self.settings, self.source.warnings
        spans = self._spans()
        pieces = {} if parts is None else parts.load_all(len(spans))
        left = [index for index in range(len(spans)) if index not in pieces]
        sizes = [_count(span, settings.every) for span in spans]
        kept, total = sum(sizes[index] for index in pieces), sum(sizes)
        if kept:
            progress(kept, total)
        executor = self.executor or Threads(max(1, settings.networks // NETWORKS_PER_SPAN))
        work = executor.map(
            _SpanTask(self.described, settings),
            [spans[index] for index in left],
            sizes=[sizes[index] for index in left],
            progress=lambda done, _: progress(kept + done, total),
        )
        with closing(work) as finished:
            for number, piece in finished:
                if parts is not None:
                    parts.save(left[number], piece)
                pieces[left[number]] = piece
        ordered = [pieces[index] for index in range(len(spans))]
        joined = join_spans(ordered, settings=settings)
        metadata = {
            "laban": __version__,
            "settings": asdict(settings),
            "warnings": [*_all_warnings(opening, ordered), *upside_down_words(joined)],
        }
        return joined.replace(metadata=metadata)

    def _spans(self) -> tuple[FrameSpan, ...]:
        return plan_spans(
            known_times_s(self.source),
            keyframes=self.source.keyframes,
            span_s=self.settings.span_s,
            overlap_s=self.settings.overlap_s,
            every=self.settings.every,
        )


def _all_warnings(opening: Sequence[str], pieces: Sequence[Recording]) -> list[str]:
    """The warnings from opening the source, then those from reading it, in an order that does not depend on which
    span was done first."""
    read = {words for piece in pieces for words in texts_at(piece.metadata, "warnings")}
    return [*opening, *sorted(read - set(opening))]


def _with_weights(settings: ExtractionSettings) -> ExtractionSettings:
    """The settings with the detector that was found; raises AssetError where weights are missing."""
    chosen = replace(settings, detector=resolve_detector(settings.detector))
    load_weights(model=chosen.model, detector=chosen.detector, precision=chosen.precision)
    return chosen


def _description(settings: ExtractionSettings, *, data: str) -> dict[str, object]:
    """Everything that decides the result."""
    return {**settings.of_result(), "data_sha256": data, "laban": __version__}


def _kept(target: Path, work: dict[str, object]) -> Recording | None:
    """The recording at ``target`` if it is of the same work."""
    if not target.exists():
        return None
    try:
        recording = load(target)
    except LabanError:
        return None
    return recording if recording.metadata.get("work") == work else None


def _chosen(frames: Iterator[Frame], *, every: int) -> Iterator[Frame]:
    return frames if every == 1 else (frame for frame in frames if frame.index % every == 0)


def _count(span: FrameSpan, every: int) -> int:
    return len(range(span.warm + (-span.warm) % every, span.stop, every))

"""From clips and their poses to labelled windows."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.checks import in_range
from laban.core.clock import Clock, WholeClip
from laban.core.progress import Progress
from laban.core.sequence import PoseSequence, Recording
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Examples
from laban.pipeline.dataset.labelling import label_of_window
from laban.pipeline.dataset.recordings import ClipPoses, Recordings, in_one_line
from laban.pipeline.dataset.values import Dataset, Item, Skipped, is_timed
from laban.pipeline.recording.executor import Executor, Threads, in_order
from laban.tasks.action.windows import ActionWindows, windows_of

_LEAST_ROWS = 2


@dataclass(frozen=True)
class ExampleSettings:
    """How windows get their labels: see ``label_of_window`` for ``min_overlap``. ``people`` are all who are in a
    clip, or only the one who moves most, where its labels name nobody."""

    min_overlap: float = 0.5
    people: Literal["all", "most_moving"] = "all"

    def __post_init__(self) -> None:
        in_range(self.min_overlap, name="min_overlap", low=1e-6, high=1.0)
        if self.people not in ("all", "most_moving"):
            raise InvalidValueError(f"people must be all or most_moving, got {self.people!r}")


@dataclass(frozen=True, eq=False)
class Gathered:
    """Examples, the clips without any and the reason, a hash of all that a model can learn from them, and the
    frames per second of the clips with examples, by their position in ``examples.clips``."""

    examples: Examples
    left_out: tuple[Skipped, ...]
    data_sha256: str
    clips_fps: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Part:
    """The windows of one clip."""

    clip: int
    windows: ActionWindows
    labels: IntArray


def examples_of(
    dataset: Dataset,
    recordings: Recordings,
    *,
    spec: FeatureSpec,
    clock: Clock,
    settings: ExampleSettings | None = None,
    executor: Executor | None = None,
) -> Gathered:
    """Every window of every clip in the dataset's order, with a label for each task or ``UNLABELLED``.

    ``examples.clips`` are all of the dataset's clips in its order, also those without windows. With a ``WholeClip``
    each span with its own times is a separate clip, with one example per person. ``executor``
    runs one task per clip, by default one after the other; the examples do not depend on it. Raises
    InvalidValueError where no clip gives a window.
    """
    task = _ClipTask(dataset.tasks, spec, clock, settings or ExampleSettings())
    parts: list[_Part] = []
    left_out: list[Skipped] = []
    clips_fps: dict[int, float] = {}
    with closing((executor or Threads(1)).map(task, tuple(recordings.clips()))) as finished:
        for found in in_order(finished):
            parts += found.parts
            if any(len(part.windows) for part in found.parts):
                clips_fps[found.index] = found.fps
            if found.unused is not None:
                left_out.append(Skipped(dataset.items[found.index].clip.name, found.unused))
    if not any(len(part.windows) for part in parts):
        why = left_out[0].reason if left_out else "no file could be read"
        raise InvalidValueError(f"no clip of {dataset.name} gives a window to learn from: {why}")
    examples = _joined(dataset, parts, spec=spec, clock=clock)
    return Gathered(examples, tuple(left_out), examples_hash(examples), clips_fps)


@dataclass(frozen=True, eq=False)
class _ClipWindows:
    """The windows of one clip, its frame rate, and why it gives nothing to learn from, if so."""

    index: int
    parts: tuple[_Part, ...]
    fps: float
    unused: str | None


@dataclass(frozen=True)
class _ClipTask:
    """Windows with labels of one clip: a function of its fields and the clip alone."""

    tasks: tuple[Task, ...]
    spec: FeatureSpec
    clock: Clock
    settings: ExampleSettings

    def __call__(self, clip: ClipPoses, progress: Progress) -> _ClipWindows:
        progress(0, 1)
        recording = clip.recording()
        fps = mean_fps(recording.times_s)
        try:
            parts = tuple(self._parts(clip, recording))
        except InvalidValueError as error:
            return _ClipWindows(clip.index, (), fps, in_one_line(error))
        progress(1, 1)
        return _ClipWindows(clip.index, parts, fps, _why_unused(clip.item, recording, parts))

    def _parts(self, clip: ClipPoses, recording: Recording) -> Iterator[_Part]:
        people = _people(clip.item, recording, self.settings)
        for cut in _cuts(clip.item, recording, self.clock):
            windows = windows_of(_only_people(cut, people), spec=self.spec, clock=self.clock)
            spans = _window_spans(windows, self.clock)
            if clip.item.only_spans:
                kept = np.array([_belongs(span, clip.item.spans) for span in spans], dtype=bool)
                windows = _chosen(windows, kept)
                spans = [span for span, keep in zip(spans, kept, strict=True) if keep]
            yield _Part(clip.index, windows, self._labels(clip.item, spans))

    def _labels(self, item: Item, spans: Sequence[Span]) -> IntArray:
        rows = [
            [
                label_of_window(
                    span, item.labels.get(task.name, ()), task, min_overlap=self.settings.min_overlap
                )
                for task in self.tasks
            ]
            for span in spans
        ]
        return np.array(rows, dtype=np.int64).reshape(len(spans), len(self.tasks))


def examples_hash(examples: Examples) -> str:
    """SHA-256 of everything in examples that decides what a model learns and how it is evaluated."""
    digest = hashlib.sha256(json.dumps(examples.spec.to_json()).encode())
    digest.update(repr(examples.clock).encode())
    about = [[task.name, list(task.labels), task.background] for task in examples.tasks]
    clips = [[one.name, one.group, one.split, sorted(one.subgroups.items())] for one in examples.clips]
    digest.update(json.dumps([about, clips]).encode())
    for name in ("values", "labels", "clip", "person", "start_s"):
        array = np.ascontiguousarray(getattr(examples, name))
        digest.update(
            np.where(np.isnan(array), np.nan, array).tobytes() if name == "values" else array.tobytes()
        )
    return digest.hexdigest()


def mean_fps(times_s: Float64Array) -> float:
    """Frames per second over all of a clip; NaN of fewer than two frames."""
    if len(times_s) < _LEAST_ROWS:
        return float("nan")
    return float((len(times_s) - 1) / (times_s[-1] - times_s[0]))


def most_moving(recording: Recording) -> int | None:
    """The person whose joints travel furthest, in torso lengths or metres; None where there is nobody."""
    travels = {person: _travel(sequence) for person, sequence in recording.people.items()}
    return max(travels, key=lambda person: travels[person]) if travels else None


def _travel(sequence: PoseSequence) -> float:
    points = sequence.coordinates(sequence.spaces[0]).astype(np.float64)
    if not np.isfinite(points).any():
        return 0.0
    steps = np.linalg.norm(np.diff(points, axis=0), axis=2)
    height = np.nanpercentile(points[..., 1], 95) - np.nanpercentile(points[..., 1], 5)
    return float(np.nansum(steps) / max(height, 1e-9))


def _people(item: Item, recording: Recording, settings: ExampleSettings) -> set[int]:
    if settings.people == "all":
        return set(recording.people)
    named = {span.person for span in item.spans if span.person is not None}
    most = most_moving(recording)
    return named or ({most} if most is not None else set())


def _only_people(recording: Recording, people: set[int]) -> Recording:
    """The ``people`` who are seen at two instants or more; a single one is no movement."""
    kept = {
        person: one
        for person, one in recording.people.items()
        if person in people and one.seen.sum() >= _LEAST_ROWS
    }
    return recording.replace(people=kept)


def _cuts(item: Item, recording: Recording, clock: Clock) -> Iterator[Recording]:
    """The recording, or for whole clips each of its spans with times."""
    ranges = sorted({(span.start_s, span.end_s) for span in item.spans if is_timed(span)})
    if not isinstance(clock, WholeClip) or not ranges:
        yield recording
        return
    for start_s, end_s in ranges:
        yield _between(recording, start_s, end_s)


def _between(recording: Recording, start_s: float, end_s: float) -> Recording:
    def within(times_s: Float64Array) -> np.ndarray:
        return np.asarray((times_s >= start_s) & (times_s < end_s))

    people = {
        person: one.take(within(one.times_s))
        for person, one in recording.people.items()
        if within(one.times_s).any()
    }
    return recording.replace(times_s=recording.times_s[within(recording.times_s)], people=people)


def _window_spans(windows: ActionWindows, clock: Clock) -> list[Span]:
    """The time for which each window's person is present, including the last row."""
    row_s = 0.0 if isinstance(clock, WholeClip) else 1.0 / clock.fps
    return [
        Span(float(start), float(end) + row_s, person=int(person))
        for start, end, person in zip(windows.start_s, windows.end_s, windows.person, strict=True)
    ]


def _belongs(window: Span, spans: Sequence[Span]) -> bool:
    """Whether most of the window lies in a span, or most of a span in the window, for items that share a file."""
    mine = [span for span in spans if span.person is None or span.person == window.person]
    return any(
        span.overlap_s(window) >= 0.5 * min(span.duration_s, window.duration_s) and span.overlap_s(window) > 0
        for span in mine
    )


def _chosen(windows: ActionWindows, kept: np.ndarray) -> ActionWindows:
    names = ("values", "person", "start_s", "end_s", "known_share", "since_s")
    return ActionWindows(**{name: getattr(windows, name)[kept] for name in names})


def _why_unused(item: Item, recording: Recording, parts: Sequence[_Part]) -> str | None:
    """Why a clip gives nothing to learn from; None where it gives something, or has no label to begin with."""
    if not any(len(part.windows) for part in parts):
        return _why_empty(recording)
    if item.spans and all((part.labels == UNLABELLED).all() for part in parts):
        return "its labels hold for too little of every window; shorten the window, or use whole clips"
    return None


def _why_empty(recording: Recording) -> str:
    if not recording.people:
        return "nobody was found in it"
    return "nobody in it is seen for long enough, or in the span that is labelled"


def _joined(dataset: Dataset, parts: Sequence[_Part], *, spec: FeatureSpec, clock: Clock) -> Examples:
    counts = [len(part.windows) for part in parts]
    return Examples(
        spec,
        clock,
        dataset.tasks,
        tuple(item.clip for item in dataset.items),
        np.concatenate([part.windows.values for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.repeat([part.clip for part in parts], counts),
        np.concatenate([part.windows.person for part in parts]),
        np.concatenate([part.windows.start_s for part in parts]),
    )

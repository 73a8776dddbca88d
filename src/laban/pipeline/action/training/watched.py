"""Event metrics of clips with annotated times, processed as streams: which events are found, and how soon."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from laban.core.clock import WindowSpec
from laban.core.progress import Progress
from laban.core.spans import Span
from laban.models.card import Task
from laban.models.evaluation.event_metrics import EventMetrics, WatchedClip, evaluate_events
from laban.models.protocol import SequenceModel
from laban.pipeline.dataset import Recordings
from laban.pipeline.dataset.recordings import ClipPoses
from laban.pipeline.dataset.values import Item, is_timed
from laban.pipeline.recording.executor import Executor, Threads, in_order
from laban.tasks.action.predict import Predictions, predict_recording

Tested = Sequence[tuple[SequenceModel, Iterable[int]]]
"""Models, and the positions of the clips that each is tested on."""


def events_of(
    tested: Tested, recordings: Recordings, *, executor: Executor | None = None
) -> dict[str, EventMetrics]:
    """For each task with a background and with times in its labels: the metrics of the events in its clips.

    ``executor`` runs one task per clip, by default one after the other; the metrics do not depend on it.
    """
    dataset = recordings.dataset
    tasks = tuple(
        task for task in dataset.tasks if task.background is not None and _has_times(task, recordings)
    )
    if not tasks:
        return {}
    watched = [
        (model, clip)
        for model, indices in tested
        if isinstance(model.card.clock, WindowSpec)
        for clip in map(recordings.clip, indices)
        if clip is not None
    ]
    clips: dict[str, list[WatchedClip]] = {task.name: [] for task in tasks}
    with closing((executor or Threads(1)).map(_WatchTask(tasks), watched)) as finished:
        for found in in_order(finished):
            for name, clip in found.items():
                clips[name].append(clip)
    return {name: evaluate_events(held) for name, held in clips.items() if held}


@dataclass(frozen=True)
class _WatchTask:
    """One clip with the alarms of a model, by the names of the tasks that it is labelled for."""

    tasks: tuple[Task, ...]

    def __call__(self, given: tuple[SequenceModel, ClipPoses], progress: Progress) -> dict[str, WatchedClip]:
        progress(0, 1)
        model, clip = given
        recording = clip.recording()
        if not recording.duration_s:
            return {}
        said = predict_recording(model, recording)
        progress(1, 1)
        return {
            task.name: _watched(said, task, clip.item, recording.duration_s)
            for task in self.tasks
            if task.name in clip.item.labels
        }


def _has_times(task: Task, recordings: Recordings) -> bool:
    return any(
        is_timed(span) and span.label != task.background
        for item in recordings.dataset.items
        for span in item.labels.get(task.name, ())
    )


def _watched(said: Predictions, task: Task, item: Item, duration_s: float) -> WatchedClip:
    events = tuple(
        _within(span, duration_s) for span in item.labels[task.name] if span.label != task.background
    )
    told = [
        (span, raised_s)
        for span, raised_s in zip(said.timeline, said.raised_s, strict=True)
        if span.task == task.name and span.label in task.labels and span.label != task.background
    ]
    return WatchedClip(
        events,
        tuple(span for span, _ in told),
        duration_s,
        name=item.clip.name,
        raised_s=tuple(raised_s for _, raised_s in told),
    )


def _within(span: Span, duration_s: float) -> Span:
    """The part of an event that lies in the clip."""
    start_s = min(max(span.start_s, 0.0), duration_s)
    return Span(start_s, min(max(span.end_s, start_s), duration_s), span.label, person=span.person)

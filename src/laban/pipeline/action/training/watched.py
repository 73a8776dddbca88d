"""Clips with annotated times watched as a stream would be: which events are found, and how soon."""

from collections.abc import Iterable, Sequence

from laban.core.clock import WindowSpec
from laban.core.spans import Span
from laban.models.card import Task
from laban.models.evaluation.event_metrics import EventMetrics, WatchedClip, judge_events
from laban.models.protocol import SequenceModel
from laban.pipeline.dataset import Recordings
from laban.pipeline.dataset.values import is_timed
from laban.tasks.action.predict import Predictions, predict_recording

Tested = Sequence[tuple[SequenceModel, Iterable[int]]]
"""Models, and the positions of the clips that each is tested on."""


def events_of(tested: Tested, recordings: Recordings) -> dict[str, EventMetrics]:
    """For each task with a background and with times in its labels: what became of the events in its clips."""
    dataset = recordings.dataset
    tasks = [task for task in dataset.tasks if task.background is not None and _has_times(task, recordings)]
    clips: dict[str, list[WatchedClip]] = {task.name: [] for task in tasks}
    for model, indices in tested:
        if not isinstance(model.card.clock, WindowSpec):
            continue
        for index in indices:
            recording = recordings.of(index)
            if recording is None or not recording.duration_s:
                continue
            said = predict_recording(model, recording)
            for task in tasks:
                if task.name in dataset.items[index].labels:
                    clips[task.name].append(_watched(said, task, index, recordings, recording.duration_s))
    return {name: judge_events(held) for name, held in clips.items() if held}


def _has_times(task: Task, recordings: Recordings) -> bool:
    return any(
        is_timed(span) and span.label != task.background
        for item in recordings.dataset.items
        for span in item.labels.get(task.name, ())
    )


def _watched(
    said: Predictions, task: Task, index: int, recordings: Recordings, duration_s: float
) -> WatchedClip:
    item = recordings.dataset.items[index]
    events = tuple(
        _within(span, duration_s) for span in item.labels[task.name] if span.label != task.background
    )
    told = [
        (span, told_s)
        for span, told_s in zip(said.timeline, said.told_s, strict=True)
        if span.task == task.name and span.label in task.labels and span.label != task.background
    ]
    return WatchedClip(
        events,
        tuple(span for span, _ in told),
        duration_s,
        name=item.clip.name,
        told_s=tuple(told_s for _, told_s in told),
    )


def _within(span: Span, duration_s: float) -> Span:
    """The part of an event that lies in the clip."""
    start_s = min(max(span.start_s, 0.0), duration_s)
    return Span(start_s, min(max(span.end_s, start_s), duration_s), span.label, person=span.person)

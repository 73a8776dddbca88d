"""The label of a window, where labels hold for spans of time."""

from collections.abc import Iterable, Sequence

from laban.core.spans import Span
from laban.models.card import Task
from laban.models.examples import UNLABELLED
from laban.pipeline.dataset.values import is_timed


def label_of_window(window: Span, spans: Sequence[Span], task: Task, *, min_overlap: float = 0.5) -> int:
    """The position of the label that ``task`` gives a window of one person, or ``UNLABELLED``.

    ``window`` names the person and the time for which they are present; ``spans`` are all the task's labels of the
    clip. A label holds where its spans cover at least ``min_overlap`` of the window. An event, that is any label
    of a task with a background, also holds where the window shows at least ``min_overlap`` of the event, so that a
    fall of 1 s is the label of a window of 2 s. A window that an event touches by less is unlabelled. Windows that
    no event touches are background, unless the background has its own times: then only those are.

    >>> task = Task("fall", ("fall", "none"), background="none")
    >>> falls = [Span(3.0, 4.0, "fall")]
    >>> [task.labels[label_of_window(Span(start, start + 2), falls, task)] for start in (0.0, 2.0)]
    ['none', 'fall']
    >>> label_of_window(Span(1.2, 3.2), falls, task)  # touched, by too little
    -1
    """
    own = _of_person(spans, window.person)
    if own is None:
        return UNLABELLED
    label = _best(window, own, task, min_overlap=min_overlap)
    if label is not None:
        return task.index(label)
    if task.background is None or not _rest_is_background(own, spans, task):
        return UNLABELLED
    touched = any(span.overlap_s(window) > 0 for span in own if span.label != task.background)
    return UNLABELLED if touched else task.index(task.background)


def _of_person(spans: Sequence[Span], person: int | None) -> tuple[Span, ...] | None:
    """The spans of one person: those that name them, else those that name nobody; None without any spans.

    Where times are given for others only, nothing happens to this one.
    """
    named = tuple(span for span in spans if span.person is not None and span.person == person)
    unnamed = tuple(span for span in spans if span.person is None)
    if named or unnamed:
        return named or unnamed
    return () if any(map(is_timed, spans)) else None


def _best(window: Span, spans: Iterable[Span], task: Task, *, min_overlap: float) -> str | None:
    """The label that covers most of the window; an event goes before the background."""
    shared: dict[str, float] = {}
    shown: dict[str, bool] = {}
    for span in spans:
        overlap_s = span.overlap_s(window)
        shared[span.label] = shared.get(span.label, 0.0) + overlap_s
        is_event = task.background is not None and span.label != task.background
        enough = is_event and overlap_s > 0 and overlap_s >= min_overlap * span.duration_s
        shown[span.label] = shown.get(span.label, False) or enough
    held = [
        (label != task.background, overlap_s, label)
        for label, overlap_s in sorted(shared.items(), reverse=True)
        if shown[label] or (overlap_s > 0 and overlap_s >= min_overlap * window.duration_s)
    ]
    return max(held)[2] if held else None


def _rest_is_background(own: Sequence[Span], spans: Sequence[Span], task: Task) -> bool:
    """Times of events imply that nothing happens at others, unless the background has its own times."""
    of_events = any(is_timed(span) and span.label != task.background for span in spans)
    return of_events and all(span.label != task.background for span in own)

"""Labelled data before any features: clips, their files, and their labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from laban.core.answers.audit import LeftOutAnswer
from laban.core.checks import unknown_message
from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.errors import InvalidValueError, UnknownNameError
from laban.io.formats import LoadOptions
from laban.models.card import Task
from laban.models.examples import Clip

EVER_S = 1e9
"""Spans that reach this far to either side have no own beginning or end."""

Kind = Literal["video", "recording", "memory"]


def whole_clip(label: str, *, person: int | None = None) -> Span:
    """The span of a label that holds for all of a clip."""
    return Span(-EVER_S, EVER_S, label, person=person)


def is_timed(span: Span) -> bool:
    """Whether the span has its own beginning or end.

    >>> is_timed(whole_clip("fall")), is_timed(Span(1.0, 2.0, "fall"))
    (False, True)
    """
    return span.start_s > -EVER_S or span.end_s < EVER_S


@dataclass(frozen=True)
class Skipped:
    """Something left out, and why, in one line."""

    name: str
    reason: str

    def answer(self) -> LeftOutAnswer:
        """The answer that is printed and written."""
        return LeftOutAnswer(self.name, self.reason)


@dataclass(frozen=True, eq=False)
class Item:
    """One clip: its name, its file, and the spans in which each task's labels hold.

    Either ``path`` names a video or a file of poses, or ``recording`` is given at once. A task that is not in
    ``labels`` is unlabelled here. With ``only_spans`` only the spans of the file belong to this item; others take
    the rest.
    """

    clip: Clip
    labels: Mapping[str, tuple[Span, ...]]
    path: Path | None = None
    recording: Recording | None = None
    kind: Kind = "video"
    only_spans: bool = False

    def __post_init__(self) -> None:
        if (self.path is None) == (self.recording is None):
            raise InvalidValueError(f"clip {self.clip.name!r} needs a path or a recording, one of the two")
        ordered = {task: tuple(sorted(spans, key=_in_time)) for task, spans in self.labels.items()}
        object.__setattr__(self, "labels", MappingProxyType(ordered))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # A mapping proxy cannot be pickled, and items go to other processes.
        return type(self), (
            self.clip,
            dict(self.labels),
            self.path,
            self.recording,
            self.kind,
            self.only_spans,
        )

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans of every task."""
        return tuple(span for spans in self.labels.values() for span in spans)

    def label_of(self, task: str) -> str | None:
        """The one label that ``task`` gives the whole clip; None where it gives none, or several."""
        held = {span.label for span in self.labels.get(task, ())}
        timed = any(is_timed(span) for span in self.labels.get(task, ()))
        return held.pop() if len(held) == 1 and not timed else None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Clips and the tasks that they are labelled for. ``skipped`` are other files; ``notes`` are remarks on how the
    data was read."""

    name: str
    root: Path
    tasks: tuple[Task, ...]
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    reading: LoadOptions = field(default_factory=LoadOptions)
    """Options for reading files of poses: ``fps``, ``size_wh``."""

    def __len__(self) -> int:
        return len(self.items)

    def task(self, name: str) -> Task:
        """The task called ``name``; an unknown one raises with the nearest name."""
        for task in self.tasks:
            if task.name == name:
                return task
        raise UnknownNameError(unknown_message(name, [task.name for task in self.tasks], what="task"))

    @property
    def videos(self) -> tuple[Path, ...]:
        """All videos to extract, once each, in order."""
        return tuple(dict.fromkeys(item.path for item in self.items if item.kind == "video" and item.path))


def _in_time(span: Span) -> tuple[float, float, str]:
    return span.start_s, span.end_s, span.label

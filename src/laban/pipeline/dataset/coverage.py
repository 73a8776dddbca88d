"""The amount of data per class, and how much of it shows a person."""

from dataclasses import dataclass, field

import numpy as np

from laban.core.answers import known
from laban.core.answers.audit import ClassCoverageAnswer
from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.values import Dataset, is_timed


@dataclass(frozen=True)
class ClassCoverage:
    """One label of one task. ``seconds`` is the time that the label holds for; ``seen_share`` is the share of its
    frames with landmarks of anybody (NaN without frames); ``without_people`` is the number of clips with
    nobody in them."""

    task: str
    label: str
    clips: int
    groups: int
    seconds: float
    people: int
    seen_share: float
    without_people: tuple[str, ...] = ()
    skeletons: tuple[str, ...] = ()

    def answer(self) -> ClassCoverageAnswer:
        """The answer that is printed and written."""
        return ClassCoverageAnswer(
            task=self.task,
            label=self.label,
            clips=self.clips,
            groups=self.groups,
            seconds=self.seconds,
            people=self.people,
            seen_share=known(self.seen_share),
            without_people=self.without_people,
            skeletons=self.skeletons,
        )


@dataclass
class _Sum:
    clips: set[int] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    seconds: float = 0.0
    people: set[tuple[int, int]] = field(default_factory=set)
    frames: int = 0
    seen: int = 0
    without: list[str] = field(default_factory=list)
    skeletons: set[str] = field(default_factory=set)


def coverage_of(dataset: Dataset, recordings: Recordings) -> tuple[ClassCoverage, ...]:
    """For each task and label, in their order: clips, seconds, people, and the share of frames with landmarks.

    Clips whose file failed do not count; they are in ``recordings.failed``.
    """
    sums = {(task.name, label): _Sum() for task in dataset.tasks for label in task.labels}
    for index, (item, recording) in enumerate(recordings):
        if recording is None:
            continue
        for task, spans in item.labels.items():
            for span in spans:
                _add(sums[task, span.label], index, item.clip.group, span, recording)
            for label in {span.label for span in spans}:
                if not recording.people:
                    sums[task, label].without.append(item.clip.name)
    return tuple(_covered(task, label, one) for (task, label), one in sums.items())


def _add(into: _Sum, index: int, group: str, span: Span, recording: Recording) -> None:
    into.clips.add(index)
    into.groups.add(group)
    into.seconds += _seconds(span, recording)
    within = (recording.times_s >= span.start_s) & (recording.times_s < span.end_s)
    seen = np.zeros(len(recording.times_s), dtype=bool)
    for person, sequence in recording.people.items():
        into.skeletons.add(sequence.skeleton.name)
        if span.person is None or span.person == person:
            start = recording.start_of(person)
            rows = slice(start, start + len(sequence))
            seen[rows] |= sequence.seen
            if (sequence.seen & within[rows]).any():
                into.people.add((index, person))
    into.frames += int(within.sum())
    into.seen += int((seen & within).sum())


def _seconds(span: Span, recording: Recording) -> float:
    """How long the span lasts within the recording, its last frame included."""
    times_s = recording.times_s
    if len(times_s) == 0:
        return 0.0
    step_s = recording.duration_s / max(1, len(times_s) - 1)
    whole = Span(float(times_s[0]), float(times_s[-1]) + step_s)
    return whole.overlap_s(span) if is_timed(span) else whole.duration_s


def _covered(task: str, label: str, one: _Sum) -> ClassCoverage:
    return ClassCoverage(
        task=task,
        label=label,
        clips=len(one.clips),
        groups=len(one.groups),
        seconds=one.seconds,
        people=len(one.people),
        seen_share=one.seen / one.frames if one.frames else float("nan"),
        without_people=tuple(dict.fromkeys(one.without)),
        skeletons=tuple(sorted(one.skeletons)),
    )

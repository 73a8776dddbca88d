"""Attributions for a recording: which of a person's joints, at which times, decided a model's answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import Recording
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError
from laban.models.card import ModelCard, Task
from laban.models.explanation.attribution import Explanation, explain
from laban.models.explanation.query import ExplanationSettings
from laban.models.protocol import SequenceModel
from laban.tasks.action.answers import answer
from laban.tasks.action.windows import ActionWindows, windows_of

MOST_WINDOWS = 8
"""The number of windows of a long movement that are explained, those with the highest scores; each takes at most a
second."""

_AS_LOUD = 0.5  # of the highest probability, for a window to be explained too


@dataclass(frozen=True, eq=False)
class Attributions:
    """Attributions for the answer about ``person``; the rows of ``explanation`` are at ``times_s`` (R,) seconds.

    They are the mean over ``windows`` windows; ``score`` is the highest of theirs.
    """

    person: int
    times_s: Float64Array
    explanation: Explanation
    windows: int

    @property
    def peak_s(self) -> float:
        """The time with the most evidence for the answer."""
        return float(self.times_s[int(np.argmax(self.explanation.times))])

    def spans_s(self) -> tuple[tuple[float, float], ...]:
        """Start and end of each span with at least half of the peak evidence, the strongest first."""
        runs = self.explanation.spans()
        return tuple((float(self.times_s[first]), float(self.times_s[last - 1])) for first, last in runs)


@dataclass(frozen=True)
class _Asked:
    """The answer to explain, and the windows that give it, the highest score first."""

    task: Task
    label: str
    person: int
    windows: IntArray


def reasons_for(
    model: SequenceModel,
    recording: Recording,
    *,
    task: str | None = None,
    label: str | None = None,
    person: int | None = None,
    method: str = "occlusion",
    settings: ExplanationSettings | None = None,
) -> Attributions:
    """Which joints, and when, are evidence for ``label`` in the movement of ``person``.

    What is None is chosen: the most probable event of any person; where there is none, the label of most of the
    recording. ``method`` and ``settings`` as in ``explain``. Raises InvalidValueError
    where the recording cannot serve the model, or nobody is there for a window; UnknownNameError for an unknown
    task, label or method.
    """
    card = model.card
    tasks = card.tasks if task is None else (card.head(task).task,)
    if label is not None:
        tasks = _with_label(tasks, label)
    windows = windows_of(recording, spec=card.spec, clock=card.clock)
    _check_people(recording, windows, person)
    asked = _asked(model, windows, tasks, label=label, person=person)
    found = [
        explain(
            model,
            windows.values[index],
            task=asked.task.name,
            label=asked.label,
            method=method,
            settings=settings,
        )
        for index in asked.windows
    ]
    return _joined(card, windows, asked, found)


def _with_label(tasks: Sequence[Task], label: str) -> tuple[Task, ...]:
    """The tasks that have the label; raises where none does."""
    known = tuple(one for one in tasks if label in one.labels)
    if not known:
        tasks[0].index(label)
    return known


def _check_people(recording: Recording, windows: ActionWindows, person: int | None) -> None:
    there = sorted(set(windows.person.tolist()))
    if not there:
        raise InvalidValueError(
            f"{recording.source}: nobody is seen long enough for the model, so there is nothing to explain"
        )
    if person is not None and person not in there:
        names = ", ".join(map(str, there))
        raise InvalidValueError(f"{recording.source} has no windows of person {person}, only of {names}")


def _asked(
    model: SequenceModel,
    windows: ActionWindows,
    tasks: Sequence[Task],
    *,
    label: str | None,
    person: int | None,
) -> _Asked:
    names = [one.name for one in model.card.tasks]
    answers = answer(model, windows.values)
    own = np.ones(len(windows), dtype=bool) if person is None else windows.person == person
    best: tuple[bool, float, _Asked] | None = None
    for task in tasks:
        loud = np.where(own[:, None], answers[names.index(task.name)].probabilities, 0.0)
        chosen = task.index(label) if label is not None else label_to_explain(task, loud)
        event = label is not None or (task.background is not None and task.labels[chosen] != task.background)
        most = float(loud[:, chosen].max())
        if best is None or (event, most) > best[:2]:
            best = event, most, _loudest(windows, task, chosen, loud[:, chosen])
    if best is None:
        raise InvalidValueError("the model has no tasks, so there is nothing to explain")
    return best[2]


def label_to_explain(task: Task, probabilities: Float64Array) -> int:
    """The position of the label to explain, from the probabilities (N, K) of windows: the most probable event,
    where a window has one as its answer; else the answer of all windows together."""
    answered = probabilities.argmax(axis=1)
    if task.background is None:
        return int(probabilities.mean(axis=0).argmax())
    background = task.index(task.background)
    events = np.where((answered != background)[:, None], probabilities, 0.0)
    events[:, background] = 0.0
    return int(events.max(axis=0).argmax()) if events.any() else background


def _loudest(windows: ActionWindows, task: Task, chosen: int, loud: Float64Array) -> _Asked:
    first = int(loud.argmax())
    person = int(windows.person[first])
    order = [
        int(index)
        for index in np.argsort(-loud, kind="stable")
        if windows.person[index] == person and loud[index] >= _AS_LOUD * loud[first]
    ]
    return _Asked(task, task.labels[chosen], person, np.array(order[:MOST_WINDOWS]))


def _joined(
    card: ModelCard, windows: ActionWindows, asked: _Asked, found: Sequence[Explanation]
) -> Attributions:
    """The windows' explanations joined along time, with the mean where they overlap."""
    starts = _rows(card, windows, asked.windows)
    times_s = _times(card, windows, asked.windows, starts)
    joints = len(skeleton(card.spec.skeleton))
    cells, times = np.zeros((len(times_s), joints)), np.zeros(len(times_s))
    seen, count = np.zeros((len(times_s), joints), dtype=bool), np.zeros(len(times_s))
    for start, one in zip(starts - starts.min(), found, strict=True):
        rows = slice(start, start + len(one.times))
        cells[rows] += one.map
        times[rows] += one.times
        seen[rows] |= one.seen
        count[rows] += 1
    share = np.maximum(count, 1)
    explanation = Explanation(
        task=asked.task.name,
        label=asked.label,
        score=found[0].score,
        skeleton=card.spec.skeleton,
        joints=np.mean([one.joints for one in found], axis=0),
        times=times / share,
        map=cells / share[:, None],
        seen=seen,
        limbs={name: float(np.mean([one.limbs[name] for one in found])) for name in found[0].limbs},
        rest=float(np.mean([one.rest for one in found])),
    )
    return Attributions(asked.person, times_s, explanation, len(found))


def _rows(card: ModelCard, windows: ActionWindows, chosen: IntArray) -> IntArray:
    """The row of the grid at which each window begins."""
    if isinstance(card.clock, WindowSpec):
        return np.rint(windows.start_s[chosen] * card.clock.fps).astype(int)
    return np.zeros(len(chosen), dtype=int)


def _times(card: ModelCard, windows: ActionWindows, chosen: IntArray, starts: IntArray) -> Float64Array:
    if isinstance(card.clock, WholeClip):
        first = chosen[0]
        return np.linspace(windows.start_s[first], windows.end_s[first], card.clock.length)
    return np.arange(starts.min(), starts.max() + card.clock.length) / card.clock.fps

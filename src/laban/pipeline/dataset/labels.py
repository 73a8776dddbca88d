"""Tasks from the labels of clips: their order, their background, and invalid combinations."""

import re
from collections.abc import Iterable, Mapping

from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, UnknownNameError
from laban.models.card import Task
from laban.pipeline.dataset.values import Item

BACKGROUNDS = ("none", "background", "other", "normal")
"""A label of one of these names is its task's background; so is one that says ``no_x``, ``non_x`` or ``not_x``."""

_NEGATION = re.compile(r"(no|non|not)[ _\-].+")
_RESERVED = "unknown"
_LEAST_CLASSES = 2


def is_background(label: str) -> bool:
    """Whether a label says by its name that nothing happened.

    >>> is_background("no_fight"), is_background("None"), is_background("nodding")
    (True, True, False)
    """
    name = label.strip().lower()
    return name in BACKGROUNDS or _NEGATION.fullmatch(name) is not None


def tasks_of(
    items: Iterable[Item], *, backgrounds: Mapping[str, str | None] | None = None
) -> tuple[Task, ...]:
    """The tasks of all items, in the order of their names, with the labels in theirs (numbers by value).

    ``backgrounds`` names a task's background (None: it has none) in place of the rule by names. Raises
    InvalidValueError for a label that is in two tasks and is the background of neither, and for the
    label ``unknown``; UnknownNameError where ``backgrounds`` names what is not there.
    """
    labels: dict[str, set[str]] = {}
    for item in items:
        for task, spans in item.labels.items():
            labels.setdefault(task, set()).update(span.label for span in spans)
    chosen = dict(backgrounds or {})
    for task in chosen:
        if task not in labels:
            raise UnknownNameError(unknown_message(task, labels, what="task"))
    tasks = tuple(
        _task(name, held, chosen[name] if name in chosen else _background(held))
        for name, held in sorted(labels.items())
    )
    _check_apart(tasks)
    return tasks


def _task(name: str, labels: set[str], background: str | None) -> Task:
    if _RESERVED in labels:
        raise InvalidValueError(
            f"task {name!r} has a label 'unknown', which is what a model answers when no label fits; rename it"
        )
    return Task(name, tuple(sorted(labels, key=_natural)), background)


def _background(labels: set[str]) -> str | None:
    """The one label with such a name; None where several have one."""
    said = [label for label in labels if is_background(label)]
    return said[0] if len(said) == 1 else None


def _check_apart(tasks: tuple[Task, ...]) -> None:
    owner: dict[str, Task] = {}
    for task in tasks:
        for label in task.labels:
            other = owner.setdefault(label, task)
            if other is not task and label not in (task.background, other.background):
                raise InvalidValueError(
                    f"label {label!r} is in two tasks, {other.name!r} and {task.name!r}; rename it in one of "
                    "them, or, if these are people or scenes and no tasks, list the clips in a table with a column "
                    "'group'"
                )


def _natural(label: str) -> tuple[bool, int, str]:
    return not label.isdecimal(), int(label) if label.isdecimal() else 0, label


def check_trainable(tasks: Iterable[Task]) -> None:
    """Raises InvalidValueError where a task has a single class."""
    for task in tasks:
        if len(task.labels) < _LEAST_CLASSES:
            raise InvalidValueError(
                f"task {task.name!r} has the one class {task.labels[0]!r}, expected at least {_LEAST_CLASSES}; add "
                "clips of another class, for instance of nothing happening"
            )

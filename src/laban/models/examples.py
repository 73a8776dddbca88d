"""Labelled windows of movement, for training and evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, IntArray, frozen
from laban.core.checks import unknown_message
from laban.core.clock import Clock
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Task

UNLABELLED = -1
"""The label of a window that has none for a task."""


@dataclass(frozen=True)
class Clip:
    """The source of windows: a name to show, the group (person or scene) that must not be split, the part that the
    data assigns it to, if any, and its subgroups for separate metrics."""

    name: str
    group: str
    split: str | None = None
    subgroups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Examples:
    """N windows of L rows of F features, NaN where something is not known.

    ``values`` (N, L, F); ``labels`` (N, K) for K tasks the position of the label, ``UNLABELLED`` where there is
    none; ``clip`` (N,) positions in ``clips``; ``person`` (N,) ids within the clip; ``start_s`` (N,) seconds in it.
    """

    spec: FeatureSpec
    clock: Clock
    tasks: tuple[Task, ...]
    clips: tuple[Clip, ...]
    values: Float32Array
    labels: IntArray
    clip: IntArray
    person: IntArray
    start_s: Float64Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.tasks))
        object.__setattr__(self, "clips", tuple(self.clips))
        count = len(self.values)
        shapes: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
            "values": ((count, self.clock.length, self.spec.width), np.float32),
            "labels": ((count, len(self.tasks)), np.int64),
            "clip": ((count,), np.int64),
            "person": ((count,), np.int64),
            "start_s": ((count,), np.float64),
        }
        for name, (shape, dtype) in shapes.items():
            object.__setattr__(self, name, frozen(getattr(self, name), shape=shape, name=name, dtype=dtype))
        if len({task.name for task in self.tasks}) != len(self.tasks):
            raise InvalidValueError("each task is named once")
        self._check_positions()

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """(N,) the group of each window."""
        return tuple(self.clips[index].group for index in self.clip)

    def labels_of(self, task: str) -> IntArray:
        """(N,) the labels for one task."""
        names = [one.name for one in self.tasks]
        if task not in names:
            raise UnknownNameError(unknown_message(task, names, what="task"))
        return self.labels[:, names.index(task)]

    def take(self, chosen: IntArray | BoolArray | Sequence[int]) -> "Examples":
        """The windows at these positions, or where the mask is true; the clips stay as they are."""
        rows = np.asarray(chosen) if len(chosen) else np.zeros(0, dtype=np.int64)
        parts = {
            name: getattr(self, name)[rows] for name in ("values", "labels", "clip", "person", "start_s")
        }
        return replace(self, **parts)

    def _check_positions(self) -> None:
        if len(self) and not (self.clip.min() >= 0 and self.clip.max() < len(self.clips)):
            raise InvalidValueError(f"clip holds positions outside the {len(self.clips)} clips")
        for column, task in enumerate(self.tasks):
            held = self.labels[:, column]
            if len(self) and not (held.min() >= UNLABELLED and held.max() < len(task.labels)):
                raise InvalidValueError(f"labels of task {task.name!r} must be -1 to {len(task.labels) - 1}")

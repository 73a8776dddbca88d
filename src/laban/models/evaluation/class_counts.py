"""How much data there is of each label."""

import numpy as np

from laban.core.answers.metrics import LabelCountAnswer
from laban.core.arrays import IntArray
from laban.core.clock import WindowSpec
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Examples


def coverage(examples: Examples, *, task: Task) -> tuple[LabelCountAnswer, ...]:
    """For each label, and "" for windows without one: how many windows, clips, groups and people (each counted
    once per clip), the seconds that the windows span, and the share of values in them that are known."""
    labels = examples.labels_of(task.name)
    places = [*range(len(task.labels)), *([UNLABELLED] if (labels == UNLABELLED).any() else [])]
    return tuple(
        _covered(examples, np.flatnonzero(labels == place), (*task.labels, "")[place]) for place in places
    )


def _covered(examples: Examples, rows: IntArray, label: str) -> LabelCountAnswer:
    clips = np.unique(examples.clip[rows])
    people = np.unique(np.stack([examples.clip[rows], examples.person[rows]]), axis=1)
    return LabelCountAnswer(
        label=label,
        windows=len(rows),
        clips=len(clips),
        groups=len({examples.clips[clip].group for clip in clips}),
        people=people.shape[1],
        seconds=_seconds(examples, rows),
        known=float(np.isfinite(examples.values[rows]).mean()) if len(rows) else None,
    )


def _seconds(examples: Examples, rows: IntArray) -> float | None:
    """The time that windows cover, overlaps counted once; None for whole clips, whose length is not kept."""
    if not isinstance(examples.clock, WindowSpec):
        return None
    keys = zip(examples.clip[rows], examples.person[rows], examples.start_s[rows], strict=True)
    length_s, total, before = examples.clock.length_s, 0.0, (-1, -1, 0.0)
    for clip, person, start_s in sorted(keys):
        follows = (clip, person) == before[:2]
        total += min(length_s, start_s - before[2]) if follows else length_s
        before = (clip, person, start_s)
    return float(total)

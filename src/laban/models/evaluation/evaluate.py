"""Everything that is told of a model: one function makes the figures that metrics.json and the report hold.

The layout of ``Judgement.to_json``, version 1; what is not known is null:

- ``version``, ``model`` (the card), ``notes`` (sentences)
- ``split``: null for a model on new data, else ``by``, ``notes`` and ``parts`` (windows, clips, groups of each)
- ``training``: what the caller gives: ``epochs`` (a list of objects with ``number``, ``train_loss``, and ``loss``
  and ``accuracy`` (of each task) on the validation part), ``best_epoch``, ``seconds``
- ``export`` and ``run``, where the caller adds them: the exported files, each ``path``, ``scheme``, ``size_bytes``,
  ``windows``, ``max_difference`` and ``accuracy_change`` (of each task); and what the run was made from
- ``learned``: null, or, for a model on data that holds clips it learned from, how many ``clips`` those are, ``of``
  how many, and whether they are ``left_out``
- ``tasks``: for each task ``task``, ``labels``, ``background``, and
  - ``scored``: null, or how many ``clips`` are judged ``of`` how many, and how many of all give nothing, ``unused``
  - ``windows`` and ``clips``: ``metrics.Figures.to_json`` with ``intervals`` (95 %, by groups) of its averages
  - ``calibration``: ``temperature``, and ``before`` and ``after`` it ``ece`` (bins of equal width), ``ece_mass``
    and ``bins``, of windows
  - ``unknown``: ``threshold``, ``answered`` (the share), ``accuracy_of_answered``, of windows; ``held_out``: a list
    of ``UnknownFigures.to_json`` with ``score`` and ``classes``, where given
  - ``baselines``: ``name``, ``accuracy``, ``macro_f1``, ``interval``, ``difference`` (how much the model's accuracy
    is above, 95 %), ``seconds``, ``note``
  - ``robustness``: ``name``, ``accuracy``, ``macro_f1``, of clips; the first is undisturbed
  - ``subgroups``, ``coverage``, ``hardest``, ``doubts`` (clips: ``clip``, ``label``, ``likely``, ``margin``)
  - ``events``: ``EventFigures.to_json``, where given
  - ``random``: ``accuracy``, ``interval``, ``macro_f1``, ``gap``: what a split by clip would have told, where given
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from laban.errors import InvalidValueError
from laban.models.evaluation.event_metrics import EventFigures
from laban.models.evaluation.held_out import Fold, said_of, understood
from laban.models.evaluation.metrics import Figures
from laban.models.evaluation.task_metrics import JudgeSettings, judge_task
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel
from laban.models.training.splits import Split, counted

VERSION = 1


@dataclass(frozen=True)
class Extras:
    """What only the caller knows: ``training`` (see the layout); for tasks by name the figures of ``events``, and
    of ``unknown`` examples of classes that were held out; the ``random`` judgement of the same recipe on a split by
    clip; ``notes``; ``warnings``, which are notes
    too; ``scored`` by task and ``learned`` (see the layout)."""

    training: Mapping[str, Any] | None = None
    events: Mapping[str, EventFigures] = field(default_factory=dict)
    unknown: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    random: "Judgement | None" = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    scored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    learned: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Judgement:
    """The figures of a model: ``clips`` and ``windows`` by task; ``to_json`` is everything (see the module)."""

    windows: Mapping[str, Figures]
    clips: Mapping[str, Figures]
    content: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What metrics.json and the report are made from: nothing but what JSON holds."""
        return dict(plain(self.content))


def judge(
    model: SequenceModel,
    examples: Examples,
    *,
    split: Split | None = None,
    extras: Extras | None = None,
    settings: JudgeSettings | None = None,
) -> Judgement:
    """Judges ``model`` on the test part of ``split``, or, where it is None, on all of ``examples`` as new data.

    Baselines learn from the training part, so that there are none without a split. Raises InvalidValueError where
    the examples do not fit the model (other features, clock or labels), or none has a label.
    """
    return judge_folds([(model, split)], examples, extras=extras, settings=settings)


def judge_folds(
    folds: Sequence[tuple[SequenceModel, Split | None]],
    examples: Examples,
    *,
    extras: Extras | None = None,
    settings: JudgeSettings | None = None,
) -> Judgement:
    """Judges one recipe by models that each learned from another part; every test is answered by its own model."""
    if not folds:
        raise InvalidValueError("judging needs at least one model, got none")
    extras, settings = extras or Extras(), settings or JudgeSettings()
    known, notes = understood(folds[0][0], examples)
    parts = [Fold.of(model, known, split) for model, split in folds]
    tests = [known.take(part.test) for part in parts]
    found = [
        judge_task(said, parts, known, settings) for said in said_of([part.model for part in parts], tests)
    ]
    if not found:
        raise InvalidValueError("none of the examples that are to be judged has a label")
    windows = {one.said.task.name: one.windows for one in found}
    clips = {one.said.task.name: one.clips for one in found}
    tasks = [one.content | _extra(extras, name, clips[name]) for name, one in zip(clips, found, strict=True)]
    content = {
        "version": VERSION,
        "model": json.loads(folds[0][0].card.to_json()),
        "notes": [*notes, *extras.warnings, *extras.notes],
        "warnings": list(extras.warnings),
        "split": _split([split for _, split in folds if split is not None], known),
        "training": extras.training,
        "learned": extras.learned,
        "tasks": tasks,
    }
    return Judgement(windows, clips, content)


def plain(value: Any) -> Any:
    """The same as lists, dictionaries and numbers that JSON holds; None for NaN and infinity."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _extra(extras: Extras, task: str, clips: Figures) -> dict[str, Any]:
    return {
        "held_out": extras.unknown.get(task, ()),
        "events": extras.events[task].to_json() if task in extras.events else None,
        "random": _random(extras.random, task, clips),
        "scored": extras.scored.get(task),
    }


def _random(other: Judgement | None, task: str, clips: Figures) -> dict[str, Any] | None:
    if other is None or task not in other.clips:
        return None
    held = next(one for one in other.content["tasks"] if one["task"] == task)["clips"]
    return {
        "accuracy": held["accuracy"],
        "macro_f1": held["macro_f1"],
        "interval": held["intervals"]["accuracy"],
        "gap": held["accuracy"] - clips["accuracy"],
    }


def _split(splits: Sequence[Split], examples: Examples) -> dict[str, Any] | None:
    """The split, or what all folds have in common: everything is tested once."""
    if not splits:
        return None
    if len(splits) == 1:
        return splits[0].to_json(examples)
    notes = list(dict.fromkeys(note for split in splits for note in split.notes))
    tested = np.concatenate([split.test for split in splits])
    by = f"{splits[0].by.split(',')[0]}, {len(splits)} folds"
    return {"by": by, "notes": notes, "parts": {"test": counted(examples, tested)}}

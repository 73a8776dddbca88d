"""Splits into training, validation and test: never with a clip in two parts, nor, by default, a group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.checks import choose, in_range
from laban.errors import InvalidValueError
from laban.models.examples import UNLABELLED, Examples
from laban.models.training.blocks import with_blocks
from laban.models.training.split import PARTS, Split, split_of
from laban.models.training.stratified import assign
from laban.models.training.time_split import parts_by_time

_LEAST_GROUPS = 4  # with fewer left, training would lack a group that goes to validation


@dataclass(frozen=True)
class SplitSettings:
    """How examples are split. ``by`` is in ``SPLITS``; ``folds`` asks for that many tests instead of one (as
    many as there are groups means leave-one-group-out); the shares are of clips; ``block`` is how many
    consecutive clips of a label make a group when split by blocks."""

    by: str = "group"
    folds: int | None = None
    validation: float = 0.15
    test: float = 0.15
    block: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        choose(self.by, SPLITS, what="split")
        in_range(self.validation, name="validation", low=0.0, high=0.8)
        in_range(self.test, name="test", low=0.01, high=0.8)
        in_range(self.validation + self.test, name="validation + test", low=0.01, high=0.9)
        in_range(self.block, name="block", low=1)
        if self.folds is not None:
            in_range(self.folds, name="folds", low=2)


def split_examples(examples: Examples, *, settings: SplitSettings | None = None) -> tuple[Split, ...]:
    """One split, or one per fold; the labels of all tasks are spread as evenly as whole groups allow.

    A label with clips of one group only is put into training and named in the notes. Raises InvalidValueError
    where no task has two labels, where there are too few groups, and where the data's own split is incomplete.
    """
    settings = settings or SplitSettings()
    check_classes(examples)
    return SPLITS[settings.by](examples, settings)


def check_classes(examples: Examples) -> None:
    """Raises InvalidValueError where no task has examples of two labels."""
    held = {task.name: _labels_held(examples, task.name) for task in examples.tasks}
    if not any(len(labels) > 1 for labels in held.values()):
        found = "; ".join(f"{task}: {', '.join(labels) or 'none'}" for task, labels in held.items())
        raise InvalidValueError(
            f"a recogniser needs examples of at least two labels, found {found}; add clips of another label, "
            "such as ordinary movement in which nothing happens"
        )


def _by_group(examples: Examples, settings: SplitSettings) -> tuple[Split, ...]:
    return _parted(examples, [clip.group for clip in examples.clips], settings)


def _by_blocks(examples: Examples, settings: SplitSettings) -> tuple[Split, ...]:
    return _by_group(with_blocks(examples, block=settings.block), settings)


def _at_random(examples: Examples, settings: SplitSettings) -> tuple[Split, ...]:
    return _parted(examples, [str(index) for index in range(len(examples.clips))], settings)


def _by_data(examples: Examples, settings: SplitSettings) -> tuple[Split, ...]:
    named = [_spelled(clip.split, clip.name) for clip in examples.clips]
    held = {named[clip] for clip in np.unique(examples.clip)}
    told: tuple[str, ...] = ()
    if "validation" in held and "test" not in held:
        named, held = (
            ["test" if name == "validation" else name for name in named],
            {*held, "test"} - {"validation"},
        )
        told = ("The data has no test part: its validation part is used as the test.",)
    if not {"train", "test"} <= held:
        raise InvalidValueError(
            f"the data's own split needs clips for train and for test, it names {', '.join(sorted(held)) or 'none'}"
            "; fill the column 'split', or split by group"
        )
    part = np.array([PARTS.index(name) for name in named])
    groups = [clip.group for clip in examples.clips]
    notes = told
    if "validation" not in held and settings.validation:
        part, notes = _carved(examples, part, groups, settings)
        notes = (*told, "The data has no validation part: it was taken from the training part.", *notes)
    return (_split_of(examples, "data", part, (*notes, *_shared(examples, part, groups))),)


def _by_time(examples: Examples, settings: SplitSettings) -> tuple[Split, ...]:
    part = parts_by_time(examples, validation=settings.validation, test=settings.test)
    train, validation, test = (np.flatnonzero(part == number) for number in range(len(PARTS)))
    notes = [
        "Split by time: training and test share recordings, so this says nothing about other people.",
        *_unlearned(examples, train),
    ]
    return (Split("time", train, validation, test, tuple(notes)),)


SPLITS: Mapping[str, Callable[[Examples, SplitSettings], tuple[Split, ...]]] = MappingProxyType(
    {"group": _by_group, "data": _by_data, "blocks": _by_blocks, "random": _at_random, "time": _by_time}
)
"""``group``: no person or scene in two parts; ``data``: the data's own; ``blocks``: by runs of clips; ``random``:
by clip, which is optimistic; ``time``: training on the beginning of each clip, test on its end."""


def names_split(examples: Examples) -> bool:
    """Whether the data itself assigns every used clip to training or to a held-out part."""
    named = {split_of(examples.clips[clip].split or "") for clip in np.unique(examples.clip)}
    return None not in named and "train" in named and bool(named & {"validation", "test"})


def has_groups(examples: Examples) -> bool:
    """Whether a task has two labels that occur in two groups each, so that a split by group can test something."""
    counts, _ = _group_counts(examples, [clip.group for clip in examples.clips])
    edges = np.cumsum([len(task.labels) for task in examples.tasks])[:-1]
    return any(((part > 0).sum(axis=0) > 1).sum() > 1 for part in np.split(counts, edges, axis=1))


def _unlearned(examples: Examples, train: IntArray) -> list[str]:
    """A sentence for each label that has windows but none to learn from."""
    told = []
    for column, task in enumerate(examples.tasks):
        held, learned = (set(labels[:, column]) for labels in (examples.labels, examples.labels[train]))
        told += [
            f"{task.name}: {task.labels[label]} is too short to be split: it is neither learned nor tested."
            for label in sorted(held - learned - {UNLABELLED})
        ]
    return told


def _parted(examples: Examples, groups: Sequence[str], settings: SplitSettings) -> tuple[Split, ...]:
    counts, names = _group_counts(examples, groups)
    lone = np.flatnonzero((counts > 0).sum(axis=0) == 1)
    # with one test, the only group of a label stays in training; folds test everything once
    kept = (
        np.unique(np.nonzero(counts[:, lone])[0]) if settings.folds is None else np.zeros(0, dtype=np.int64)
    )
    free = np.setdiff1d(np.arange(len(names)), kept)
    if len(names) < (settings.folds or 2) or not len(free):
        raise InvalidValueError(_too_few(len(names), settings))
    of_free = _tested_parts(counts[free], settings, alone=not len(kept))
    notes = _lone_notes(examples, lone, folded=settings.folds is not None)
    tested = [1] if settings.folds is None else list(range(settings.folds))
    out = []
    for number in tested:
        testing = {names[group] for group in free[of_free == number]}
        part = np.array([2 if group in testing else 0 for group in groups])
        part, more = _carved(examples, part, groups, settings)
        by = (
            settings.by if settings.folds is None else f"{settings.by}, fold {number + 1} of {settings.folds}"
        )
        out.append(_split_of(examples, by, part, (*notes, *more)))
    return tuple(out)


def _tested_parts(counts: Float64Array, settings: SplitSettings, *, alone: bool) -> IntArray:
    """(G,) the fold of each group, or 1 where it is tested."""
    if len(counts) == 1:
        return np.array([0 if alone else 1])
    number = settings.folds or 2
    shares = np.full(number, 1 / number) if settings.folds else np.array([1 - settings.test, settings.test])
    return assign(counts, shares=shares, seed=settings.seed)


def _carved(
    examples: Examples, part: IntArray, groups: Sequence[str], settings: SplitSettings
) -> tuple[IntArray, tuple[str, ...]]:
    """Some of the training clips for validation: whole groups where there are enough, else whole clips."""
    if not settings.validation:
        return part, ()
    left = np.flatnonzero(part == 0)
    notes: tuple[str, ...] = ()
    if len({groups[clip] for clip in left}) < _LEAST_GROUPS:
        groups = [str(index) for index in range(len(part))]
        notes = (
            "Too few groups for validation to have its own: its clips are of groups in the training part.",
        )
    counts, names = _group_counts(examples, groups)
    lone = (counts > 0).sum(axis=0) == 1
    usable = [at for at, name in enumerate(names) if name in {groups[clip] for clip in left}]
    free = np.array([at for at in usable if not counts[at, lone].any()], dtype=np.int64)
    if len(free) < 2:
        return part, ("Too few clips for a validation part: training cannot stop early.",)
    share = settings.validation / (1.0 if settings.by == "data" else 1.0 - settings.test)
    chosen = assign(counts[free], shares=np.array([1 - share, share]), seed=settings.seed)
    aside = {names[at] for at in free[chosen == 1]}
    return np.where((part == 0) & np.isin(groups, list(aside)), 1, part), notes


def _group_counts(examples: Examples, groups: Sequence[str]) -> tuple[Float64Array, list[str]]:
    """(G, C) in how many of a group's clips each label of each task occurs, and the groups that have windows."""
    names = sorted({groups[clip] for clip in np.unique(examples.clip)})
    widths = [len(task.labels) for task in examples.tasks]
    starts = np.concatenate([[0], np.cumsum(widths)])
    counts = np.zeros((len(names), int(starts[-1])))
    position = {name: at for at, name in enumerate(names)}
    for column in range(len(widths)):
        pairs = np.unique(np.stack([examples.clip, examples.labels[:, column]]), axis=1).T
        for clip, label in pairs[pairs[:, 1] != UNLABELLED]:
            counts[position[groups[clip]], starts[column] + label] += 1
    return counts, names


def _split_of(examples: Examples, by: str, part: IntArray, notes: tuple[str, ...]) -> Split:
    of_window = part[examples.clip]
    train, validation, test = (np.flatnonzero(of_window == number) for number in range(len(PARTS)))
    return Split(by, train, validation, test, notes)


def _shared(examples: Examples, part: IntArray, groups: Sequence[str]) -> tuple[str, ...]:
    used = np.unique(examples.clip)
    sides = [{groups[clip] for clip in used if part[clip] == side} for side in (0, 2)]
    both = sorted(sides[0] & sides[1])
    if not both:
        return ()
    return (
        f"The data's own split has {len(both)} groups in both parts (such as {both[0]!r}): results are optimistic.",
    )


def _lone_notes(examples: Examples, lone: IntArray, *, folded: bool) -> tuple[str, ...]:
    every = [f"{task.name}: {label}" for task in examples.tasks for label in task.labels]
    outcome = "the fold that tests it cannot learn it" if folded else "it is in training and cannot be tested"
    return tuple(f"{every[at]} has clips of only one group: {outcome}." for at in lone)


def _too_few(found: int, settings: SplitSettings) -> str:
    wanted = settings.folds or 2
    unit = "clips" if settings.by == "random" else "groups"
    hint = "" if settings.by == "random" else ", or split at random, which is optimistic"
    return (
        f"a split by {settings.by} needs at least {wanted} {unit}, and a label that is in two of them, "
        f"found {found}; add clips, name persons or scenes in the column 'group'{hint}"
    )


def _labels_held(examples: Examples, task: str) -> list[str]:
    labels = next(one.labels for one in examples.tasks if one.name == task)
    return [labels[at] for at in np.unique(examples.labels_of(task)) if at != UNLABELLED]


def _spelled(name: str | None, clip: str) -> str:
    if not name:
        raise InvalidValueError(f"clip {clip!r} names no split; fill the column 'split', or split by group")
    spelled = split_of(name)
    if spelled is None:
        raise InvalidValueError(f"clip {clip!r} has the split {name!r}, expected {', '.join(PARTS)}")
    return spelled

"""The checks of an audit, one function each: from facts of all clips to findings."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from laban.pipeline.dataset.facts import Facts
from laban.pipeline.dataset.findings import AuditSettings, Finding

_NAMED = 3
_FEW_CLIPS = 2


def exact_duplicates(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:  # noqa: ARG001
    """Files that are the same, byte for byte, or hold the same poses."""
    by_content: dict[str, list[Facts]] = {}
    for one in facts:
        by_content.setdefault(one.content, []).append(one)
    for same in by_content.values():
        if len({one.name for one in same}) > 1:
            yield of_one_movement(same, "duplicate", f"{names(same)} are the same")


def of_one_movement(same: Sequence[Facts], kind: str, sentence: str) -> Finding:
    """The finding on clips that show one thing: a fault where their labels or splits differ."""
    clashing = sorted(_clashes(same))
    splits = sorted({one.item.clip.split for one in same} - {None}, key=str)
    items = tuple(one.name for one in same)
    if clashing:
        said = " and ".join(clashing)
        return Finding(
            kind, "fault", items, f"{sentence}, but their labels differ: {said}", "keep the one that is right"
        )
    if len(splits) > 1:
        where = ", ".join(map(str, splits))
        return Finding(
            kind, "fault", items, f"{sentence}, and stand in several splits: {where}", "keep one of them"
        )
    if len({one.item.clip.group for one in same}) > 1:
        return Finding(kind, "warning", items, sentence, "keep one of them, or give them one group")
    return Finding(kind, "note", items, f"{sentence}; they are of one group", "keep one of them")


def groups_across_splits(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:  # noqa: ARG001
    """One person or scene in several parts of a split."""
    by_group: dict[str, list[Facts]] = {}
    for one in facts:
        by_group.setdefault(one.item.clip.group, []).append(one)
    for group, held in by_group.items():
        splits = Counter(one.item.clip.split for one in held if one.item.clip.split is not None)
        if len(splits) > 1:
            where = ", ".join(f"{split} ({count})" for split, count in sorted(splits.items()))
            yield Finding(
                "group-across-splits",
                "fault",
                tuple(one.name for one in held),
                f"the group {group!r} stands in several splits: {where}",
                "put all clips of a person or scene in one split",
            )


def without_people(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:
    """Clips without people, and clips with a person in few of their frames."""
    nobody = [one for one in facts if one.people == 0]
    rarely = [one for one in facts if one.people and one.seen_share < settings.seen_share]
    if nobody:
        yield Finding(
            "nobody",
            "warning",
            tuple(one.name for one in nobody),
            f"{counted(nobody)} with nobody in sight: {names(nobody)}",
            "look at them; remove them, or extract with --model heavy",
        )
    if rarely:
        yield Finding(
            "rarely-seen",
            "warning",
            tuple(one.name for one in rarely),
            f"{counted(rarely)} with somebody in under {settings.seen_share:.0%} of the frames: {names(rarely)}",
            "look at them; cut them to where people are seen",
        )


def too_short(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:
    """Clips in which nobody is in view for as long as a window."""
    short = [one for one in facts if one.people and one.longest_s < settings.window_s * (1 - 1e-3)]
    if short:
        yield Finding(
            "too-short",
            "note" if len(short) < len(facts) else "warning",
            tuple(one.name for one in short),
            f"{counted(short)} shorter than a window of {settings.window_s:g} s: {names(short)}",
            "training and use fill up their windows with missing values; shorten the window, or use whole clips",
        )


def mixed_rates(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:
    """Clips of different frame rates; worse where the rate tells the class."""
    rates = {one.index: one.fps for one in facts if one.fps is not None}
    if not rates or max(rates.values()) < settings.rates * min(rates.values()):
        return
    usual = Counter(round(rate) for rate in rates.values()).most_common(1)[0][0]
    odd = [one for one in facts if one.index in rates and _differs(rates[one.index], usual, settings.rates)]
    counts = ", ".join(
        f"{rate} fps ({count})" for rate, count in sorted(Counter(map(round, rates.values())).items())
    )
    telling = _tells_class(facts, odd)
    yield Finding(
        "mixed-frame-rates",
        "warning" if telling else "note",
        tuple(one.name for one in odd),
        f"frame rates differ: {counts}" + (f"; the odd ones are all {telling!r}" if telling else ""),
        "film or export all classes alike" if telling else "nothing: everything is put on one clock",
    )


def imbalance(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:
    """Classes with far fewer clips than others or very few, and tasks with one class."""
    for task, counts in _clips_of_labels(facts).items():
        largest, smallest = max(counts, key=lambda k: counts[k]), min(counts, key=lambda k: counts[k])
        if len(counts) == 1:
            yield Finding(
                "one-class",
                "fault",
                (task,),
                f"task {task!r} has the one class {largest!r}",
                "add clips of at least one other class, for instance of nothing happening",
            )
        elif counts[largest] > settings.imbalance * counts[smallest]:
            yield Finding(
                "imbalance",
                "warning",
                (task,),
                f"task {task!r} has {counts[largest]} clips of {largest!r} and {counts[smallest]} of {smallest!r}",
                "add clips of the small classes; look at macro averages, not at accuracy",
            )
        few = sorted(label for label, count in counts.items() if count < _FEW_CLIPS)
        if few and len(counts) > 1:
            yield Finding(
                "single-clip",
                "warning",
                tuple(few),
                f"task {task!r} has a single clip of {', '.join(map(repr, few))}",
                "no split by clips can both train and test on it; add clips, or split by time",
            )


def mixed_skeletons(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:  # noqa: ARG001
    """Poses of several skeletons, of which a model can use one."""
    counts = Counter(name for one in facts for name in one.skeletons)
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        odd = [one for one in facts if one.skeletons - {usual}]
        said = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
        yield Finding(
            "mixed-skeletons",
            "fault",
            tuple(one.name for one in odd),
            f"clips have different skeletons: {said}",
            "convert them to one skeleton (laban convert), or leave the odd ones out",
        )


def broken_tracks(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:  # noqa: ARG001
    """Clips in which a body jumps further than a person can move, or two people change places."""
    broken = [one for one in facts if one.breaks]
    if broken:
        yield Finding(
            "broken-tracks",
            "warning",
            tuple(one.name for one in broken),
            f"{counted(broken)} in which people jump or change places: {names(broken)} "
            f"({broken[0].name}: {broken[0].breaks[0]})",
            "look at them (laban show); correct the ids or the order of the rows, or cut the clips there",
        )


CHECKS: tuple[Callable[[Sequence[Facts], AuditSettings], Iterator[Finding]], ...] = (
    exact_duplicates,
    groups_across_splits,
    mixed_skeletons,
    without_people,
    imbalance,
    mixed_rates,
    too_short,
    broken_tracks,
)


def names(facts: Sequence[Facts]) -> str:
    """The first few names, and the number of others."""
    shown = [one.name for one in facts[:_NAMED]]
    more = len(facts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def counted(facts: Sequence[Facts]) -> str:
    return "1 clip" if len(facts) == 1 else f"{len(facts)} clips"


def _clashes(facts: Sequence[Facts]) -> set[str]:
    """The labels of those tasks in which the clips' labels have nothing in common."""
    tasks = {task for one in facts for task in one.labels}
    out: set[str] = set()
    for task in tasks:
        held = [one.labels[task] for one in facts if task in one.labels]
        if len(held) > 1 and not frozenset.intersection(*held):
            out |= frozenset.union(*held)
    return out


def _differs(rate: float, usual: float, limit: float) -> bool:
    return max(rate, usual) > limit * min(rate, usual)


def _tells_class(facts: Sequence[Facts], odd: Sequence[Facts]) -> str | None:
    """The one label that all clips of odd rates have, and at least half of that label's clips are such."""
    for task, counts in _clips_of_labels(facts).items():
        labels = {label for one in odd for label in one.labels.get(task, ())}
        if len(labels) == 1 and len(counts) > 1:
            label = labels.pop()
            if len(odd) >= _FEW_CLIPS and 2 * len(odd) >= counts[label]:
                return label
    return None


def _clips_of_labels(facts: Sequence[Facts]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for one in facts:
        for task, labels in one.labels.items():
            counts.setdefault(task, Counter()).update(labels)
    return counts

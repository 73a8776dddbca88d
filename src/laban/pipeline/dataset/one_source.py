"""Clips that seem to be cut from one source but are in different groups: they leak from training to test."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from laban.pipeline.dataset.backgrounds import background_of, pairs_alike
from laban.pipeline.dataset.findings import Finding
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.values import Dataset, Item

_NUMBER = re.compile(
    r"[\s_\-.]*(?:copy|flip|aug|part|seg|clip)?[\s_\-.]*\(?\d+\)?$|[\s_\-.]+(?:copy|flip|aug)$", re.I
)
_COMMON = 0.5
"""A prefix that more than this share of a class has is the name of the class, not of a source."""

_ADVICE = (
    "name the groups (column 'group', or --group), or evaluate with --split blocks; else metrics may be of "
    "people and scenes that were learned from"
)


def one_source(dataset: Dataset, recordings: Recordings) -> Iterator[Finding]:
    """Clips whose names share a prefix and end in a number, and videos with nearly the same background, where they
    are in different groups, or in different parts of the data's own split."""
    by_name = list(_across_groups(dataset, _named_alike(dataset)))
    if by_name:
        yield _finding(dataset, by_name, "names", "by their names seem to be cut")
    by_background = list(_across_groups(dataset, _with_one_background(recordings)))
    if by_background:
        yield _finding(dataset, by_background, "backgrounds", "by their background seem to be cut")


def source_name(name: str) -> str | None:
    """The part of a clip's name before its last number; None where it does not end in one.

    >>> source_name("fight/dQw4w9WgXcQ_03.mp4"), source_name("walk (2).mp4"), source_name("anna.mp4")
    ('dQw4w9WgXcQ', 'walk', None)
    """
    stem = PurePosixPath(name).stem
    found = _NUMBER.search(stem)
    return (stem[: found.start()] or None) if found else None


def _named_alike(dataset: Dataset) -> Iterator[tuple[int, int]]:
    """Each clip with the first of its source; a prefix of a whole class is ignored."""
    keys = [source_name(item.clip.name) for item in dataset.items]
    of_class: dict[tuple[str, str], list[int]] = {}
    for at, item in enumerate(dataset.items):
        for pair in _labels(item):
            of_class.setdefault(pair, []).append(at)
    common: set[str | None] = {None}
    for held in of_class.values():
        counts = Counter(keys[at] for at in held)
        common |= {key for key, count in counts.items() if count > _COMMON * len(held)}
    first: dict[str | None, int] = {}
    for at, key in enumerate(keys):
        if key not in common and first.setdefault(key, at) != at:
            yield first[key], at


def _labels(item: Item) -> set[tuple[str, str]]:
    return {(task, span.label) for task, spans in item.labels.items() for span in spans}


def _with_one_background(recordings: Recordings) -> Iterator[tuple[int, int]]:
    found = {}
    for at, item in enumerate(recordings.dataset.items):
        if item.kind == "video" and item.path is not None and item.path in recordings.places:
            kept = recordings.places[item.path].with_suffix(".background.npy")
            background = background_of(item.path, kept=kept)
            if background is not None:
                found[at] = background
    yield from pairs_alike(found)


def _across_groups(dataset: Dataset, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for one, other in pairs:
        first, second = dataset.items[one], dataset.items[other]
        one_file = first.path is not None and first.path == second.path
        if first.clip.group != second.clip.group and not one_file:
            yield one, other


def _finding(dataset: Dataset, pairs: Sequence[tuple[int, int]], kind: str, how: str) -> Finding:
    sources = joined_pairs(pairs)
    clips = sorted({at for held in sources for at in held})
    shown = " and ".join(dataset.items[at].clip.name for at in pairs[0])
    parted = _parted(dataset, sources)
    if parted:
        end = f"{len(parted)} of these sources are in several parts of the data's split"
    else:
        end = "they are of different groups"
    return Finding(
        f"one-source-by-{kind}",
        "fault" if parted else "warning",
        tuple(dataset.items[at].clip.name for at in clips),
        f"{len(clips)} of {len(dataset.items)} clips {how} from {len(sources)} sources, such as {shown}; {end}",
        _ADVICE,
    )


def _parted(dataset: Dataset, sources: Sequence[set[int]]) -> list[set[int]]:
    def splits(held: set[int]) -> set[str]:
        return {split for at in held if (split := dataset.items[at].clip.split)}

    return [held for held in sources if len(splits(held)) > 1]


def joined_pairs(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Merges pairs that share a clip into one source."""
    of: dict[int, set[int]] = {}
    for one, other in pairs:
        both = of.get(one, {one}) | of.get(other, {other})
        for at in both:
            of[at] = both
    return list({id(held): held for held in of.values()}.values())

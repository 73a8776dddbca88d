"""Clips of one scene as one group, where nothing else tells of groups: seen by their backgrounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from laban.core.arrays import Float32Array
from laban.core.progress import Progress, unheard
from laban.errors import LabanError
from laban.pipeline.dataset.backgrounds import background_of, pairs_alike
from laban.pipeline.dataset.one_source import joined_pairs
from laban.pipeline.dataset.values import Dataset, Item
from laban.pipeline.recording.executor import Threads
from laban.pipeline.recording.identity import data_hash

_LEAST_GROUPS = 2


def tells_groups(dataset: Dataset) -> bool:
    """Whether a name, a table or a pattern gives any clip another group than itself."""
    return any(item.clip.group != item.clip.name for item in dataset.items)


def grouped_by_scene(
    dataset: Dataset,
    *,
    cache: Path | None,
    workers: int = 1,
    progress: Progress | None = None,
    folds: int = 2,
) -> Dataset:
    """The dataset with the videos of one scene as one group, and a note of how many they are; unchanged where
    groups are told.

    Clips are of one scene where their backgrounds are nearly the same (see ``background_of``; each is kept in
    ``cache``). Where the scenes would be too few to test on others in ``folds`` parts, each clip stays a group of
    its own, and a note says so.
    """
    if tells_groups(dataset):
        return dataset
    paths = {at: item.path for at, item in enumerate(dataset.items) if item.kind == "video" and item.path}
    scenes = joined_pairs(pairs_alike(_backgrounds(paths, cache, workers, progress or unheard)))
    if not scenes:
        return dataset
    items = _of_scenes(dataset.items, scenes)
    if not _can_be_tested(items, folds):
        groups = len({item.clip.group for item in items})
        words = (
            f"By their backgrounds the clips are of {groups} scenes, too few to test on others: each clip stays a "
            "group of its own, and metrics are too optimistic for another place."
        )
        return replace(dataset, notes=(*dataset.notes, words))
    return replace(dataset, items=items, notes=(*dataset.notes, _words(dataset.items, scenes)))


@dataclass(frozen=True)
class _BackgroundTask:
    """The background of one video, kept by its content."""

    cache: Path | None

    def __call__(self, path: Path, progress: Progress) -> Float32Array | None:
        try:
            kept = None if self.cache is None else self.cache / f"{data_hash(path)[:24]}.npy"
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
            return background_of(path, kept=kept)
        except (LabanError, OSError):
            return None  # what is wrong with it is told when it is read
        finally:
            progress(1, 1)


def _backgrounds(
    paths: Mapping[int, Path], cache: Path | None, workers: int, progress: Progress
) -> dict[int, Float32Array]:
    places = list(paths)
    found = Threads(workers).map(_BackgroundTask(cache), list(paths.values()), progress=progress)
    return {places[at]: background for at, background in found if background is not None}


def _of_scenes(items: Sequence[Item], scenes: Sequence[set[int]]) -> tuple[Item, ...]:
    first = {at: items[min(scene)].clip.name for scene in scenes for at in scene}
    return tuple(
        replace(item, clip=replace(item.clip, group=first.get(at, item.clip.group)))
        for at, item in enumerate(items)
    )


def _can_be_tested(items: Sequence[Item], folds: int) -> bool:
    """Whether two classes are of two groups each, and there is a group for each fold."""
    groups: dict[str, set[str]] = {}
    for item in items:
        for span in item.spans:
            groups.setdefault(span.label, set()).add(item.clip.group)
    parted = sum(len(held) >= _LEAST_GROUPS for held in groups.values())
    return parted >= _LEAST_GROUPS and len({item.clip.group for item in items}) >= folds


def _words(items: Sequence[Item], scenes: Sequence[set[int]]) -> str:
    first, second = sorted(scenes[0])[:2]
    count = sum(map(len, scenes))
    return (
        f"{count} of {len(items)} clips share {len(scenes)} scenes by their backgrounds, such as "
        f"{items[first].clip.name} and {items[second].clip.name}: the clips of a scene are treated as one group."
    )

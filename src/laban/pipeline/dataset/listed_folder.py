"""A folder of clips with lists that say which are for training and which for the test."""

from collections.abc import Sequence
from pathlib import Path

from laban.errors import InvalidValueError
from laban.models.examples import Clip
from laban.pipeline.dataset.files import NoClipError, kind_of
from laban.pipeline.dataset.folders import DEFAULT_TASK
from laban.pipeline.dataset.split_lists import ListedClip, SplitLists, listed_clips
from laban.pipeline.dataset.values import Item, Skipped, whole_clip

_NAMED = 3


def read_listed(
    folder: Path, lists: SplitLists, *, split: str | None = None
) -> tuple[list[Item], list[Skipped], list[str]]:
    """The clips of ``folder`` that the lists of one split name, wherever they lie in it; see ``open_dataset``.

    ``split`` is the number of the split, the first by default. Clips that are named and not there, or there and
    not named, are told of in the notes. Raises InvalidValueError where none is there.
    """
    number = lists.number(split)
    listed, notes = listed_clips(lists.files[number])
    used = [clip for clip in listed if clip.split is not None]
    found = _Found(folder)
    places = [found.place_of(clip) for clip in used]
    items, skipped, absent = [], [], []
    for clip, place in zip(used, places, strict=True):
        if place is None:
            absent.append(str(clip.path))
        elif isinstance(place, Skipped):
            skipped.append(place)
        else:
            items += _item(folder, clip, place, skipped)
    if not items:
        first = skipped[0].reason if skipped else "they are not there"
        raise InvalidValueError(
            f"{folder}: none of the {len(used)} clips that the lists name can be used: {first}"
        )
    if split is None and len(lists.files) > 1:
        notes.append(f"split {number} of {', '.join(lists.files)} is used; --data-split chooses another")
    notes += _told(absent, f"of {len(used)} clips that the lists name are not there")
    unused = found.others([place for place in places if isinstance(place, Path)])
    notes += _told(unused, f"clips are not used: they are in neither part of split {number or '1'}")
    return items, skipped, notes


class _Found:
    """The files of a folder, by their names without suffix."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_stem: dict[str, list[Path]] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                self._by_stem.setdefault(path.stem.casefold(), []).append(path)

    def place_of(self, clip: ListedClip) -> Path | Skipped | None:
        """The file of a clip; of several the one of exactly that name, and in the folder of its class."""
        held = self._by_stem.get(clip.path.stem.casefold(), [])
        for wanted in (_in_class, _of_name):
            held = [path for path in held if wanted(path, clip)] or held
        held = [path for path in held if path.suffix.lower() != ".txt"]
        if len(held) > 1:
            names = " and ".join(path.relative_to(self._folder).as_posix() for path in held[:2])
            return Skipped(str(clip.path), f"several files have that name: {names}")
        return held[0] if held else None

    def others(self, used: Sequence[Path]) -> list[str]:
        """The files of the same kinds that are not among ``used``."""
        suffixes, taken = {path.suffix for path in used}, set(used)
        return [
            path.relative_to(self._folder).as_posix()
            for paths in self._by_stem.values()
            for path in paths
            if path.suffix in suffixes and path not in taken
        ]


def _in_class(path: Path, clip: ListedClip) -> bool:
    return path.parent.name.casefold() == clip.label.casefold()


def _of_name(path: Path, clip: ListedClip) -> bool:
    return path.name == clip.path.name


def _item(folder: Path, clip: ListedClip, place: Path, skipped: list[Skipped]) -> list[Item]:
    name = place.relative_to(folder).as_posix()
    try:
        kind = kind_of(place)
    except NoClipError as error:
        skipped.append(Skipped(name, str(error)))
        return []
    return [Item(Clip(name, name, clip.split), {DEFAULT_TASK: (whole_clip(clip.label),)}, place, kind=kind)]


def _told(names: Sequence[str], what: str) -> list[str]:
    return [f"{len(names)} {what}, such as {', '.join(names[:_NAMED])}"] if names else []

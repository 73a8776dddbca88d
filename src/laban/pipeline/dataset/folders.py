"""A folder with one folder for each class, perhaps below folders of tasks or splits; or one file for each class."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from laban.errors import InvalidValueError
from laban.models.examples import Clip
from laban.models.training.split import split_of
from laban.pipeline.dataset.files import NoClipError, kind_of
from laban.pipeline.dataset.values import Item, Kind, Skipped, whole_clip

DEFAULT_TASK = "action"
_SOURCE = re.compile(r"v_\w+_\d{2}")
_WANTED = (
    "expected one folder for each class of videos or recordings, or one file of landmarks for each class, "
    "or a table with the columns path and label"
)


@dataclass
class _Found:
    """The contents of the folders."""

    root: Path
    items: list[Item] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(path.relative_to(self.root).as_posix(), reason))


def read_folder(folder: Path) -> tuple[list[Item], list[Skipped]]:
    """The clips in a folder; see ``open_dataset``. Raises InvalidValueError where there are none."""
    found = _Found(folder)
    folders = [path for path in _inside(None, folder) if path.is_dir()]
    _take(found, folder, task=None, split=None)
    _take_files(found, folder, as_classes=not folders)
    if not found.items:
        raise InvalidValueError(f"{folder}: {_WANTED}, found {_what_there_is(found)}")
    return found.items, found.skipped


def _take(found: _Found, folder: Path, *, task: str | None, split: str | None) -> None:
    """The clips below ``folder``, whose folders are classes, tasks or splits."""
    folders = [path for path in _inside(found, folder) if path.is_dir()]
    flat = [path for path in folders if _clips_directly(path)]
    deep = [path for path in folders if path not in flat and _clips_below(path)]
    if flat and deep:
        raise InvalidValueError(
            f"{folder}: {flat[0].name} holds clips and {deep[0].name} holds folders of clips; expected either one "
            "folder for each class, or one for each task and in it one for each class"
        )
    if split is None and _are_splits(flat):
        raise InvalidValueError(
            f"{folder}: {flat[0].name} is the name of a split and holds clips; expected in it one folder for each "
            "class"
        )
    as_splits = split is None and _are_splits(deep)
    for one in deep:
        if as_splits:
            _take(found, one, task=task, split=split_of(one.name))
        elif split is None and _are_splits(_holding_clips(one)):
            _take_class(found, one, task=task, label=one.name)
        elif task is None and (_are_sources(one) or _are_numbers(deep)):
            _take_class(found, one, task=None, label=one.name, split=split)
        elif task is None:
            _take(found, one, task=one.name, split=split)
        else:
            found.skip(one, "a folder without clips")
    for one in folders:
        if one not in deep:
            _take_clips(found, one, task=task, label=one.name, split=split)


def _take_class(
    found: _Found, folder: Path, *, task: str | None, label: str, split: str | None = None
) -> None:
    """A class whose clips lie in a folder for each split, source or number."""
    for path in [path for path in _inside(found, folder) if path.is_dir()]:
        _take_clips(found, path, task=task, label=label, split=split or split_of(path.name))


def _take_clips(found: _Found, folder: Path, *, task: str | None, label: str, split: str | None) -> None:
    before = len(found.items)
    for path, kind in _clips_in(found, folder):
        found.items.append(_item(found.root, path, kind, task=task, label=label, split=split))
    if len(found.items) == before:
        found.skip(folder, "a folder without clips")


def _are_splits(folders: list[Path]) -> bool:
    """Whether all of these folders have names of parts of a split; one other name makes them classes."""
    return bool(folders) and all(split_of(path.name) is not None for path in folders)


def _are_sources(folder: Path) -> bool:
    """Whether the folders of clips in the folder of a class are named as the sources of UCF11 are."""
    held = _holding_clips(folder)
    return bool(held) and all(_SOURCE.fullmatch(path.name) for path in held)


def _are_numbers(folders: list[Path]) -> bool:
    """Whether the folders of clips in several folders are the same numbers, as in UCF Sports: no class is a number
    in several tasks."""
    held = [{path.name for path in _holding_clips(folder)} for folder in folders]
    numbers = all(name.isdecimal() for names in held for name in names)
    return len(held) > 1 and numbers and len(set.union(*held)) < sum(map(len, held))


def _holding_clips(folder: Path) -> list[Path]:
    return [path for path in _folders(folder) if _clips_directly(path)]


def _clips_below(folder: Path, *, levels: int = 2) -> bool:
    """Whether there are clips in the folders within ``folder``, or in those within them."""
    inner = _folders(folder)
    return any(map(_clips_directly, inner)) or (
        levels > 0 and any(_clips_below(path, levels=levels - 1) for path in inner)
    )


def _take_files(found: _Found, folder: Path, *, as_classes: bool) -> None:
    """Files of poses are classes themselves where there are no folders of classes."""
    for path in _inside(None, folder):
        if path.is_dir():
            continue
        try:
            kind = kind_of(path)
        except NoClipError as error:
            found.skip(path, str(error))
            continue
        if as_classes and kind == "recording":
            found.items.append(_item(found.root, path, kind, task=None, label=path.stem, split=None))
        else:
            found.skip(path, f"a {kind} in no folder of a class")


def _clips_in(found: _Found, folder: Path) -> Iterator[tuple[Path, Kind]]:
    """The clips of a class; a video next to its own recording is not taken a second time."""
    kinds: dict[Path, Kind] = {}
    for path in _inside(found, folder):
        try:
            kinds[path] = kind_of(path)
        except NoClipError as error:
            found.skip(path, "a folder within a class" if path.is_dir() else str(error))
    recorded = {path.stem: path for path, kind in kinds.items() if kind == "recording"}
    for path, kind in kinds.items():
        if kind == "video" and path.stem in recorded:
            found.skip(path, f"its poses are taken from {recorded[path.stem].name}")
        else:
            yield path, kind


def _item(root: Path, path: Path, kind: Kind, *, task: str | None, label: str, split: str | None) -> Item:
    name = path.relative_to(root).as_posix()
    labels = {task or DEFAULT_TASK: (whole_clip(label),)}
    return Item(Clip(name, name, split), labels, path, kind=kind)


def _clips_directly(folder: Path) -> bool:
    for path in _inside(None, folder):
        try:
            kind_of(path)
        except NoClipError:
            continue
        return True
    return False


def _folders(folder: Path) -> list[Path]:
    return [path for path in _inside(None, folder) if path.is_dir()]


def _inside(found: _Found | None, folder: Path) -> list[Path]:
    """The entries of a folder, in order, without hidden ones."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise InvalidValueError(
            f"{folder} cannot be read: {error.strerror}; check its permissions"
        ) from error
    hidden = [path for path in paths if path.name.startswith(".") and path.is_dir()]
    if found is not None:
        for path in hidden:
            found.skip(path, "hidden")
    return [path for path in paths if path not in hidden]


def _what_there_is(found: _Found) -> str:
    if not found.skipped:
        return "an empty folder"
    first = found.skipped[0]
    return f"none among {len(found.skipped)} entries (the first, {first.name}, is {first.reason})"

"""Lists of training and test clips beside the clips, as UCF50, UCF101 and HMDB51 publish them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from laban.errors import FormatError, InvalidValueError
from laban.io.delimited import decoded
from laban.models.training.split import split_of

_UCF: Final = re.compile(r"(train|test|val|valid|validation)list[_-]?(\d*)\.txt", re.I)
_HMDB: Final = re.compile(r"(.+)_test_split(\d+)\.txt", re.I)
_PLACES: Final = ("*.txt", "*/*.txt", "*/*/*.txt")
_CLASSES: Final = "classind.txt"
_LINE: Final = re.compile(r"(.+?)(?:[ \t,;]+(\d+))?")
_HMDB_SPLITS: Final = {"0": None, "1": "train", "2": "test"}


@dataclass(frozen=True)
class ListedClip:
    """A clip that a list names: the path that stands there, its class, and its part of the split, None for one that
    is not used."""

    path: PurePosixPath
    label: str
    split: str | None


@dataclass(frozen=True)
class SplitLists:
    """The files of lists by the number of their split, "" where they have none."""

    files: Mapping[str, tuple[Path, ...]]

    def number(self, wanted: str | None) -> str:
        """The number of the split that is ``wanted``, by default the first; raises InvalidValueError for one that
        is not there."""
        if wanted is None:
            return next(iter(self.files))
        found = _plain(re.sub(r"\D", "", wanted))
        if found not in self.files or not wanted.strip():
            names = ", ".join(self.files)
            raise InvalidValueError(
                f"there are lists of the splits {names or 'without a number'}, got {wanted!r}"
            )
        return found


def find_lists(folder: Path) -> SplitLists | None:
    """The lists in ``folder``, or at most two folders below it; None where there are none.

    Raises InvalidValueError where several folders have lists, so that it is not certain which are meant.
    """
    texts = (path for pattern in _PLACES for path in folder.glob(pattern))
    found = sorted(path for path in texts if _number(path) is not None)
    if not found:
        return None
    homes = sorted({path.parent for path in found})
    if len(homes) > 1:
        raise InvalidValueError(
            f"{folder}: lists of clips such as {found[0].name} are in {homes[0].name} and in {homes[1].name}; "
            "leave one of the two"
        )
    numbers = sorted({_number(path) or "" for path in found}, key=lambda one: int(one or 0))
    return SplitLists(
        {number: tuple(path for path in found if _number(path) == number) for number in numbers}
    )


def is_list(path: Path) -> bool:
    """Whether a file is one of such lists, by its name."""
    return _number(path) is not None


def listed_clips(files: Sequence[Path]) -> tuple[list[ListedClip], list[str]]:
    """The clips that the lists of one split name, and notes.

    Raises InvalidValueError for a line that is none of a list, a clip in training and in test, and lists without a
    training or a test part; FormatError for a file that is no text.
    """
    clips: list[ListedClip] = []
    notes: list[str] = []
    for path in files:
        if _HMDB.fullmatch(path.name):
            clips += _of_hmdb(path)
        else:
            more, doubts = _of_ucf(path)
            clips, notes = [*clips, *more], [*notes, *doubts]
    _check_parts(files, clips)
    return _once(clips), notes


def _of_ucf(path: Path) -> tuple[list[ListedClip], list[str]]:
    found = _UCF.fullmatch(path.name)
    split = split_of(found[1] if found else "")
    names = _class_names(path.parent)
    clips, strange = [], []
    for number, listed, code in _lines(path):
        label = listed.parent.name or (names.get(code) if code else None)
        if not label:
            raise InvalidValueError(f"{path}, row {number}: expected CLASS/FILE, got {listed}")
        if code and names.get(code, label) != label:
            strange.append(f"{listed} with {code}, which is {names[code]}")
        clips.append(ListedClip(listed, label, split))
    words = f"{path.name}: {len(strange)} lines name another class in classInd.txt, such as "
    return clips, [f"{words}{strange[0]}; the folder's name is taken"] if strange else []


def _of_hmdb(path: Path) -> Iterator[ListedClip]:
    found = _HMDB.fullmatch(path.name)
    label = found[1] if found else ""
    for number, listed, code in _lines(path):
        if code not in _HMDB_SPLITS:
            raise InvalidValueError(
                f"{path}, row {number}: expected a file and 0, 1 or 2, got {listed} and {code or 'nothing'}"
            )
        yield ListedClip(listed, label, _HMDB_SPLITS[code])


def _lines(path: Path) -> Iterator[tuple[int, PurePosixPath, str | None]]:
    """The number of each line that is not empty, its path and the number behind it."""
    try:
        text, _ = decoded(path.read_bytes())
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line.strip())
        if match:
            yield number, PurePosixPath(match[1].replace("\\", "/")), match[2]


def _class_names(folder: Path) -> dict[str, str]:
    """The classes of classInd.txt by their numbers; none without that file."""
    files = [path for path in folder.iterdir() if path.name.lower() == _CLASSES]
    held = {}
    for path in files:
        for line in decoded(path.read_bytes())[0].splitlines():
            number, _, name = line.strip().partition(" ")
            if number.isdecimal() and name.strip():
                held[number] = name.strip()
    return held


def _check_parts(files: Sequence[Path], clips: Sequence[ListedClip]) -> None:
    held = {clip.split for clip in clips}
    if "train" not in held or not held & {"test", "validation"}:
        absent = "training" if "train" not in held else "test"
        raise InvalidValueError(
            f"{files[0].parent}: {files[0].name} and the lists of its split name no clips of the {absent} part"
        )


def _once(clips: Sequence[ListedClip]) -> list[ListedClip]:
    """Each clip once; raises InvalidValueError for one in two parts."""
    held: dict[tuple[str, str], ListedClip] = {}
    for clip in clips:
        other = held.setdefault((clip.label, clip.path.stem), clip)
        if other.split != clip.split:
            raise InvalidValueError(
                f"{clip.path} is in the {other.split} and in the {clip.split} list of one split; correct the lists"
            )
    return list(held.values())


def _number(path: Path) -> str | None:
    """The number of a list's split without leading zeros, "" without one; None for another file."""
    match = _UCF.fullmatch(path.name) or _HMDB.fullmatch(path.name)
    return None if match is None else _plain(match[2])


def _plain(number: str) -> str:
    return number.lstrip("0") or number[:1]

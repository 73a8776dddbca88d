"""From what a person typed to the sources that are meant, and to where each result goes."""

import glob
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from laban.errors import InvalidValueError, OutputError, SourceError
from laban.sources.containers import demuxer_of, read_head

VIDEO_SUFFIXES = frozenset([".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts"])
IMAGE_SUFFIXES = frozenset([".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"])
_OWN_RESULT = ".overlay.mp4"


@dataclass(frozen=True)
class Input:
    """One source, and its place below the folder or pattern that named it."""

    path: Path
    relative: Path

    def __str__(self) -> str:
        return str(self.path)


def expand_sources(sources: Iterable[str | Path]) -> list[Path]:
    """The paths that ``sources`` mean: see ``expand_inputs``."""
    return [one.path for one in expand_inputs(sources)]


def expand_inputs(sources: Iterable[str | Path]) -> list[Input]:
    """Every file that ``sources`` mean, each once, in order.

    A folder means the videos in it and below it, or itself where it holds pictures only; a pattern means
    what it matches. Anything else is taken as it is, whether there is such a file or not, for the reader to
    judge. Raises SourceError where a folder holds nothing to read or a pattern matches nothing; one of several
    such is left for the reader to refuse, so that the others are not lost.
    """
    named = [str(source) for source in sources]
    found = [one for source in named for one in _expanded(source, alone=len(named) == 1)]
    return list({one.path.absolute(): one for one in found}.values())


def output_paths(inputs: Sequence[Input], folder: Path, *, suffix: str) -> list[Path]:
    """Where the result of each input goes in ``folder``, laid out as the inputs are.

    Inputs that differ only in their suffix keep it in the name. Raises InvalidValueError where two results
    would still have one name.
    """
    short = [folder / one.relative.with_suffix(suffix) for one in inputs]
    long = [folder / one.relative.with_name(one.relative.name + suffix) for one in inputs]
    times = Counter(short)
    chosen = [brief if times[brief] == 1 else full for brief, full in zip(short, long, strict=True)]
    for path, count in Counter(chosen).items():
        if count > 1:
            clash = " and ".join(
                str(one) for one, target in zip(inputs, chosen, strict=True) if target == path
            )
            raise InvalidValueError(
                f"{clash} would both be written to {path}; give them one at a time, each its own -o"
            )
    return chosen


def check_poses(path: Path) -> None:
    """Raises SourceError where a file of poses was expected and ``path`` is empty, or is a video or picture."""
    if not path.is_file():
        return
    head = read_head(path)
    if demuxer_of(head) is not None or path.suffix.lower() in IMAGE_SUFFIXES:
        raise SourceError(f"{path} holds pictures, expected poses; `laban extract {path}` finds them first")


def check_output_folder(folder: Path) -> None:
    """Raises OutputError, before any work is done, where ``folder`` is none or nothing can be written in it."""
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise OutputError(f"{nearest} is a file, expected a folder for the results; name another with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"nothing can be written in {nearest}; name another folder with -o")


def _expanded(source: str, *, alone: bool) -> list[Input]:
    path = Path(source)
    try:
        if path.is_dir():
            return _in_folder(path)
        if glob.has_magic(source) and not path.exists():
            return _matching(source)
    except SourceError:
        if alone:
            raise
    return [Input(path, Path(path.resolve().name))]


def _in_folder(folder: Path) -> list[Input]:
    files = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path.relative_to(folder))
    ]
    videos = [
        path
        for path in files
        if path.suffix.lower() in VIDEO_SUFFIXES and not path.name.endswith(_OWN_RESULT)
    ]
    if videos:
        return [Input(path, path.relative_to(folder)) for path in videos]
    if any(path.suffix.lower() in IMAGE_SUFFIXES for path in files):
        return [Input(folder, Path(folder.resolve().name))]
    known = " ".join(sorted(VIDEO_SUFFIXES))
    raise SourceError(
        f"{folder}: expected videos in this folder ({known}), found none; name a file or another folder"
    )


def _matching(pattern: str) -> list[Input]:
    paths = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    files = [path for path in paths if path.is_file()]
    if not files:
        raise SourceError(f"{pattern}: no file matches this pattern; check the folder and the suffix")
    base = _fixed_part(pattern)
    return [Input(path, path.relative_to(base)) for path in files]


def _fixed_part(pattern: str) -> Path:
    """The folder before the first part with a wildcard in it."""
    parts = Path(pattern).parts
    count = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:count])


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)

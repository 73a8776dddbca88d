"""Resolves typed sources to files, and each file to the path of its result."""

import glob
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from laban.cli.left_out import left_out_words
from laban.cli.standard_input import NAME, STDIN, spooled
from laban.errors import InvalidValueError, OutputError, SourceError
from laban.sources.containers import absence, address_in, demuxer_of, is_still, read_head
from laban.sources.image import IMAGE_SUFFIXES, is_image_name

_COMMON = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".m2t", ".3gp", ".3g2")
_OLDER = (".wmv", ".asf", ".flv", ".f4v", ".mpg", ".mpeg", ".mpe", ".m2v", ".vob", ".dv", ".gif", ".apng")
_RAW = (".h264", ".264", ".avc", ".hevc", ".h265", ".265")
VIDEO_SUFFIXES = frozenset([*_COMMON, *_OLDER, *_RAW])
_FILE_SUFFIXES = VIDEO_SUFFIXES.union(
    IMAGE_SUFFIXES,
    (".parquet", ".json", ".jsonl", ".csv", ".html", ".vtt", ".txt", ".tflite", ".toml", ".pdf"),
)
_OWN_RESULT = ".overlay.mp4"

Notify = Callable[[str], None]


@dataclass(frozen=True)
class Input:
    """One source, and its path relative to the folder or pattern that named it.

    ``given`` is the name to show. ``ambiguity`` says why it cannot be read unless the user says what it is.
    """

    path: Path
    relative: Path
    given: str | None = None
    ambiguity: str | None = None

    def __str__(self) -> str:
        return self.given or str(self.path)


def expand_sources(sources: Iterable[str | Path]) -> list[Path]:
    """The paths that ``sources`` stand for: see ``expand_inputs``."""
    return [one.path for one in expand_inputs(sources)]


def expand_inputs(
    sources: Iterable[str | Path], *, notify: Notify | None = None, both: bool = False
) -> list[Input]:
    """Every file that ``sources`` stand for, each once, in order.

    A folder stands for the videos in it and below it, or, if there are none, for each folder of images; with
    ``both`` for all of these. A pattern stands for what it matches, ``-`` for standard input. Anything else is
    passed on unchanged, whether or not the file exists; reading it will fail with a reason. ``notify`` receives one
    line for each folder on what is left out of it. Raises SourceError if a folder holds nothing to read, a pattern
    matches nothing or a source is an address; among several sources such a one is passed on, so that the others are
    still read.
    """
    named = [str(source) for source in sources]
    heard = notify or _unheard
    found = [
        one for source in named for one in _expanded(source, alone=len(named) == 1, notify=heard, both=both)
    ]
    return list({one.path.absolute(): one for one in found}.values())


def output_paths(inputs: Sequence[Input], folder: Path, *, suffix: str) -> list[Path]:
    """The path of each input's result in ``folder``, laid out as the inputs are.

    Inputs that differ only in their suffix keep it in the name. Raises InvalidValueError if two results would still
    share a name.
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
    """Raises SourceError if ``path`` is empty, a video, an image or an address instead of a file of poses."""
    if not path.exists() and address_in(str(path)) is not None:
        raise SourceError(absence(path))
    if not path.is_file():
        return
    head = read_head(path)
    if demuxer_of(head) is not None or is_still(head) or path.suffix.lower() in IMAGE_SUFFIXES:
        raise SourceError(f"{path} holds images, expected poses; `laban extract {path}` finds them first")


def check_output_folder(folder: Path) -> None:
    """Raises before any work is done: OutputError if ``folder`` is not a folder or not writable, InvalidValueError
    if its name is that of a file.
    """
    if folder.suffix.lower() in _FILE_SUFFIXES and not folder.exists():
        raise InvalidValueError(
            f"-o names a folder for the results here, got a file, {folder}; leave out its suffix"
        )
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise OutputError(f"{nearest} is a file, expected a folder for the results; name another with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"nothing can be written in {nearest}; name another folder with -o")


def _expanded(source: str, *, alone: bool, notify: Notify, both: bool) -> list[Input]:
    path = Path(source)
    try:
        if source == STDIN:
            spool = spooled()
            return [Input(spool, Path(spool.name), NAME)]
        if path.is_dir():
            return _in_folder(path, notify, both=both)
        if address_in(source) is not None and not path.exists():
            raise SourceError(absence(Path(source)))
        if glob.has_magic(source) and not path.exists():
            return _matching(source, notify)
    except SourceError:
        if alone or source == STDIN:
            raise
    return [Input(path, Path(_name(path)), address_in(source))]


def _name(path: Path) -> str:
    """The name as given, also of a link; for ``.`` and ``..`` the name of the folder they stand for."""
    return path.name if path.name not in ("", "..") else path.resolve().name


def _in_folder(folder: Path, notify: Notify, *, both: bool) -> list[Input]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    seen = [path for path in files if not _hidden(path.relative_to(folder))]
    videos = [path for path in seen if _is_video(path)]
    images = [path for path in seen if is_image_name(path)]
    if videos and not both:
        images = []
    used = [*videos, *images]
    left = left_out_words(seen, used=used)
    if not used:
        known = " ".join(sorted(VIDEO_SUFFIXES))
        held = f"; it holds {left}" if left else ""
        if "of poses" in left:
            held += f", which a pattern names to what reads poses, as '{folder}/*.parquet'"
        raise SourceError(
            f"{folder}: expected videos in this folder ({known}), found none{held}; name a file or another folder"
        )
    if left:
        counts = {"video": len(videos), "image": len(images)}
        kinds = " and ".join(_counted(count, kind) for kind, count in counts.items() if count)
        notify(f"{folder}: a folder stands for the {kinds} in it; left out: {left}")
    return [
        *(Input(path, path.relative_to(folder)) for path in videos),
        *(_image_folder(one, folder) for one in sorted({path.parent for path in images})),
    ]


def _image_folder(inner: Path, folder: Path) -> Input:
    relative = inner.relative_to(folder)
    return Input(inner, relative if relative.name else Path(_name(folder)))


def _is_video(path: Path) -> bool:
    """Decided by the suffix; ``.ts`` is as often TypeScript as video, so its content decides."""
    if path.suffix.lower() not in VIDEO_SUFFIXES or path.name.endswith(_OWN_RESULT):
        return False
    return path.suffix.lower() != ".ts" or path.stat().st_size == 0 or demuxer_of(read_head(path)) is not None


def _matching(pattern: str, notify: Notify) -> list[Input]:
    paths = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    files = [path for path in paths if path.is_file()]
    if not files:
        raise SourceError(f"{pattern}: no file matches this pattern; check the folder and the suffix")
    folders = len(paths) - len(files)
    if folders and "**" not in pattern:
        notify(f"{pattern}: {_counted(folders, 'folder')} that it matches left out; name a folder by itself")
    base = _fixed_part(pattern)
    return [Input(path, path.relative_to(base)) for path in files]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _fixed_part(pattern: str) -> Path:
    """The folder before the first part with a wildcard in it."""
    parts = Path(pattern).parts
    count = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:count])


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _unheard(_: str) -> None: ...

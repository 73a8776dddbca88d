"""One line on the files of a folder that are not read."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from laban.sources.image import IMAGE_SUFFIXES, OWN_DRAWINGS

_MOST_SUFFIXES = 4
_OTHER = "other file"
_DRAWN = (".overlay.mp4", *OWN_DRAWINGS)
_POSES = frozenset([".parquet", ".trc", ".pkl", ".npy", ".npz"])


def left_out_words(files: Sequence[Path], *, used: Collection[Path]) -> str:
    """The files of a folder that are not ``used``, counted by kind; empty if all are.

    >>> left_out_words([Path("a.mp4"), Path("b.jpg"), Path("c.txt")], used=[Path("a.mp4")])
    '1 image, 1 other file (.txt)'
    """
    kept = set(used)
    left = [(path, _kind(path)) for path in files if path not in kept]
    others = Counter(path.suffix.lower() or path.name for path, kind in left if kind == _OTHER)
    kinds = Counter(kind for _, kind in left)
    words = [_counted(kind, count) for kind, count in sorted(kinds.items()) if kind != _OTHER]
    if others:
        words.append(_counted(_OTHER, kinds[_OTHER]) + _named(others))
    return ", ".join(words)


def _kind(path: Path) -> str:
    if path.name.endswith(_DRAWN):
        return "drawing by Laban"
    suffix = path.suffix.lower()
    return "image" if suffix in IMAGE_SUFFIXES else "file of poses" if suffix in _POSES else _OTHER


def _counted(kind: str, count: int) -> str:
    head, _, tail = kind.partition(" ")
    plural = f"{head}s {tail}" if tail.startswith(("of ", "by ")) else f"{kind}s"
    return f"{count} {kind if count == 1 else plural}"


def _named(counts: Counter[str]) -> str:
    named = [suffix for suffix, _ in counts.most_common(_MOST_SUFFIXES)]
    more = ["…"] if len(counts) > _MOST_SUFFIXES else []
    return f" ({', '.join([*named, *more])})"

"""Equal or nearly equal images: redundant within one split, a leak across two."""

from collections.abc import Iterator, Sequence

import numpy as np

from laban.core.arrays import IntArray
from laban.pipeline.image.findings import ImageAuditSettings
from laban.pipeline.image.scan import Seen
from laban.pipeline.image.values import LabelledImage, Problem

_BLOCK = 1024
_PLAIN = 1e-3


def duplicates(seen: Sequence[Seen], settings: ImageAuditSettings) -> Iterator[Problem]:
    """Files that are the same byte for byte, and images that look the same."""
    read = [one for one in seen if one.refused is None]
    same: dict[str, list[Seen]] = {}
    for one in read:
        same.setdefault(one.sha256, []).append(one)
    for held in same.values():
        if len(held) > 1:
            yield from _told([one.image for one in held], "duplicate", "are the same")
    for first, second in _alike(read, settings.alike):
        one, other = read[first], read[second]
        if one.sha256 != other.sha256:
            yield from _told([one.image, other.image], "near-duplicate", "look the same")


def _told(images: Sequence[LabelledImage], kind: str, words: str) -> Iterator[Problem]:
    names = " and ".join(image.name for image in images[:3])
    splits = sorted({image.split for image in images if image.split})
    labels = sorted({image.label for image in images if image.label})
    item = images[-1].name
    if len(labels) > 1 and kind == "duplicate":
        yield Problem(
            "duplicate-labels-differ", item, f"{names} {words} and are called {' and '.join(labels)}"
        )
    if len(splits) > 1:
        yield Problem(f"{kind}-across-splits", item, f"{names} {words}, in {' and '.join(splits)}")
    else:
        yield Problem(kind, item, f"{names} {words}")


def _alike(seen: Sequence[Seen], least: float) -> Iterator[tuple[int, int]]:
    """Pairs of images with at least this correlation, each second one once, with the first that it resembles."""
    held = [one.thumbnail for one in seen if one.thumbnail is not None]
    if len(held) < 2:
        return
    values = np.stack(held)
    values[np.linalg.norm(values, axis=1) < 1 - _PLAIN] = 0  # of one colour: similarity means nothing
    for start in range(0, len(values), _BLOCK):
        near = values[start : start + _BLOCK] @ values.T
        for row, column in _first_of_each(near, start, least):
            yield column, row


def _first_of_each(near: np.ndarray, start: int, least: float) -> Iterator[tuple[int, int]]:
    for offset, line in enumerate(near):
        row = start + offset
        found: IntArray = np.flatnonzero(line[:row] >= least)
        if len(found):
            yield row, int(found[0])

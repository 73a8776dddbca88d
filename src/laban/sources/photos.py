"""Whether the images of a folder are frames of a video or separate photos.

Read as a video, photos of several people become one person who jumps; read as photos, a video loses its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.errors import LabanError
from laban.sources.image import read_image
from laban.sources.jpeg import taken_at
from laban.sources.limits import Limits
from laban.sources.numbered_frames import clock_times, frame_numbers

_PAIRS, _SIDE_PX = 8, 48
_ALIKE, _UNLIKE = 0.95, 0.5
_LONG_S = 1.0
_ONE_SIZE, _MOST, _EVEN, _UPPER = 0.8, 0.5, 0.7, 75


@dataclass(frozen=True)
class FolderKind:
    """``is_film``: True for frames, False for photos, None where it is unclear; ``why`` in words."""

    is_film: bool | None
    why: str


def kind_of_images(paths: Sequence[Path], *, limits: Limits | None = None) -> FolderKind:
    """Whether images in natural order are frames or photos. The first of these that applies decides:

    one image is a photo; images of several sizes are photos; images taken more than a second apart, by their names
    or by the camera, are photos; images whose names are timed or numbered in even steps, as programs name frames,
    and whose neighbours look much alike are a video; images that look different are photos, as are those with
    camera names or without numbers. Otherwise it is unclear.
    """
    if len(paths) < 2:
        return FolderKind(False, "there is one image")
    small = {path: _thumbnail(path, limits or Limits()) for path in _spread(paths)}
    seen = [one for one in small.values() if one is not None]
    if not _of_one_size(seen):
        return FolderKind(False, "their sizes differ")
    clock_s = clock_times(paths)
    step_s = _median_step_s(list(small)) if clock_s is None else float(np.median(np.diff(clock_s)))
    if clock_s is not None and step_s is not None and step_s <= _LONG_S:
        return _by_likeness(_likeness(seen), named="timed by their names")
    if step_s is not None and step_s >= _LONG_S:
        return FolderKind(False, f"they were taken {step_s:.0f} s apart")
    alike = _likeness(seen)
    if alike < _UNLIKE:
        return FolderKind(False, "neighbours show different things")
    if not _is_numbered_run(paths):
        return FolderKind(False, "their names are not those of frames")
    return _by_likeness(alike, named="numbered")


def _by_likeness(alike: float, *, named: str) -> FolderKind:
    """What images are whose names are those of frames."""
    if alike < _UNLIKE:
        return FolderKind(False, "neighbours show different things")
    if alike >= _ALIKE:
        return FolderKind(True, f"they are {named} and neighbours are alike")
    return FolderKind(None, f"they are {named} as frames are, but neighbours differ")


@dataclass(frozen=True)
class _Small:
    """A small grey version of an image, and its size."""

    grey: ImageArray
    size_wh: tuple[int, int]


def _spread(paths: Sequence[Path]) -> list[Path]:
    """Neighbours from all over the folder: images at even distances, and the one after each."""
    starts = np.unique(np.linspace(0, len(paths) - 2, min(_PAIRS, len(paths) - 1)).astype(int))
    return [paths[index] for index in sorted({*starts.tolist(), *(starts + 1).tolist()})]


def _thumbnail(path: Path, limits: Limits) -> _Small | None:
    try:
        image = read_image(path, limits=limits)
    except LabanError:
        return None
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    return _Small(np.asarray(small, np.uint8), (image.shape[1], image.shape[0]))


def _of_one_size(seen: Sequence[_Small]) -> bool:
    """Whether nearly all are true: a stray thumbnail does not turn a video into photos."""
    sizes = [one.size_wh for one in seen]
    return not sizes or max(sizes.count(size) for size in sizes) >= _ONE_SIZE * len(sizes)


def _likeness(seen: Sequence[_Small]) -> float:
    """The correlation of neighbours, 1 for equal images. Distant frames differ, so the upper half counts."""
    values = [_correlation(one.grey, two.grey) for one, two in pairwise(seen)]
    return float(np.percentile(values, _UPPER)) if values else 1.0


def _correlation(one: ImageArray, two: ImageArray) -> float:
    first, second = (np.float64(image) - float(image.mean()) for image in (one, two))
    norm = float(np.sqrt((first**2).sum() * (second**2).sum()))
    if norm == 0:
        return 0.0 if first.any() or second.any() else 1.0
    return float((first * second).sum()) / norm


def _median_step_s(paths: Sequence[Path]) -> float | None:
    """Seconds between the times that cameras noted; None where most images have none."""
    moments = [moment for moment in map(taken_at, paths) if moment is not None]
    if len(moments) < max(2, len(paths) * _MOST):
        return None
    steps = [abs((later - earlier).total_seconds()) for earlier, later in pairwise(moments)]
    return float(np.median(steps))


def _is_numbered_run(paths: Sequence[Path]) -> bool:
    """Whether names differ by one number alone that goes up in mostly even steps."""
    numbers = frame_numbers(paths)
    if numbers is None:
        return False
    steps = np.diff(numbers)
    return bool((steps == np.median(steps)).mean() >= _EVEN)

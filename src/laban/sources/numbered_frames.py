"""Numbers in the names of images: a clock, or a count of frames in which gaps stay gaps."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.name_clock import clock_of_names

# How cameras and messengers number photos, which are not frames.
_CAMERA = re.compile(r"(?i)^(img|dsc|dscn|dscf|pxl|imag|mvimg|photo|p\d|whatsapp|screenshot|signal)[-_ ]?")
_NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d{1,15})(?P<after>\D*)$")
_LONGEST_STEP = 7


def frame_numbers(paths: Sequence[Path]) -> IntArray | None:
    """The number in each name, where names differ by one number alone that rises; None where they do not.

    >>> frame_numbers([Path("a_000.png"), Path("a_006.png"), Path("a_018.png")])
    array([ 0,  6, 18])
    """
    found = [_NUMBERED.match(path.stem) for path in paths]
    named = [one for one in found if one is not None]
    if not paths or len(named) < len(paths) or any(_CAMERA.match(path.stem) for path in paths):
        return None
    if len({(one["before"], one["after"]) for one in named}) > 1:
        return None
    numbers = np.array([int(one["number"]) for one in named], dtype=np.int64)
    return numbers if (np.diff(numbers) > 0).all() else None


class ImageTimes(NamedTuple):
    """(T,) seconds from the first image, ``said`` where they are not obvious, and whether ``by_clock``."""

    times_s: Float64Array
    said: str | None
    by_clock: bool = False


def clock_times(paths: Sequence[Path]) -> Float64Array | None:
    """(T,) seconds by the clock in the names; None where they have none, or two have the same time.

    >>> clock_times([Path("door_2024-05-01_12-59-59.5.jpg"), Path("door_2024-05-01_13-00-00.0.jpg")])
    array([0. , 0.5])
    """
    return _clock(paths)[0]


def image_times(paths: Sequence[Path], *, fps: float) -> ImageTimes:
    """When images were taken, by their names.

    The clock in the names, where each has a time of its own. Else the number in the name ÷ ``fps`` if it counts
    frames: one by one, or in steps that are multiples of the shortest. Other numbers, such as milliseconds, and
    names without one only give the order, at ``fps`` a second.
    """
    clock_s, doubt = _clock(paths)
    if clock_s is not None:
        return ImageTimes(clock_s, "images are timed by the clock in their names", by_clock=True)
    times_s, said = _numbered_times(paths, fps=fps)
    return ImageTimes(times_s, doubt or said)


def _clock(paths: Sequence[Path]) -> tuple[Float64Array | None, str | None]:
    """The times, and a warning where numbers may be a clock; neither for the names that cameras give photos."""
    if any(_CAMERA.match(path.stem) for path in paths):
        return None, None
    clock, doubt = clock_of_names([path.stem for path in paths])
    if clock is None or not clock.is_fine:
        return None, doubt
    return clock.times_s - clock.times_s.min(), None


def _numbered_times(paths: Sequence[Path], *, fps: float) -> tuple[Float64Array, str | None]:
    numbers = frame_numbers(paths)
    steps = np.diff(numbers) if numbers is not None else np.array([], dtype=np.int64)
    if numbers is None or len(steps) == 0 or (steps == 1).all():
        return np.arange(len(paths)) / fps, None
    shortest = int(steps.min())
    if shortest > _LONGEST_STEP and (steps % shortest != 0).any():
        return np.arange(len(paths)) / fps, (
            f"the numbers in the names of the images do not count frames; they are taken in order, {fps:g} a second"
        )
    gaps = "" if (steps == shortest).all() else ", with gaps"
    every = "one by one" if shortest == 1 else f"in steps of {shortest}"
    return (numbers - numbers[0]) / fps, (
        f"images are timed by the numbers in their names, {every}{gaps}, at {fps:g} frames a second"
    )

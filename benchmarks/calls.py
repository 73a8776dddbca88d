"""The cost of one update of a live stream: calls into our own code, and processor time.

Calls are those that ``sys.setprofile`` reports: every function of ours that is entered, and every step of a
generator expression. They do not depend on the machine, and are most of what a frame costs beside NumPy.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import laban
from benchmarks.recognition.speed import one_core
from benchmarks.rows import Row, row
from laban.core.arrays import Float64Array

_OURS = str(Path(laban.__file__).parent)
_WARM_UP, _RUNS = 10, 3

Update = Callable[[int], object]
"""Takes the next frame of a stream, given its number."""


def calls_of(update: Update, *, frames: int) -> list[int]:
    """How many calls into our own code each of the first frames of a stream makes."""
    counted: list[int] = []

    def notice(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_OURS):
            counted[-1] += 1

    for index in range(frames):
        counted.append(0)
        sys.setprofile(notice)
        try:
            update(index)
        finally:
            sys.setprofile(None)
    return counted


def update_rows(what: str, new_stream: Callable[[], Update], *, frames: int, first_calls: int) -> list[Row]:
    """The calls of an update, compared with the ``first_calls`` of the first version, and its time on one core.

    The first frames, which set up the stream, are left out.
    """
    calls = float(np.median(calls_of(new_stream(), frames=frames)[_WARM_UP:]))
    times_ms = min(
        (_times_ms(new_stream(), frames) for _ in range(_RUNS)), key=lambda one: float(np.median(one))
    )
    return [
        row(f"{what}: calls into our own code, median", calls, ""),
        row(f"{what}: fewer calls than the first {first_calls}", first_calls / calls, "times", at_least=4.0),
        row(f"{what}: processor time, median", float(np.median(times_ms)), "ms"),
        row(f"{what}: processor time, p95", float(np.percentile(times_ms, 95)), "ms"),
    ]


def _times_ms(update: Update, frames: int) -> Float64Array:
    times_ms = []
    with one_core():
        for index in range(frames):
            began_s = time.thread_time()
            update(index)
            times_ms.append(1000 * (time.thread_time() - began_s))
    return np.array(times_ms[_WARM_UP:])

"""Repetitions counted by ``find_repetitions`` with its defaults, against counts by hand (truth/repetitions.json).

The truth holds for each clip how it was counted, and which clips were left out and why. Most show one repetition or
three: Penn Action's clips are cut so. Therefore each of its cyclic exercises is also played four times in a row,
which must give four times as many.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.coaching.movements import person_in
from benchmarks.machine import ROOT
from benchmarks.rows import Row, row
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.tasks.comparison.repetitions import find_repetitions

_TRUTH = ROOT / "benchmarks" / "truth" / "repetitions.json"
_TIMES = 4
_FPS = 30.0
_ONE_WAY = "clean_and_jerk"  # ends elsewhere than it begins, so that it cannot be repeated


def counting_rows() -> list[Row]:
    """Exact, and within one, on every clip that was counted; and four in a row."""
    clips: list[dict[str, Any]] = json.loads(_TRUTH.read_text(encoding="utf-8"))["clips"]
    counts = {one["clip"]: count_of(person_in(one["clip"])) for one in clips}
    off = np.array([counts[one["clip"]] - one["count"] for one in clips])
    wrong = {
        one["clip"]: [counts[one["clip"]], one["count"]]
        for one in clips
        if counts[one["clip"]] != one["count"]
    }
    return [
        row(
            "repetitions counted as by hand: exact",
            100 * _share(off, 0),
            "%",
            at_least=90,
            clips=len(clips),
            wrong=wrong,
        ),
        row("repetitions counted as by hand: within one", 100 * _share(off, 1), "%", at_least=100),
        *_repeated_rows(clips),
    ]


def _repeated_rows(clips: Sequence[dict[str, Any]]) -> list[Row]:
    cyclic = [one for one in clips if one["clip"].startswith("penn_action/") and one["movement"] != _ONE_WAY]
    off = np.array([count_of(_in_a_row(person_in(one["clip"]))) - _TIMES * one["count"] for one in cyclic])
    return [
        row(f"the cyclic ones played {_TIMES} times in a row: exact", 100 * _share(off, 0), "%"),
        row(f"the cyclic ones played {_TIMES} times in a row: within one", 100 * _share(off, 1), "%"),
    ]


def count_of(sequence: PoseSequence) -> int:
    """How many are found; none where the person cannot be measured."""
    try:
        return len(find_repetitions(sequence))
    except InvalidValueError:
        return 0


def _in_a_row(sequence: PoseSequence) -> PoseSequence:
    points = np.concatenate([np.asarray(sequence.image_px)] * _TIMES)
    return PoseSequence(
        np.arange(len(points)) / _FPS,
        sequence.skeleton,
        np.concatenate([sequence.visibility] * _TIMES),
        image_px=points,
        size_wh=sequence.size_wh,
    )


def _share(off: np.ndarray, most: int) -> float:
    return float((np.abs(off) <= most).mean())

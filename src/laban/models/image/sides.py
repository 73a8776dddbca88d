"""Classes with a side, such as left and right: what each becomes in a mirror."""

import re
from collections.abc import Sequence

import numpy as np

from laban.core.arrays import IntArray

_NEVER = -1
# A whole word, or a capitalised one within a name written LikeThis: "upright" has no side.
_SIDE = re.compile(
    r"(?<![a-z])(?:left|right)(?![a-z])|(?<![A-Z])(?:LEFT|RIGHT)(?![A-Z])|(?:Left|Right)(?![a-z])"
)
_OTHER = {"left": "right", "right": "left"}


def mirrored_labels(labels: Sequence[str]) -> IntArray:
    """(K,) what each class becomes in a mirror; -1 for one whose other side is no class, so that its images must
    not be mirrored.

    >>> mirrored_labels(["upright", "lean_left", "lean_right", "left_arm_up"]).tolist()
    [0, 2, 1, -1]
    """
    places = {label: index for index, label in enumerate(labels)}
    return np.array([places.get(_mirrored(label), _NEVER) for label in labels], dtype=np.int64)


def _mirrored(label: str) -> str:
    return _SIDE.sub(lambda side: _as_written(_OTHER[side[0].lower()], side[0]), label)


def _as_written(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word

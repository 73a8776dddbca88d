"""Matches found people with true ones, one to one, by boxes.

A found person may stand for a true one where the middle of its torso (moved into the image where a person is cut
off by its edge) lies in the true box and the two boxes overlap by a quarter (intersection over union). Pairs are
given so that their overlaps sum to the most, each true and each found person once; so a second skeleton on one body
stays over. What stays over is a ghost, unless half of its box lies in a region that was marked as uncertain, where
nobody can say who is there: that counts neither way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float64Array
from laban.core.pose import Pose

MIN_IOU = 0.25
MIN_HEIGHT_SHARE = 0.12
_MIN_INSIDE = 0.5
_MIN_VISIBILITY = 0.2
_MIN_POINTS = 6
_TORSO = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")

Kind = Literal["clear", "hard", "uncertain"]


@dataclass(frozen=True)
class Truth:
    """A person in an image, by eye: ``clear``, ``hard`` (mostly hidden), or ``uncertain`` (or a crowd)."""

    person: str
    box_xyxy_px: tuple[float, float, float, float]
    kind: Kind = "clear"


@dataclass(frozen=True, eq=False)
class Found:
    """A person that was found: the box (4,) round its landmarks and the middle (2,) of its torso, in pixels."""

    box_xyxy_px: Float64Array
    centre_px: Float64Array


@dataclass(frozen=True)
class Counts:
    """Person-frames: the ``wanted`` are clear and tall enough; ``found`` leaves out what is uncertain."""

    wanted: int = 0
    hits: int = 0
    found: int = 0
    ghosts: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.wanted + other.wanted,
            self.hits + other.hits,
            self.found + other.found,
            self.ghosts + other.ghosts,
        )

    @property
    def recall(self) -> float:
        """Share of the wanted that were found; 1 where nobody is wanted.

        >>> Counts(wanted=4, hits=3).recall
        0.75
        """
        return self.hits / self.wanted if self.wanted else 1.0

    @property
    def ghost_share(self) -> float:
        """Share of ghosts among those found; 0 where nobody was."""
        return self.ghosts / self.found if self.found else 0.0


@dataclass(frozen=True)
class Verdict:
    """Of one image: (true, found) pairs, and the found that are ghosts, by position."""

    pairs: tuple[tuple[int, int], ...]
    ghosts: tuple[int, ...]


def found_in(pose: Pose, *, size_wh: tuple[int, int]) -> Found:
    """The box and middle of a pose within the image, its guessed landmarks left out where enough remain."""
    points = pose.image_px.astype(np.float64)
    seen = points[pose.visibility >= _MIN_VISIBILITY]
    seen = seen if len(seen) >= _MIN_POINTS else points
    inside = np.clip(seen, 0, size_wh)
    torso = points[[pose.skeleton.names.index(name) for name in _TORSO]]
    return Found(
        np.concatenate([inside.min(axis=0), inside.max(axis=0)]), np.clip(torso.mean(axis=0), 0, size_wh)
    )


def evaluate(truths: Sequence[Truth], found: Sequence[Found]) -> Verdict:
    """Who was found and who is a ghost, by the rule of this module."""
    certain = [index for index, one in enumerate(truths) if one.kind != "uncertain"]
    pairs = tuple((certain[row], column) for row, column in _pairs([truths[i] for i in certain], found))
    over = set(range(len(found))) - {column for _, column in pairs}
    ghosts = tuple(column for column in sorted(over) if not _is_uncertain(found[column], truths))
    return Verdict(pairs, ghosts)


def count(
    truths: Sequence[Truth], found: Sequence[Found], *, height_px: int, with_hard: bool = False
) -> Counts:
    """The counts of one image; people below 12 % of its height and hard ones are not wanted, but no ghosts."""
    verdict = evaluate(truths, found)
    wanted = {
        index
        for index, one in enumerate(truths)
        if (one.kind == "clear" or (with_hard and one.kind == "hard")) and is_tall(one, height_px=height_px)
    }
    hits = sum(row in wanted for row, _ in verdict.pairs)
    return Counts(len(wanted), hits, len(verdict.pairs) + len(verdict.ghosts), len(verdict.ghosts))


def is_tall(truth: Truth, *, height_px: int) -> bool:
    """Whether what is seen of a person takes at least 12 % of the image's height."""
    return truth.box_xyxy_px[3] - truth.box_xyxy_px[1] >= MIN_HEIGHT_SHARE * height_px


def iou(first: Sequence[float] | Float64Array, second: Sequence[float] | Float64Array) -> float:
    """Intersection over union of two boxes.

    >>> iou((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    shared = _shared_area(first, second)
    union = _area(first) + _area(second) - shared
    return shared / union if union > 0 else 0.0


def _pairs(truths: Sequence[Truth], found: Sequence[Found]) -> list[tuple[int, int]]:
    overlap = np.array([[_overlap(true, one) for one in found] for true in truths])
    if overlap.size == 0:
        return []
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    return [
        (int(row), int(column)) for row, column in zip(rows, columns, strict=True) if overlap[row, column] > 0
    ]


def _overlap(truth: Truth, found: Found) -> float:
    """Intersection over union where the two may be one person, else 0."""
    low, high = np.array(truth.box_xyxy_px).reshape(2, 2)
    if not bool(((found.centre_px >= low) & (found.centre_px <= high)).all()):
        return 0.0
    share = iou(truth.box_xyxy_px, found.box_xyxy_px)
    return share if share >= MIN_IOU else 0.0


def _is_uncertain(found: Found, truths: Sequence[Truth]) -> bool:
    area = _area(found.box_xyxy_px)
    regions = [one.box_xyxy_px for one in truths if one.kind == "uncertain"]
    return any(_shared_area(found.box_xyxy_px, region) >= _MIN_INSIDE * area for region in regions)


def _area(box: Sequence[float] | Float64Array) -> float:
    return float(max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1]))


def _shared_area(first: Sequence[float] | Float64Array, second: Sequence[float] | Float64Array) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return float(max(0.0, width) * max(0.0, height))

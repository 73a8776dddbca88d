"""Who is meant: the biggest of those who are surely people."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.core.subject import prominence, prominences

BODY = np.random.default_rng(3).uniform(0, 1, (33, 2)).astype(np.float32)
TRUNK = [BLAZEPOSE33.index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "hip")]


def pose(size_px: float, *, score: float = 1.0, without: list[int] | None = None) -> Pose:
    points = BODY * size_px
    points[without or []] = np.nan
    return Pose(BLAZEPOSE33, points, np.ones(33, np.float32), score=score)


def test_size_counts_as_far_as_somebody_is_surely_a_person() -> None:
    assert prominence(pose(200)) == pytest.approx(2 * prominence(pose(100)), rel=1e-5)
    assert prominence(pose(200, score=0.5)) < prominence(pose(100))
    assert prominence(pose(200, score=0.9)) > prominence(pose(100))


def test_a_body_without_a_trunk_counts_by_what_is_seen_of_it() -> None:
    assert 0 < prominence(pose(200, without=TRUNK)) < prominence(pose(400, without=TRUNK))
    assert prominence(pose(200, without=list(range(33)))) == 0


def test_an_instant_of_a_sequence_counts_as_its_pose_and_nobody_as_nothing() -> None:
    points = np.stack([BODY * 100, BODY * 300, np.full_like(BODY, np.nan)])
    score = np.array([1.0, 0.8, np.nan], np.float32)
    sequence = PoseSequence(np.arange(3) / 10, BLAZEPOSE33, np.ones((3, 33)), image_px=points, score=score)
    expected = [prominence(pose(100)), prominence(pose(300, score=0.8)), 0]
    assert prominences(sequence).tolist() == pytest.approx(expected, rel=1e-5)

"""What must hold of scores for any people, and of the reader for any bytes."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.pipeline.pose_evaluation.ground_truth import TrueImage, TruePerson, read_keypoint_truth
from laban.pipeline.pose_evaluation.metrics import compute_average_precision, compute_correct_points

MARKED = [value for joint in range(17) for value in (20 + 3 * joint, 30 + 5 * joint, 2)]
DOCUMENT = json.dumps(
    {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [
            {
                "image_id": 1,
                "category_id": 1,
                "keypoints": MARKED,
                "bbox": [1, 2, 3, 4],
                "area": 5.0,
            }
        ],
        "categories": [{"id": 1, "keypoints": list(COCO17.names)}],
    }
).encode()

bodies = st.lists(arrays(np.float64, (17, 2), elements=st.floats(0, 500, width=16)), min_size=1, max_size=3)
misses_px = arrays(np.float64, (17, 2), elements=st.floats(-40, 40, width=16))


def truth_of(people: list[np.ndarray], *, scale: float = 1.0) -> tuple[TrueImage, ...]:
    true = tuple(
        TruePerson(one * scale, 4e4 * scale**2, (0.0, 0.0, 200.0 * scale, 200.0 * scale), crowd=False)
        for one in people
    )
    return (TrueImage(1, "a.png", true),)


def found_of(people: list[np.ndarray], miss_px: np.ndarray, *, scale: float = 1.0) -> dict[int, list[Pose]]:
    return {1: [Pose(COCO17, (one + miss_px) * scale, np.ones(17)) for one in people]}


@given(people=bodies, miss_px=misses_px)
@settings(max_examples=30, deadline=None)
def test_scores_are_shares(people, miss_px):
    truth, found = truth_of(people), found_of(people, miss_px)
    precision = compute_average_precision(truth, found)
    share = compute_correct_points(truth, found).share
    assert all(0 <= value <= 1 for value in (precision.mean, precision.at_50, precision.recall))
    assert np.isnan(share) or 0 <= share <= 1
    assert precision.mean <= precision.at_50


@given(people=bodies, miss_px=misses_px, scale=st.sampled_from([0.5, 2.0, 4.0]))
@settings(max_examples=30, deadline=None)
def test_a_larger_image_changes_no_score(people, miss_px, scale):
    small = truth_of(people), found_of(people, miss_px)
    large = truth_of(people, scale=scale), found_of(people, miss_px, scale=scale)
    before, after = compute_correct_points(*small), compute_correct_points(*large)
    assert (before.points, before.people) == (after.points, after.people)
    assert before.share == pytest.approx(after.share, nan_ok=True)


@given(people=bodies, miss_px=misses_px)
@settings(max_examples=30, deadline=None)
def test_a_wider_threshold_never_loses_points(people, miss_px):
    truth, found = truth_of(people), found_of(people, miss_px)
    shares = [compute_correct_points(truth, found, threshold=value).share for value in (0.05, 0.2, 0.5)]
    assert np.isnan(shares).all() or shares == sorted(shares)


@given(
    cuts=st.lists(st.tuples(st.integers(0, len(DOCUMENT) - 1), st.binary(max_size=6)), max_size=4),
    end=st.integers(0, len(DOCUMENT)),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_are_read_or_refused(tmp_path: Path, cuts, end):
    content = bytearray(DOCUMENT)
    for place, replacement in cuts:
        content[place : place + len(replacement)] = replacement
    path = tmp_path / "truth.json"
    path.write_bytes(content if cuts else content[:end])
    with suppress(FormatError):
        images = read_keypoint_truth(path)
        assert all(person.image_px.shape == (17, 2) for image in images for person in image.people)

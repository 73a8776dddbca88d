"""What is true of the fusion of any two recognisers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from laban.models.fusion import Fusion, fit_fusion

Case = tuple[np.ndarray, np.ndarray, np.ndarray]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """The logits of two recognisers, each from useless to good, some answers missing, and the labels."""
    source = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, classes = draw(st.integers(5, 80)), draw(st.integers(2, 6))
    labels = source.integers(0, classes, count)
    told = []
    for _ in range(2):
        strength, scale = draw(st.floats(0, 4)), draw(st.floats(0.1, 20))
        logits = scale * (strength * np.eye(classes)[labels] + source.normal(size=(count, classes)))
        logits[source.random(count) < draw(st.sampled_from([0.0, 0.2, 1.0]))] = np.nan
        told.append(logits)
    return told[0], told[1], labels


def _accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    return float((np.nan_to_num(logits).argmax(axis=1) == labels).mean()) if len(labels) else 1.0


@given(cases())
def test_it_is_never_a_point_worse_than_the_better_on_the_clips_it_was_chosen_on(case: Case) -> None:
    pose, video, labels = case
    both = np.isfinite(pose[:, 0]) & np.isfinite(video[:, 0])
    fused = fit_fusion(pose, video, labels).fused(pose, video)[both]
    if both.sum() >= 5:
        better = max(_accuracy(one[both], labels[both]) for one in (pose, video))
        assert _accuracy(fused, labels[both]) >= better - 0.01 - 1e-9


@given(cases())
def test_weights_are_not_negative_and_a_missing_part_gives_the_others_answer(case: Case) -> None:
    pose, video, labels = case
    fusion = fit_fusion(pose, video, labels)
    assert min(fusion.pose.weight, fusion.video.weight) >= 0
    assert Fusion.from_json(fusion.to_json()) == fusion
    nobody = np.full_like(pose, np.nan)
    of_pose, of_video = fusion.alone(pose, video)
    np.testing.assert_array_equal(fusion.fused(nobody, video), of_video)
    np.testing.assert_array_equal(fusion.fused(pose, nobody), of_pose)


@given(cases())
def test_it_depends_on_each_clip_alone(case: Case) -> None:
    pose, video, labels = case
    fusion = fit_fusion(pose, video, labels)
    whole = fusion.fused(pose, video)
    np.testing.assert_array_equal(whole[:3], fusion.fused(pose[:3], video[:3]))

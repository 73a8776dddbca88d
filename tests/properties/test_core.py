"""What holds for the values that flow through Laban, whatever is in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from laban.core.arrays import frozen, same_content
from laban.core.body import mid_hip, torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import SKELETONS, Skeleton, map_skeleton
from laban.core.space import denormalise_px, normalise_px
from laban.core.spans import Span, Timeline
from laban.errors import InvalidValueError

few = settings(max_examples=40, deadline=None)
skeletons = st.sampled_from(sorted(SKELETONS)).map(SKELETONS.__getitem__)
sizes_wh = st.tuples(st.integers(1, 20_000), st.integers(1, 20_000))
seeds = st.integers(0, 2**32 - 1)
instants = st.integers(-40, 40).map(lambda tick: tick / 8)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start_s, end_s = sorted((draw(instants), draw(instants)))
    label = draw(st.sampled_from(("walk", "run", "")))
    return Span(start_s, end_s, label, person=draw(st.sampled_from((None, 0, 1))))


def sequence_of(seed: int, *, rows: int = 5, skeleton: str = "coco17") -> PoseSequence:
    rng, joints = np.random.default_rng(seed), len(SKELETONS[skeleton])
    image = rng.normal(size=(rows, joints, 2)).astype(np.float32) * 100
    image[rng.random((rows, joints)) < 0.2] = np.nan
    times_s = np.cumsum(rng.uniform(0.01, 0.5, rows))
    return PoseSequence(times_s, SKELETONS[skeleton], rng.random((rows, joints)), image_px=image)


def same_points(one: np.ndarray, other: np.ndarray, *, scale: float = 1.0) -> bool:
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-9 * scale, equal_nan=True))


@few
@given(
    points=arrays.arrays(np.float64, (4, 2), elements=st.floats(-1e5, 1e5) | st.just(np.nan)),
    size_wh=sizes_wh,
)
def test_there_and_back_between_pixels_and_the_square(points: np.ndarray, size_wh: tuple[int, int]) -> None:
    for first, second in ((normalise_px, denormalise_px), (denormalise_px, normalise_px)):
        again = second(first(points, size_wh=size_wh), size_wh=size_wh)
        assert np.array_equal(np.isnan(again), np.isnan(points))
        np.testing.assert_allclose(again, points, rtol=np.finfo(np.float64).eps, atol=1e-300)


@few
@given(
    values=arrays.arrays(
        np.float64, arrays.array_shapes(min_dims=2, max_dims=2), elements=st.floats(width=16)
    )
)
def test_frozen_keeps_what_is_finite_or_missing(values: np.ndarray) -> None:
    if np.isinf(values).any():
        with pytest.raises(InvalidValueError, match="infinite"):
            frozen(values, shape=("T", "J"), name="values")
        return
    kept = frozen(values, shape=("T", "J"), name="values")
    assert same_content(kept, values.astype(np.float32))
    assert not kept.flags.writeable


@few
@given(source=skeletons, target=skeletons, seed=seeds, scale=st.floats(0.1, 10))
def test_mapping_moves_scales_and_mirrors_with_the_body(
    source: Skeleton, target: Skeleton, seed: int, scale: float
) -> None:
    mapping = map_skeleton(source, target)
    points = np.random.default_rng(seed).normal(size=(2, len(mapping.source), 3))
    made = mapping.apply(points)
    assert same_points(mapping.apply(points * scale + 3), made * scale + 3, scale=scale)
    assert same_points(mapping.apply(points[:, mapping.source.flip]), made[:, mapping.target.flip])


@few
@given(source=skeletons, target=skeletons, seed=seeds)
def test_there_and_back_keeps_the_shared_joints(source: Skeleton, target: Skeleton, seed: int) -> None:
    there, back = map_skeleton(source, target), map_skeleton(target, source)
    points = np.random.default_rng(seed).normal(size=(len(there.source), 2))
    again = back.apply(there.apply(points))
    shared = [there.source.index(name) for name in there.source.names if there.target.has(name)]
    assert np.array_equal(again[shared], points[shared])


@few
@given(seed=seeds, scale=st.floats(0.01, 100), offset=st.floats(-100, 100))
def test_the_torso_grows_with_the_body_and_stays_as_it_moves(seed: int, scale: float, offset: float) -> None:
    skeleton = SKELETONS["coco17"]
    points = np.random.default_rng(seed).normal(size=(17, 3))
    length = torso_length(points, skeleton)
    assert torso_length(points * scale + offset, skeleton) == pytest.approx(length * scale, rel=1e-6)
    assert torso_length(points - mid_hip(points, skeleton), skeleton) == pytest.approx(length)


@few
@given(seed=seeds, mask=arrays.arrays(np.bool_, 5))
def test_rows_taken_are_the_rows(seed: int, mask: np.ndarray) -> None:
    one = sequence_of(seed)
    if not mask.any():
        with pytest.raises(InvalidValueError, match="at least one time"):
            one.take(mask)
        return
    taken = one.take(mask)
    assert np.array_equal(taken.times_s, one.times_s[mask])
    assert same_content(taken.image_px, one.image_px[mask] if one.image_px is not None else None)
    assert one.take(slice(None)) == one == one.take(np.ones(5, dtype=bool))


@few
@given(seed=seeds, start=st.integers(0, 4), stop=st.integers(1, 5))
def test_a_recording_takes_runs_of_its_frames_and_nothing_else(seed: int, start: int, stop: int) -> None:
    whole = sequence_of(seed)
    if start < stop:
        one = Recording("walk.mp4", whole.times_s, {1: whole.take(slice(start, stop))})
        assert one.start_of(1) == start
    gap = np.array([True, True, False, True, True])
    with pytest.raises(InvalidValueError, match="without gaps"):
        Recording("walk.mp4", whole.times_s, {1: whole.take(gap)})


@few
@given(one=spans(), other=spans(), time_s=instants)
def test_spans_overlap_where_both_hold(one: Span, other: Span, time_s: float) -> None:
    shared_s = one.overlap_s(other)
    assert shared_s == other.overlap_s(one)
    assert 0 <= shared_s <= min(one.duration_s, other.duration_s)
    assert one.overlap_s(one) == one.duration_s
    if one.contains(time_s) and other.contains(time_s):
        assert shared_s > 0


@few
@given(made=st.lists(spans(), max_size=8), time_s=instants)
def test_a_timeline_is_the_spans_in_order(made: list[Span], time_s: float) -> None:
    timeline = Timeline(tuple(made))
    assert sorted(map(repr, timeline)) == sorted(map(repr, made))
    assert [span.start_s for span in timeline] == sorted(span.start_s for span in made)
    assert set(timeline.at(time_s)) == {span for span in made if span.start_s <= time_s < span.end_s}
    assert sum(len(timeline.of(person)) for person in (0, 1)) == sum(span.person is not None for span in made)

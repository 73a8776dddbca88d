"""Windows of people whose comings and goings are known."""

import time

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.features.spec import FEATURE_SETS, FeatureSpec
from laban.sequences.resample import resample
from laban.tasks.action.windows import visits_of, windows_of

SECOND = WindowSpec(length_s=1.0, hop_s=0.5, fps=10.0)


def somebody(times_s: np.ndarray, *, seed: int = 0) -> PoseSequence:
    points = np.random.default_rng(seed).uniform(0, 300, (len(times_s), 33, 3))
    visible = np.ones(points.shape[:2])
    return PoseSequence(times_s, BLAZEPOSE33, visible, image_px=points[..., :2], world_m=points / 100)


def unseen(sequence: PoseSequence, rows: slice) -> PoseSequence:
    points = np.array(sequence.image_px)
    points[rows] = np.nan
    return sequence.replace(image_px=points)


def alone(sequence: PoseSequence) -> Recording:
    return Recording("one", sequence.times_s, {7: sequence})


def test_windows_begin_with_the_person_and_follow_every_hop() -> None:
    times_s = np.arange(50) / 10
    one = somebody(times_s).take(slice(12, 40))
    found = windows_of(Recording("x", times_s, {3: one}), spec=FeatureSpec(), clock=SECOND)
    assert found.start_s == pytest.approx([1.2, 1.7, 2.2, 2.7])
    assert found.end_s == pytest.approx([2.1, 2.6, 3.1, 3.6])
    assert found.since_s == pytest.approx([1.2] * 4)
    assert found.person.tolist() == [3] * 4
    assert found.known_share.tolist() == [1.0] * 4
    assert found.values.shape == (4, 10, 66)
    assert found.values[1] == pytest.approx(FeatureSpec().compute(one).values[5:15], abs=1e-5)


def test_the_grid_is_that_of_the_recording_and_not_of_the_person() -> None:
    times_s = 0.03 + np.arange(80) / 25
    found = windows_of(alone(somebody(times_s)), spec=FeatureSpec(), clock=SECOND)
    assert found.start_s[0] == pytest.approx(0.1)
    assert (found.start_s * 10) == pytest.approx(np.rint(found.start_s * 10))


def test_somebody_there_for_less_than_a_window_gives_one_with_its_end_empty() -> None:
    found = windows_of(alone(somebody(np.arange(6) / 10)), spec=FeatureSpec(), clock=SECOND)
    assert len(found) == 1
    assert np.isfinite(found.values[0, :6]).all()
    assert np.isnan(found.values[0, 6:]).all()
    assert found.end_s == pytest.approx([0.5])
    assert found.known_share == pytest.approx([0.6])


def test_little_known_windows_are_left_out() -> None:
    assert len(windows_of(alone(somebody(np.arange(2) / 10)), spec=FeatureSpec(), clock=SECOND)) == 0
    gap = unseen(somebody(np.arange(60) / 10), slice(10, 31))
    found = windows_of(alone(gap), spec=FeatureSpec(), clock=SECOND)
    assert found.start_s == pytest.approx([0.0, 0.5, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0])


def test_short_gaps_are_bridged_on_straight_lines_and_long_ones_are_not() -> None:
    one = unseen(unseen(somebody(np.arange(10) / 10), slice(3, 4)), slice(6, 8))
    values = windows_of(alone(one), spec=FeatureSpec(), clock=SECOND).values[0]
    assert np.isfinite(values[:6]).all()
    assert np.isnan(values[6:8]).all()
    expected = resample(one.take(one.seen), times_s=np.array([0.3]))
    assert values[3] == pytest.approx(FeatureSpec().compute(expected).values[0], abs=1e-6)


def test_somebody_long_away_comes_anew() -> None:
    one = unseen(somebody(np.arange(120) / 10), slice(12, 63))
    assert [len(visit) for visit in visits_of(one)] == [12, 57]
    found = windows_of(alone(one), spec=FeatureSpec(), clock=SECOND)
    assert sorted(set(found.since_s.tolist())) == pytest.approx([0.0, 6.3])
    assert len(list(visits_of(unseen(one, slice(0, 120))))) == 0


def test_a_whole_clip_is_all_there_is_of_a_person_at_even_instants() -> None:
    one = unseen(somebody(np.arange(40) / 10), slice(0, 5))
    found = windows_of(alone(one), spec=FeatureSpec(), clock=WholeClip(15))
    assert found.values.shape == (1, 15, 66)
    assert (found.start_s[0], found.end_s[0]) == pytest.approx((0.5, 3.9))
    first = FeatureSpec().compute(one).values[[5, 39]]
    assert found.values[0, [0, -1]] == pytest.approx(first, abs=1e-5)
    once = unseen(one, slice(1, 40))
    assert len(windows_of(alone(once), spec=FeatureSpec(), clock=WholeClip(15))) == 0


@pytest.mark.parametrize("clock", [WindowSpec(), WholeClip(9)])
def test_nobody_gives_no_windows(clock: WindowSpec | WholeClip) -> None:
    found = windows_of(Recording("x", np.arange(9) / 10, {}), spec=FeatureSpec(), clock=clock)
    assert found.values.shape == (0, clock.length, 66)
    assert found.person.dtype == np.int64


def test_what_cannot_serve_is_refused_with_the_person() -> None:
    flat = somebody(np.arange(20) / 10).replace(world_m=None)
    with pytest.raises(InvalidValueError, match="one, person 7: the features need world coordinates"):
        windows_of(alone(flat), spec=FeatureSpec(("world",)), clock=SECOND)


@pytest.mark.parametrize("sets", [*((name,) for name in FEATURE_SETS), tuple(FEATURE_SETS)])
def test_a_window_is_what_its_rows_alone_give_to_the_bit(sets: tuple[str, ...]) -> None:
    times_s = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.08, 120))
    recording = Recording("x", times_s, {1: somebody(times_s), 2: somebody(times_s, seed=1)})
    spec = FeatureSpec(sets)
    found = windows_of(recording, spec=spec, clock=SECOND)
    grids = {
        person: resample(one, times_s=np.arange(1, 200) / 10) for person, one in recording.people.items()
    }
    assert len(found) > 12
    for index in range(len(found)):
        person, first = int(found.person[index]), round(found.start_s[index] * 10) - 1
        rows = slice(first, first + 10)
        beside = grids[3 - person].take(rows)
        alone = spec.compute(grids[person].take(rows), companion=beside).values.astype(np.float32)
        assert np.array_equal(found.values[index], alone, equal_nan=True)


def test_a_minute_of_two_people_is_cut_in_a_moment() -> None:
    times_s = np.arange(1800) / 30
    recording = Recording("x", times_s, {1: somebody(times_s), 2: somebody(times_s, seed=1)})
    took_s = []
    for _ in range(3):
        began_s = time.thread_time()
        found = windows_of(recording, spec=FeatureSpec(), clock=WindowSpec())
        took_s.append(time.thread_time() - began_s)
    assert len(found) == 2 * 117
    assert min(took_s) < 0.1


def test_somebody_seen_in_a_single_frame_holds_nobody_up() -> None:
    times_s = np.arange(12) / 3
    glimpse = somebody(times_s, seed=1).take(slice(5, 6))
    recording = Recording("x", times_s, {1: somebody(times_s), 2: glimpse})
    found = windows_of(recording, spec=FeatureSpec(("scene", "pair")), clock=SECOND)
    assert set(found.person.tolist()) == {1}
    with pytest.raises(InvalidValueError, match="a single instant"):
        windows_of(alone(glimpse), spec=FeatureSpec(("scene",)), clock=SECOND)

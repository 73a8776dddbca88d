"""From uneven times to even ones, by hand, at the limits and in every field."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import COCO17
from laban.sequences.resample import is_uniform, resample, resample_recording, uniform_times_s

J = len(COCO17)
FIELDS = {
    "visibility": (J,),
    "image_px": (J, 2),
    "depth_px": (J,),
    "world_m": (J, 3),
    "body": (J, 2),
    "score": (),
}


def ramp(times_s: np.ndarray) -> PoseSequence:
    """Each field a straight line in time, with a slope of its own."""
    times_s = np.asarray(times_s, dtype=np.float64)
    values = {
        name: np.broadcast_to((slope * times_s).reshape(-1, *[1] * len(shape)), (len(times_s), *shape))
        for slope, (name, shape) in enumerate(FIELDS.items(), start=1)
    }
    return PoseSequence(times_s, COCO17, **values)


def test_every_field_lies_on_its_straight_line() -> None:
    found = resample(ramp(np.array([0.0, 0.1, 0.3, 0.4])), fps=20)
    assert found.times_s == pytest.approx(np.arange(9) / 20)
    for slope, name in enumerate(FIELDS, start=1):
        values = getattr(found, name).reshape(9, -1)
        assert values == pytest.approx(
            np.repeat((slope * found.times_s)[:, None], values.shape[1], axis=1)
        ), name


def test_between_neighbours_exactly_the_limit_apart_there_is_a_value() -> None:
    sequence = ramp(np.array([0.0, 0.25, 0.75]))
    found = resample(sequence, fps=8, max_gap_s=0.25)
    assert np.isfinite(found.score).tolist() == [True, True, True, False, False, False, True]  # type: ignore[arg-type]
    assert np.isfinite(resample(sequence, fps=8, max_gap_s=0.5).score).all()  # type: ignore[arg-type]
    assert np.isfinite(resample(sequence, fps=8).score).sum() == 4  # type: ignore[arg-type]


def test_a_missing_neighbour_hides_what_lies_beside_it_and_not_the_frame_itself() -> None:
    sequence = ramp(np.array([0.0, 0.2, 0.4]))
    holed = np.array(sequence.score)
    holed[2] = np.nan
    found = resample(sequence.replace(score=holed), fps=10)
    assert np.isfinite(found.score).tolist() == [True, True, True, False, False]  # type: ignore[arg-type]


def test_outside_the_frames_nothing_is_known() -> None:
    found = resample(ramp(np.array([0.0, 0.1])), times_s=np.array([-0.05, 0.0, 0.05, 0.1, 0.15]))
    assert np.isfinite(found.score).tolist() == [False, True, True, True, False]  # type: ignore[arg-type]


def test_a_single_frame_keeps_its_value() -> None:
    found = resample(ramp(np.array([0.5])))
    assert found == ramp(np.array([0.5]))


def test_even_clocks_end_at_the_last_time_they_reach() -> None:
    assert uniform_times_s(0.5, 1.0, fps=4).tolist() == [0.5, 0.75, 1.0]
    assert uniform_times_s(0.0, 0.99, fps=4).tolist() == [0.0, 0.25, 0.5, 0.75]
    assert uniform_times_s(2.0, 2.0, fps=30).tolist() == [2.0]
    assert uniform_times_s(0.0, 0.1 + 0.2, fps=10)[-1] <= 0.1 + 0.2
    assert len(uniform_times_s(0.0, 0.3 - 1e-9, fps=10)) == 4


def test_the_default_is_thirty_a_second() -> None:
    assert len(resample(ramp(np.linspace(0, 1, 6))).times_s) == 31


def test_even_to_a_thousandth_of_a_step() -> None:
    steps = np.arange(11) / 10
    for off_s, even in ((0.8e-4, True), (1.5e-4, False)):
        moved = steps.copy()
        moved[5] += off_s
        assert is_uniform(moved) == even
    assert is_uniform(np.array([0.0, 7.0]))
    assert not is_uniform(np.array([3.0]))
    assert not is_uniform(np.array([]))


def test_people_of_a_recording_share_its_clock_and_a_glimpse_is_left_out() -> None:
    times_s = np.arange(0, 31) / 30
    whole = ramp(times_s)
    people = {1: whole, 2: whole.take(slice(4, 6)), 3: whole.take(slice(6, 13))}
    found = resample_recording(Recording("x", times_s, people), fps=5)
    assert found.times_s == pytest.approx(np.arange(6) / 5)
    assert sorted(found.people) == [1, 3]
    assert found.people[1].times_s == pytest.approx(np.arange(6) / 5)
    assert found.people[3].times_s == pytest.approx([0.2, 0.4])
    assert found.people[3].score == pytest.approx([1.2, 2.4])
    nobody = Recording("x", np.zeros(0), {})
    assert resample_recording(nobody) is nobody


def test_a_frame_at_the_very_start_is_its_own_value_however_far_the_next() -> None:
    found = resample(ramp(np.array([0.0, 1.0])), fps=1)
    assert found.score == pytest.approx([0.0, 6.0])


def test_a_recording_has_the_same_longest_gap_as_a_sequence() -> None:
    times_s = np.array([0.0, 0.25, 0.5, 0.8])
    found = resample_recording(Recording("x", times_s, {1: ramp(times_s)}), fps=8)
    assert np.isfinite(found.people[1].score).tolist() == [True] * 5 + [False, False]  # type: ignore[arg-type]


@pytest.mark.parametrize(("late_s", "rows"), [(0.8e-9, 3), (1.2e-9, 2)])
def test_a_person_is_there_from_a_billionth_of_a_second_before_they_come(late_s: float, rows: int) -> None:
    """Sums of steps are not the products of them to the last bit."""
    times_s = np.array([0.0, 0.2 + late_s, 0.4, 0.6])
    whole = ramp(times_s)
    found = resample_recording(Recording("x", times_s, {1: whole, 2: whole.take(slice(1, 4))}), fps=5)
    assert len(found.people[2]) == rows

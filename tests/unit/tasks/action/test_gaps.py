"""Which gaps between sightings are bridged."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.features.spec import FeatureSpec
from laban.sequences.resample import resample
from laban.tasks.action.gaps import MAX_STEP_S, sightings
from laban.tasks.action.windows import windows_of


def walking(times_s: np.ndarray, *, unseen: tuple[int, ...] = ()) -> PoseSequence:
    body = np.random.default_rng(0).uniform(0, 100, (33, 2))
    points = body + 60 * times_s[:, None, None]
    points[list(unseen)] = np.nan
    return PoseSequence(times_s, BLAZEPOSE33, np.ones((len(times_s), 33)), image_px=points)


def known_at(sequence: PoseSequence, time_s: float) -> bool:
    at = resample(sightings(sequence), times_s=np.array([time_s]), max_gap_s=MAX_STEP_S)
    return bool(at.seen[0])


@pytest.mark.parametrize("fps", [2.0, 3.0, 5.0, 7.5, 15.0, 30.0])
def test_a_slow_clock_has_no_gaps_of_its_own(fps: float) -> None:
    whole = walking(np.arange(0, 4 + 1e-9, 1 / fps))
    assert all(known_at(whole, time_s) for time_s in np.linspace(0, 3.5, 50))


def test_one_frame_without_the_person_is_bridged_and_two_are_not() -> None:
    times_s = np.arange(20) / 5
    assert known_at(walking(times_s, unseen=(8,)), 1.6)
    assert not known_at(walking(times_s, unseen=(8, 9)), 1.7)


def test_on_a_fast_clock_time_counts_and_not_frames() -> None:
    times_s = np.arange(60) / 30
    assert known_at(walking(times_s, unseen=tuple(range(20, 26))), 0.75)
    assert not known_at(walking(times_s, unseen=tuple(range(20, 30))), 0.75)


def test_a_hole_in_the_frames_is_bridged_up_to_a_limit() -> None:
    assert known_at(walking(np.array([0.0, 0.1, 0.7, 0.8])), 0.4)
    assert not known_at(walking(np.array([0.0, 0.1, 1.2, 1.3])), 0.6)


@pytest.mark.parametrize("fps", [2.0, 3.0, 5.0, 7.5, 15.0])
def test_windows_of_fewer_frames_show_the_same_even_movement(fps: float) -> None:
    def values(times_s: np.ndarray) -> np.ndarray:
        one = walking(times_s)
        recording = Recording("walk", times_s, {0: one})
        return windows_of(recording, spec=FeatureSpec(("scene",)), clock=WindowSpec(2.0, 0.5, 30.0)).values

    few, many = values(np.arange(0, 4 + 1e-9, 1 / fps)), values(np.arange(0, 4 + 1e-9, 1 / 30))
    assert len(few) >= len(many) - 1
    assert few == pytest.approx(many[: len(few)], abs=1e-3)

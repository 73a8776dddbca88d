from collections.abc import Callable

import numpy as np
import pytest

from laban.core.clock import Clock, WholeClip, WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.frame_rates import FRAME_RATES, least_rate
from laban.models.inputs import LandmarkInput
from laban.tasks.action.frame_rates import (
    FrameRateMonitor,
    frame_rate_warnings,
    slow_clips_warnings,
    window_rates,
)

FALL = Task("fall", ("no_fall", "fall"), background="no_fall")
FIGHT = Task("fight", ("no_fight", "fight"), background="no_fight")
RATES = {"fall": least_rate(3.0), "fight": least_rate(20.0)}


def card(
    about: object = RATES, *, tasks: tuple[Task, ...] = (FALL, FIGHT), clock: Clock | None = None
) -> ModelCard:
    heads = tuple(Head(one) for one in tasks)
    held = {} if about is None else {FRAME_RATES: about}
    return ModelCard(
        "safety", "rule", LandmarkInput(FeatureSpec(), clock or WindowSpec(2.0, 0.5, 30.0)), heads, held
    )


def even(fps: float, *, seconds: float = 12.0) -> np.ndarray:
    return np.arange(round(seconds * fps) + 1) / fps


@pytest.mark.parametrize("fps", [15.9, 20.0, 24.0, 25.0, 30.0, 60.0])
def test_at_about_the_rate_of_the_training_nothing_is_said(fps: float) -> None:
    assert frame_rate_warnings(card(), even(fps)) == ()


@pytest.mark.parametrize("fps", [25 / 3, 10.0, 12.5, 15.0])
@pytest.mark.parametrize("seconds", [1.0, 2.0, 12.0])
def test_a_slow_recording_is_warned_of_for_the_task_alone_that_needs_more(fps: float, seconds: float) -> None:
    (one,) = frame_rate_warnings(card(), even(fps, seconds=seconds))
    assert one == (
        f"fight was trained on 20 frames a second or more; this recording has {fps:.1f}: 'fight' may be missed; "
        "give it more frames a second"
    )


def test_both_are_warned_of_where_both_need_more_and_a_task_can_be_chosen() -> None:
    times_s = even(2.0)
    assert [one.split()[0] for one in frame_rate_warnings(card(), times_s)] == ["fall", "fight"]
    assert [one.split()[0] for one in frame_rate_warnings(card(), times_s, task="fall")] == ["fall"]


def test_frames_dropped_at_random_count_by_what_is_left() -> None:
    times_s = even(25.0)
    kept = np.random.default_rng(0).random(len(times_s)) < 0.5
    (one,) = frame_rate_warnings(card(), times_s[kept])
    assert "fight was trained on 20" in one


def test_a_stall_is_warned_of_with_its_share_and_a_dropped_frame_is_not() -> None:
    times_s = even(25.0, seconds=20.0)
    (one,) = frame_rate_warnings(card(), times_s[(times_s < 6.0) | (times_s > 9.0)], task="fight")
    assert "% of its time: 'fight' may be missed" in one
    assert frame_rate_warnings(card(), np.delete(times_s, [100, 101, 250])) == ()


@pytest.mark.parametrize(
    "about",
    [None, {}, [], "20", {"fight": 20}, {"fight": {"least_fps": "20"}}, {"fight": {"least_fps": -1}}],
)
def test_a_card_that_names_no_rate_says_nothing(about: object) -> None:
    assert frame_rate_warnings(card(about), even(1.0)) == ()


def test_no_more_is_asked_for_than_the_clock_of_the_model_uses() -> None:
    fast = card({"fight": least_rate(120.0)})
    assert frame_rate_warnings(fast, even(25.0)) == ()
    assert len(frame_rate_warnings(fast, even(20.0))) == 1


def test_what_may_go_wrong_depends_on_the_labels() -> None:
    sides, acts = Task("side", ("left", "right")), Task("act", ("none", "a", "b"), background="none")
    slow = card({"side": least_rate(30.0), "act": least_rate(30.0)}, tasks=(sides, acts))
    first, second = frame_rate_warnings(slow, even(10.0))
    assert "its answers may be wrong" in first
    assert "its events may be missed" in second


def test_too_few_frames_have_no_rate() -> None:
    assert frame_rate_warnings(card(), np.zeros(0)) == frame_rate_warnings(card(), np.zeros(1)) == ()


def test_rates_are_those_of_windows_or_of_the_whole_clip() -> None:
    assert window_rates(even(12.5), clock=WindowSpec(2.0, 0.5, 30.0)) == pytest.approx(np.full(11, 12.5))
    assert window_rates(even(12.5), clock=WholeClip(30)) == pytest.approx([12.5])


def test_slow_clips_are_counted() -> None:
    (one,) = slow_clips_warnings(card(), {0: 25.0, 3: 12.5, 4: 10.0, 5: float("nan")})
    assert "2 of these 4 clips have fewer, down to 10.0: 'fight' may be missed" in one
    assert slow_clips_warnings(card(), {0: 25.0}) == slow_clips_warnings(card(None), {0: 1.0}) == ()


def monitored(times_s: np.ndarray, said: Callable[[float, str], None]) -> FrameRateMonitor:
    monitor = FrameRateMonitor(card())
    for time_s in times_s.tolist():
        for one in monitor.add(time_s):
            said(time_s, one)
    return monitor


@pytest.mark.parametrize("start_s", [0.0, 1000.0])
def test_a_slow_stream_is_warned_of_once_and_soon(start_s: float) -> None:
    said: list[tuple[float, str]] = []
    monitor = monitored(start_s + even(10.0, seconds=200.0), lambda *one: said.append(one))
    ((time_s, one),) = said
    assert time_s - start_s == pytest.approx(10.0, abs=0.2)
    assert "this stream has 10.0: 'fight' may be missed" in one
    assert monitor.finish() == ()


def test_a_stream_that_becomes_slow_is_warned_of() -> None:
    said: list[tuple[float, str]] = []
    times_s = np.concatenate([even(25.0, seconds=100.0), 100.0 + even(8.0, seconds=60.0)[1:]])
    monitored(times_s, lambda *one: said.append(one))
    ((time_s, _),) = said
    assert 100.0 < time_s < 125.0


def test_a_short_stream_is_warned_of_at_its_end() -> None:
    said: list[tuple[float, str]] = []
    monitor = monitored(even(10.0, seconds=3.0), lambda *one: said.append(one))
    assert said == []
    assert len(monitor.finish()) == 1

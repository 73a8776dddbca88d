"""Posture over time: bands with hysteresis, slumps, breaks, sides and reminders."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from benchmarks.calls import calls_of

from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.sources import SyntheticScene
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.observation import Stance
from laban.tasks.posture.rules import default_rules, parse_rules
from laban.tasks.posture.settings import HoldingSettings
from laban.tasks.posture.track import Track
from laban.tasks.posture.track_parts import RecentMedian
from laban.tasks.posture.watch import PostureWatcher

RULES = parse_rules(
    """
version = 1
[[rule]]
measure = "trunk_inclination"
unit = "deg"
direction = "above"
bands = { slight = 20, moderate = 40 }
hysteresis = 4
finding = "the trunk leans forward"
source = "a test"
slump = true
[[rule]]
measure = "trunk_shift"
unit = "torso"
direction = "above"
bands = { slight = 0.1 }
finding = "shifted to the left"
source = "a test"
""",
    origin="test",
)
SETTINGS = HoldingSettings(
    smooth_s=0.1, enter_s=2.0, leave_s=2.0, break_s=5.0, remind_after_s=10.0, remind_every_s=30.0
)


def followed(
    trunk_deg: Iterable[float],
    *,
    step_s: float = 0.5,
    seen: Callable[[float], bool] = lambda _: True,
    stance: Callable[[float], Stance] = lambda _: "sitting",
    shift: float = 0.0,
) -> tuple[list[PostureEvent], Holding]:
    track, events = Track(RULES, SETTINGS), []
    for index, value in enumerate(trunk_deg):
        time_s = index * step_s
        here = seen(time_s)
        values = {"trunk_inclination": value if here else np.nan, "trunk_shift": shift if here else np.nan}
        events += track.step(time_s, values, seen=here, stance=stance(time_s) if here else "unclear")
    return events, track.holding()


def bands(events: list[PostureEvent]) -> list[tuple[float, str, str]]:
    return [(one.time_s, str(one.before), str(one.band)) for one in events if one.kind == "band"]


def test_a_band_is_entered_only_after_a_while_and_left_only_well_inside() -> None:
    events, _ = followed([5.0] * 4 + [25.0] * 10 + [18.0] * 10 + [10.0] * 10)
    # 18° is inside the limit of 20°, but not by the hysteresis of 4°
    assert bands(events) == [(4.0, "within", "slight"), (14.0, "slight", "within")]


def test_a_short_lean_is_not_told() -> None:
    events, holding = followed([5.0] * 4 + [50.0] * 3 + [5.0] * 10)
    assert bands(events) == []
    assert holding.longest_slump is None


def test_a_deeper_lean_goes_from_band_to_band() -> None:
    events, holding = followed([5.0] * 2 + [25.0] * 8 + [45.0] * 8)
    assert [band for _, _, band in bands(events)] == ["slight", "moderate"]
    trunk = holding.bands[0]
    assert trunk.share("within", "slight", "moderate") == pytest.approx(1.0)
    assert trunk.beyond > 0.5


def test_slumps_are_told_with_their_length() -> None:
    events, holding = followed([30.0] * 20 + [0.0] * 10 + [30.0] * 40)
    assert [one.kind for one in events if one.kind.startswith("slump")] == ["slump", "slump_end", "slump"]
    assert len(holding.slumps) == 2
    assert holding.longest_slump is not None
    assert holding.longest_slump.duration_s == max(one.duration_s for one in holding.slumps)
    assert holding.slump_s == pytest.approx(sum(one.duration_s for one in holding.slumps))


def test_a_reminder_comes_once_the_slump_is_long_and_not_again_too_soon() -> None:
    events, _ = followed([30.0] * 160)
    reminders = [one for one in events if one.kind == "remind"]
    assert [one.time_s for one in reminders] == [12.0, 42.0, 72.0]
    assert all(one.words == "the trunk leans forward" for one in reminders)


def test_somebody_away_takes_a_break_and_the_time_is_not_theirs() -> None:
    events, holding = followed([5.0] * 60, seen=lambda time_s: not 10 <= time_s < 20)
    assert [one.kind for one in events if "break" in one.kind] == ["break", "break_end"]
    (span,) = holding.breaks
    assert (span.start_s, span.end_s) == (10.0, 20.0)
    assert holding.watched_s == pytest.approx(29.5)
    assert holding.seen_s == pytest.approx(19.5)


def test_a_glance_away_is_no_break() -> None:
    events, holding = followed([5.0] * 60, seen=lambda time_s: not 10 <= time_s < 13)
    assert not holding.breaks
    assert not [one for one in events if "break" in one.kind]


def test_standing_up_from_a_seat_is_a_break_and_standing_all_the_time_is_not() -> None:
    _, sat = followed([5.0] * 60, stance=lambda time_s: "sitting" if time_s < 15 else "standing")
    assert len(sat.breaks) == 1
    _, stood = followed([5.0] * 60, stance=lambda _: "standing")
    assert not stood.breaks


def test_the_habitual_side_is_the_one_of_most_of_the_time() -> None:
    _, left = followed([5.0] * 20, shift=0.08)
    assert left.sides[0].habitual == "left"
    _, middle = followed([5.0] * 20, shift=0.01)
    assert middle.sides[0].habitual == ""


def test_what_is_not_known_for_long_is_unknown_and_not_within() -> None:
    _, holding = followed([5.0] * 10 + [np.nan] * 30)
    assert holding.bands[0].seconds["unknown"] > 10
    assert holding.bands[0].known_s < 9
    _, nothing = followed([np.nan] * 10)
    assert np.isnan(nothing.bands[0].beyond)


def test_a_gap_between_frames_is_nobodys_time() -> None:
    track = Track(RULES, SETTINGS)
    for time_s in (0.0, 0.5, 100.0, 100.5):
        track.step(time_s, {"trunk_inclination": 5.0, "trunk_shift": 0.0}, seen=True, stance="sitting")
    assert track.holding().seen_s == pytest.approx(1.0)


def test_time_must_go_on_and_settings_are_checked() -> None:
    watcher = PostureWatcher()
    assert watcher.update(1.0, None) == []
    with pytest.raises(InvalidValueError, match="order of time"):
        watcher.update(1.0, None)
    with pytest.raises(InvalidValueError, match="smooth_s"):
        HoldingSettings(smooth_s=0.0)
    with pytest.raises(InvalidValueError, match="remind_every_s"):
        HoldingSettings(remind_every_s=-1.0)


@pytest.mark.parametrize(
    ("fps", "how"),
    [
        *((fps, "even") for fps in (2.0, 3.0, 5.0, 15.0, 60.0)),
        (5.0, "half"),
        (10.0, "half"),
        (5.0, "uneven"),
        (30.0, "uneven"),
    ],
)
def test_any_clock_follows_posture_alike(fps: float, how: str) -> None:
    rng, times_s = np.random.default_rng(0), np.arange(0, 120, 1 / fps)
    if how == "half":
        times_s = times_s[np.sort(rng.permutation(len(times_s))[: len(times_s) // 2])]
    elif how == "uneven":
        times_s = np.sort(times_s + rng.uniform(-0.4, 0.4, len(times_s)) / fps)
    track = Track(default_rules(), HoldingSettings())
    events: list[PostureEvent] = []
    for time_s in times_s.tolist():
        values = dict.fromkeys(track.measures, float("nan"))
        values["trunk_inclination"] = 35.0 if 20 < time_s < 100 else 2.0
        events += track.step(time_s, values, seen=time_s <= 105, stance="sitting")
    assert [one.kind for one in events] == ["band", "slump", "remind", "band", "slump_end", "break"]
    for event, expected_s in zip(events, (23.5, 23.5, 83.5, 103.5, 103.5, 115.0), strict=True):
        assert event.time_s == pytest.approx(expected_s, abs=1.2)
    assert track.holding().slump_s == pytest.approx(80.0, abs=1.5)
    assert track.holding().seen_s == pytest.approx(105.0, abs=1.5)


def test_the_median_of_late_is_that_of_the_values_themselves() -> None:
    rng = np.random.default_rng(0)
    times_s = np.cumsum(rng.choice([0.03, 0.1, 0.6], 400))
    values = np.where(rng.random(400) < 0.2, np.nan, rng.choice([1.0, 2.0, 2.5, 7.0, -3.0], 400))
    recent = RecentMedian(over_s=0.5)
    for row, (time_s, value) in enumerate(zip(times_s.tolist(), values.tolist(), strict=True)):
        known = values[: row + 1][(times_s[: row + 1] >= time_s - 0.5) & np.isfinite(values[: row + 1])]
        told = recent.update(time_s, value)
        assert told == np.median(known) if len(known) else np.isnan(told)


def test_a_live_frame_costs_few_calls() -> None:
    walker = SyntheticScene(people=1, seconds=1.0).recording().people[0]
    assert walker.image_px is not None
    poses = [Pose(walker.skeleton, points, np.ones(33), person=0) for points in walker.image_px]
    watcher = PostureWatcher()
    calls = calls_of(lambda index: watcher.update(index / 30, poses[index]), frames=len(poses))
    assert np.median(calls[10:]) <= 3106 / 4  # the first version made 3,106

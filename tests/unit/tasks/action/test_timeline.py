"""When something is said to begin and to end, window by window."""

from dataclasses import replace

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.timeline import ActionSettings, Change, HysteresisDetector, Track

FALL = Task("fall", ("fall", "slip", "other"), background="other")
MOVE = Task("move", ("sit", "walk"))
CLOCK = WindowSpec(length_s=2.0, hop_s=0.5, fps=10.0)


def card(**about: object) -> ModelCard:
    return ModelCard("m", "none", LandmarkInput(FeatureSpec(), CLOCK), (Head(FALL), Head(MOVE)), about)


def falling(*probabilities: float | None, known: bool = True) -> list[WindowScores | None]:
    return [
        None if one is None else WindowScores(np.array([one, 0.0, 1 - one]), known) for one in probabilities
    ]


def told(
    said: list[WindowScores | None], settings: ActionSettings | None = None, *, task: Task = FALL
) -> list[Change]:
    """Steps of a second each."""
    teller = HysteresisDetector((settings or ActionSettings(cool_down_s=0)).rules(card(), task), person=4)
    changes = [one for second, each in enumerate(said) for one in teller.add(second, second + 1, each)]
    return [*changes, *teller.close()]


def ends(changes: list[Change]) -> list[tuple[float, float, str]]:
    return [(one.span.start_s, one.span.end_s, one.span.label) for one in changes if one.kind == "end"]


def tracked(
    said: list[WindowScores | None], settings: ActionSettings, *, task: Task = FALL
) -> list[list[Change]]:
    """What each window of 20 rows, one every 5, brings; and what the end brings."""
    track = Track(settings.rules(card(), task), person=4, since_row=10, clock=CLOCK)
    changes = [track.add(one, last_row=10 + 5 * index + 19) for index, one in enumerate(said)]
    return [*changes, track.close()]


def test_an_event_enters_high_and_leaves_low() -> None:
    changes = told(falling(0.1, 0.55, 0.7, 0.5, 0.45, 0.3, 0.5))
    assert ends(changes) == [(2, 5, "fall")]
    assert [one.kind for one in changes] == ["begin", "end"]
    assert changes[0].span == Span(2, 3, "fall", 0.7, 4, "fall")
    assert changes[1].span.score == pytest.approx((0.7 + 0.5 + 0.45) / 3)


def test_what_is_open_at_the_end_ends_there() -> None:
    assert ends(told(falling(0.1, 0.9, 0.9))) == [(1, 3, "fall")]


def test_too_short_an_event_is_not_told_and_does_not_cool_down() -> None:
    settings = ActionSettings(min_duration_s=2.0, cool_down_s=5.0)
    changes = told(falling(0.9, 0.1, 0.9, 0.9, 0.1), settings)
    assert [(one.kind, one.span.start_s, one.span.end_s) for one in changes] == [
        ("begin", 2, 4),
        ("end", 2, 4),
    ]


def test_the_same_is_not_told_again_while_it_cools_down() -> None:
    said = falling(0.9, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1)
    assert ends(told(said, ActionSettings(cool_down_s=4.0))) == [(0, 1, "fall"), (5, 6, "fall")]
    assert len(ends(told(said, ActionSettings(cool_down_s=0.0)))) == 3


def test_another_event_is_told_at_once() -> None:
    said = [*falling(0.9), WindowScores(np.array([0.1, 0.8, 0.1]), True)]
    assert ends(told(said, ActionSettings(cool_down_s=9.0))) == [(0, 1, "fall"), (1, 2, "slip")]


def test_what_is_not_known_begins_no_event_but_does_not_end_one() -> None:
    assert ends(told(falling(0.9, 0.9, known=False))) == []
    assert ends(told([*falling(0.9), *falling(0.8, known=False), *falling(0.1)])) == [(0, 2, "fall")]


def test_where_nothing_was_seen_an_event_ends() -> None:
    assert ends(told(falling(0.9, None, 0.9))) == [(0, 1, "fall"), (2, 3, "fall")]


def test_without_a_background_equal_labels_are_one_span_and_unknown_is_said() -> None:
    def moving(walk: float, *, known: bool = True) -> WindowScores:
        return WindowScores(np.array([1 - walk, walk]), known)

    said = [moving(0.9), moving(0.6), moving(0.5 - 1e-9), moving(0.9, known=False), None, moving(0.8)]
    assert ends(told(said, task=MOVE)) == [(0, 2, "walk"), (2, 3, "sit"), (3, 4, "unknown"), (5, 6, "walk")]


def test_all_labels_tells_of_the_background_too() -> None:
    changes = told(falling(0.1, 0.2, 0.9), ActionSettings(all_labels=True))
    assert ends(changes) == [(0, 2, "other"), (2, 3, "fall")]


def test_without_a_horizon_an_event_is_told_with_the_window_that_shows_it() -> None:
    changes = tracked(falling(0.1, 0.1, 0.9, 0.9, 0.1), ActionSettings())
    assert [len(one) for one in changes] == [0, 0, 1, 0, 1, 0]
    assert changes[2][0].span.start_s == pytest.approx(3.5)
    assert changes[4][0].span.end_s == pytest.approx(4.5)


def test_what_the_first_window_shows_holds_from_its_beginning() -> None:
    changes = tracked(falling(0.9, 0.9, 0.1), ActionSettings())
    assert ends(changes[2]) == [(1.0, 3.5, "fall")]


def test_with_a_horizon_an_instant_is_the_mean_of_the_windows_over_it() -> None:
    windows = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    settings = ActionSettings(horizon_s=9.0, enter=0.5, leave=0.5)
    changes = tracked(falling(*windows), settings)
    flat = [one for each in changes for one in each]
    assert [one.kind for one in flat] == ["begin", "end"]
    # Step k lies from 1 + k/2 s on; it is covered by windows k-3 to k.
    means = [np.mean(windows[max(0, step - 3) : step + 1]) for step in range(11)]
    first, *_, last = [step for step, mean in enumerate(means) if mean >= 0.5]
    assert (flat[1].span.start_s, flat[1].span.end_s) == (1 + first / 2, 1 + last / 2 + 0.5)
    assert len(changes[first]) == 1


def test_a_short_window_ends_where_the_person_was_last_seen() -> None:
    track = Track(ActionSettings().rules(card(), FALL), person=1, since_row=0, clock=CLOCK)
    track.add(falling(0.9)[0], last_row=7)
    assert ends(track.close()) == [(0.0, 0.8, "fall")]


def test_the_card_advises_and_settings_decide() -> None:
    advising = card(alarms={"fall": {"enter": 0.9, "leave": 0.7, "min_duration_s": 1.0}})
    rules = ActionSettings().rules(advising, FALL)
    assert (rules.enter, rules.leave, rules.min_duration_s, rules.horizon_s) == (0.9, 0.7, 1.0, 0.0)
    assert ActionSettings(enter=0.5).rules(advising, FALL)[2:4] == (0.5, 0.5)
    assert ActionSettings().rules(advising, MOVE).events is False
    assert ActionSettings().rules(card(alarms="no"), FALL).enter == 0.6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"enter": 1.1}, "enter must be"),
        ({"leave": -0.1}, "leave must be"),
        ({"cool_down_s": -1.0}, "cool_down_s must be"),
        ({"horizon_s": float("nan")}, "horizon_s must be"),
        ({"enter": 0.3, "leave": 0.4}, "leave must not be above enter"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        ActionSettings(**options)  # type: ignore[arg-type]


def test_all_labels_leaves_the_events_where_they_are() -> None:
    said = falling(0.1, 0.55, 0.7, 0.5, 0.2, 0.55, 0.65, 0.1, 0.9)
    for settings in (ActionSettings(), ActionSettings(min_duration_s=2.0), ActionSettings(cool_down_s=0.0)):
        everything = ends(told(said, replace(settings, all_labels=True)))
        assert [one for one in everything if one[2] == "fall"] == ends(told(said, settings))


def test_all_labels_fills_the_time_between_events_with_the_background() -> None:
    settings = ActionSettings(all_labels=True, min_duration_s=2.0, cool_down_s=0.0)
    said = [*falling(0.1, 0.9, 0.1, 0.9, 0.9), None, *falling(0.3), *falling(0.2, known=False)]
    assert ends(told(said, settings)) == [
        (0, 3, "other"),  # an event of 1 s is too short to be told
        (3, 5, "fall"),
        (6, 7, "other"),
        (7, 8, "unknown"),
    ]


def test_all_labels_tells_of_a_span_before_it_begins_the_next() -> None:
    changes = told(falling(0.1, 0.9, 0.1), ActionSettings(all_labels=True))
    assert [one.kind for one in changes] == ["begin", "end"] * 3

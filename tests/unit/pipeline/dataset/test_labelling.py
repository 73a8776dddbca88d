"""Which label a window has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.spans import Span
from laban.models.card import Task
from laban.models.examples import UNLABELLED
from laban.pipeline.dataset.labelling import label_of_window
from laban.pipeline.dataset.values import whole_clip

FALL = Task("fall", ("fall", "none", "sit"), background="none")
DANCE = Task("dance", ("left", "right"))


def label(window: Span, spans: list[Span], task: Task = FALL) -> str | None:
    found = label_of_window(window, spans, task)
    return None if found == UNLABELLED else task.labels[found]


def test_a_whole_clip_label_holds_for_every_window() -> None:
    assert label(Span(0, 2), [whole_clip("fall")]) == "fall"
    assert label(Span(100, 102, person=3), [whole_clip("none")]) == "none"
    assert label(Span(0, 2), []) is None


@pytest.mark.parametrize(
    ("start_s", "expected"),
    [(0.0, "none"), (1.0, "none"), (1.4, None), (1.5, "fall"), (3.4, "fall"), (3.6, None)],
)
def test_an_event_of_a_second_in_windows_of_two(start_s: float, expected: str | None) -> None:
    """The window holds half of the event from 1.5 s to 3.5 s; what holds less is neither."""
    assert label(Span(start_s, start_s + 2), [Span(3.0, 4.0, "fall")]) == expected


def test_a_long_event_holds_where_it_covers_half_of_the_window() -> None:
    spans = [Span(3.0, 30.0, "fall")]
    assert [label(Span(start, start + 2), spans) for start in (0.0, 1.5, 2.0, 10.0)] == [
        "none",
        None,
        "fall",
        "fall",
    ]


def test_without_a_background_the_longest_of_those_that_cover_half_wins() -> None:
    spans = [Span(0, 1.2, "left"), Span(1.2, 5, "right")]
    assert label(Span(0, 2), spans, DANCE) == "left"
    assert label(Span(1, 3), spans, DANCE) == "right"
    assert label(Span(6, 8), spans, DANCE) is None
    assert label(Span(4.5, 6.5), spans, DANCE) is None


def test_times_of_the_background_leave_the_rest_unlabelled() -> None:
    spans = [Span(0, 4, "none"), Span(6, 8, "fall")]
    assert label(Span(0, 2), spans) == "none"
    assert label(Span(3.9, 5.9), spans) is None


def test_labels_of_one_person_hold_for_that_person() -> None:
    spans = [Span(1, 3, "fall", person=1)]
    assert label(Span(1, 3, person=1), spans) == "fall"
    assert label(Span(1, 3, person=2), spans) == "none"
    assert label(Span(1, 3, person=2), [whole_clip("fall", person=1)]) is None


times = st.floats(0, 20).map(lambda value: round(value, 2))


@settings(max_examples=100)
@given(times, st.floats(0.2, 5), times, st.floats(0.2, 5), st.floats(-10, 10))
def test_labels_move_with_time_and_never_contradict_the_spans(
    start: float, lasts: float, event: float, event_lasts: float, shift: float
) -> None:
    window, span = Span(start, start + lasts), Span(event, event + event_lasts, "fall")
    found = label(window, [span])
    overlap = window.overlap_s(span)
    assert (found == "none") == (overlap == 0)
    if found == "fall":
        assert overlap >= 0.5 * min(lasts, event_lasts) - 1e-9
    moved = Span(start + shift, start + shift + lasts)
    if abs(overlap - 0.5 * min(lasts, event_lasts)) > 1e-6 and (overlap == 0 or overlap > 1e-6):
        there = label(moved, [Span(event + shift, event + shift + event_lasts, "fall")])
        assert there == found or abs(overlap) < 1e-6

"""What holds of answers whatever people do."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.core.spans import Span
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.predict import predict_recording
from laban.tasks.action.timeline import ActionSettings, Change, HysteresisDetector, Rules

CLOCK = WindowSpec(0.8, 0.2, 10.0)
HEADS = (
    Head(Task("fall", ("fall", "other"), background="other")),
    Head(Task("move", ("sit", "walk", "run")), ood_threshold=0.45),
)


def made_up(values: np.ndarray) -> Outputs:
    """Answers that differ from window to window, smooth in every value: rounding would magnify a last bit."""
    sums = np.nanmean(values[:, :, ::5].astype(np.float64), axis=(1, 2)) * 40
    falls = np.stack([3 * np.sin(sums), 0 * sums], axis=1)
    moves = np.stack([np.cos(sums + one) * 2 for one in range(3)], axis=1)
    return Outputs((falls.astype(np.float32), moves.astype(np.float32)), falls.astype(np.float32))


MODEL = FunctionModel(ModelCard("m", "none", LandmarkInput(FeatureSpec(), CLOCK), HEADS), made_up)


def scene(seed: int, people: int, *, start_s: float = 0.0) -> Recording:
    rng = np.random.default_rng(seed)
    times_s = start_s + np.arange(60) / 10
    found = {}
    for person in rng.permutation(9)[:people]:
        points = rng.uniform(0, 40, (60, 33, 2)) + 300 * rng.uniform(size=(1, 33, 2))
        points[rng.uniform(size=60) < 0.1] = np.nan
        first, last = sorted(rng.integers(0, 60, 2))
        one = PoseSequence(times_s, BLAZEPOSE33, np.ones((60, 33)), image_px=points)
        found[int(person)] = one.take(slice(first, last + 1))
    return Recording("x", times_s, found)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_everybody_is_told_of_as_if_alone(seed: int, people: int) -> None:
    together = scene(seed, people)
    timeline = predict_recording(MODEL, together).timeline
    for person, one in together.people.items():
        alone = predict_recording(MODEL, together.replace(people={person: one})).timeline
        assert alone.spans == timeline.of(person).spans


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(-50, 5000))
def test_later_by_whole_rows_is_later_by_as_much(seed: int, rows: int) -> None:
    now = predict_recording(MODEL, scene(seed, 2))
    later = predict_recording(MODEL, scene(seed, 2, start_s=rows / 10))
    assert len(now.timeline) == len(later.timeline)
    for one, other in zip(now.timeline, later.timeline, strict=True):
        assert (one.label, one.person, one.task) == (other.label, other.person, other.task)
        assert (other.start_s, other.end_s) == pytest.approx((one.start_s + rows / 10, one.end_s + rows / 10))
        assert other.score == pytest.approx(one.score, abs=1e-3)


def changes_of(said: list[tuple[float, bool] | None], rules: Rules) -> list[Change]:
    teller, changes = HysteresisDetector(rules, person=1), []
    for second_s, one in enumerate(said):
        what = None if one is None else WindowScores(np.array([one[0], 1 - one[0]]), one[1])
        changes += teller.add(float(second_s), second_s + 1.0, what)
    return [*changes, *teller.close()]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.tuples(st.floats(0, 1), st.booleans())), max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 3),
    st.floats(0, 3),
    st.booleans(),
)
def test_spans_of_a_person_are_in_order_apart_and_as_long_as_asked(
    said: list[tuple[float, bool] | None],
    first: float,
    second: float,
    least_s: float,
    quiet_s: float,
    all_labels: bool,
) -> None:
    chosen = ActionSettings(
        enter=max(first, second),
        leave=min(first, second),
        min_duration_s=least_s,
        cool_down_s=quiet_s,
        all_labels=all_labels,
    )
    rules = chosen.rules(MODEL.card, HEADS[0].task)
    changes = changes_of(said, rules)
    assert [change.kind for change in changes] == ["begin", "end"] * (len(changes) // 2)
    spans: list[Span] = [change.span for change in changes if change.kind == "end"]
    assert all(one.end_s <= other.start_s for one, other in itertools.pairwise(spans))
    falls = [span for span in spans if span.label == "fall"]
    events_only = changes_of(said, rules._replace(fills=False))
    assert falls == [change.span for change in events_only if change.kind == "end"]
    if all_labels:
        told_s = sum(span.duration_s for span in spans)
        assert told_s == sum(one is not None for one in said)
    else:
        assert spans == falls
        assert all(span.duration_s >= least_s - 1e-9 for span in spans)
        assert all(span.score >= rules.leave - 1e-9 for span in spans)
        gaps_s = [other.start_s - one.end_s for one, other in itertools.pairwise(spans)]
        assert all(gap_s >= quiet_s - 1e-9 for gap_s in gaps_s)

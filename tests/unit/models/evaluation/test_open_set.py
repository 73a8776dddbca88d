"""Scores of being known, and their figures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.embedding_space import STATISTICS, embedding_statistics
from laban.models.evaluation.open_set import (
    KNOWN_SCORE,
    KNOWN_SCORES,
    known_scorer,
    open_set_metrics,
    unknown_threshold,
)
from laban.models.inputs import LandmarkInput

TASK = Task("move", ("a", "b"))


def card(about: dict[str, object], *, temperature: float = 1.0) -> ModelCard:
    return ModelCard(
        "m", "fake", LandmarkInput(FeatureSpec(), WindowSpec()), (Head(TASK, temperature),), about
    )


def seen(centre: tuple[float, float], *, count: int = 50, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 2)) + centre


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=20), st.lists(st.integers(0, 5), min_size=1, max_size=20)
)
def test_the_area_is_the_chance_that_a_known_one_scores_higher(known: list[int], unknown: list[int]) -> None:
    found = open_set_metrics(np.array(known, dtype=float), np.array(unknown, dtype=float))
    pairs = [(a > b) + 0.5 * (a == b) for a in known for b in unknown]
    assert found.auroc == pytest.approx(np.mean(pairs))


def test_what_passes_with_95_percent_of_the_known() -> None:
    known = np.arange(100) / 100
    found = open_set_metrics(known, np.array([0.0, 0.03, 0.04, 0.5]))
    assert found.fpr_at_95 == 0.5
    assert unknown_threshold(known) == pytest.approx(0.0495)
    assert unknown_threshold(known[:19]) is None
    with pytest.raises(InvalidValueError, match="got 0 and 1"):
        open_set_metrics(np.zeros(0), np.zeros(1))


@pytest.mark.parametrize("name", sorted(KNOWN_SCORES))
def test_every_score_is_higher_for_what_was_learned(name: str) -> None:
    a, b, strange = seen((6, 0)), seen((0, 6), seed=1), seen((-6, -6), seed=2)
    statistics = embedding_statistics(np.concatenate([a, b]), np.repeat([0, 1], 50))
    score = known_scorer(card({STATISTICS: {"move": statistics}, KNOWN_SCORE: {"move": name}}), "move")
    known, unknown = score(a, a), score(strange, strange)
    assert open_set_metrics(known, unknown).auroc > (0.85 if name == "max_probability" else 0.99)
    assert ((np.concatenate([known, unknown]) >= 0) & (np.concatenate([known, unknown]) <= 1)).all()
    assert np.allclose(score(a[:1], a[:1]), known[:1], rtol=1e-12)


def test_without_word_in_the_card_the_highest_calibrated_probability_counts() -> None:
    score = known_scorer(card({}, temperature=2.0), "move")
    assert score(np.array([[2.0, 0.0]]), np.zeros((1, 2))) == pytest.approx([1 / (1 + np.exp(-1))])


def test_a_card_that_names_no_such_score_or_lacks_its_numbers_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'cosine'"):
        known_scorer(card({KNOWN_SCORE: {"move": "cosin"}}), "move")
    with pytest.raises(InvalidValueError, match="statistics"):
        known_scorer(card({KNOWN_SCORE: {"move": "cosine"}}), "move")

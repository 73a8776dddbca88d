"""Baselines: what they learn, how they bridge gaps, and what happens without their extra."""

import builtins

import numpy as np
import pytest

from laban.errors import UnknownNameError
from laban.models.baselines import BASELINES, Majority, NearestByDtw, run_baselines
from laban.models.baselines.filled import filled


def waves(count: int, *, seed: int, length: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Slow and fast waves that begin anywhere, with gaps."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    begin = rng.uniform(0, 6, (count, 1, 1))
    speed = np.array([0.25, 0.6])[labels][:, None, None]
    time = np.arange(length)[None, :, None] * speed + begin + np.arange(3)
    values = np.sin(time) + 0.05 * rng.normal(size=(count, length, 3))
    values[rng.random(values.shape) < 0.1] = np.nan
    return values.astype(np.float32), labels


@pytest.mark.parametrize("name", ["1-NN DTW", "MiniRocket"])
def test_both_know_slow_from_fast_waves(name: str) -> None:
    if name == "MiniRocket":
        pytest.importorskip("aeon", reason="the baselines extra is not installed")
    train, labels = waves(40, seed=0)
    test, truth = waves(20, seed=1)
    (found,) = run_baselines(train, labels, test, classes=3, names=[name])
    assert found.scores is not None
    assert found.scores.shape == (20, 3)
    assert np.allclose(found.scores.sum(axis=1), 1)
    assert (found.scores.argmax(axis=1) == truth).mean() >= 0.95


def test_the_majority_is_the_commonest_of_those_with_a_label() -> None:
    values = np.zeros((6, 9, 2), dtype=np.float32)
    (found,) = run_baselines(
        values, np.array([1, 1, 0, -1, -1, -1]), values[:2], classes=2, names=["majority"]
    )
    assert found.scores == pytest.approx(np.array([[1 / 3, 2 / 3]] * 2))


def test_gaps_are_bridged_held_and_zero_where_nothing_is_known() -> None:
    column = np.array([np.nan, 1, np.nan, np.nan, 4, np.nan])
    values = np.stack([column, np.full(6, np.nan)], axis=1)[None].astype(np.float32)
    assert filled(values)[0].T.tolist() == [[1, 1, 2, 3, 4, 4], [0] * 6]


def test_a_missing_extra_is_told_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_aeon(name: str, *rest: object, **more: object) -> object:
        if name.startswith("aeon"):
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_aeon)
    train, labels = waves(6, seed=0)
    found = run_baselines(train, labels, train, classes=2)
    assert [one.name for one in found] == list(BASELINES)
    assert [one.scores is None for one in found] == [False, False, True]
    assert "laban[baselines]" in found[2].note
    with pytest.raises(UnknownNameError, match="majority"):
        run_baselines(train, labels, train, classes=2, names=["majorty"])


def test_baselines_follow_the_protocol() -> None:
    train, labels = waves(6, seed=0)
    for made in (Majority(), NearestByDtw()):
        made.fit(train, labels, classes=2)
        assert made.scores(train[:2]).shape == (2, 2)

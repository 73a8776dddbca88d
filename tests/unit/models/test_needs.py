"""What learning needs is asked for before it begins, and what is optional is told and left out."""

import builtins
import importlib.util
from typing import Any

import pytest
from tests.unit.models.conftest import Make
from tests.unit.models.evaluation.test_evaluate import raised, watcher

from laban.cli.metrics_tables import metrics_table
from laban.errors import MissingExtraError
from laban.models import needs
from laban.models.evaluation.evaluate import EvaluationSettings, evaluate_model
from laban.models.needs import baselines_note, check_can_train
from laban.models.training.splits import SplitSettings, split_examples
from laban.render.report import draw_report


def _without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    def found(name: str) -> Any:
        return None if name in modules else importlib.util.find_spec("json")

    monkeypatch.setattr(needs, "find_spec", found)


def test_training_names_all_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "torch", "litert_torch")
    with pytest.raises(MissingExtraError, match=r"needs PyTorch and litert-torch; .*'laban\[train\]'"):
        check_can_train()
    _without(monkeypatch, "aeon")
    check_can_train()


def test_missing_baselines_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "aeon")
    assert "MiniRocket needs aeon and is left out" in str(baselines_note())
    _without(monkeypatch)
    assert baselines_note() is None


def test_figures_without_a_baseline_make_a_table_and_a_report(
    make_examples: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without_aeon(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("aeon"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_aeon)
    examples = raised(make_examples)
    (split,) = split_examples(examples, settings=SplitSettings(test=0.5, validation=0.1))
    chosen = EvaluationSettings(baselines=("majority", "MiniRocket"), resamples=50)
    metrics = evaluate_model(watcher(), examples, split=split, settings=chosen).metrics
    row = metrics.tasks[0].baselines[1]
    assert {row.accuracy, row.macro_f1, row.interval, row.difference, row.seconds} == {None}
    assert "laban[baselines]" in row.note
    metrics_table(metrics)
    assert "laban[baselines]" in draw_report(metrics)

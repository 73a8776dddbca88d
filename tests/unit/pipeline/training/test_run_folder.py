"""A run knows its own finished work again, and what an interrupted one left; other work is none of it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.answers import answer

from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import MachineAnswer, RunAnswer, TrainingMetrics
from laban.pipeline.training.listening import METRICS, REPORT, SETTINGS
from laban.pipeline.training.run_folder import MODEL_NAMES, RunFolder, about_run


@dataclass(frozen=True)
class Settings:
    names: tuple[str, ...] = ("a", "b")


def about(**changes: Any) -> RunAnswer:
    given = {"settings": Settings(), "training": {"epochs": 3}, "data": "clips", "data_sha256": "c0ffee"}
    return about_run(**{**given, **changes})


def report(path: Path, metrics: TrainingMetrics) -> None:
    path.write_text(metrics.model.name)


def figures() -> TrainingMetrics:
    model = {"name": "m", "input": "landmarks"}
    return replace(answer(TrainingMetrics, {"version": 1, "model": model, "notes": ["n"]}), run=about())


def finished(folder: Path) -> RunFolder:
    run = RunFolder(folder, about())
    state = run.state("all")
    state.parent.mkdir(parents=True)
    state.write_bytes(b"half way")
    (folder / MODEL_NAMES["float32"]).write_bytes(b"model")
    run.finish(figures(), report=report)
    return run


def test_what_was_finished_is_kept_and_what_was_on_the_way_is_gone(tmp_path: Path) -> None:
    run = finished(tmp_path)
    assert run.kept(TrainingMetrics).to_json() == figures().to_json()
    assert json.loads((tmp_path / SETTINGS).read_text()) == about().to_json()
    assert not run.state("all").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [METRICS, "model.tflite", REPORT, SETTINGS]
    )


def test_a_run_without_a_file_that_is_needed_is_not_kept(tmp_path: Path) -> None:
    run = finished(tmp_path)
    assert run.kept(TrainingMetrics, also=("held_out.npz",)) is None
    (tmp_path / "held_out.npz").touch()
    assert run.kept(TrainingMetrics, also=("held_out.npz",)) is not None
    assert RunFolder(tmp_path, about(), "fusion.json").kept(TrainingMetrics) is None


@pytest.mark.parametrize(
    "changes", [{"settings": Settings(("a",))}, {"training": {"epochs": 4}}, {"data_sha256": "decaf"}]
)
def test_other_work_is_not_taken_for_this(tmp_path: Path, changes: dict[str, Any]) -> None:
    run, other = finished(tmp_path), RunFolder(tmp_path, about(**changes))
    assert other.kept(TrainingMetrics) is None
    assert other.state("all") != run.state("all") != run.state("fold 1")


@pytest.mark.parametrize("name", [METRICS, "model.tflite", REPORT])
def test_a_run_that_lacks_a_file_is_not_finished(tmp_path: Path, name: str) -> None:
    run = finished(tmp_path)
    (tmp_path / name).unlink()
    assert run.kept(TrainingMetrics) is None


def test_damaged_figures_are_made_again(tmp_path: Path) -> None:
    run = finished(tmp_path)
    (tmp_path / METRICS).write_text('{"run": ')
    assert run.kept(TrainingMetrics) is None


def test_where_a_run_was_made_does_not_hinder_its_going_on(tmp_path: Path) -> None:
    """Another machine, or another version, goes on with the same state; it does not pass for the same run."""
    there = replace(about(), machine=MachineAnswer("3.11", 99))
    one, other = RunFolder(tmp_path, about()), RunFolder(tmp_path, there)
    assert one.state("all") == other.state("all")
    assert finished(tmp_path).kept(TrainingMetrics) is not None
    assert other.kept(TrainingMetrics) is None


def test_figures_of_another_kind_are_none_of_its_own(tmp_path: Path) -> None:
    assert finished(tmp_path).kept(ImageMetrics) is None

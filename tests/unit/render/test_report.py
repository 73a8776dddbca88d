"""The report: self-contained, harmless whatever the names are, and its numbers are those of the figures."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.answers import answer

from laban.core.answers.metrics import TrainingMetrics
from laban.core.skeleton import BLAZEPOSE33
from laban.render.report import draw_report, write_report
from laban.render.report.strips import skeleton_strip

HOSTILE = "</style><script>alert(1)</script>\"'&\u202e"


def figures(accuracy: float = 0.8125) -> dict[str, Any]:
    classes = [
        {"label": "no_fall", "precision": 0.9, "recall": 0.75, "f1": 0.8182, "support": 12, "predicted": 10},
        {"label": "fall", "precision": 0.5, "recall": None, "f1": None, "support": 0, "predicted": 1},
    ]
    averages = dict.fromkeys(("macro_precision", "macro_recall", "macro_f1", "balanced_accuracy"), 0.7)
    return {
        "count": 16,
        "accuracy": accuracy,
        **averages,
        "classes": classes,
        "confusion": [[9, 2, 1], [1, 3, 0]],
        "intervals": {"accuracy": [0.701, 0.912], "macro_f1": [None, None]},
    }


def content() -> dict[str, Any]:
    """Figures as ``laban.models.evaluation.evaluate`` lays them out, with everything that may be there."""
    bins = [{"low": 0.5, "high": 0.6, "confidence": 0.55, "accuracy": 0.5, "count": 8}]
    told = {"ece": 0.05, "ece_mass": 0.04, "bins": bins}
    still = [[round(0.1 * joint, 2), round(0.05 * joint, 2)] for joint in range(33)]
    task = {
        "task": "fall",
        "labels": ["no_fall", "fall"],
        "background": "no_fall",
        "windows": figures(),
        "clips": figures(),
        "calibration": {"temperature": 1.3, "before": told | {"ece": 0.21}, "after": told},
        "unknown": {"threshold": 0.412, "answered": 0.96, "accuracy_of_answered": 0.85},
        "held_out": [
            {
                "score": "cosine",
                "classes": ["bowl"],
                "auroc": 0.976,
                "fpr_at_95": 0.1,
                "known": 9,
                "unknown": 4,
            }
        ],
        "baselines": [
            {
                "name": "majority",
                "accuracy": 0.5,
                "macro_f1": 0.3,
                "interval": [0.4, 0.6],
                "difference": [0.2, 0.4],
            },
            {"name": "MiniRocket", "accuracy": None, "note": "needs aeon"},
        ],
        "robustness": [
            {"name": "undisturbed", "accuracy": 0.8, "macro_f1": 0.7, "note": ""},
            {"name": "jitter", "accuracy": 0.7, "macro_f1": 0.6, "note": ""},
        ],
        "subgroups": [{"column": "sex", "value": "f", "count": 8, "accuracy": 0.75, "macro_f1": 0.7}],
        "coverage": [
            {
                "label": "fall",
                "windows": 9,
                "clips": 4,
                "groups": 2,
                "people": 5,
                "seconds": None,
                "known": 0.9,
            }
        ],
        "hardest": [
            {
                "clip": "a.mp4",
                "group": "g",
                "label": "fall",
                "label_probability": 0.02,
                "predicted": "no_fall",
                "probability": 0.98,
                "person": 1,
                "start_s": 2.5,
                "skeleton": "blazepose33",
                "figures": [still, [None] * 33, still],
            }
        ],
        "label_errors": [{"clip": "b.mp4", "label": "fall", "likely": "no_fall", "margin": 0.5}],
        "events": {
            "events": 4,
            "found": 3,
            "recall": 0.75,
            "false_alarms": 1,
            "false_alarms_per_hour": 2.5,
            "repeats": 0,
            "hours": 0.4,
            "delay_median_s": 0.8,
            "delay_p95_s": None,
            "f1_at_iou": 0.6,
            "false_negatives": ["c.mp4 fall at 3.0 s"],
            "false_positives": [],
        },
        "random": {"accuracy": 0.95, "macro_f1": 0.9, "interval": [0.9, 1.0], "gap": 0.1375},
    }
    epochs = [
        {"number": n, "train_loss": 1 / n, "loss": None if n == 2 else 1.2 / n, "accuracy": [0.2 * n]}
        for n in range(1, 5)
    ]
    return {
        "version": 1,
        "model": {
            "name": "falls",
            "architecture": "tcn",
            "features": {"sets": ["xy"], "skeleton": "blazepose33"},
            "clock": {"length_s": 2.0, "hop_s": 0.5, "fps": 30.0},
            "about": {"packed": "x" * 10_000},
        },
        "notes": ["Something was left out."],
        "split": {
            "by": "group",
            "notes": ["Few groups."],
            "parts": {"test": {"windows": 9, "clips": 4, "groups": 2}},
        },
        "training": {"epochs": epochs, "best_epoch": 3, "seconds": 12.0},
        "tasks": [task],
        "export": [
            {
                "path": "model.tflite",
                "scheme": "float32",
                "size_bytes": 1_234_000,
                "windows": 256,
                "max_difference": 3e-8,
                "agreement": 1.0,
                "accuracy_change": [0.0],
                "latency_ms": 0.42,
            }
        ],
        "run": {"data_sha256": "c0ffee"},
    }


def drawn(held: dict[str, Any]) -> str:
    return draw_report(answer(TrainingMetrics, held))


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = drawn(content())
    assert not re.search(r"<(script|link|img|iframe)|https?:|url\(|\bon\w+=|\bstyle=", page)
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert style is not None
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].endswith(f"style-src 'sha256-{digest}'")
    assert policy[1].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "words",
    [
        "81.2 %",
        "95 %: 70.1 – 91.2",
        "before: 21.0 %",
        "points; 95 %: +20.0 to +40.0",
        "+13.8",
        "−10.0",
        "0.976",
        "3 of 4",
        "2.5 an hour",
        "c.mp4 fall at 3.0 s",
        "needs aeon",
        "tcn · xy of blazepose33 · windows of 2 s at 30 fps · tested by group",
        "the weights of epoch 3 were kept",
        "Something was left out.",
        "Few groups.",
        "(10000 letters)",
        "1.23 MB3.0e-08100.0 %+0.00.4 ms",
        "c0ffee",
    ],
)
def test_the_numbers_of_the_figures_are_told(words: str) -> None:
    text = re.sub(r"<[^>]+>", "", drawn(content()))
    assert words in text


def test_names_never_become_markup() -> None:
    held = content()
    task = held["tasks"][0]
    held["model"]["name"] = held["notes"][0] = held["split"]["by"] = task["task"] = HOSTILE
    task["labels"][0] = task["clips"]["classes"][0]["label"] = task["coverage"][0]["label"] = HOSTILE
    for name in ("clip", "label", "predicted", "skeleton"):
        task["hardest"][0][name] = HOSTILE
    task["subgroups"][0] |= {"column": HOSTILE, "value": HOSTILE}
    task["baselines"][1] |= {"name": HOSTILE, "note": HOSTILE}
    task["label_errors"][0]["clip"] = task["events"]["false_negatives"][0] = task["held_out"][0]["score"] = (
        HOSTILE
    )
    held["model"]["about"] = {HOSTILE: HOSTILE}
    page = drawn(held)
    assert "<script" not in page
    assert page.count("</style>") == 1


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=30))
def test_any_name_comes_through_as_it_is(name: str) -> None:
    held = content()
    held["tasks"][0]["label_errors"][0]["clip"] = name
    page = drawn(held)
    assert page.count("<tr>") == drawn(content()).count("<tr>")


@pytest.mark.parametrize(
    "left_out",
    ["baselines", "robustness", "subgroups", "hardest", "label_errors", "events", "random", "held_out"],
)
def test_what_is_not_known_is_left_out(left_out: str) -> None:
    held = content()
    held["tasks"][0][left_out] = None if left_out in ("events", "random") else []
    assert len(drawn(held)) < len(drawn(content()))


def test_a_report_of_new_data_has_no_split_and_no_curves() -> None:
    held = content() | {"split": None, "training": None, "notes": []}
    page = drawn(held)
    assert "tested on new data" in page
    assert "Curves" not in page


def test_figures_are_drawn_where_joints_are_known() -> None:
    (hard,) = content()["tasks"][0]["hardest"]
    strip = skeleton_strip(hard["figures"], "blazepose33")
    assert strip is not None
    assert strip.count("<g ") == 3
    assert strip.count("<circle") == 2
    assert strip.count('class="left"') == strip.count('class="right"') > 4
    assert skeleton_strip([[None] * len(BLAZEPOSE33)], "blazepose33") is None
    assert skeleton_strip(hard["figures"], "unheard_of") is None
    assert skeleton_strip([[[0.0, 0.0]]], "blazepose33") is None


def test_the_file_is_written_whole(tmp_path: Path) -> None:
    target = write_report(tmp_path / "run" / "report.html", answer(TrainingMetrics, content()))
    assert target.read_text(encoding="utf-8") == drawn(content())
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]

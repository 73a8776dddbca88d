"""The real command with the real networks on a few marked images."""

import json
from pathlib import Path

import pytest
from tests.answers import check_schema

from laban.assets import find_asset
from laban.cli import main

NETWORKS = ("blazepose_detector", "blazepose_landmarker_full", "yolox_nano")


@pytest.fixture
def truth(shared: Path) -> Path:
    missing = [name for name in NETWORKS if find_asset(name) is None]
    if missing:
        pytest.skip(f"the networks are not here; laban assets fetch {' '.join(missing)}")
    return shared / "data" / "coco_samples" / "test_coco.json"


def test_our_models_stand_side_by_side(truth: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["evaluate-pose", str(truth), "--json", "--no-mediapipe", "-o", "report.json"])
    report = check_schema("pose-evaluation", capsys.readouterr().out)
    assert ended.value.code == 0
    assert json.loads((tmp_path / "report.json").read_text()) == report
    by_name = {one["name"]: one for one in report["estimators"]}
    shares = {name: one["correct_points"]["share"] for name, one in by_name.items()}
    assert shares["laban full + blazepose"] >= 0.5
    assert shares["laban full + yolox"] >= 0.65
    assert by_name["laban full + yolox"]["average_precision"]["at_50"] >= 0.6

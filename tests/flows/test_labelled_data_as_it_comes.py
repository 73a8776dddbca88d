"""Labelled data as people send it, through the command that looks it over."""

from pathlib import Path
from typing import Any

import pytest
from tests.answers import check_schema

from laban.cli import main

EXPECTED: dict[str, dict[str, Any]] = {
    "table_cp1252.csv": {"labels": {"Kniebeuge über", "curl"}, "clips": 2},
    "table_semicolon.csv": {"labels": {"squat", "curl"}, "clips": 2},
    "table_windows_paths.csv": {"labels": {"squat", "curl"}, "clips": 2},
    "pyskl_empty_clip.pkl": {"labels": {"0", "1"}, "clips": 2, "skipped": ["e"], "splits": {"train": 2}},
    "pyskl_npstr_split.pkl": {"labels": {"0", "1"}, "clips": 2, "splits": {"train": 1, "val": 1}},
    "pyskl_text_label.pkl": {"labels": {"fall"}, "clips": 1},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_reported_inputs_give_what_is_in_them(
    shared: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    wanted = EXPECTED[name]
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(shared / "data" / "reported" / name), "--no-doubts", "--json", "--quiet"])
    assert ended.value.code in (0, None)
    told = check_schema("audit", capsys.readouterr().out)
    assert {one["label"] for one in told["coverage"]} == wanted["labels"]
    assert told["clips"] == wanted["clips"]
    assert [one["name"] for one in told["skipped"]] == wanted.get("skipped", [])
    assert told["splits"] == wanted.get("splits", {})

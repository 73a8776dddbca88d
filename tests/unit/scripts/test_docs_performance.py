import json
from pathlib import Path

import pytest
from scripts.docs.performance import (
    HIGHLIGHTS,
    NOT_YET,
    highlights_block,
    measured_on,
    performance_block,
    read_report,
    verdict_of,
)

FIGURES = Path(__file__).resolve().parents[3] / "docs" / "benchmarks"

MACHINE = {
    "commit": "abc1234",
    "changed": False,
    "date": "2026-11-20T10:00:00+00:00",
    "cpu": "Some CPU",
    "cores": 2,
    "python": "3.11.7",
    "system": "Linux x86_64",
    "versions": {"av": "19.0"},
}
ROWS = [
    {"what": "speed", "value": 3.21, "unit": "×", "at_least": 3, "at_most": None, "met": True},
    {"what": "memory", "value": 712.0, "unit": "MB", "at_least": None, "at_most": 600, "met": False},
    {"what": "alone", "value": 4.0, "unit": "×", "at_least": None, "at_most": None, "met": None},
]


def test_figures_stand_beside_their_targets() -> None:
    lines = performance_block({"machine": MACHINE, "rows": ROWS}).splitlines()
    assert "| speed | 3.21× | ≥ 3 | met |" in lines
    assert "| memory | 712 MB | ≤ 600 | **missed** |" in lines
    assert "| alone | 4× |  |  |" in lines


def test_a_verdict_is_judged_and_not_believed() -> None:
    assert verdict_of({"value": 1.0, "at_least": 2.0, "met": True}) == "**missed**"
    assert verdict_of({"value": 2.0, "at_least": 2.0}) == "met"
    assert verdict_of({"value": 0.5, "at_most": 0.5}) == "met"


@pytest.mark.parametrize(
    ("commits", "words"),
    [
        (["abc1234", "abc1234"], "at commit `abc1234`: 2 cores"),
        (["abc1234", "def5678 with changes"], "at commits `abc1234` and `def5678 with changes`: 2 cores"),
    ],
)
def test_the_machine_and_the_code_are_told(commits: list[str], words: str) -> None:
    rows = [row | {"commit": commit} for row, commit in zip(ROWS, commits, strict=False)]
    told = measured_on({"machine": MACHINE, "rows": rows})
    assert words in told
    assert "2026-11-20" in told


def test_the_highlights_are_rows_of_the_suites() -> None:
    suites = {suite for suite, *_ in HIGHLIGHTS}
    reports = {suite: read_report(FIGURES / f"{suite}.json") for suite in suites}
    lines = highlights_block(reports).splitlines()[2:]
    assert len(lines) == len(HIGHLIGHTS) == 8
    assert sum("**missed**" in line for line in lines) >= 2, "the README shows misses as well; choose others"


def test_a_highlight_that_is_not_there_is_named() -> None:
    empty = {suite: {"rows": []} for suite, *_ in HIGHLIGHTS}
    with pytest.raises(ValueError, match="no row is called"):
        highlights_block(empty)
    assert highlights_block({}) == NOT_YET


def test_a_page_may_tell_of_one_part() -> None:
    rows = [row | {"part": part, "commit": part} for row, part in zip(ROWS, "aba", strict=True)]
    block = performance_block({"machine": MACHINE, "rows": rows}, part="a")
    assert "| speed |" in block
    assert "| alone |" in block
    assert "| memory |" not in block
    assert "at commit `a`:" in block


def test_without_a_benchmark_the_block_says_so(tmp_path: Path) -> None:
    assert read_report(tmp_path / "pose.json") is None
    assert performance_block(None) == NOT_YET


def test_a_report_is_read_as_the_benchmark_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "pose.json"
    file.write_text(json.dumps({"machine": MACHINE, "rows": ROWS}, indent=1))
    assert "Some CPU" in performance_block(read_report(file))

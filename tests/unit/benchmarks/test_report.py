from pathlib import Path

from benchmarks.report import keep
from benchmarks.rows import row


def test_a_part_measured_anew_replaces_its_rows_alone(tmp_path: Path) -> None:
    file = tmp_path / "results" / "some.json"
    keep(file, "speed", [row("fast", 1.0, "×"), row("faster", 2.0, "×")], machine=_machine("abc1234"))
    keep(file, "people", [row("found", 0.9, "")], machine=_machine("abc1234"))
    report = keep(file, "speed", [row("fast", 3.0, "×")], machine=_machine("def5678", changed=True))
    assert [(one["part"], one["what"], one["value"]) for one in report["rows"]] == [
        ("people", "found", 0.9),
        ("speed", "fast", 3.0),
    ]
    assert [one["commit"] for one in report["rows"]] == ["abc1234", "def5678 with changes"]


def _machine(commit: str, *, changed: bool = False) -> dict[str, object]:
    return {"commit": commit, "changed": changed}

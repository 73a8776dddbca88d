"""The demo as a newcomer runs it, on the shortest sample."""

from pathlib import Path

import pytest
from tests.answers import check_schema

from laban.cli.app import app
from laban.cli.errors import guarded

pytestmark = [pytest.mark.network, pytest.mark.enable_socket]

PEOPLE = {"blazepose": 1, "yolox": 2}
"""Only yolox finds the one who stands in the background; which is taken depends on what could be fetched."""


def test_the_demo_makes_a_recording_and_three_ways_to_see_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("plotly", reason="pages need the extra view")
    assert guarded(app, ["demo", "-o", str(tmp_path), "--clip", "single_person_cam01", "--json"]) == 0
    made = check_schema("demo", capsys.readouterr().out)
    assert made["people"] == PEOPLE[made["detector"]]
    assert made["frames"] == 100
    for name, least_bytes in {
        "recording": 10_000,
        "overlay": 50_000,
        "sheet": 50_000,
        "page": 50_000,
    }.items():
        path = Path(made[name])
        assert path.parent == tmp_path
        assert path.stat().st_size > least_bytes
    assert Path(made["page"]).read_text().lstrip().lower().startswith("<!doctype html")


def test_the_demo_speaks_to_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["demo", "-o", str(tmp_path), "--clip", "single_person_cam01"]) == 0
    out, _ = capsys.readouterr()
    first, *files = out.splitlines()
    assert first.startswith(("1 person · 100 frames · ", "2 people · 100 frames · "))
    assert len(files) == 4
    assert all(str(tmp_path) in line for line in files)

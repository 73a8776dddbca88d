"""``laban audit`` from files to the table, the JSON and the exit code."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.answers import check_schema

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.sequence import Recording
from laban.sources import SyntheticScene


@pytest.fixture(scope="module")
def walks() -> list[Recording]:
    """Two synthetic people a scene, small and few frames, so that all is quick."""
    scenes = (
        SyntheticScene(people=1, seconds=2.5, fps=15, size_wh=(160, 90), seed=seed) for seed in range(4)
    )
    return [scene.recording() for scene in scenes]


@pytest.fixture
def data(tmp_path: Path, walks: list[Recording]) -> Path:
    for index, walk in enumerate(walks):
        walk.save(tmp_path / "data" / ("left" if index % 2 else "right") / f"{index}.parquet")
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = guarded(app, ["audit", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_clean_folder_has_nothing_to_tell(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, str(data), "--json")
    value = check_schema("audit", out)
    assert (code, err) == (0, "")
    assert value["findings"] == []
    assert [(one["label"], one["clips"], one["seen_share"]) for one in value["coverage"]] == [
        ("left", 2, 1.0),
        ("right", 2, 1.0),
    ]


def test_planted_faults_are_in_the_table(
    data: Path, walks: list[Recording], capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    one = walks[0].people[0]
    points = np.array(one.image_px) + rng.normal(0, 0.2, (len(one), 33, 2))
    walks[0].replace(people={0: one.replace(image_px=points)}).save(data / "left" / "copy.parquet")
    walks[1].replace(people={}).save(data / "left" / "nobody.parquet")
    (data / "left" / "broken.parquet").write_bytes(b"PAR1 nothing PAR1")
    (data / "left" / "notes.md").write_text("words")
    code, out, err = run(capsys, str(data))
    assert code == 3
    assert "near-duplicate" in out
    assert "but their labels differ: left and right" in out
    assert "1 clip with nobody in sight: left/nobody.parquet" in out
    assert "little-used" in out
    assert "1 fault, 2 warnings" in out
    assert "left out left/notes.md" in err
    assert "broken.parquet" in err


def test_what_is_no_dataset_ends_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, str(tmp_path))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "found an empty folder" in err


def test_videos_are_extracted_once(
    tmp_path: Path,
    film: Callable[..., Path],
    asset: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    asset("blazepose_detector")
    asset("blazepose_landmarker_lite")
    for label in ("a", "b"):
        (tmp_path / "data" / label).mkdir(parents=True)
        film(tmp_path / "data" / label / f"{label}.mp4", frames=4 + ord(label) % 2)
    (tmp_path / "data" / "b" / "cut.mp4").write_bytes((tmp_path / "data" / "b" / "b.mp4").read_bytes()[:500])
    options = ("--detector", "blazepose", "--model", "lite", "--cache", str(tmp_path / "kept"), "--json")
    code, out, _ = run(capsys, str(tmp_path / "data"), *options)
    value = check_schema("audit", out)
    assert code == 3
    assert [Path(one["name"]).name for one in value["failed"]] == ["cut.mp4"]
    assert {one["kind"] for one in value["findings"]} >= {"nobody"}
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.parquet")}
    assert len(kept) == 2
    assert run(capsys, str(tmp_path / "data"), *options)[0] == 3
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.parquet")} == kept

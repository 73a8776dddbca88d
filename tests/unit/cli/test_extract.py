from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.answers import check_schema

from laban.cli import extract_job, extract_options
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.cli.extract_options import ExtractOptions, with_weights
from laban.core.sequence import Recording
from laban.errors import AssetError, SourceError
from laban.pipeline.recording.extract import Extraction
from laban.pipeline.recording.settings import ExtractionSettings


class Pipeline:
    """Stands in for the pipeline: notes what it is asked, and fails on sources called bad."""

    def __init__(self) -> None:
        self.asked: list[tuple[Path, Path, ExtractionSettings]] = []
        self.fetched: list[str] = []
        self.absent: set[str] = set()
        self.here: set[str] = set()
        self.stop_at: str | None = None

    def extract_file(
        self,
        source: Path,
        target: Path,
        *,
        settings: ExtractionSettings,
        progress: Any,
        name: str | None = None,
    ) -> Extraction:
        if source.stem == self.stop_at:
            raise KeyboardInterrupt
        if source.stem == "bad":
            raise SourceError(f"{source}: no video in it")
        progress(5, 10)
        self.asked.append((source, target, settings))
        kept = target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"recording")
        recording = Recording(str(source), np.arange(10) / 30, {})
        return Extraction(recording, 0.5, kept=kept, warnings=("cut short",) if kept else ())

    def find_asset(self, name: str) -> Path | None:
        return Path(name) if name in self.here else None

    def fetch_asset(self, name: str, *, quiet: bool = False) -> Path:
        if name in self.absent:
            raise AssetError(f"{name} is absent")
        self.fetched.append(name)
        return Path(name)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pipeline:
    stand_in = Pipeline()
    monkeypatch.setattr(extract_job, "extract_file", stand_in.extract_file)
    monkeypatch.setattr(extract_options, "fetch_asset", stand_in.fetch_asset)
    monkeypatch.setattr(extract_options, "find_asset", stand_in.find_asset)
    monkeypatch.chdir(tmp_path)
    for name in ("a.mp4", "b.mp4", "bad.mp4"):
        (tmp_path / name).write_bytes(b"")
    return stand_in


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any, str]:
    code = guarded(app, ["extract", *arguments, "--json"])
    out, err = capsys.readouterr()
    return code, check_schema("extraction", out) if out else None, err


def test_each_video_becomes_a_recording(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    code, items, err = run("a.mp4", "b.mp4", "-o", "out", capsys=capsys)
    assert (code, err) == (0, "")
    assert [(one["source"], one["status"]) for one in items] == [("a.mp4", "done"), ("b.mp4", "done")]
    assert items[0]["outputs"] == [str(Path("out/a.parquet"))]
    assert items[0]["details"] == {"people": 0, "frames": 10, "fps": 20.0, "detector": "yolox"}


def test_a_bad_video_is_skipped_with_its_reason(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    code, items, err = run("bad.mp4", "a.mp4", "absent.mp4", "-o", "out", capsys=capsys)
    assert code == 3
    assert [one["status"] for one in items] == ["failed", "done", "failed"]
    assert items[0]["reason"] == "bad.mp4: no video in it"
    assert err.splitlines()[0] == "laban: bad.mp4: no video in it"


def test_nothing_but_bad_videos_is_1(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bad.mp4", capsys=capsys)[0] == 1


def test_what_was_done_before_is_kept_and_said(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    run("a.mp4", "-o", "out", capsys=capsys)
    code, items, err = run("a.mp4", "-o", "out", capsys=capsys)
    assert code == 0
    assert items[0]["status"] == "kept"
    assert items[0]["details"]["fps"] is None
    assert f"a.mp4: kept {Path('out/a.parquet')}" in err
    assert "laban: warning: a.mp4: cut short" in err
    assert run("a.mp4", "-o", "out", "--quiet", capsys=capsys)[2] == ""


def test_ctrl_c_keeps_what_is_finished(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.stop_at = "b"
    code, _, err = run("a.mp4", "b.mp4", "-o", "out", capsys=capsys)
    assert code == 130
    assert "finished work is kept" in err
    assert Path("out/a.parquet").exists()


def test_people_get_a_table(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["extract", "a.mp4", "bad.mp4", "-o", "out"]) == 3
    shown = capsys.readouterr().out
    assert "nobody · 10 frames · 20.0 fps · yolox" in shown
    assert "1 done, 1 failed" in shown


def test_options_come_from_flags_variables_and_the_file(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("laban.toml").write_text('[extract]\nmodel = "lite"\nmax_people = 3\noutput = "there"\n')
    monkeypatch.setenv("LABAN_EXTRACT_MAX_PEOPLE", "4")
    assert run("a.mp4", "--every", "2", capsys=capsys)[0] == 0
    ((_, target, settings),) = pipeline.asked
    assert (settings.model, settings.max_people, settings.every) == ("lite", 4, 2)
    assert target == Path("there/a.parquet")
    assert "blazepose_landmarker_lite" in pipeline.fetched


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.mp4", "--model", "ful"], "--model: input should be 'lite', 'full' or 'heavy', got 'ful'"),
        (["a.mp4", "--max-people", "0"], "--max-people: input should be greater than or equal to 1"),
        (["a.mp4", "--every", "x"], "--every"),
        ([], "SOURCE"),
    ],
)
def test_wrong_use_is_told_before_anything_is_done(
    arguments: list[str], words: str, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(*arguments, capsys=capsys)
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
    assert pipeline.asked == []


def test_one_bad_video_is_one_line(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["extract", "bad.mp4"]) == 1
    assert capsys.readouterr() == ("", "laban: bad.mp4: no video in it\n")


@pytest.mark.parametrize(
    ("source", "words"),
    [("absent.mp4", "absent.mp4 does not exist; check the path"), ("0", "camera 0 has no end")],
)
def test_what_is_not_there_costs_no_weights(
    source: str, words: str, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(app, ["extract", source]) == 1
    assert capsys.readouterr().err.startswith(f"laban: {words}")
    assert pipeline.fetched == []


def test_auto_takes_yolox_where_it_can_be_had(pipeline: Pipeline) -> None:
    assert with_weights(ExtractOptions(), quiet=True).detector == "yolox"
    assert set(pipeline.fetched) == {"blazepose_landmarker_full", "yolox_nano"}


def test_auto_says_when_it_takes_blazepose(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.absent = {"yolox_nano"}
    assert with_weights(ExtractOptions(), quiet=False).detector == "blazepose"
    assert "blazepose_detector" in pipeline.fetched
    err = capsys.readouterr().err
    assert "yolox_nano is absent" in err
    assert "using the detector blazepose" in err


def test_auto_asks_the_network_once(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.here = {"blazepose_detector"}
    assert with_weights(ExtractOptions(), quiet=False).detector == "blazepose"
    assert "yolox_nano" not in pipeline.fetched
    assert "laban assets fetch yolox_nano" in capsys.readouterr().err


def test_auto_takes_yolox_where_both_are_here(pipeline: Pipeline) -> None:
    pipeline.here = {"blazepose_detector", "yolox_nano"}
    assert with_weights(ExtractOptions(), quiet=True).detector == "yolox"


def test_a_detector_that_was_asked_for_must_be_had(pipeline: Pipeline) -> None:
    pipeline.absent = {"yolox_nano"}
    with pytest.raises(AssetError, match="yolox_nano is absent"):
        with_weights(ExtractOptions(detector="yolox"), quiet=True)


def test_one_video_may_go_to_a_file_that_is_named(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    code, items, _ = run("a.mp4", "-o", "deep/walk.parquet", capsys=capsys)
    assert code == 0
    assert items[0]["outputs"] == [str(Path("deep/walk.parquet"))]
    assert pipeline.asked[0][1] == Path("deep/walk.parquet")


def test_several_videos_do_not_go_to_one_file(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("a.mp4", "b.mp4", "-o", "walk.parquet", capsys=capsys)
    assert code == 2
    assert "-o names a folder for the results here" in err
    assert pipeline.asked == []


def test_a_folder_in_the_place_of_the_recording_is_told_before_the_work(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out/a.parquet").mkdir(parents=True)
    code, _, err = run("a.mp4", "-o", "out", capsys=capsys)
    assert code == 1
    assert "out/a.parquet is a folder, expected a file for the recording" in err
    assert pipeline.asked == []


def test_the_rate_that_is_given_reaches_the_pipeline(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    run("a.mp4", "--fps", "12.5", capsys=capsys)
    run("b.mp4", capsys=capsys)
    assert [settings.fps for _, _, settings in pipeline.asked] == [12.5, None]

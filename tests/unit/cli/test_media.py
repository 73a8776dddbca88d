"""What people name on the command line that is not quite what was meant: told before any work, never taken so."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.cli.inputs import Input, check_output_folder
from laban.cli.video_or_photos import numbered_alone
from laban.errors import InvalidValueError
from laban.pipeline.recording.identity import data_hash
from laban.sources import SyntheticScene

Film = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABAN_HOME", str(tmp_path / "home"))

    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        words = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["laban", *words])
        code = guarded(app, words)
        return code, *capsys.readouterr()

    return ran


def saved(path: Path, *, people: int = 1) -> Path:
    return SyntheticScene(people=people, seconds=1.0).recording().save(path)


@pytest.mark.parametrize("name", ["out.parquet", "report.json", "a.mp4", "b.PNG", "page.html"])
def test_a_folder_for_results_is_not_called_as_a_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="-o names a folder for the results here, got a file"):
        check_output_folder(tmp_path / name)
    (tmp_path / name).mkdir()
    check_output_folder(tmp_path / name)  # who has such a folder means it


def test_a_folder_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    check_output_folder(tmp_path / "squats.v2")


def test_two_sides_are_there_before_the_first_is_worked_on(run: Run, tmp_path: Path, film: Film) -> None:
    attempt = film(tmp_path / "a.mp4")
    (tmp_path / "empty.mp4").touch()
    for reference, words in (("none.mp4", "does not exist"), ("empty.mp4", "is empty")):
        code, out, err = run("compare", attempt, reference)
        assert (code, out) == (1, "")
        assert words in err
        assert err.count("\n") == 1


def test_standard_input_is_one_of_two_sides_only(run: Run) -> None:
    code, _, err = run("compare", "-", "-")
    assert code == 2
    assert "only one of the two can be standard input" in err


@pytest.mark.parametrize("command", [["coach", "squat"], ["watch", "fall"]])
def test_a_pipe_is_read_where_a_camera_or_file_is(
    command: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(b"")))
    code, _, err = run(*command, "-")
    assert code == 1
    assert "standard input is empty, expected a video" in err


def test_a_coach_who_is_given_poses_names_what_reads_them(run: Run, tmp_path: Path) -> None:
    code, out, err = run("coach", "squat", saved(tmp_path / "a.parquet"))
    assert (code, out) == (1, "")
    assert "a.parquet holds poses, expected a webcam, a video" in err
    assert "laban reps" in err


def test_one_source_that_cannot_be_read_does_not_cost_the_others(run: Run, tmp_path: Path) -> None:
    good = saved(tmp_path / "good.parquet")
    (tmp_path / "empty.mp4").touch()
    code, _, err = run("predict", "fall", good, "empty.mp4", "none.mp4")
    assert code == 3
    assert "empty.mp4 is empty" in err
    assert "none.mp4 does not exist" in err
    assert "1 done, 2 failed" in err


def test_a_model_is_written_under_the_name_of_one(run: Run, tmp_path: Path) -> None:
    code, _, err = run("add-class", "fall", "jump", saved(tmp_path / "a.parquet"), "-o", "model.json")
    assert code == 2
    assert "a model is written as .tflite, got model.json" in err
    assert not (tmp_path / "model.json").exists()


def test_a_file_that_begins_with_a_dash_is_told_how_to_be_named(run: Run, tmp_path: Path, film: Film) -> None:
    film(tmp_path / "-dash.mp4")
    code, _, err = run("extract", "-dash.mp4")
    assert code == 2
    assert "to name that file, write ./-dash.mp4" in err


def test_a_pattern_of_numbers_is_told_to_name_the_folder(run: Run) -> None:
    code, _, err = run("extract", "shots/frame_%04d.jpg")
    assert code == 1
    assert "numbered images are named by their folder, shots" in err


def test_numbered_images_named_one_by_one_are_told_to_be_photos(tmp_path: Path) -> None:
    def named(*names: str) -> list[Input]:
        for name in names:
            (tmp_path / name).touch()
        return [Input(tmp_path / name, Path(name)) for name in names]

    told = numbered_alone(named("f_01.jpg", "f_02.jpg", "f_03.jpg"))
    assert told is not None
    assert "3 numbered images are named one by one and taken for photos" in told
    assert numbered_alone(named("f_01.jpg", "f_02.jpg")) is None
    assert numbered_alone(named("anna.jpg", "bert.jpg", "carl.jpg")) is None


def test_a_link_that_leads_nowhere_is_told_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("gone.mp4")
    code, _, err = run("extract", "a.mp4")
    assert code == 1
    assert "is a link to gone.mp4, which does not exist" in err


@pytest.mark.parametrize("command", [["features"], ["reps"], ["predict", "fall"]])
def test_a_folder_of_videos_or_photos_is_not_one_film(
    command: list[str], run: Run, tmp_path: Path, film: Film
) -> None:
    for name in ("videos", "photos"):
        (tmp_path / name).mkdir()
    film(tmp_path / "videos" / "a.mp4")
    for number, wide in enumerate((40, 60, 80)):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), np.full((30, wide, 3), 40 * number, np.uint8))
    if command[0] != "predict":
        code, _, err = run(*command, "videos")
        assert code == 1
        assert "videos is a folder of videos, expected one video" in err
    code, _, err = run(*command, "photos")
    assert code == 1
    assert "holds 3 photos (their sizes differ), expected one film" in err
    assert "laban extract" in err


def test_drawing_over_another_video_is_warned_of(run: Run, tmp_path: Path, film: Film) -> None:
    own, other = film(tmp_path / "own.mp4"), film(tmp_path / "other.mp4", corner=True)
    recording = SyntheticScene(people=1, seconds=0.4, size_wh=(64, 48)).recording()
    work = {"data_sha256": data_hash(own)}
    recording.replace(source=str(own), metadata={"path": str(own), "work": work}).save(tmp_path / "a.parquet")
    code, _, err = run("draw", "a.parquet", "--overlay", "-o", "own_drawn.mp4")
    assert (code, err) == (0, "")
    code, _, err = run("draw", "a.parquet", "--overlay", "--source", other, "-o", "other_drawn.mp4")
    assert code == 0
    assert err.count("other.mp4 is not the file that this recording was made from") == 1

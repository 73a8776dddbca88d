"""``laban show``, ``draw`` and ``view`` through the real door."""

import webbrowser
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.answers import check_schema

from laban.cli import main
from laban.core.sequence import Recording
from laban.render.video import write_video

Captured = pytest.CaptureFixture[str]


def laban(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def film(tmp_path: Path, two_walkers: Recording) -> Path:
    """A small grey video at the times of the recording."""
    path = tmp_path / "walk.mp4"
    write_video(
        path, ((float(time_s), np.full((180, 320, 3), 90, np.uint8)) for time_s in two_walkers.times_s)
    )
    return path


@pytest.fixture
def file(film: Path, two_walkers: Recording) -> Path:
    return two_walkers.replace(source=str(film)).save(film.with_suffix(".parquet"))


@pytest.fixture
def nobody(film: Path, two_walkers: Recording) -> Path:
    return two_walkers.replace(source=str(film), people={}).save(film.with_name("nobody.parquet"))


def test_show_says_who_is_there(file: Path, capsys: Captured) -> None:
    assert laban("show", file) == 0
    words = capsys.readouterr().out
    assert "walk.mp4" in words
    assert "2 people" in words
    assert "0:00.50 – 0:01.50" in words
    assert "87%" in words


def test_show_speaks_json(file: Path, capsys: Captured) -> None:
    assert laban("show", file, "--json") == 0
    summary = check_schema("recording", capsys.readouterr().out)
    assert [person["person"] for person in summary["people"]] == [1, 2]
    assert summary["people"][1]["spans"][0] == [pytest.approx(0.5), pytest.approx(1.5)]
    assert summary["coverage"] == 1.0


def test_show_of_nobody_is_a_result(nobody: Path, capsys: Captured) -> None:
    assert laban("show", nobody) == 0
    assert "nobody was found" in capsys.readouterr().out


def test_draw_makes_everything_beside_the_recording(file: Path, capsys: Captured) -> None:
    assert laban("draw", file) == 0
    made = {suffix: file.parent / f"walk.{suffix}" for suffix in ("overlay.mp4", "sheet.png", "curves.png")}
    assert capsys.readouterr().out.split() == [str(path) for path in made.values()]
    with av.open(str(made["overlay.mp4"])) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 90
    assert (np.abs(frames[70].astype(int) - 90) > 40).any(axis=2).sum() > 300
    assert cv2.imread(str(made["sheet.png"])) is not None
    assert cv2.imread(str(made["curves.png"])) is not None


def test_view_names_its_page(file: Path, capsys: Captured) -> None:
    assert laban("view", file, "--json") == 0
    assert check_schema("page", capsys.readouterr().out) == {"page": str(file.with_suffix(".html"))}


def test_draw_makes_only_what_is_asked_for(file: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "new" / "image.png"
    assert laban("draw", file, "--sheet", "--moments", 2, "-o", out, "--json") == 0
    assert check_schema("drawings", capsys.readouterr().out) == {"sheet": str(out)}
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["image.png", "walk.mp4", "walk.parquet"]
    assert laban("draw", file, "--no-overlay", "--no-curves", "-o", tmp_path / "folder") == 0
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["walk.sheet.png"]


def test_draw_of_nobody_keeps_the_video_and_has_no_curves(nobody: Path) -> None:
    assert laban("draw", nobody, "--quiet") == 0
    names = {path.name for path in nobody.parent.iterdir()}
    assert {"nobody.overlay.mp4", "nobody.sheet.png"} < names
    assert "nobody.curves.png" not in names


def test_a_lost_video_costs_only_what_needs_it(file: Path, film: Path, capsys: Captured) -> None:
    film.unlink()
    assert laban("draw", file) == 3
    output = capsys.readouterr()
    assert output.out.split() == [str(file.with_suffix(".curves.png"))]
    assert output.err.count("name it with --source") == 2
    assert laban("draw", file, "--sheet") == 1


def test_a_video_elsewhere_is_named(file: Path, film: Path, tmp_path: Path) -> None:
    moved = film.rename(tmp_path / "moved.mp4")
    assert laban("draw", file, "--sheet", "--source", moved) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sheet", "-o", "x.mp4"], ".png file"),
        (["-o", "x.png"], "a folder for several results"),
        (["--moments", "0"], "from 1 to 400"),
    ],
)
def test_wrong_use_is_said_in_one_line(
    file: Path,
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert laban("draw", file, *arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_view_makes_a_page_and_opens_it_when_asked(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert laban("view", file) == 0
    page = file.with_suffix(".html")
    assert capsys.readouterr().out.strip() == str(page)
    assert "Left elbow" in page.read_text() or "left_elbow" in page.read_text()
    assert opened == []
    other = tmp_path / "other.html"
    assert laban("view", file, "-o", other, "--open") == 0
    assert opened == [other.as_uri()]


@pytest.mark.parametrize("command", ["show", "draw", "view"])
def test_a_missing_recording_is_one_line(command: str, tmp_path: Path, capsys: Captured) -> None:
    assert laban(command, tmp_path / "none.parquet") == 1
    assert capsys.readouterr().err.count("\n") == 1

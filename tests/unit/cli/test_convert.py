"""``laban convert`` through the real door."""

from pathlib import Path

import numpy as np
import pytest
from tests.answers import check_schema
from tests.unit.io.standing import SIZE_WH, standing, table

import laban
from laban.cli import main
from laban.cli.convert import parse_size
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.io import FORMATS

Captured = pytest.CaptureFixture[str]


def convert(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["convert", *map(str, arguments)])
    return int(ended.value.code or 0)


@pytest.fixture
def file(two_walkers: Recording, tmp_path: Path) -> Path:
    return two_walkers.save(tmp_path / "walk.parquet")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_there_and_back(file: Path, tmp_path: Path, name: str, capsys: Captured) -> None:
    there, back = tmp_path / "there", tmp_path / "back.parquet"
    assert convert(file, there, "--to", name) == 0
    output = capsys.readouterr()
    assert output.out.strip() == str(there)
    assert ("cannot hold" in output.err) == (name != "parquet")
    assert convert(there, back, "--from", name) == 0
    assert len(laban.load(back).people) == (1 if name in ("tutorial", "features66", "trc", "bvh") else 2)


def test_json_says_what_was_done(file: Path, tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / "walk.json"
    assert convert(file, target, "--json", "--quiet") == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert check_schema("conversion", output.out) == {
        "source": str(file),
        "output": str(target),
        "from": "parquet",
        "to": "coco",
        "people": 2,
        "frames": 90,
    }


def test_one_person_is_picked(file: Path, two_walkers: Recording, tmp_path: Path) -> None:
    target = tmp_path / "one.parquet"
    assert convert(file, target, "--person", 2) == 0
    assert laban.load(target) == two_walkers.replace(people={2: two_walkers.people[2]})


def test_rate_and_size_are_passed_on(file: Path, tmp_path: Path, capsys: Captured) -> None:
    table, back = tmp_path / "walk.txt", tmp_path / "back.parquet"
    assert convert(file, table, "--to", "tutorial", "--person", 1) == 0
    assert convert(table, back, "--fps", 60, "--size", "320x240") == 0
    recording = laban.load(back)
    assert recording.size_wh == (320, 240)
    np.testing.assert_allclose(np.diff(recording.times_s), 1 / 60)
    assert "assumed" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["gone.parquet", "x.trc"], 1, "no file or folder of poses at gone.parquet"),
        (["{file}", "x.csv"], 2, "choose one: tutorial, features66"),
        (["{file}", "x.trc", "--to", "trd"], 2, "did you mean 'trc'"),
        (["{file}", "x.trc", "--from", "coco"], 1, "as COCO keypoints"),
        (["{file}", "x.trc", "--person", "9"], 2, "unknown person '9'"),
        (["{file}", "x.trc", "--fps", "30"], 2, "'fps'"),
        (["{file}", "x.trc", "--size", "big"], 2, "1280x720"),
        (["{file}", "x.trc", "--sise", "1x1"], 2, "--sise"),
    ],
)
def test_faults_are_one_line(
    file: Path, capsys: Captured, arguments: list[str], code: int, words: str
) -> None:
    assert convert(*(argument.format(file=file) for argument in arguments)) == code
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words in error
    assert not Path("x.trc").exists()


@pytest.mark.parametrize("text", ["", "x", "12", "12x", "-1x5", "1e3x5", "9999999999x9999999999", "²x2"])
def test_a_size_is_two_whole_numbers(text: str) -> None:
    with pytest.raises(InvalidValueError, match="--size"):
        parse_size(text)


def test_what_grows_upwards_is_told_turned_over_and_noted(tmp_path: Path, capsys: Captured) -> None:
    points = standing() * [1, -1] + [0, SIZE_WH[1]]
    source, target = table(tmp_path / "x.csv", points), tmp_path / "x.parquet"
    assert convert(source, target, "--size", "1280x720") == 0
    assert "--flip-y" in capsys.readouterr().err
    assert convert(source, target, "--size", "1280x720", "--flip-y") == 0
    assert "on their heads" not in capsys.readouterr().err
    np.testing.assert_allclose(laban.load(target).people[0].image_px, standing(), atol=1e-3)
    with pytest.raises(SystemExit):
        main(["show", str(target)])
    assert "y was turned over" in " ".join(capsys.readouterr().out.split())


def test_show_tells_notes_once(tmp_path: Path, capsys: Captured) -> None:
    points = standing() * [1, -1] + [0, SIZE_WH[1]]
    with pytest.raises(SystemExit):
        main(["show", str(table(tmp_path / "x.csv", points))])
    output = capsys.readouterr()
    assert "--flip-y" in " ".join(output.out.split())
    assert "--flip-y" not in output.err
    with pytest.raises(SystemExit):
        main(["show", str(tmp_path / "x.csv"), "--flip-y", "--json"])
    notes = check_schema("recording", capsys.readouterr().out)["notes"]
    assert [words in " ".join(notes) for words in ("fps 30.0", "turned over", "--flip-y")] == [
        True,
        True,
        False,
    ]

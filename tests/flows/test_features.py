"""``laban features`` through the real command line, and what is said of a command that does not exist."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.answers import check_schema

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.sequence import Recording
from laban.features.angles import compute_joint_angles
from laban.io import LossWarning, save
from laban.sources import SyntheticScene

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        code = guarded(app, [str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return ran


@pytest.fixture
def walkers(tmp_path: Path) -> tuple[Path, Recording]:
    recording = SyntheticScene(people=2, seconds=1.0, size_wh=(320, 240)).recording()
    return recording.save(tmp_path / "walkers.parquet"), recording


def test_everybody_at_every_instant_is_a_row(run: Run, walkers: tuple[Path, Recording]) -> None:
    path, recording = walkers
    code, out, err = run("features", path, "-o", path.with_suffix(".csv"))
    assert (code, out) == (0, f"{path.with_suffix('.csv')}\n")
    assert err == "2 people, 60 rows, 24 measurements\n"
    head, *rows = path.with_suffix(".csv").read_text().splitlines()
    assert head.startswith("person,time_s,left_elbow [deg],right_elbow [deg]")
    assert [row.split(",")[0] for row in rows] == ["0"] * 30 + ["1"] * 30
    angles = compute_joint_angles(recording.people[1])["left_elbow"]
    assert [float(row.split(",")[2]) for row in rows[30:]] == pytest.approx(angles.tolist())


def test_without_a_file_the_table_goes_to_stdout(run: Run, walkers: tuple[Path, Recording]) -> None:
    path, _ = walkers
    code, out, err = run("features", path, "--column", "left_knee", "--person", 1)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "person,time_s,left_knee [deg]"
    assert len(lines) == 31
    assert lines[1].startswith("1,0.0,")


def test_json_holds_the_values_or_names_the_file(run: Run, walkers: tuple[Path, Recording]) -> None:
    path, _ = walkers
    chosen = ("--set", "velocity", "--column", "velocity_nose_?", "--json")
    code, out, _ = run("features", path, *chosen)
    value = check_schema("features", out)
    assert code == 0
    assert value["columns"] == [{"name": f"velocity_nose_{axis}", "unit": "px/s"} for axis in "xy"]
    assert (value["rows"], value["output"], list(value["people"])) == (60, None, ["0", "1"])
    assert len(value["people"]["1"]["velocity_nose_x"]) == 30
    table = path.with_name("speeds.parquet")
    value = check_schema("features", run("features", path, *chosen, "-o", table)[1])
    assert (value["output"], value["people"]) == (str(table), [0, 1])
    assert table.is_file()


def test_a_file_of_poses_is_given_the_clock_it_does_not_tell(
    run: Run, walkers: tuple[Path, Recording], tmp_path: Path
) -> None:
    with pytest.warns(LossWarning):
        keypoints = save(walkers[1], tmp_path / "keypoints", format="openpose")
    chosen = ("--column", "left_knee", "--person", "0", "--fps", "10", "--size", "320x240", "--quiet")
    code, out, _ = run("features", keypoints, *chosen)
    assert code == 0
    assert [float(line.split(",")[1]) for line in out.splitlines()[1:4]] == pytest.approx([0.0, 0.1, 0.2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "angels"), "did you mean 'angles'"),
        (("--column", "left_kne"), "did you mean 'left_knee'"),
        (("--person", "9"), "there is no person 9 in"),
        (("-o", "angles.xlsx"), "written as .csv or .parquet, got angles.xlsx"),
        (("--space", "normalised"), "--space"),
        (("--space", "body"), "no body coordinates, only pixel, world"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    run: Run, walkers: tuple[Path, Recording], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run("features", walkers[0], *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err


def test_nobody_and_nothing_are_told(run: Run, tmp_path: Path, walkers: tuple[Path, Recording]) -> None:
    _, recording = walkers
    empty = recording.replace(people={}).save(tmp_path / "empty.parquet")
    assert "nobody was found in" in run("features", empty)[2]
    assert run("features", empty)[0] == 1
    assert "does not exist" in run("features", tmp_path / "absent.mp4")[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("extrct", "a.mp4"), "No such command 'extrct'. Did you mean 'extract'? See `laban --help`"),
        (
            ("evaluate_pose",),
            "No such command 'evaluate_pose'. Did you mean 'evaluate-pose'? See `laban --help`",
        ),
        (("xyzzy",), "No such command 'xyzzy'; see `laban --help`"),
        (("assets", "lst"), "No such command 'lst'. Did you mean 'list'? See `laban assets --help`"),
        (("coach", "hstory"), "No such command 'hstory'. Did you mean 'history'? See `laban coach --help`"),
        (("coach", "sqat", "0"), "unknown exercise 'sqat'; did you mean 'squat'? Known: "),
    ],
)
def test_a_command_that_does_not_exist_is_told_with_the_nearest(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"laban: {words}")
    assert err.count("\n") == 1


def test_the_list_of_assets_fits_eighty_columns(run: Run) -> None:
    code, out, _ = run("assets", "list")
    lines = out.splitlines()
    assert code == 0
    assert max(map(len, lines)) < 80
    first = next(line for line in lines if line.startswith("demo "))
    assert "MB" in first
    assert "BSD-3-Clause" in first
    assert lines[lines.index(first) + 1].startswith("  Two people")

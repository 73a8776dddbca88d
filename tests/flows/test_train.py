"""From labelled recordings to a recogniser that is judged and used, through the commands themselves."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.answers import check_schema

import laban
from laban.cli import main
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33

pytest.importorskip("torch")

Run = Callable[..., int]
QUICK = ("--epochs", "150", "--threads", "1", "--quiet", "--model", "resnet")


@pytest.fixture
def run() -> Run:
    """A command by its words; gives the exit code."""

    def of(*words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return int(ended.value.code or 0)

    return of


def moving(*, waves: bool, seed: int, seconds: float = 4.0) -> Recording:
    """Somebody who stands and, if they wave, moves both hands from side to side."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * 30)) / 30
    body = np.random.default_rng(7).uniform(-60, 60, (33, 2)) + np.array([320, 240])
    body[[11, 12]], body[[23, 24]] = [(290, 160), (350, 160)], [(300, 280), (340, 280)]
    points = body + rng.normal(0, 1.0, (len(times_s), 33, 2)) + rng.uniform(-40, 40, 2)
    if waves:
        points[:, [15, 16], 0] += 50 * np.sin(2 * np.pi * (1 + rng.random()) * times_s)[:, None]
    person = PoseSequence(
        times_s, BLAZEPOSE33, np.ones(points.shape[:2]), image_px=points, size_wh=(640, 480)
    )
    return Recording(f"{seed}", times_s, {0: person}, size_wh=(640, 480))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of twelve recordings by six people, and one file that is none."""
    folder = tmp_path_factory.mktemp("clips")
    rows = [["path", "label", "group"]]
    for number in range(12):
        label = "wave" if number % 2 else "no_wave"
        name = f"{number:02d}.parquet"
        laban.save(moving(waves=label == "wave", seed=number), folder / name)
        rows.append([name, label, f"person {number // 2}"])
    (folder / "broken.parquet").write_bytes(b"PAR1 nothing")
    rows.append(["broken.parquet", "wave", "person 0"])
    table = folder / "clips.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return table


def test_a_table_becomes_a_model_that_is_judged_used_and_kept(
    run: Run, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    assert run("train", clips, "-o", folder, *QUICK, "--json") == 3  # one file is broken
    told = check_schema("training", capsys.readouterr().out)
    check_schema("metrics", (folder / "metrics.json").read_text())
    (task,) = told["metrics"]["tasks"]
    assert task["clips"]["accuracy"] == 1.0
    assert {one["name"] for one in task["baselines"]} == {"majority", "1-NN DTW", "MiniRocket"}
    assert any("broken.parquet was left out" in note for note in told["metrics"]["notes"])
    first, small = told["metrics"]["export"]
    assert first["max_difference"] <= 1e-4
    assert small["size_bytes"] < first["size_bytes"]
    assert told["metrics"]["run"]["data_sha256"]
    made = {path.name for path in folder.iterdir()}
    assert made == {
        "model.tflite",
        "model.int8.tflite",
        "report.html",
        "metrics.json",
        "settings.json",
        "checkpoint",
    }

    assert run("train", clips, "-o", folder, *QUICK, "--json") == 3
    assert check_schema("training", capsys.readouterr().out)["kept"] is True

    new = tmp_path / "new.parquet"
    laban.save(moving(waves=True, seed=99), new)
    assert run("predict", folder, new, "--json", "--quiet") == 0
    (one,) = check_schema("prediction", capsys.readouterr().out)
    assert [span["label"] for span in one["details"]["spans"]] == ["wave"]
    assert one["details"]["warnings"] == []
    slow = laban.load(new)
    rows = slice(None, None, 3)
    people = {person: held.take(rows) for person, held in slow.people.items()}
    laban.save(slow.replace(times_s=slow.times_s[rows], people=people), tmp_path / "slow.parquet")
    assert run("predict", folder, tmp_path / "slow.parquet", "--json", "--quiet") == 0
    (one,) = check_schema("prediction", capsys.readouterr().out)
    assert "trained on 30 frames a second or more; this recording has 10.0" in one["details"]["warnings"][0]

    assert run("evaluate", folder, clips, "-o", tmp_path / "judged", "--json", "--quiet") == 3
    assert check_schema("evaluation", capsys.readouterr().out)["tasks"][0]["clips"]["accuracy"] == 1.0
    assert (tmp_path / "judged" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["wave", "wave"], "at least two"),
        ([], "clips"),
    ],
)
def test_too_little_to_learn_from_is_told_in_one_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], labels: list[str], words: str
) -> None:
    rows = ["path,label"]
    for number, label in enumerate(labels):
        laban.save(moving(waves=True, seed=number), tmp_path / f"{number}.parquet")
        rows.append(f"{number}.parquet,{label}")
    (tmp_path / "clips.csv").write_text("\n".join(rows), encoding="utf-8")
    assert run("train", tmp_path / "clips.csv", "-o", tmp_path / "run", "--quiet") in (1, 2)
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1
    assert words in error[0]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--model", "tnc"), "did you mean 'tcn'"),
        (("--features", "scen"), "did you mean 'scene'"),
        (("--split", "people"), "--split"),
        (("--folds", "1"), "folds"),
    ],
)
def test_wrong_words_are_told_before_any_work(
    run: Run,
    clips: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    words: str,
) -> None:
    assert run("train", clips, "-o", tmp_path / "run", "--quiet", *flags) in (1, 2)
    assert words in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

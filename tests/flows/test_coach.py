"""From a source to a workout that is kept, through the command itself."""

import signal
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.answers import check_schema

import laban
from laban.cli import main
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.pose.replay import ReplayEstimator
from laban.render.video import write_video
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises

pytest.importorskip("sqlalchemy", reason="workouts are kept with the extra coach")

Run = Callable[..., int]
Trainee = Callable[..., PoseSequence]
Film = Callable[..., Path]
SQUAT = load_exercise("squat")
SIZE_WH = (320, 240)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where workouts are kept in these tests, and English is spoken."""
    monkeypatch.setenv("LABAN_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> int:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["coach", *[str(one) for one in arguments]])
        return int(ended.value.code or 0)

    return call


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Makes a grey video in which the people given are seen, by replay instead of by a network."""
    monkeypatch.setattr("laban.cli.coach.session.CoachOptions.extraction", lambda *_, **__: None)

    def make(
        *people: PoseSequence, name: str = "clip.mp4", kind: type[ReplayEstimator] = ReplayEstimator
    ) -> Path:
        times_s = max(people, key=len).times_s if people else np.arange(60) / 30
        placed = {
            number: one.replace(image_px=one.image_px / 2, size_wh=SIZE_WH)
            for number, one in enumerate(people)
        }
        recording = Recording("clip", times_s, placed, size_wh=SIZE_WH)
        monkeypatch.setattr(
            "laban.cli.coach.live.open_estimator", lambda _: kind(recording, tolerance_s=4e-3)
        )
        image = np.full((SIZE_WH[1], SIZE_WH[0], 3), 80, np.uint8)
        write_video(tmp_path / name, ((time_s, image) for time_s in times_s.tolist()))
        return tmp_path / name

    return make


def lines_of(text: str) -> list[dict[str, Any]]:
    return [check_schema("coaching-line", line) for line in text.splitlines()]


def without_depth(sequence: PoseSequence) -> PoseSequence:
    return sequence.replace(world_m=None)


def blind_to(sequence: PoseSequence, *words: str) -> PoseSequence:
    """The same with the joints whose names hold one of ``words`` out of sight."""
    hidden = [any(word in name for word in words) for name in sequence.skeleton.names]
    places = {
        name: np.where(np.array(hidden)[:, None], np.nan, getattr(sequence, name))
        for name in ("image_px", "world_m")
    }
    return sequence.replace(**places, visibility=np.where(hidden, 0.0, sequence.visibility))


def test_a_workout_is_told_line_by_line_written_down_and_kept(
    run: Run, clip: Film, trainee: Trainee, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = clip(trainee(SQUAT, repetitions=3, noise=0.01))
    out = tmp_path / "workout"
    assert run("squat", source, "-o", out) == 0
    shown = capsys.readouterr()
    *said, last = lines_of(shown.out)
    assert last["workout"]["count"] == 3
    assert [line["count"] for line in said if line["done"]] == [1, 2, 3]
    assert {line["say"] for line in said} <= {"Ready when you are", "Keep going"}
    assert {line["person"] for line in said} == {0}
    assert lines_of((out / "feedback.jsonl").read_text()) == said
    assert {one.name for one in out.iterdir()} == {
        "coached.mp4", "feedback.jsonl", "recording.parquet", "summary.html", "workout.json",
    }  # fmt: skip
    assert all(str(one) in shown.err for one in out.iterdir())
    kept = check_schema("workout", (out / "workout.json").read_text())
    assert {**last["workout"], "began": kept["began"]} == kept
    assert list(laban.load(out / "recording.parquet").people) == [0]
    with av.open(str(out / "coached.mp4")) as video:
        times = [frame.time for frame in video.decode(video=0)]
    assert len(times) == len(said)
    assert times[-1] == pytest.approx(said[-1]["time_s"], abs=0.01)
    assert str(home / "workouts.sqlite") in shown.err
    assert run("history", "--json") == 0
    (one,) = check_schema("workouts", capsys.readouterr().out)
    assert {**one, "began": "", "hints": {}} == {**kept, "began": "", "hints": {}}


@pytest.mark.parametrize(
    ("language", "ready"), [("ko", "준비되면 시작하세요"), ("vi", "Bắt đầu khi bạn sẵn sàng")]
)
def test_it_speaks_the_language_asked_for_or_the_systems(
    run: Run, clip: Film, trainee: Trainee, language: str, ready: str, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    source = clip(trainee(SQUAT, repetitions=1))
    assert run("squat", source, "--lang", language, "-o", tmp_path / "out", "-q") == 0
    shown = capsys.readouterr()
    assert ready in {line.get("say") for line in lines_of(shown.out)}
    assert shown.err == ""
    assert f'lang="{language}"' in (tmp_path / "out" / "summary.html").read_text(encoding="utf-8")
    monkeypatch.setenv("LANG", f"{language}_XX.UTF-8")
    assert run("squat", clip(trainee(SQUAT, repetitions=1))) == 0
    assert ready in capsys.readouterr().out


@pytest.mark.parametrize("name", ["squat", "plank"])
@pytest.mark.parametrize("fps", [5.0, 120.0])
def test_slow_and_fast_cameras_give_the_same_workout(
    run: Run, clip: Film, trainee: Trainee, name: str, fps: float, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = load_exercise(name)
    assert run(name, clip(trainee(exercise, repetitions=1, fps=fps, hold_s=2.0))) == 0
    workout = lines_of(capsys.readouterr().out)[-1]["workout"]
    if exercise.is_hold:
        assert workout["held_s"] == pytest.approx(2.0, abs=0.45)
    else:
        assert workout["count"] == 1


def test_nobody_half_a_body_and_a_stranger_are_each_told(
    run: Run, clip: Film, trainee: Trainee, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    squatting = trainee(SQUAT, repetitions=1)
    for people, arguments, said in (
        ((), (), "nobody was seen; check that the camera sees the whole body"),
        (
            (blind_to(squatting, "knee", "ankle", "hip"),),
            (),
            "squat needs hips, knees in the image: step back",
        ),
        ((squatting,), ("--person", 7), "person 7 was never seen, only 0; select one of these"),
    ):
        assert run("squat", clip(*people), *arguments) == 1
        shown = capsys.readouterr()
        assert said in shown.err
        assert shown.err.count("\n") == 1
        assert "Traceback" not in shown.err
    assert not home.exists()


def test_the_bigger_of_two_is_coached_or_whoever_is_named(
    run: Run, clip: Film, trainee: Trainee, capsys: pytest.CaptureFixture[str]
) -> None:
    big, small = trainee(SQUAT, repetitions=3, noise=0.01), trainee(SQUAT, repetitions=2, noise=0.01)
    small = small.replace(image_px=small.image_px * 0.4)
    assert run("squat", clip(small, big), "--no-history") == 0
    shown = capsys.readouterr()
    assert lines_of(shown.out)[-1]["workout"]["count"] == 3
    assert "2 people, coached 1; --person chooses" in shown.err
    assert run("squat", clip(small, big), "--person", 0, "--no-history") == 0
    shown = capsys.readouterr()
    assert lines_of(shown.out)[-1]["workout"]["count"] == 2
    assert shown.err == ""


def test_a_trainee_without_depth_is_coached_too(
    run: Run, clip: Film, trainee: Trainee, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    curl = load_exercise("biceps_curl")
    assert (
        run(
            "biceps_curl",
            clip(without_depth(trainee(curl, repetitions=2, turn_deg=60.0))),
            "-o",
            tmp_path / "o",
        )
        == 0
    )
    assert lines_of(capsys.readouterr().out)[-1]["workout"]["seconds"] > 1


def test_ctrl_c_ends_the_workout_and_all_is_written(
    run: Run, clip: Film, trainee: Trainee, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(ReplayEstimator):
        def update(self, frame: Frame) -> list[Pose]:
            if frame.index == 70:
                signal.raise_signal(signal.SIGINT)
            return super().update(frame)

    source = clip(trainee(SQUAT, repetitions=3), kind=Interrupted)
    assert run("squat", source, "-o", tmp_path / "out", "--no-history") == 0
    *said, last = lines_of(capsys.readouterr().out)
    assert 68 <= len(said) <= 72
    assert last["workout"]["seconds"] < 3
    assert (tmp_path / "out" / "coached.mp4").stat().st_size > 1000


def test_a_terminal_has_one_line_for_now_and_a_summary(
    run: Run,
    clip: Film,
    trainee: Trainee,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = clip(trainee(SQUAT, repetitions=2))
    monkeypatch.setattr("laban.cli.coach.live.sys.stdout.isatty", lambda: True, raising=False)
    assert run("squat", source) == 0
    shown = capsys.readouterr().out
    assert "Squat · Repetitions 2 · Score" in shown
    assert "{" not in shown
    monkeypatch.setattr("laban.cli.coach.live.sys.stdout.isatty", lambda: True, raising=False)
    assert run("squat", source, "--json") == 0
    assert lines_of(capsys.readouterr().out)[-1]["workout"]["count"] == 2


def test_history_shows_draws_and_forgets(
    run: Run, clip: Film, trainee: Trainee, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("history") == 0
    shown = capsys.readouterr()
    assert "no workouts in" in shown.err
    assert shown.out == ""
    for name in ("squat", "plank", "squat"):
        assert run(name, clip(trainee(load_exercise(name), repetitions=1, hold_s=2.0)), "-q") == 0
    assert run("history") == 0
    shown = capsys.readouterr()
    assert shown.out.count("squat") == 2
    assert "2.0 s held" in shown.out
    assert f"kept in {home / 'workouts.sqlite'}; `laban coach history --forget` deletes it" in shown.err
    assert run("history", "squat", "--json") == 0
    assert [one["exercise"] for one in check_schema("workouts", capsys.readouterr().out)] == [
        "squat",
        "squat",
    ]
    for target in (tmp_path / "progress.png", tmp_path / "progress.html"):
        assert run("history", "-o", target) == 0
        assert target.stat().st_size > 1000
    assert run("history", "-o", tmp_path / "progress.gif") == 2
    assert "Known: .html, .png" in capsys.readouterr().err
    assert run("history", "--forget") == 2
    assert "say --yes to delete 3 workouts in" in capsys.readouterr().err
    assert run("history", "squat", "--forget", "--yes") == 0
    assert "deleted 2 workouts of squat" in capsys.readouterr().err
    assert run("history", "--forget", "--yes") == 0
    assert not (home / "workouts.sqlite").exists()


def test_a_history_that_cannot_be_used_is_refused_before_the_workout(
    run: Run, clip: Film, trainee: Trainee, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "songs.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    source = clip(trainee(SQUAT, repetitions=1))
    for arguments in (("squat", source, "--history", foreign), ("history", "--history", foreign)):
        assert run(*arguments) == 1
        shown = capsys.readouterr()
        assert shown.out == ""
        assert "not of Laban's workouts" in shown.err
        assert shown.err.count("\n") == 1


def test_without_the_extra_all_works_but_the_keeping(
    run: Run, clip: Film, trainee: Trainee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    source = clip(trainee(SQUAT, repetitions=1))
    assert run("squat", source) == 0
    shown = capsys.readouterr()
    assert "the workout will not be kept" in shown.err
    assert "pip install 'laban[coach]'" in shown.err
    assert lines_of(shown.out)[-1]["workout"]["count"] == 1
    assert run("squat", source, "--no-history") == 0
    assert capsys.readouterr().err == ""
    assert run("squat", source, "--history", tmp_path / "mine.sqlite") == 1
    assert run("history") == 1
    assert "pip install 'laban[coach]'" in capsys.readouterr().err


def test_wrong_use_is_one_line(
    run: Run, clip: Film, trainee: Trainee, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = clip(trainee(SQUAT, repetitions=1))
    wrong: Sequence[tuple[tuple[object, ...], int, str]] = (
        (("sqat", source), 2, "unknown exercise 'sqat'; did you mean 'squat'?"),
        (("squat",), 2, "a webcam or video, as in `laban coach squat 0`"),
        (("--lang", "xx", "squat", source), 2, "unknown language 'xx'. Known: en, id, ko, vi"),
        (("squat", tmp_path / "none.mp4"), 1, "none.mp4"),
        (("squat", source, "--show"), 1, "use -o to write the video instead of --show"),
        (("squat", source, "-o", source), 1, "is a file, expected a folder"),
    )
    for arguments, code, said in wrong:
        assert run(*arguments) == code, said
        shown = capsys.readouterr()
        assert shown.out == ""
        assert said in shown.err
        assert shown.err.count("\n") == 1


def test_learning_keeps_a_file_that_is_there_unless_told_to_replace_it(
    run: Run, trainee: Trainee, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = trainee(SQUAT, repetitions=2)
    example = Recording("shown", shown.times_s, {0: shown}, size_wh=shown.size_wh).save(
        tmp_path / "shown.parquet"
    )
    mine = tmp_path / "mine.toml"
    mine.write_text("changed by hand")
    assert run("learn", example, "-o", mine) == 2
    assert "give another name, or --overwrite" in capsys.readouterr().err
    assert mine.read_text() == "changed by hand"
    capsys.readouterr()
    assert run("learn", example, "-o", mine, "--overwrite", "--json") == 0
    assert check_schema("exercise", capsys.readouterr().out)["file"] == str(mine)
    assert load_exercise(mine).name == "mine"


def test_help_shows_the_short_way_and_the_commands(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for words in ("EXERCISE SOURCE | COMMAND", "laban coach squat 0", "learn", "history", "exercises"):
        assert words in shown
    assert run("exercises", "--json") == 0
    assert {one["name"] for one in check_schema("exercises", capsys.readouterr().out)} == set(
        shipped_exercises()
    )
    assert run("exercises") == 0
    assert "knees inside feet" in capsys.readouterr().out


def test_a_real_clip_through_the_real_engine(
    run: Run, shared: Path, asset: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("blazepose_detector", "blazepose_landmarker_lite"):
        asset(name)
    clip = shared / "data" / "clips" / "clean_and_jerk.mp4"
    options = (
        "--pose-model",
        "lite",
        "--detector",
        "blazepose",
        "--lang",
        "id",
        "--no-video",
        "--no-history",
    )
    assert run("overhead_reach", clip, *options, "-o", tmp_path) == 0
    *said, last = lines_of(capsys.readouterr().out)
    assert len(said) == 300
    assert {line["person"] for line in said} <= {0, None}
    assert last["workout"]["score_percent"] is None or 0 <= last["workout"]["score_percent"] <= 100
    assert "moving" in {line["state"] for line in said}
    assert not (tmp_path / "coached.mp4").exists()
    assert (tmp_path / "summary.html").stat().st_size > 5000

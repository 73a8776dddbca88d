"""From drawn clips to a recogniser from pixels that is evaluated, exported and used, through the commands."""

import json
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.answers import check_schema

from laban.cli import main
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError
from laban.pipeline.dataset import open_dataset
from laban.pipeline.video.training.run import learn_clips
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import sight_of
from laban.render.report.clips import masked_words
from laban.render.video import write_video
from laban.sources import SyntheticScene

FPS, SIDE = 15, 64
LABELS = ("brightens", "darkens")
QUICK = ("--network", "lrcn-small", "--frames", "8", "--versions", "1", "--epochs", "12", "--threads", "1")


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def json_of(*words: object) -> tuple[int, Any]:
    with redirect_stdout(StringIO()) as out:
        code = run(*words, "--json")
    return code, json.loads(out.getvalue())


def film(path: Path, label: str, *, seed: int, seconds: float = 1.0) -> Path:
    """Brightness that rises or falls, before a wall of any colour."""
    source = np.random.default_rng(seed)
    count = round(seconds * FPS)
    levels = np.linspace(-60, 60, count) * (1 if label == LABELS[0] else -1)
    wall = source.integers(90, 160, 3)

    def frames():
        for index, level in enumerate(levels):
            noise = source.normal(0, 4, (SIDE, SIDE, 3))
            yield index / FPS, np.clip(wall + level + noise, 0, 255).astype(np.uint8)

    write_video(path, frames())
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names as UCF101 writes them: 8 sources of 2 clips for each class, and a file that is no video."""
    folder = tmp_path_factory.mktemp("ucf")
    for number, label in enumerate(LABELS):
        (folder / label).mkdir()
        for group in range(1, 9):
            for clip in (1, 2):
                name = f"v_{label}_g{group:02d}_c{clip:02d}.mp4"
                film(folder / label / name, label, seed=100 * number + 10 * group + clip)
    (folder / LABELS[0] / "v_brightens_g01_c03.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    folder = tmp_path_factory.mktemp("runs") / "light"
    return run("train-video", data, "-o", folder, *QUICK, "--quiet"), folder


def test_a_run_holds_metrics_report_and_models(trained: tuple[int, Path]) -> None:
    code, folder = trained
    assert code == 3
    metrics = check_schema("clip-metrics", (folder / "metrics.json").read_text())
    assert metrics["kind"] == "clips"
    assert metrics["labels"] == list(LABELS)
    assert metrics["clips"]["accuracy"] == 1.0
    assert metrics["split"]["by"] == "group"
    parts = metrics["split"]["parts"]
    assert sum(part["clips"] for part in parts.values()) == 32
    assert sum(part["groups"] for part in parts.values()) == 16
    assert metrics["random"]["accuracy"] is not None
    assert any("v_brightens_g01_c03.mp4 was left out" in note for note in metrics["notes"])
    assert {one["path"] for one in metrics["export"]} == {
        "model.tflite",
        "model.float16.tflite",
        "model.int8.tflite",
    }
    assert metrics["export"][0]["max_difference"] < 1e-4
    report = (folder / "report.html").read_text()
    assert "On a random split" in report
    assert "What decided" in report
    assert report.count("<img") == 4
    assert "People or scene" not in report
    assert "masked" not in metrics


def test_a_finished_run_is_not_repeated(trained: tuple[int, Path], data: Path) -> None:
    with redirect_stdout(StringIO()) as out:
        assert run("train-video", data, "-o", trained[1], *QUICK, "--json") == 3
    told = check_schema("clip-training", out.getvalue())
    assert told["kept"] is True


def test_short_clips_are_answered_whole(trained: tuple[int, Path], tmp_path: Path) -> None:
    clip = film(tmp_path / "new.mp4", LABELS[1], seed=77)
    code, told = json_of("predict", trained[1], clip)
    assert code == 0
    (span,) = told[0]["details"]["spans"]
    assert span["label"] == LABELS[1]
    assert span["person"] is None
    assert span["end_s"] == pytest.approx(1.0, abs=0.1)


def long_film(path: Path, *, fps: int = FPS) -> Path:
    """One second brightens, the next darkens, three times."""

    def frames():
        noise = np.random.default_rng(5)
        for index in range(6 * fps):
            level = 120 * (index % fps) / fps - 60
            image = 125 + level * (1 if index // fps % 2 == 0 else -1) + noise.normal(0, 4, (SIDE, SIDE, 3))
            yield index / fps, np.clip(image, 0, 255).astype(np.uint8)

    write_video(path, frames())
    return path


def test_long_videos_are_answered_in_windows(trained: tuple[int, Path], tmp_path: Path) -> None:
    long_film(tmp_path / "long.mp4")
    code, told = json_of("predict", trained[1], tmp_path / "long.mp4", "-o", tmp_path / "long.csv")
    assert code == 0
    spans = told[0]["details"]["spans"]
    assert {span["label"] for span in spans} == set(LABELS)
    assert len(spans) >= 4
    assert (tmp_path / "long.csv").read_text().count("\n") == len(spans) + 1


def watched(*words: object) -> tuple[list[tuple[str, float, float, float]], str]:
    """The events of ``laban watch`` that ended: label, start, end and score; and what it said besides."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as said:
        assert run("watch", *words) == 0
    lines = [check_schema("watch-line", line) for line in out.getvalue().splitlines()]
    assert [line["person"] for line in lines] == [None] * len(lines)
    assert {line["id"] for line in lines if line["kind"] == "begin"} == {
        line["id"] for line in lines if line["kind"] == "end"
    }
    ended = [line for line in lines if line["kind"] == "end"]
    return [
        (one["label"], one["start_s"], one["end_s"], pytest.approx(one["score"], abs=1e-4)) for one in ended
    ], said.getvalue()


def predicted(*words: object) -> list[tuple[str, float, float, float]]:
    code, told = json_of("predict", *words)
    assert code == 0
    spans = told[0]["details"]["spans"]
    return [(one["label"], round(one["start_s"], 6), round(one["end_s"], 6), one["score"]) for one in spans]


@pytest.mark.parametrize("fps", [2, 10, 30, 120])
def test_watching_a_video_tells_what_prediction_tells(
    trained: tuple[int, Path], tmp_path: Path, fps: int
) -> None:
    path = long_film(tmp_path / "long.mp4", fps=fps)
    found, said = watched(trained[1], path)
    assert found
    assert found == predicted(trained[1], path)
    assert ("between is interpolated" in said) == (fps == 2)
    assert said.count("interpolated") <= 1
    assert "people" not in said


def test_watching_a_short_clip_answers_it_whole(trained: tuple[int, Path], tmp_path: Path) -> None:
    path = film(tmp_path / "new.mp4", LABELS[1], seed=77)
    found, _ = watched(trained[1], path)
    assert [one[0] for one in found] == [LABELS[1]]
    assert found == predicted(trained[1], path)


def test_watching_needs_no_weights_of_poses(
    trained: tuple[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "new.mp4", LABELS[1], seed=77)
    monkeypatch.setenv("LABAN_ASSETS", str(tmp_path))
    assert watched(trained[1], path, "--enter", "0.5")[0]


@pytest.mark.parametrize(
    "words",
    [
        ("watch", "--pose-model", "lite"),
        ("watch", "--max-people", "3"),
        ("watch", "--fps", "9"),
        ("predict", "--detector", "yolox"),
        ("predict", "--size", "640x480"),
    ],
)
def test_what_means_nothing_for_pixels_is_refused(
    words: tuple[str, ...], trained: tuple[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = film(tmp_path / "new.mp4", LABELS[1], seed=77)
    assert run(words[0], trained[1], path, *words[1:]) == 2
    told = capsys.readouterr().err
    assert "leave out" in told
    assert len(told.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def other_data(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three new clips a class, one that was learned from under another name, a label that is unknown, and a file
    that is no video."""
    folder = tmp_path_factory.mktemp("other")
    for label in LABELS:
        (folder / label).mkdir()
        for clip in range(3):
            film(folder / label / f"new{clip}.mp4", label, seed=900 + clip)
    for name in ("v_brightens_g01_c01.mp4", "v_brightens_g02_c01.mp4", "v_brightens_g03_c01.mp4"):
        shutil.copy(data / LABELS[0] / name, folder / LABELS[0] / f"copy of {name}")
    (folder / "blinks").mkdir()
    film(folder / "blinks" / "a.mp4", LABELS[0], seed=950)
    (folder / LABELS[0] / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    return folder


def test_a_recogniser_is_evaluated_on_clips_that_are_new_to_it(
    trained: tuple[int, Path], other_data: Path, tmp_path: Path
) -> None:
    with redirect_stdout(StringIO()) as out:
        code = run("evaluate", trained[1], other_data, "-o", tmp_path / "made", "--json", "--cache", tmp_path)
    assert code == 3
    told = check_schema("clip-evaluation", out.getvalue())
    assert told == json.loads((tmp_path / "made" / "metrics.json").read_text())
    learned = told["learned"]["clips"]
    assert learned >= 1
    assert (told["learned"]["of"], told["learned"]["left_out"]) == (9, True)
    assert told["clips"]["count"] == 9 - learned
    assert told["clips"]["accuracy"] == 1.0
    assert told["model"]["network"] == "lstm"
    notes = " ".join(told["notes"])
    assert f"learned from {learned} of these 9 clips" in notes
    assert "does not know the label 'blinks'" in notes
    assert "broken.mp4 was left out" in notes
    page = (tmp_path / "made" / "report.html").read_text()
    assert "clips new to the model" in page
    assert "The training" not in page


def test_a_file_is_evaluated_like_its_run_and_says_what_it_learned(
    trained: tuple[int, Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (trained[1], trained[1] / "model.tflite", trained[1] / "model.int8.tflite"):
        assert run("evaluate", name, data, "--cache", tmp_path) == 3
        told = capsys.readouterr()
        assert "of these 32 clips" in told.out
        assert "clips new to the model" in told.out
        assert "v_brightens_g01_c03.mp4" in told.err


def test_an_evaluation_that_makes_no_sense_is_refused(
    trained: tuple[int, Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    for label in ("walks", "runs"):
        (other / label).mkdir(parents=True)
        film(other / label / "a.mp4", LABELS[0], seed=3)
    for words, message in (
        ((other,), "nothing to evaluate"),
        ((data, "--detector", "yolox"), "leave out --detector"),
        ((data, "--people", "most_moving"), "leave out --people"),
        ((data, "--task", "fall"), "unknown task"),
        ((tmp_path / "none",), "does not exist"),
    ):
        assert run("evaluate", trained[1], *words) in (1, 2)
        told = capsys.readouterr().err
        assert message in told
        assert "Traceback" not in told


def still_film(path: Path, *, seed: int, seconds: float = 1.0) -> Path:
    """Brightness that stays as it is."""
    source = np.random.default_rng(seed)
    wall = source.integers(90, 160, 3)
    count = round(seconds * FPS)
    images = (np.clip(wall + source.normal(0, 4, (SIDE, SIDE, 3)), 0, 255) for _ in range(count))
    write_video(path, ((index / FPS, image.astype(np.uint8)) for index, image in enumerate(images)))
    return path


def test_a_class_is_added_from_clips_and_answered(
    trained: tuple[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = [still_film(tmp_path / f"still{seed}.mp4", seed=seed) for seed in range(4)]
    model = tmp_path / "more.tflite"
    with redirect_stdout(StringIO()) as out:
        assert run("add-class", trained[1], "stays", *clips, "-o", model, "--json") == 0
    told = check_schema("added-class", out.getvalue())
    assert told["labels"] == [*LABELS, "stays"]
    new = [still_film(tmp_path / f"new{seed}.mp4", seed=seed) for seed in range(40, 44)]
    old = [film(tmp_path / f"{label}{n}.mp4", label, seed=60 + n) for label in LABELS for n in range(3)]
    code, found = json_of("predict", model, *new, *old)
    assert code == 0
    said = [one["details"]["spans"][0]["label"] for one in found]
    assert said[:4].count("stays") >= 3
    assert said[4:] == [label for label in LABELS for _ in range(3)]
    long = still_film(tmp_path / "long.mp4", seed=50, seconds=4.0)
    events, _ = watched(model, long)
    assert "stays" in {one[0] for one in events}
    assert events == predicted(model, long)
    for words, message in (
        (("stays", clips[0]), "a name of its own"),
        (("b", clips[0], "--detector", "yolox"), "leave out --detector"),
        (("b", clips[0], "--size", "3x3"), "leave out --size"),
        (("b", tmp_path / "none.mp4"), "does not exist"),
        (("b", clips[0], "--task", "c"), "unknown task"),
    ):
        assert run("add-class", model, *words) in (1, 2)
        told = capsys.readouterr().err
        assert message in told
        assert "Traceback" not in told


def test_predictions_need_no_pytorch(trained: tuple[int, Path], tmp_path: Path) -> None:
    clip = film(tmp_path / "new.mp4", LABELS[0], seed=78)
    code = (
        "import sys; from laban.cli import main\n"
        f"try: main(['predict', {str(trained[1])!r}, {str(clip)!r}])\n"
        "except SystemExit as ended: assert not ended.code\n"
        "assert not {'torch', 'litert_torch'} & set(sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert LABELS[0] in found.stdout


def test_a_class_without_a_readable_clip_is_left_out_and_splits_in_vain_are_named(
    data: Path, tmp_path: Path
) -> None:
    lines = [
        f"{path},{path.parent.name},{path.stem[:-4]},trian" for path in sorted(data.rglob("v_*_c0[12].mp4"))
    ]
    (tmp_path / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    table = tmp_path / "clips.csv"
    table.write_text(
        "\n".join(["path,label,group,split", *lines, f"{tmp_path}/broken.mp4,third,x,trian"]) + "\n"
    )
    assert run("train-video", table, "-o", tmp_path / "run", *QUICK, "--quiet") == 3
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["labels"] == list(LABELS)
    assert any("class 'third' was left out" in note for note in metrics["notes"])
    assert any("trian" in note for note in metrics["split"]["notes"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--network", "lrnc"), "did you mean"),
        (("--network", "lrcn-smal"), "did you mean 'lrcn-small'"),
        (("--network", "lrcn-small", "--size", "0x0"), "size"),
        (("--size", "big"), "WIDTHxHEIGHT"),
        (("--frames", "1"), "frames"),
        (("--group", "("), "regular expression"),
    ],
)
def test_bad_settings_are_refused_in_a_line(
    words: tuple[str, ...], message: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train-video", data, "-o", tmp_path / "run", *words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


def test_data_without_clips_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one"
    (one / "brightens").mkdir(parents=True)
    film(one / "brightens" / "a.mp4", LABELS[0], seed=1)
    assert run("train-video", one, "-o", tmp_path / "run", *QUICK) == 2
    assert "expected at least 2" in capsys.readouterr().err
    assert run("train-video", tmp_path / "none", "-o", tmp_path / "run", *QUICK) == 1
    assert "does not exist" in capsys.readouterr().err


def test_poses_without_a_video_are_refused(
    trained: tuple[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SyntheticScene(people=1, seconds=2.0).recording().save(tmp_path / "poses.parquet")
    assert run("predict", trained[1], tmp_path / "poses.parquet") == 1
    assert "needs the video itself" in capsys.readouterr().err
    assert run("predict", trained[1], tmp_path / "poses.parquet", "--overlay", tmp_path / "o.mp4") == 2


def test_an_answer_is_explained_by_frames_and_places(trained: tuple[int, Path], tmp_path: Path) -> None:
    clip = film(tmp_path / "new.mp4", LABELS[0], seed=78)
    code, told = json_of("explain", trained[1], clip, "-o", tmp_path / "why")
    assert code == 0
    assert told["label"] == LABELS[0]
    assert len(told["frames"]) == 8
    assert len(told["places"]) == 35
    assert all(Path(path).exists() for path in told["files"])


def test_a_backbone_of_ones_own_learns_partly(data: Path, tmp_path: Path) -> None:
    import torch

    from laban.models.video.backbones import untrained

    torch.manual_seed(3)
    weights, folder = tmp_path / "weights.pth", tmp_path / "own"
    torch.save(untrained("mobilenet_v2").state_dict(), weights)
    own = ("--backbone", "mobilenet_v2", "--weights", weights, "--tune", "partly", "--size", "64x64")
    quick = (
        "--frames",
        "4",
        "--versions",
        "1",
        "--epochs",
        "3",
        "--threads",
        "1",
        "--cache",
        tmp_path / "seen",
    )
    assert run("train-video", data, "-o", folder, *own, *quick, "--quiet") == 3
    metrics = check_schema("clip-metrics", (folder / "metrics.json").read_text())
    assert metrics["model"]["backbone"] == "mobilenet_v2"
    assert metrics["export"][0]["max_difference"] < 1e-4
    clip = film(tmp_path / "new.mp4", LABELS[1], seed=77)
    assert json_of("predict", folder, clip)[0] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--backbone", "resnet18"), "no weights of resnet18 come with Laban"),
        (("--backbone", "resnet"), "unknown backbone 'resnet'"),
        (("--backbone", "small"), "--network lrcn-small"),
        (("--network", "lrcn-small", "--tune", "partly"), "leave --backbone and --tune out"),
        (("--network", "lrcn-small", "--weights", "x.pth"), "leave --weights out"),
        (("--weights", "none.pth"), "none.pth cannot be read"),
        (("--folds", "1"), "folds"),
        (("--folds", "50"), "at least 50 groups"),
    ],
)
def test_weights_and_backbones_that_do_not_go_together_are_refused(
    data: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    with redirect_stderr(StringIO()) as told:
        assert run("train-video", data, "-o", tmp_path / "run", *options) in (1, 2)
    assert words in told.getvalue()
    assert told.getvalue().count("\n") == 1


def test_people_and_background_are_masked_where_that_is_asked(data: Path, tmp_path: Path) -> None:
    """Somebody in a corner of clips that brighten or darken as a whole: the scene alone tells the class."""

    class Corner:
        key = "corner"

        def __call__(self, path: Path, *, fps: float | None) -> Recording:
            assert fps is None
            body, times_s = skeleton("blazepose33"), np.arange(15) / 15
            points = np.random.default_rng(0).uniform(0, 20, (15, len(body), 2))
            seen = np.ones((15, len(body)))
            person = PoseSequence(times_s, body, seen, image_px=points, size_wh=(SIDE, SIDE))
            return Recording(path.name, times_s, {0: person}, size_wh=(SIDE, SIDE))

    settings = ClipLearningSettings(
        network="lrcn-small", frames=8, versions=1, epochs=12, threads=1, masked=True
    )
    sight = sight_of(settings, weights=None, workers=2, people=Corner())
    with pytest.raises(InvalidValueError, match="finds people"):
        learn_clips(open_dataset(data), tmp_path, settings, sight=replace(sight, people=None))
    metrics = learn_clips(open_dataset(data), tmp_path, settings, sight=sight).metrics
    told = check_schema("clip-metrics", (tmp_path / "metrics.json").read_text())["masked"]
    assert metrics.masked is not None
    assert told["clips"] == metrics.clips.count
    assert told["people_masked"]["accuracy"] >= 0.75
    assert told["people_share"] == pytest.approx(0.16, abs=0.08)
    report = (tmp_path / "report.html").read_text()
    assert "People or scene" in report
    assert masked_words(metrics.masked) in report

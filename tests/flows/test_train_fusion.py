"""From drawn clips with made-up poses to a recogniser from both that is evaluated, kept, resumed and used."""

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.answers import check_schema

import laban
from laban.cli import main, predict_fused, train_both
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import Dataset, Recordings, open_dataset
from laban.pipeline.fusion.prediction import fused_recogniser
from laban.pipeline.fusion.run import learn_both
from laban.pipeline.fusion.settings import FusionSettings, PixelSettings
from laban.pipeline.recording.open import FoundPoses
from laban.pipeline.video.training.sight import Sight, sight_of
from laban.render.video import write_video

FPS, SIDE, SECONDS = 15, 64, 1.0
LABELS = ("no_wave", "wave")
NOBODY = ("wave_g03_c1.mp4", "no_wave_g05_c2.mp4")
SETTINGS = FusionSettings.of(
    LearningSettings(model="resnet", epochs=100, threads=1, baselines=False, window_s=1.0),
    PixelSettings(network="lrcn-small", frames=6, versions=1),
)
WORDS = (
    *("--inputs", "pose,video", "--model", "resnet", "--epochs", "100", "--threads", "1", "--no-baselines"),
    *("--window-s", "1", "--network", "lrcn-small", "--frames", "6", "--versions", "1"),
)


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def json_of(*words: object) -> tuple[int, str]:
    with redirect_stdout(StringIO()) as out:
        code = run(*words, "--json")
    return code, out.getvalue()


def film(path: Path, label: str, *, seed: int, seconds: float = SECONDS) -> Path:
    """Brightness that rises where somebody waves, and else falls."""
    source = np.random.default_rng(seed)
    levels = np.linspace(-60, 60, round(seconds * FPS)) * (1 if label == "wave" else -1)
    wall = source.integers(90, 160, 3)
    frames = (np.clip(wall + level + source.normal(0, 4, (SIDE, SIDE, 3)), 0, 255) for level in levels)
    write_video(path, ((index / FPS, one.astype(np.uint8)) for index, one in enumerate(frames)))
    return path


def moving(label: str, *, seed: int, seconds: float = SECONDS) -> Recording:
    """Somebody who stands and, if they wave, moves both hands from side to side."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * 30)) / 30
    body = np.random.default_rng(7).uniform(-60, 60, (33, 2)) + np.array([320, 240])
    body[[11, 12]], body[[23, 24]] = [(290, 160), (350, 160)], [(300, 280), (340, 280)]
    points = body + rng.normal(0, 1.0, (len(times_s), 33, 2)) + rng.uniform(-40, 40, 2)
    if label == "wave":
        points[:, [15, 16], 0] += 50 * np.sin(2 * np.pi * (1 + rng.random()) * times_s)[:, None]
    person = PoseSequence(
        times_s, BLAZEPOSE33, np.ones(points.shape[:2]), image_px=points, size_wh=(640, 480)
    )
    return Recording(f"{seed}", times_s, {0: person}, size_wh=(640, 480))


def nobody(seconds: float = SECONDS) -> Recording:
    return moving("no_wave", seed=0, seconds=seconds).replace(people={})


Data = tuple[Path, Callable[[Dataset], Recordings]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A table of 24 clips of 6 groups, in two of which nobody is found, and one clip that is damaged."""
    folder, poses = tmp_path_factory.mktemp("clips"), tmp_path_factory.mktemp("poses")
    rows = ["path,label,group"]
    for number in range(24):
        label, group, take = LABELS[number % 2], number // 4 + 1, number // 2 % 2 + 1
        name = f"{label}_g{group:02d}_c{take}.mp4"
        film(folder / name, label, seed=number)
        found = nobody() if name in NOBODY else moving(label, seed=number)
        laban.save(found, poses / f"{name}.parquet")
        rows.append(f"{name},{label},group {group}")
    (folder / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    rows.append("broken.mp4,wave,group 1")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")

    def recordings(dataset: Dataset, *_: object, **__: object) -> Recordings:
        places = {
            item.path: poses / f"{item.path.name}.parquet" for item in dataset.items if item.path is not None
        }
        return Recordings(dataset, {video: place for video, place in places.items() if place.is_file()})

    return folder / "clips.csv", recordings


def sight(settings: FusionSettings = SETTINGS) -> Sight:
    return sight_of(settings.video, weights=None, workers=1)


class Stages:
    """Keeps the stages of a run, and interrupts it before the one that begins with ``until``."""

    def __init__(self, until: str = "-") -> None:
        self.seen: list[str] = []
        self._until = until

    def stage(self, words: str) -> None:
        if words.startswith(self._until):
            raise KeyboardInterrupt
        self.seen.append(words)

    def step(self, done: float, total: float | None) -> None: ...

    def epoch(self, progress: Any) -> None: ...


@pytest.fixture(scope="module")
def trained(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped when the pixels had been learned, and then continued."""
    folder = tmp_path_factory.mktemp("runs") / "both"
    dataset = open_dataset(data[0])
    with pytest.raises(KeyboardInterrupt):
        learn_both(
            dataset, data[1](dataset), folder, SETTINGS, sight=sight(), listener=Stages("training, group")
        )
    stages = Stages()
    learned = learn_both(dataset, data[1](dataset), folder, SETTINGS, sight=sight(), listener=stages)
    assert not learned.kept
    assert "training, group" in stages.seen
    assert not any(words.startswith("training lrcn-small") for words in stages.seen)
    return folder


def test_each_alone_and_both_are_told_on_the_same_clips(trained: Path) -> None:
    metrics = check_schema("fusion-metrics", (trained / "metrics.json").read_text())
    assert [one["inputs"] for one in metrics["inputs"]] == ["pose", "video", "both"]
    pose, video, both = metrics["inputs"]
    assert video["answered"] == both["answered"] == metrics["clips"]["count"]
    assert pose["answered"] == both["answered"] - metrics["without_people"]
    assert both["accuracy"] == metrics["clips"]["accuracy"] == 1.0
    assert metrics["event"] == "wave"
    assert both["auroc"] == both["recall_at_5"] == 1.0
    assert [one["inputs"] for one in metrics["random"]] == ["pose", "video", "both"]
    assert min(one["weight"] for one in metrics["parts"]) >= 0
    assert metrics["split"]["by"] == "group"
    assert any("broken.mp4 was left out" in note for note in metrics["notes"])


def test_both_parts_are_tested_on_the_clips_of_one_split(trained: Path) -> None:
    whole = json.loads((trained / "metrics.json").read_text())
    video = check_schema("clip-metrics", (trained / "video" / "metrics.json").read_text())
    pose = check_schema("metrics", (trained / "pose" / "metrics.json").read_text())
    assert video["clips"]["count"] == whole["clips"]["count"]
    (task,) = pose["tasks"]
    assert task["clips"]["count"] == whole["clips"]["count"] - whole["without_people"]
    assert task["random"] is not None
    assert {path.name for path in trained.iterdir()} == {
        *("pose", "video"),
        *("fusion.json", "metrics.json", "report.html", "settings.json"),
    }
    page = (trained / "report.html").read_text()
    assert "Poses, pixels and both" in page
    assert "On a random split" in page


def test_a_finished_run_is_not_repeated(trained: Path, data: Data) -> None:
    dataset = open_dataset(data[0])
    stages = Stages()
    again = learn_both(dataset, data[1](dataset), trained, SETTINGS, sight=sight(), listener=stages)
    assert again.kept
    assert not any(words.startswith("training") for words in stages.seen)


def test_a_short_video_gets_one_answer_and_a_missing_part_the_others_exactly(
    trained: Path, tmp_path: Path
) -> None:
    model = fused_recogniser(trained)
    assert model is not None
    clip = film(tmp_path / "new.mp4", "wave", seed=77)
    both = model.predict(clip, moving("wave", seed=77))
    (span,) = both.timeline
    assert (span.label, span.person) == ("wave", None)
    assert both.warnings == ()
    alone, without = model.video.predict(clip), model.predict(clip, nobody())
    assert without.probabilities.tolist() == alone.probabilities.tolist()
    assert list(without.timeline) == list(alone.timeline)
    assert without.warnings == ("nobody was found: it is answered from the pixels alone",)
    against = model.predict(clip, moving("no_wave", seed=77))
    assert against.probabilities[0, 1] < both.probabilities[0, 1]


def test_a_long_video_is_answered_in_windows(trained: Path, tmp_path: Path) -> None:
    """Somebody who is seen in the first half alone."""
    model = fused_recogniser(trained)
    assert model is not None
    long = film(tmp_path / "long.mp4", "wave", seed=5, seconds=6.0)
    half = moving("wave", seed=5, seconds=3.0)
    times_s = np.arange(180) / 30
    found = model.predict(long, half.replace(times_s=times_s))
    alone = model.video.predict(long)
    assert found.start_s.tolist() == alone.start_s.tolist()
    late, early = found.start_s >= 3.0, found.end_s <= 3.0
    assert found.probabilities[late].tolist() == alone.probabilities[late].tolist()
    assert (found.probabilities[early] != alone.probabilities[early]).any(axis=1).all()
    assert "windows nobody was found" in found.warnings[-1]


def test_the_commands_train_and_predict(
    trained: Path,
    data: Data,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command finds that its work is done: it decides on the same settings as the fixture."""
    monkeypatch.setattr(train_both, "poses_of_dataset", data[1])
    assert run("train", data[0], "-o", trained, *WORDS) == 3
    told = capsys.readouterr()
    assert "held out by group" in told.out
    assert "pixels" in told.out
    assert "kept from before" in told.out
    assert "broken.mp4 was left out" in told.err
    code, words = json_of("train", data[0], "-o", trained, *WORDS)
    assert code == 3
    assert check_schema("fusion-training", words)["kept"] is True

    monkeypatch.setattr(predict_fused, "poses_of", lambda path, **_: FoundPoses(moving("wave", seed=3), path))
    clip = film(tmp_path / "new.mp4", "wave", seed=78)
    code, words = json_of("predict", trained, clip, "-o", tmp_path / "new.csv")
    assert code == 0
    (one,) = check_schema("prediction", words)
    assert one["details"]["people"] == 1
    assert all(span["person"] is None for span in one["details"]["spans"])
    assert (tmp_path / "new.csv").is_file()
    assert run("predict", trained / "video", clip, "--quiet") == 0
    capsys.readouterr()

    for command in (("watch", trained, clip), ("evaluate", trained, data[0]), ("explain", trained, clip)):
        assert run(*command) in (1, 2)
        assert "two models that only the command laban predict asks together" in capsys.readouterr().err
    assert run("predict", trained, clip, "--overlay", tmp_path / "o.mp4") == 2
    assert "--overlay" in capsys.readouterr().err
    laban.save(moving("wave", seed=1), tmp_path / "poses.parquet")
    assert run("predict", trained, tmp_path / "poses.parquet") == 1
    assert "needs the video itself" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--inputs", "video"), "laban train-video"),
        (("--inputs", "pose,sound"), "unknown input 'sound'"),
        (("--inputs", ""), "input"),
        (("--network", "mean"), "--network is for pixels; add --inputs pose,video"),
        (("--frames", "8", "--size", "64x64"), "--frames, --size is for pixels"),
        (("--inputs", "pose,video", "--network", "lrnc"), "did you mean"),
        (("--inputs", "pose,video", "--size", "big"), "WIDTHxHEIGHT"),
        (("--inputs", "pose,video", "--whole-clips", "60"), "--whole-clips"),
        (("--inputs", "pose,video", "--split", "time"), "--split time"),
        (("--inputs", "pose,video", "--split", "blocks"), "--split blocks"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    words: tuple[str, ...], message: str, data: Data, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", data[0], "-o", tmp_path / "run", *words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


def test_people_in_clips_of_one_class_only_are_refused_before_anything_is_trained(
    data: Data, tmp_path: Path
) -> None:
    """As where walkers come into view after the end of their clips."""
    dataset = open_dataset(data[0])
    places = data[1](dataset).places
    shown = {path: place for path, place in places.items() if path.name.startswith("no_wave")}
    stages = Stages(until="training")
    with pytest.raises(
        InvalidValueError, match="people are found only in clips of 'no_wave' of the training part"
    ):
        learn_both(dataset, Recordings(dataset, shown), tmp_path, SETTINGS, sight=sight(), listener=stages)


def test_data_that_one_of_both_cannot_learn_from_is_refused(
    data: Data, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for label in LABELS:
        for seed in range(2):
            laban.save(moving(label, seed=seed), tmp_path / "poses" / label / f"{seed}.parquet")
    assert run("train", tmp_path / "poses", "-o", tmp_path / "run", *WORDS) == 2
    assert "has no labelled video" in capsys.readouterr().err
    lines = data[0].read_text().splitlines()[1:5]
    rows = [
        f"{data[0].parent}/{line.replace(',wave,', f',wave {at // 2},')},task {at // 2}"
        for at, line in enumerate(lines)
    ]
    table = tmp_path / "tasks.csv"
    table.write_text("\n".join(["path,label,group,task", *rows]).replace(",no_wave,", ",none,") + "\n")
    assert run("train", table, "-o", tmp_path / "run", *WORDS) == 2
    assert "one task at a time" in capsys.readouterr().err


def test_a_damaged_description_is_refused(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = film(tmp_path / "new.mp4", "wave", seed=77)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("pose", "video"):
        (copy / name).symlink_to(trained / name)
    for content, words in (
        ("{", "cannot be read"),
        ("[]", "no description"),
        ('{"version": 2}', "no description"),
        ('{"version": 1, "pose": {}}', "the part 'pose'"),
    ):
        (copy / "fusion.json").write_text(content)
        assert run("predict", copy, clip) in (1, 2)
        told = capsys.readouterr().err
        assert words in told
        assert "Traceback" not in told
    (copy / "fusion.json").write_text((trained / "fusion.json").read_text())
    (copy / "video").unlink()
    assert run("predict", copy, clip) in (1, 2)
    assert "video" in capsys.readouterr().err
    (copy / "video").mkdir()
    (copy / "video" / "model.tflite").write_bytes((trained / "pose" / "model.tflite").read_bytes())
    assert run("predict", copy, clip) in (1, 2)
    assert "is not the model that" in capsys.readouterr().err

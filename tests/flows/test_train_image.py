"""From drawn images to a classifier that is judged, exported and used without PyTorch, through the commands."""

import csv
import io
import json
import subprocess
import sys
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.answers import check_schema

from laban.cli import main
from laban.cli import train_image as command
from laban.pipeline.image.training.run import Tools

SIZE = 72
LABELS = ("upright", "lying")
QUICK = ("--crop", "whole", "--tune", "frozen", "--versions", "2", "--epochs", "40", "--threads", "1")


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def drawn(*, label: str, seed: int) -> np.ndarray:
    """A red bar that stands, or a blue one that lies, before a wall of any grey."""
    source = np.random.default_rng(seed)
    image = np.full((SIZE, SIZE, 3), source.integers(90, 170), np.uint8)
    long, thin = 52, int(source.integers(8, 14))
    wide, high = (thin, long) if label == "upright" else (long, thin)
    left, top = (int(source.integers(2, SIZE - extent - 2)) for extent in (wide, high))
    image[top : top + high, left : left + wide] = (30, 30, 220) if label == "upright" else (220, 60, 20)
    return image


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of forty images of ten scenes, one of which is no image."""
    folder = tmp_path_factory.mktemp("drawn")
    with (folder / "all.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["path", "label", "group", "subgroup_wall"])
        for number in range(40):
            label = "upright" if number % 2 else "lying"
            name = f"{number:02d}.png"
            cv2.imwrite(str(folder / name), drawn(label=label, seed=number))
            table.writerow([name, label, f"scene {number // 4}", "old" if number < 20 else "new"])
        (folder / "broken.png").write_bytes(b"no image")
        table.writerow(["broken.png", "lying", "scene 0", "old"])
    return folder


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that began with weights drawn at random, since ImageNet's may not be here, and what is usual in drawn
    images as their norm."""
    import torch
    from torch import nn

    from laban.models.image.backbone import Backbone

    def backbone() -> Backbone:
        torch.manual_seed(0)
        made = Backbone().train()
        for part in made.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.momentum = None
        images = [
            cv2.resize(drawn(label=label, seed=seed), (224, 224)) for seed in range(4) for label in LABELS
        ]
        with torch.no_grad():
            made(torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float())
        made.eval()
        return made

    def tools(settings: object, stack: ExitStack, *, quiet: bool) -> Tools:
        return Tools(None, backbone)

    folder = tmp_path_factory.mktemp("run") / "posture"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_tools", tools)
        assert run("train-image", data / "all.csv", "-o", folder, *QUICK, "--quiet") == 3  # one was left out
        before = (folder / "metrics.json").stat().st_mtime_ns
        said = io.StringIO()
        with redirect_stdout(said):
            assert run("train-image", data / "all.csv", "-o", folder, *QUICK, "--quiet", "--json") == 3
        assert (folder / "metrics.json").stat().st_mtime_ns == before  # the same work is not done twice
        assert check_schema("image-training", said.getvalue())["kept"] is True
    return folder


def test_the_run_is_judged_on_scenes_that_it_did_not_learn(made: Path) -> None:
    metrics = check_schema("image-metrics", (made / "metrics.json").read_text())
    assert metrics["split"]["by"] == "group"
    parts = metrics["split"]["parts"]
    assert sum(parts[name]["groups"] for name in parts) == 10
    assert metrics["images"]["accuracy"] >= 0.75
    assert metrics["shifts"][0]["name"] == "as they are"
    assert any("broken.png was left out" in note for note in metrics["notes"])
    assert {one["column"] for one in metrics["subgroups"]} == {"wall"}
    assert set(metrics["run"]) >= {"settings", "training", "data_sha256", "versions", "machine"}
    assert not (made / ".training").exists()


def test_the_files_agree_with_what_was_trained(made: Path) -> None:
    exported = {one["precision"]: one for one in json.loads((made / "metrics.json").read_text())["export"]}
    assert exported["float32"]["max_difference"] < 1e-4
    assert exported["float16"]["size_bytes"] < 0.6 * exported["float32"]["size_bytes"]
    assert exported["int8"]["size_bytes"] < 5e6
    assert all((made / one["path"]).stat().st_size == one["size_bytes"] for one in exported.values())
    assert all(one["latency_ms"] > 0 for one in exported.values())


def test_the_report_shows_what_was_looked_at_and_loads_nothing(made: Path) -> None:
    text = (made / "report.html").read_text()
    assert "default-src 'none'" in text
    assert "Evidence<" in text
    assert text.count("data:image/jpeg;base64,") >= 4
    assert "scene" not in text.split("<main>")[0]


def test_images_are_answered_without_pytorch(made: Path, data: Path, tmp_path: Path) -> None:
    words = [
        "predict",
        str(made),
        str(data / "01.png"),
        str(data / "00.png"),
        "--json",
        "--overlay",
        str(tmp_path),
    ]
    code = f"import sys; sys.modules['torch'] = None; from laban.cli import main; main({words!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [one["details"]["answers"] for one in check_schema("image-prediction", done.stdout)]
    assert [len(one) for one in answers] == [1, 1]
    assert {one[0]["person"] for one in answers} == {None}
    assert all(sum(one[0]["probabilities"].values()) == pytest.approx(1.0) for one in answers)
    drawing = cv2.imread(str(tmp_path / "01.answers.png"))
    assert drawing is not None
    assert drawing.shape[1] > SIZE  # beside the image lies what was looked at


KEPT = {
    "jpeg": ("of küche & flur/-01 (2).jpg", [cv2.IMWRITE_JPEG_QUALITY, 95]),
    "webp": ("01.webp", [cv2.IMWRITE_WEBP_QUALITY, 95]),
    "bmp": ("01.bmp", []),
    "tiff": ("01.tiff", []),
    "twice the size": ("01.png", []),
}


@pytest.mark.parametrize("how", KEPT)
def test_how_an_image_is_kept_does_not_change_its_answer(
    how: str, made: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Probabilities within 0.1: what compression and scaling do to pixels, and the class is the same."""
    name, options = KEPT[how]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    image = cv2.imread(str(data / "01.png"))
    image = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) if "size" in how else image
    cv2.imwrite(str(tmp_path / name), image, options)
    capsys.readouterr()
    assert run("predict", made, data / "01.png", tmp_path / name, "--json", "--quiet") == 0
    first, second = (
        one["details"]["answers"][0] for one in check_schema("image-prediction", capsys.readouterr().out)
    )
    assert second["label"] == first["label"]
    for label, probability in first["probabilities"].items():
        assert second["probabilities"][label] == pytest.approx(probability, abs=0.1)


def test_answers_are_written_as_a_table_and_failures_are_told(
    made: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "answers.csv"
    assert run("predict", made / "model.int8.tflite", data / "01.png", data / "broken.png", "-o", table) == 3
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [Path(row["source"]).name for row in rows] == ["01.png"]
    assert "broken.png is not an image that can be read" in capsys.readouterr().err
    assert run("predict", made, data / "01.png", "-o", table.with_suffix(".json")) == 0
    (one,) = check_schema("image-answers", table.with_suffix(".json").read_text())
    assert one["answers"][0]["label"] == rows[0]["label"]


def test_a_video_is_refused_in_one_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 64)
    assert run("predict", made, tmp_path / "clip.mp4") == 1
    assert "answers images; save the frames that matter first" in capsys.readouterr().err


def test_the_data_is_no_place_for_the_run(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train-image", data / "all.csv", "-o", data) == 2
    assert "holds the data; name another folder" in capsys.readouterr().err

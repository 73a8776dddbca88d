"""``laban explain`` with a recogniser from pixels whose reasons are known, through the command."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

import torch
from tests.answers import check_schema

from laban.cli import main
from laban.core.arrays import ImageArray
from laban.core.clock import WindowSpec
from laban.models.card import Task
from laban.models.deploy.convert import to_lite
from laban.models.deploy.litert_model import with_card
from laban.models.deploy.zoo import open_model
from laban.models.inputs import ClipInput
from laban.models.video.backbones.frame import FrameBackbone
from laban.models.video.settings import ClipTrainingSettings
from laban.models.video.training import PreparedClips, train_clips
from laban.pipeline.video.prediction import clip_recogniser
from laban.render.video import write_video
from laban.sources import SyntheticScene, open_source

HEIGHT, WIDTH, CELL, FPS, LENGTH_S = 80, 112, 8, 10, 2.0
FRAMES = 20
LABELS = ("still", "moves")
MOVES_S = (1.0, 1.5)


def images(label: str, *, seed: int) -> ImageArray:
    """A wall of any colours; where something ``moves``, it does so in the lower right corner for half a second."""
    source = np.random.default_rng(seed)
    cells = source.normal(0, 20, (HEIGHT // CELL, WIDTH // CELL, 3))
    wall = source.integers(80, 170, 3) + np.kron(cells, np.ones((CELL, CELL, 1)))
    shown = wall + source.normal(0, 3, (FRAMES, HEIGHT, WIDTH, 3))
    for at, frame in enumerate(range(round(MOVES_S[0] * FPS), round(MOVES_S[1] * FPS))):
        if label == "moves":
            y, x = HEIGHT - 16 - 3 * (at % 2), WIDTH - 16 - 2 * at
            shown[frame, y : y + 12, x : x + 12] = (240, 240, 30)
    return np.clip(shown, 0, 255).astype(np.uint8)


def film(path: Path, *parts: ImageArray) -> Path:
    write_video(path, ((at / FPS, image) for at, image in enumerate(np.concatenate(parts))))
    return path


def read(path: Path) -> ImageArray:
    with open_source(path) as source:
        return np.stack([frame.image_rgb for frame in source.frames()])


class Cells(FrameBackbone):
    """Sees the mean colour of each cell."""

    width = 3 * (HEIGHT // CELL) * (WIDTH // CELL)

    def __init__(self) -> None:
        super().__init__()
        self.parts = torch.nn.ModuleList()

    def forward(self, image):
        return torch.nn.functional.avg_pool2d(image.permute(0, 3, 1, 2) / 255, CELL).flatten(1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network over time that has learned to tell the two from the cells."""
    folder, cells = tmp_path_factory.mktemp("cells"), Cells()
    clips = [read(film(folder / f"{seed}.mp4", images(LABELS[seed % 2], seed=seed))) for seed in range(32)]
    with torch.no_grad():
        forms = np.stack([cells(torch.from_numpy(clip).float()).numpy() for clip in clips])[None]
    trained = train_clips(
        Cells,
        Task("scene", LABELS, "still"),
        PreparedClips(forms, np.arange(32) % 2),
        None,
        ClipTrainingSettings(network="attention", epochs=25, batch=16, versions=1, threads=1),
        given=ClipInput(WindowSpec(length_s=LENGTH_S, hop_s=0.5, fps=FPS), (WIDTH, HEIGHT)),
        name="corner",
    )
    path = folder / "corner.tflite"
    path.write_bytes(with_card(to_lite(trained.network, trained.card), trained.card))
    return path


def explained(*words: object) -> Any:
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as ended:
        main(["explain", *map(str, words), "--json"])
    assert not ended.value.code
    return check_schema("clip-explanation", out.getvalue())


def predicted(model: Path, clip: Path) -> list[Any]:
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit):
        main(["predict", str(model), str(clip), "--json"])
    return json.loads(out.getvalue())[0]["details"]["spans"]


def refused(*words: object, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["explain", *map(str, words)])
    assert ended.value.code in (1, 2)
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1
    return told


def is_in_the_corner(place: Any) -> bool:
    return place["left"] >= 0.55 and place["top"] >= 0.55


def test_the_strip_is_brightest_where_and_when_something_moves(model: Path, tmp_path: Path) -> None:
    clip = film(tmp_path / "new.mp4", images("moves", seed=501))
    told = explained(model, clip, "-o", tmp_path / "why", "--instants", 2, "--video")
    assert told["label"] == "moves"
    assert told["probability"] > 0.6
    assert told["probability"] == pytest.approx(predicted(model, clip)[0]["score"], abs=1e-4)
    assert is_in_the_corner(told["places"][0])
    assert MOVES_S[0] - 0.1 <= told["peak_s"] <= MOVES_S[1] + 0.1
    assert told["spans"][0]["start_s"] >= MOVES_S[0] - 0.3
    assert told["spans"][0]["end_s"] <= MOVES_S[1] + 0.3
    assert len(told["frames"]) == FRAMES
    strip, instants, video = told["files"]
    assert [Path(one).name for one in told["files"]] == [
        "new.strip.png",
        "new.instants.png",
        "new.explained.mp4",
    ]
    assert cv2.imread(strip) is not None
    assert cv2.imread(instants).shape[1] < 2 * 700
    assert len(read(Path(video))) == FRAMES


def test_of_a_long_video_the_window_with_the_event_is_explained(model: Path, tmp_path: Path) -> None:
    parts = [images("moves" if at == 2 else "still", seed=600) for at in range(5)]
    clip = film(tmp_path / "long.mp4", *parts)
    told = explained(model, clip, "-o", tmp_path)
    assert told["label"] == "moves"
    assert told["end_s"] - told["start_s"] == pytest.approx(LENGTH_S)
    event_s = 2 * LENGTH_S + MOVES_S[0], 2 * LENGTH_S + MOVES_S[1]
    assert told["start_s"] <= event_s[0]
    assert event_s[1] <= told["end_s"]
    assert event_s[0] - 0.1 <= told["peak_s"] <= event_s[1] + 0.1
    assert is_in_the_corner(told["places"][0])
    recogniser = clip_recogniser(open_model(model))
    assert recogniser is not None
    answers = recogniser.predict(clip).probabilities[:, LABELS.index("moves")]
    assert len(answers) > 10
    assert told["probability"] == pytest.approx(answers.max(), abs=1e-5)


def test_of_a_slow_source_the_mixed_frames_are_explained_and_it_is_warned_about(
    model: Path, tmp_path: Path
) -> None:
    parts = np.concatenate([images("moves" if at == 1 else "still", seed=700) for at in range(3)])
    write_video(tmp_path / "slow.mp4", ((at / FPS, image) for at, image in enumerate(parts) if at % 3 == 0))
    told = explained(model, tmp_path / "slow.mp4", "-o", tmp_path, "-q")
    assert told["end_s"] - told["start_s"] == pytest.approx(LENGTH_S)
    assert any("interpolated" in warning for warning in told["warnings"])
    recogniser = clip_recogniser(open_model(model))
    assert recogniser is not None
    answers = recogniser.predict(tmp_path / "slow.mp4").probabilities[:, LABELS.index(told["label"])]
    assert told["probability"] == pytest.approx(answers.max(), abs=0.02)


def test_any_label_can_be_asked_for_and_words_are_printed(model: Path, tmp_path: Path) -> None:
    clip = film(tmp_path / "new.mp4", images("moves", seed=502))
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as ended:
        main(["explain", str(model), str(clip), "--task", "scene", "-o", str(tmp_path)])
    assert not ended.value.code
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("scene: moves  0.")
    assert lines[2].startswith("where   lower right")
    assert lines[3].startswith("when    0:0")
    against = explained(model, clip, "--label", "still", "-o", tmp_path)
    assert against["label"] == "still"
    assert min(against["places"], key=lambda one: one["nats"])["nats"] < -0.5


def test_what_means_nothing_for_pixels_is_refused(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = film(tmp_path / "new.mp4", images("moves", seed=503))
    for words in (("--person", 1), ("--source", clip), ("--detector", "yolox"), ("--size", "64x48")):
        assert f"leave out {words[0]}" in refused(model, clip, *words, capsys=capsys)
    assert "occlusion only" in refused(model, clip, "--method", "gradients", capsys=capsys)
    assert "moves" in refused(model, clip, "--label", "move", capsys=capsys)
    assert "scene" in refused(model, clip, "--task", "scen", capsys=capsys)
    assert "does not exist" in refused(model, tmp_path / "none.mp4", capsys=capsys)
    SyntheticScene(people=1, seconds=2.0).recording().save(tmp_path / "poses.parquet")
    assert "needs the video itself" in refused(model, tmp_path / "poses.parquet", capsys=capsys)


def test_places_are_those_of_the_video_where_black_bars_are_left_out(model: Path, tmp_path: Path) -> None:
    """Bars as high as half the image, above and below: the corner lies higher in the video."""
    bars = HEIGHT // 2
    shown = np.pad(images("moves", seed=504), ((0, 0), (bars, bars), (0, 0), (0, 0)))
    clip = film(tmp_path / "bars.mp4", shown)
    told = explained(model, clip, "-o", tmp_path, "--video")
    assert told["label"] == "moves"
    assert min(place["top"] for place in told["places"]) == pytest.approx(0.25, abs=0.03)
    assert max(place["bottom"] for place in told["places"]) == pytest.approx(0.75, abs=0.03)
    first = told["places"][0]
    assert first["left"] >= 0.55
    assert 0.5 <= first["top"] <= 0.7
    drawn = read(Path(told["files"][2]))
    assert drawn.shape[1:3] == shown.shape[1:3]
    assert drawn[12, : bars - 8].max() < 40

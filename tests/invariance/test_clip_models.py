"""What a recogniser from pixels answers stays the same, however a clip is written, named and lit.

The recogniser is a small one, of drawn clips; the changes are those of ``test_films``.
"""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.invariance.film_changes import FILM_CHANGES, FilmChange
from tests.invariance.films import Encoding, Film, write

from laban.cli import main

LABELS = ("across", "down")
SIZE_WH, FPS, SECONDS = (160, 120), 30, 1.2
NO_CHANGES = {
    "somebody else, smaller": "is about people",
    "one worker": "is about poses",
    "three workers, spans of 0.5 s": "is about poses",
    "still for 2 s before and after": "makes several windows of one clip, tested by itself",
    "2 frames a second": "leaves three frames of a movement that lasts a second",
}
CHANGES = [one for one in FILM_CHANGES if one.name not in NO_CHANGES]


def film(label: str, *, seed: int) -> Film:
    """A disc that crosses the image from one side to the other, or from top to bottom, and back."""
    source = np.random.default_rng(seed)
    count, (width, height) = round(SECONDS * FPS), SIZE_WH
    wall = cv2.resize(source.integers(60, 140, (4, 5, 3)).astype(np.uint8), SIZE_WH)
    disc = tuple(int(one) for one in source.integers(170, 250, 3))
    still = source.uniform(0.35, 0.65)
    frames = []
    for at in 0.5 + 0.38 * np.sin(np.linspace(0, 2 * np.pi, count) + source.uniform(0, 6)):
        x, y = (at, still) if label == LABELS[0] else (still, at)
        image = cv2.circle(wall.copy(), (round(x * width), round(y * height)), 14, disc, -1)
        frames.append(np.clip(image + source.normal(0, 3, image.shape), 0, 255).astype(np.uint8))
    return Film(tuple(frames), np.arange(count) / FPS)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    for label in LABELS:
        (folder / "clips" / label).mkdir(parents=True)
        for seed in range(18):
            clip = film(label, seed=100 * seed + LABELS.index(label))
            write(clip, folder / "clips" / label / f"v_{label}_g{seed:02d}_c01.mp4", Encoding())
    how = ("--network", "lrcn-small", "--frames", "12", "--versions", "4", "--epochs", "30", "--threads", "1")
    with pytest.raises(SystemExit) as ended:
        main(["train-video", str(folder / "clips"), "-o", str(folder / "run"), *how, "--quiet"])
    assert ended.value.code == 0
    return folder / "run"


def answers(model: Path, path: Path) -> list[tuple[str, float, float]]:
    """The spans of a file: label, start and end."""
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as ended:
        main(["predict", str(model), str(path), "--json", "--quiet"])
    assert ended.value.code == 0
    spans = json.loads(out.getvalue())[0]["details"]["spans"]
    return [(one["label"], one["start_s"], one["end_s"]) for one in spans]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)
def test_nothing_that_must_not_matter_changes_the_answer(
    model: Path, tmp_path: Path, change: FilmChange
) -> None:
    for number, label in enumerate(LABELS):
        folder = tmp_path / str(number) / change.place
        folder.mkdir(parents=True)
        for name in change.neighbours:
            (folder / name).write_bytes(b"")
        clip = film(label, seed=9_000 + number)
        path = write(change.make(clip), folder / f"clip{change.encoding.suffix}", change.encoding)
        assert [one[0] for one in answers(model, path)] == [label]


def test_stillness_before_and_after_moves_no_answer(model: Path, tmp_path: Path) -> None:
    held = next(one for one in FILM_CHANGES if one.name.startswith("still for 2 s"))
    for label in LABELS:
        path = write(held.make(film(label, seed=9_100)), tmp_path / f"{label}.mp4", Encoding())
        at_s = 2.0 + SECONDS / 2
        assert [one[0] for one in answers(model, path) if one[1] <= at_s <= one[2]] == [label]

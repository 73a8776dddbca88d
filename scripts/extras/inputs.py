"""Small inputs for the commands, made with the core alone: recordings of waving and standing, and some images.

python scripts/extras/inputs.py FOLDER
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np

import laban
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33

_SIZE_WH = (640, 480)
_CLIPS = 8


def moving(*, waves: bool, seed: int, in_metres: bool = False) -> Recording:
    """A person who stands for two seconds and, if ``waves``, moves both hands."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(60) / 30
    body = np.random.default_rng(7).uniform(-60, 60, (33, 2)) + np.array([320, 240])
    body[[11, 12]], body[[23, 24]] = [(350, 160), (290, 160)], [(340, 280), (300, 280)]
    points = body + rng.normal(0, 1.0, (len(times_s), 33, 2)) + rng.uniform(-40, 40, 2)
    if waves:
        points[:, [15, 16], 0] += 50 * np.sin(2 * np.pi * (1 + rng.random()) * times_s)[:, None]
    visible = np.ones(points.shape[:2])
    in_space = np.concatenate(
        [(points - points[:, [23, 24]].mean(axis=1, keepdims=True)) / 200, 0 * points[..., :1]], 2
    )
    world_m = in_space if in_metres else None
    person = PoseSequence(times_s, BLAZEPOSE33, visible, image_px=points, world_m=world_m, size_wh=_SIZE_WH)
    return Recording(f"{seed}", times_s, {0: person}, size_wh=_SIZE_WH)


def main(folder: Path) -> None:
    """Writes all inputs below ``folder``."""
    for number in range(2 * _CLIPS):
        label = "wave" if number % 2 else "still"
        target = folder / "clips" / label / f"{number}.parquet"
        laban.save(moving(waves=label == "wave", seed=number), target)
        laban.save(
            moving(waves=True, seed=number),
            folder / "falls" / ("fall", "no_fall")[number % 2] / f"{number}.parquet",
        )
    laban.save(moving(waves=True, seed=0, in_metres=True), folder / "in_metres.parquet")
    for number in range(2 * _CLIPS):
        label = ("dark", "light")[number % 2]
        target = folder / "images" / label / f"{number}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(target), np.full((64, 64, 3), 40 + 150 * (number % 2) + number, np.uint8))
    (folder / "truth.json").write_text(json.dumps({"images": [], "annotations": [], "categories": []}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

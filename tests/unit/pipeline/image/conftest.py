"""A small YOLO-pose set of drawn images, each of its own, and a frontal body whose joints are known."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.core.skeleton import COCO17

WIDTH, HEIGHT = 200, 240
FRONTAL = {
    "nose": (100, 40),
    "eye": (8, 33),
    "ear": (16, 36),
    "shoulder": (28, 70),
    "elbow": (40, 105),
    "wrist": (46, 140),
    "hip": (18, 140),
    "knee": (20, 180),
    "ankle": (20, 222),
}


def frontal_px() -> np.ndarray:
    """(17, 2) somebody who faces the camera: the left lies on the image's right."""
    points = np.zeros((17, 2))
    for index, name in enumerate(COCO17.names):
        side, _, joint = name.partition("_")
        across, down = FRONTAL[joint or name]
        points[index] = (across, down) if not joint else (100 + (across if side == "left" else -across), down)
    return points


def line_of(points_px: np.ndarray, *, flags: np.ndarray | None = None, label: int = 0) -> str:
    """A line of labels with the box round the joints."""
    unit = points_px / (WIDTH, HEIGHT)
    low, high = unit.min(axis=0) - 0.03, unit.max(axis=0) + 0.03
    told = np.full(17, 2) if flags is None else flags
    joints = " ".join(f"{x:.6f} {y:.6f} {flag}" for (x, y), flag in zip(unit, told, strict=True))
    x, y, width, height = *((low + high) / 2), *(high - low)
    return f"{label} {x:.6f} {y:.6f} {width:.6f} {height:.6f} {joints}\n"


@dataclass(frozen=True)
class YoloSet:
    root: Path

    def labels(self, stem: str, split: str = "train") -> Path:
        return self.root / "labels" / split / f"{stem}.txt"

    def image(self, stem: str, split: str = "train") -> Path:
        return self.root / "images" / split / f"{stem}.jpg"

    def name(self, stem: str, split: str = "train") -> str:
        return f"images/{split}/{stem}.jpg"

    def add(self, stem: str, split: str = "train") -> None:
        for path in (self.image(stem, split), self.labels(stem, split)):
            path.parent.mkdir(parents=True, exist_ok=True)
        image = np.random.default_rng(sum(map(ord, stem))).integers(0, 255, (12, 10, 3), dtype=np.uint8)
        large = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
        cv2.imwrite(str(self.image(stem, split)), large)
        self.labels(stem, split).write_text(line_of(frontal_px()))


@pytest.fixture
def yolo(tmp_path: Path) -> YoloSet:
    """Six images to learn from and three to test on, without a fault."""
    made = YoloSet(tmp_path / "data")
    for stem in "abcdef":
        made.add(stem)
    for stem in "xyz":
        made.add(stem, "test")
    flip = ", ".join(map(str, COCO17.flip))
    (made.root / "data.yaml").write_text(
        f"train: images/train\ntest: images/test\nkpt_shape: [17, 3]\nflip_idx: [{flip}]\nnames:\n  0: person\n"
    )
    return made

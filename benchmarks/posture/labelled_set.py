"""A YOLO-pose set of real frames on disk: written as the engine labels them, and edited line by line.

People who stand, sit or walk, labelled by the heavy network with COCO's 17 joints, split by subject. Of people
who lie its labels are often wrong; so are those of one clip in which it mistakes the back of a person who looks
out of a window for the front.
"""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.posture.frames import Moment, frames_of, moments
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17, map_skeleton
from laban.pipeline.image.gathering import people_finder

Fault = tuple[str, str]
"""A kind of problem and its image or file."""

_EVERY = 3  # of the moments, which are a fifth of a second apart
_WRONGLY_LABELLED = "subject_2_Fall_14"
_TEST_SUBJECT = "subject_3"
_SEEN = 0.5
_LABELLER = "heavy"
_ROOM = 0.06


@dataclass
class Folder:
    """A YOLO-pose set on disk whose labels are edited line by line."""

    root: Path
    planted: set[Fault] = field(default_factory=set)

    def labels(self, split: str, stem: str) -> Path:
        return self.root / "labels" / split / f"{stem}.txt"

    def image(self, split: str, stem: str) -> Path:
        return self.root / "images" / split / f"{stem}.jpg"

    def numbers(self, split: str, stem: str) -> np.ndarray:
        """(5 + 17 × 3,) the first line."""
        return np.array(self.labels(split, stem).read_text().split()[:56], dtype=float)

    def write(self, split: str, stem: str, *lines: np.ndarray) -> None:
        text = "\n".join(" ".join(f"{value:.6g}" for value in line) for line in lines)
        self.labels(split, stem).write_text(text + "\n")

    def plant(self, kind: str, split: str, stem: str, *, item: str | None = None) -> None:
        self.planted.add((kind, item or f"images/{split}/{stem}.jpg"))


def write_clean(root: Path) -> Folder:
    """Frames with one person whose joints are clearly seen, as the engine labels them."""
    folder = Folder(root)
    for split in ("train", "test"):
        for part in ("images", "labels"):
            (root / part / split).mkdir(parents=True)
    with people_finder(model=_LABELLER) as find:
        for moment, image in frames_of(_chosen()):
            people = find(image)
            split = "test" if moment.subject == _TEST_SUBJECT else "train"
            stem = Path(moment.name).stem
            if people:
                cv2.imwrite(str(folder.image(split, stem)), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
                folder.write(split, stem, line_of(people[0], (image.shape[1], image.shape[0])))
    flip = ", ".join(map(str, COCO17.flip))
    (root / "data.yaml").write_text(
        f"train: images/train\ntest: images/test\nkpt_shape: [17, 3]\nflip_idx: [{flip}]\nnames:\n  0: person\n"
    )
    return folder


def _chosen() -> list[Moment]:
    return [
        moment
        for moment in moments()[::_EVERY]
        if moment.label != "lying" and not moment.name.startswith(_WRONGLY_LABELLED)
    ]


def line_of(pose: Pose, size_wh: tuple[int, int]) -> np.ndarray:
    """(56,) a line of labels: joints outside the image are missing, those hardly seen hidden."""
    mapping = map_skeleton(BLAZEPOSE33, COCO17)
    points = mapping.apply(pose.image_px.astype(float)) / np.array(size_wh, dtype=float)
    seen = mapping.apply_visibility(pose.visibility)
    inside = ((points >= 0) & (points <= 1)).all(axis=1)
    flags = np.where(inside, np.where(seen >= _SEEN, 2, 1), 0)
    points = np.where(inside[:, None], points, 0.0)
    low, high = points[inside].min(axis=0) - _ROOM, points[inside].max(axis=0) + _ROOM
    low, high = np.clip([low, high], 0, 1)
    return np.concatenate([[0], (low + high) / 2, high - low, np.column_stack([points, flags]).ravel()])

"""Frames of real clips by name, time and place, as the files in benchmarks/truth label them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks.machine import ROOT
from benchmarks.recognition.sets import DATA
from laban.assets import asset_path
from laban.core.arrays import ImageArray
from laban.core.conversions import pose_at
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.pipeline.recording.open import poses_of
from laban.pipeline.recording.video import open_frames

TRUTH = ROOT / "benchmarks" / "truth"
_NEAR_S = 0.02


@dataclass(frozen=True)
class LabelledFrame:
    """A person in a frame: the position of the hips, and the yaw judged by eye."""

    clip: str
    time_s: float
    hip_xy_px: tuple[float, float]
    yaw_deg: float

    @property
    def path(self) -> Path:
        """The file of the clip."""
        name = self.clip.removeprefix("asset:")
        return DATA / self.clip if name == self.clip else asset_path(name)

    def sequence(self) -> tuple[PoseSequence, int]:
        """The person with hips nearest to the position, and the row of the frame."""
        found: list[tuple[float, int, PoseSequence, int]] = []
        for one in recording_of(self.path).people.values():
            row = int(np.abs(one.times_s - self.time_s).argmin())
            if abs(one.times_s[row] - self.time_s) <= _NEAR_S and one.seen[row] and one.image_px is not None:
                hips = one.image_px[
                    row, [one.skeleton.index(f"{side}_hip") for side in ("left", "right")]
                ].mean(0)
                found.append((float(np.hypot(*(hips - self.hip_xy_px))), len(found), one, row))
        _, _, sequence, row = min(found)
        return sequence, row

    def pose(self) -> Pose:
        """The person in the frame."""
        return pose_at(*self.sequence())

    def image(self) -> ImageArray:
        """The frame."""
        with open_frames(self.path, at_s=np.array([self.time_s])) as frames:
            return np.array(min(frames, key=lambda frame: abs(frame.time_s - self.time_s)).image_rgb)


def labelled_frames(name: str = "views") -> Iterator[LabelledFrame]:
    """The frames of ``benchmarks/truth/<name>.csv``."""
    with (TRUTH / f"{name}.csv").open(encoding="utf-8") as file:
        for one in csv.DictReader(file):
            hips = float(one["hip_x_px"]), float(one["hip_y_px"])
            yield LabelledFrame(one["clip"], float(one["time_s"]), hips, float(one["yaw_deg"]))


@lru_cache(maxsize=64)
def recording_of(path: Path) -> Recording:
    """The poses in a clip, taken once."""
    return poses_of(path).recording

"""Views: from where people are seen in 157 frames of the sample clips, the falls clips and a desk worker.

Each frame is read as `laban posture` reads an image, by the mean of 16 looks; beside it as a frame of a video is
read, by one look. The turn of each trunk was judged by eye in steps of 5 to 15° and is in
benchmarks/truth/views.csv; the eye is good to about 15°, so an answer counts as right where it is the view of the
label or of the label ± 15°. How many are the view of the label itself is given too. People who lie, who are cut
off, or whom the eye cannot tell are left out. The first 92 labels were judged from smaller images, and three of
them corrected at larger ones after a first comparison; the other 65 were judged before any. What was chosen
(weights of shoulders and hips, the axis of the trunk, the width of the views) was chosen on the frames of
benchmarks/truth/views_tuning.csv, which are of other clips; by one look or by 16 made no difference there, and both
are told.
"""

import csv
from collections.abc import Sequence

import numpy as np

from benchmarks.posture.clips import TRUTH, LabelledFrame, labelled_frames
from benchmarks.rows import Row, row
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.pipeline.posture.assess import LEAST_SAMPLES
from laban.pose.blazepose.jitter import jittered_poses
from laban.pose.blazepose.landmarker import Landmarker
from laban.pose.blazepose.weights import load_weights
from laban.tasks.posture.uncertainty import mean_pose
from laban.tasks.posture.views import View, view_at, view_of

EYE_DEG = 15.0
_LEAST = 0.95


def view_rows() -> list[Row]:
    """Share of frames whose view is recognised, and how far off the turn is."""
    frames = list(labelled_frames())
    landmarker = load_weights(model="full", detector="auto", precision="mixed").make_landmarker()
    shown = [view_of(_as_image(frame, landmarker)) for frame in frames]
    filmed = [view_of(frame.pose()) for frame in frames]
    off = [abs(_wrapped(view.yaw_deg - frame.yaw_deg)) for view, frame in zip(shown, frames, strict=True)]
    return [
        row("views: recognised in images, to what the eye can tell (± 15°)", _share(frames, shown), "",
            at_least=_LEAST, frames=len(frames), wrong=_wrong(frames, shown)),
        row("views: recognised in frames of a video, to what the eye can tell", _share(frames, filmed), "",
            wrong=_wrong(frames, filmed)),
        row("views: recognised in images, the very view of the label", _share(frames, shown, eye_deg=0.0), ""),
        row("views: median difference of the turn from the eye's", float(np.median(off)), "°"),
        _tuning_row(),
    ]  # fmt: skip


def _as_image(frame: LabelledFrame, landmarker: Landmarker) -> Pose:
    looks = jittered_poses(Frame.from_rgb(frame.image()), frame.pose(), landmarker=landmarker)
    return mean_pose(looks) if len(looks) >= LEAST_SAMPLES else frame.pose()


def _share(frames: Sequence[LabelledFrame], told: Sequence[View], *, eye_deg: float = EYE_DEG) -> float:
    right = [view.name in _allowed(frame.yaw_deg, eye_deg) for view, frame in zip(told, frames, strict=True)]
    return float(np.mean(right))


def _wrong(frames: Sequence[LabelledFrame], told: Sequence[View]) -> list[str]:
    return [
        f"{frame.clip} {frame.time_s:.2f} s: {view.name}, {view.yaw_deg:.0f}° for {frame.yaw_deg:.0f}°"
        for frame, view in zip(frames, told, strict=True)
        if view.name not in _allowed(frame.yaw_deg, EYE_DEG)
    ]


def _tuning_row() -> Row:
    with (TRUTH / "views_tuning.csv").open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    right = [
        view_of(_frame(one).pose()).name in (one["view"], one["or"])
        for one in labels
    ]  # fmt: skip
    return row(
        "views: recognised on the frames they were tuned on", float(np.mean(right)), "", frames=len(right)
    )


def _frame(one: dict[str, str]) -> LabelledFrame:
    hips = float(one["hip_x_px"]), float(one["hip_y_px"])
    return LabelledFrame(one["clip"], float(one["time_s"]), hips, float("nan"))


def _allowed(yaw_deg: float, eye_deg: float) -> set[str]:
    return {view_at(_wrapped(yaw_deg + step)).name for step in (-eye_deg, 0.0, eye_deg)}


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0

"""Views: from where people are seen in 157 frames of the sample clips, the falls clips and a desk worker.

The turn of each trunk was judged by eye in steps of 5 to 15° and is in benchmarks/truth/views.csv; the eye is good
to about 15°, so an answer counts as right where it is the view of the label or of the label ± 15°. How many are the
view of the label itself is given beside it. People who lie, who are cut off, or whom the eye cannot tell are left
out. The first 92 labels were judged from smaller pictures, and three of them corrected at larger ones after a first
comparison; the other 65 were judged before any. What was chosen (weights of shoulders and hips, the axis of the
trunk, the width of the views) was chosen on the frames of benchmarks/truth/views_tuning.csv, which are of other
clips.
"""

import csv

import numpy as np

from benchmarks.posture.clips import TRUTH, LabelledFrame, labelled_frames
from benchmarks.rows import Row, row
from laban.tasks.posture.views import view_at, view_of

EYE_DEG = 15.0
_LEAST = 0.95


def view_rows() -> list[Row]:
    """Share of frames whose view is recognised, and how far off the turn is."""
    frames = list(labelled_frames())
    told = [view_of(frame.pose()) for frame in frames]
    right = [view.name in _allowed(frame.yaw_deg) for view, frame in zip(told, frames, strict=True)]
    same = [view.name == view_at(frame.yaw_deg).name for view, frame in zip(told, frames, strict=True)]
    off = [abs(_wrapped(view.yaw_deg - frame.yaw_deg)) for view, frame in zip(told, frames, strict=True)]
    wrong = [
        f"{frame.clip} {frame.time_s:.2f} s: {view.name}, {view.yaw_deg:.0f}° for {frame.yaw_deg:.0f}°"
        for frame, view, good in zip(frames, told, right, strict=True)
        if not good
    ]
    return [
        row("views: recognised, to what the eye can tell (± 15°)", float(np.mean(right)), "", at_least=_LEAST,
            frames=len(frames), wrong=wrong),
        row("views: recognised, the very view of the label", float(np.mean(same)), ""),
        row("views: median difference of the turn from the eye's", float(np.median(off)), "°"),
        _tuning_row(),
    ]  # fmt: skip


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


def _allowed(yaw_deg: float) -> set[str]:
    return {view_at(_wrapped(yaw_deg + step)).name for step in (-EYE_DEG, 0.0, EYE_DEG)}


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0

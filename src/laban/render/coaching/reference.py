"""The reference figure on its own floor, turned the way the trainee is turned."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray
from laban.core.facing import mean_yaw_deg, yaw_deg_of
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError
from laban.render.coaching.marks import Verdict, mark_joints
from laban.render.figure import figure_of, figure_size
from laban.render.palette import Rgb
from laban.render.skeletons import DrawStyle, draw_pose

_STYLE = DrawStyle(labels=False, thickness=1.3)
_LEAST_REACH = 0.7  # torso lengths to either side: a narrow figure is not enlarged
_HEADROOM = 0.45


@dataclass(frozen=True, eq=False)
class ReferenceFigure:
    """A movement that stands on the floor: ``points`` (T, J, 2 or 3) in torso lengths, y down, the floor at 0.

    ``low`` and ``high`` (2,) are the bounds of the image, whichever way the figure is turned.
    """

    points: Float64Array
    skeleton: Skeleton
    low: Float64Array
    high: Float64Array

    @cached_property
    def yaw_deg(self) -> float:
        """The mean turn away from facing the viewer; NaN in two dimensions."""
        if self.points.shape[2] < 3:
            return float("nan")
        return mean_yaw_deg(yaw_deg_of(None, self.points, self.skeleton))

    def mirrored(self) -> "ReferenceFigure":
        """The same movement on the other side of the body."""
        sign = np.array([-1.0, 1.0, 1.0])[: self.points.shape[2]]
        return ReferenceFigure(self.points[:, self.skeleton.flip] * sign, self.skeleton, self.low, self.high)


def reference_figure(points: FloatArray, skeleton: Skeleton) -> ReferenceFigure:
    """A movement (T, J, 2 or 3) in torso lengths from mid-hip, prepared for drawing: its lowest point at each
    instant stands on the floor, because a squatting body does not lift its feet.

    NaN joints are left out. Raises InvalidValueError if nothing is known.
    """
    body = np.asarray(points, dtype=np.float64)
    known = np.isfinite(body.sum(axis=2))
    if not np.all(np.any(known, axis=1)):
        raise InvalidValueError("a reference needs at least one known joint at each instant")
    grounded = body.copy()
    grounded[..., 1] -= np.nanmax(body[..., 1], axis=1, keepdims=True)
    across = grounded[..., [0, 2]] if body.shape[2] == 3 else grounded[..., :1]
    reach = max(_LEAST_REACH, float(np.nanmax(np.sqrt((across**2).sum(axis=2)))))
    top = float(np.nanmin(grounded[..., 1])) - _HEADROOM
    return ReferenceFigure(grounded, skeleton, np.array([-reach, top]), np.array([reach, 0.0]))


def draw_reference(
    canvas_rgb: ImageArray,
    figure: ReferenceFigure,
    *,
    phase: float,
    turn_deg: float = 0.0,
    flipped: bool = False,
    joints: Mapping[str, Verdict] | None = None,
    floor_rgb: Rgb,
) -> ImageArray:
    """A new image: the canvas with the figure at ``phase`` (0 to 1) of its movement, as large as fits.

    ``turn_deg`` turns it about the vertical, if it has three dimensions; ``flipped`` mirrors it.
    """
    row = round(float(np.clip(np.nan_to_num(phase), 0.0, 1.0)) * (len(figure.points) - 1))
    flat = _turned(figure.points[row], turn_deg)
    if flipped:
        flat[:, 0] *= -1
    high, wide = canvas_rgb.shape[:2]
    span = figure.high - figure.low
    scale = min(0.9 * wide / span[0], 0.88 * high / span[1])
    floor = high / 2 + scale * span[1] / 2
    placed = flat * scale + [wide / 2, floor]
    canvas = canvas_rgb.copy()
    thick = max(2, high // 160)
    at = min(high - 1, round(floor + 2.2 * thick))
    canvas[at : at + thick, round(wide * 0.08) : round(wide * 0.92)] = floor_rgb
    visibility = np.where(np.isfinite(placed).all(axis=1), 1.0, 0.0)
    pose = Pose(figure.skeleton, placed.astype(np.float32), visibility.astype(np.float32), person=0)
    drawn = draw_pose(canvas, pose, style=_STYLE)
    size = figure_size(placed, figure_of(figure.skeleton))
    mark_joints(drawn, placed, figure.skeleton, joints or {}, torso_px=0.7 * size)
    return drawn


def _turned(points: Float64Array, turn_deg: float) -> Float64Array:
    """(J, 2) the projection of (J, C) turned about the vertical."""
    if points.shape[1] < 3 or not np.isfinite(turn_deg):
        return np.asarray(points[:, :2].copy())
    turn = np.radians(turn_deg)
    across = np.cos(turn) * points[:, 0] - np.sin(turn) * points[:, 2]
    return np.stack([across, points[:, 1]], axis=1)

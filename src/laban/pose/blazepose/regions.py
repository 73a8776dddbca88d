"""The rotated square of an image that is the landmark network's input.

Geometry after the BlazePose paper (Bazarevsky et al. 2020) and the published graph: the region is centred on the
mid-hip, its side is 2.5 times the radius of the circle around the body, and it is rotated so that the line from
the hips to the circle points up.
"""

import math
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, FloatArray

BODY_SCALE = 1.25
_SIDE_STEP = 0.05
_STEPS_A_SIDE = 32
_TURN_STEP_RAD = math.pi / 48


@dataclass(frozen=True)
class Region:
    """Centre in pixels, side in pixels, and the clockwise turn in radians of its upward axis."""

    x_px: float
    y_px: float
    side_px: float
    turn_rad: float = 0.0

    def axes(self) -> Float64Array:
        """(2, 2) matrix whose columns are the region's right and down axes in the image."""
        cosine, sine = math.cos(self.turn_rad), math.sin(self.turn_rad)
        return np.array([[cosine, -sine], [sine, cosine]])

    def sampling_matrix(self, size: int) -> Float64Array:
        """(2, 3) affine matrix from pixels of a ``size`` × ``size`` crop to pixels of the image."""
        linear = self.axes() * (self.side_px / size)
        centre = np.array([self.x_px, self.y_px])
        return np.column_stack([linear, centre - linear @ np.full(2, size / 2)])

    def to_image(self, unit_xy: FloatArray) -> Float64Array:
        """(..., 2) positions in the region, 0 to 1, to pixels of the image."""
        centre = np.array([self.x_px, self.y_px])
        return np.asarray((unit_xy - 0.5) @ self.axes().T * self.side_px + centre)

    def turn_world(self, world_m: FloatArray) -> Float64Array:
        """(..., 3) metres in the region's axes to the image's axes."""
        turned = np.array(world_m, dtype=np.float64)
        turned[..., :2] = turned[..., :2] @ self.axes().T
        return turned

    def snapped(self) -> "Region":
        """The nearest region on a coarse grid of sizes, angles and positions.

        Two nearly equal tracks of one person then become equal bit for bit, and stay so: tracking does not depend
        on the frame that it starts at, and a body that stands still has still landmarks.
        """
        side = math.exp(round(math.log(self.side_px) / _SIDE_STEP) * _SIDE_STEP)
        step = side / _STEPS_A_SIDE
        return Region(
            round(self.x_px / step) * step,
            round(self.y_px / step) * step,
            side,
            wrap_angle(round(self.turn_rad / _TURN_STEP_RAD) * _TURN_STEP_RAD),
        )

    def distance(self, other: "Region") -> float:
        """Distance of the centres, in sides of this region."""
        return math.hypot(self.x_px - other.x_px, self.y_px - other.y_px) / self.side_px

    def box(self) -> Float64Array:
        """(4,) the upright square of the same centre and side, in pixels."""
        reach = self.side_px / 2
        return np.array([self.x_px - reach, self.y_px - reach, self.x_px + reach, self.y_px + reach])

    def scaled(self, by: float) -> "Region":
        """A square with the same centre and a side ``by`` times as long."""
        return Region(self.x_px, self.y_px, self.side_px * by, self.turn_rad)

    def turned(self, by_rad: float) -> "Region":
        """The same square, turned further clockwise."""
        return Region(self.x_px, self.y_px, self.side_px, wrap_angle(self.turn_rad + by_rad))


def region_from_points(hip_xy: FloatArray, circle_xy: FloatArray) -> Region:
    """The region from the mid-hip and a point on the circle around the body, both (2,) pixels."""
    across, down = float(circle_xy[0] - hip_xy[0]), float(circle_xy[1] - hip_xy[1])
    side = 2.0 * math.hypot(across, down) * BODY_SCALE
    turn = math.pi / 2 - math.atan2(-down, across)
    return Region(float(hip_xy[0]), float(hip_xy[1]), side, wrap_angle(turn))


def region_from_box(box_xyxy: FloatArray) -> Region:
    """A first upright guess from a person's box (4,) in pixels."""
    left, top, right, bottom = (float(value) for value in box_xyxy)
    side = BODY_SCALE * max(right - left, bottom - top)
    return Region((left + right) / 2, (top + bottom) / 2, side)


def wrap_angle(angle_rad: float) -> float:
    """``angle_rad`` brought into [-π, π)."""
    return (angle_rad + math.pi) % (2 * math.pi) - math.pi

"""The camera's roll: the true vertical in an image, and its uncertainty."""

import math
from dataclasses import dataclass

from laban.core.checks import in_range
from laban.errors import InvalidValueError

UNKNOWN_SD_DEG = 2.0
"""The standard deviation of the roll of images that were not levelled; an assumption."""

GIVEN_SD_DEG = 0.3
SENSOR_SD_DEG = 0.7


@dataclass(frozen=True)
class Level:
    """The rotation of the camera about its line of sight.

    ``roll_deg`` is the angle from the image's upward direction clockwise to the true one, 0 for a level camera;
    ``sd_deg`` its standard uncertainty, ``origin`` in words where it comes from.
    """

    roll_deg: float = 0.0
    sd_deg: float = UNKNOWN_SD_DEG
    origin: str = "not known, taken as level"

    def __post_init__(self) -> None:
        in_range(self.roll_deg, name="roll_deg", low=-180.0, high=180.0)
        in_range(self.sd_deg, name="sd_deg", low=0.0, high=90.0)


def given_level(roll_deg: float) -> Level:
    """The level of a camera with a measured roll."""
    return Level(roll_deg, GIVEN_SD_DEG, f"given as {roll_deg:g}°".replace("-", "−"))


def sensed_level(roll_deg: float) -> Level:
    """The level that the camera noted in the image file."""
    return Level(roll_deg, SENSOR_SD_DEG, f"noted in the image as {roll_deg:.1f}°".replace("-", "−"))


def plumb_level(first_px: tuple[float, float], second_px: tuple[float, float]) -> Level:
    """The level from two points (x, y) on something that hangs or stands plumb, in any order.

    >>> plumb_level((100, 500), (100, 20)).roll_deg
    0.0
    """
    low, high = sorted((first_px, second_px), key=lambda point: -point[1])
    across, up = high[0] - low[0], low[1] - high[1]
    length = math.hypot(across, up)
    if not length > 0:
        raise InvalidValueError("a plumb line needs two points that differ, got the same twice")
    roll_deg = math.degrees(math.atan2(across, up))
    sd_deg = math.degrees(math.atan2(1.0, length))  # each end is marked to about a pixel
    return Level(
        roll_deg, max(sd_deg, GIVEN_SD_DEG), f"from a plumb line as {roll_deg:.1f}°".replace("-", "−")
    )

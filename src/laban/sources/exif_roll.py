"""The camera's roll as noted in the image file.

Quarter turns are EXIF's orientation, which is corrected when an image is read. Finer angles are in no field of
EXIF; they are read from ``GPano:PoseRollDegrees`` in XMP, where 0 is level and the horizon turns anticlockwise as
it grows (Photo Sphere XMP Metadata).
"""

import re
from pathlib import Path

_MOST_BYTES = 1 << 20
_ROLL = re.compile(rb"PoseRollDegrees(?:=[\"']|>)\s*([-+]?\d{1,3}(?:\.\d{1,9})?)")


def noted_roll_deg(path: Path) -> float | None:
    """Degrees from the image's upward direction clockwise to the true vertical; None where none is noted.

    Only the first megabyte is searched. A file that cannot be read gives None.
    """
    try:
        with path.open("rb") as file:
            found = _ROLL.search(file.read(_MOST_BYTES))
    except OSError:
        return None
    return None if found is None else (180.0 - float(found[1])) % 360.0 - 180.0

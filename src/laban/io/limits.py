"""Limits on the size of pose files, checked before anything is allocated.

They allow a day of one person at 30 frames a second and stop small files that claim to hold more.
"""

from typing import Final

from laban.errors import FormatError

MAX_FILE_BYTES: Final = 2 << 30
MAX_TEXT_BYTES: Final = 256 << 20
MAX_JSON_BYTES: Final = 256 << 20
MAX_FRAMES: Final = 5_000_000
MAX_PEOPLE: Final = 100_000
MAX_JOINTS: Final = 1_000
MAX_LANDMARKS: Final = 100_000_000


def at_most(count: int, limit: int, *, what: str) -> int:
    """``count`` where it does not exceed ``limit``."""
    if count > limit:
        raise FormatError(f"it holds {count} {what}, more than the limit of {limit}; cut it into parts")
    return count

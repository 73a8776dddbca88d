"""Shared by the writers of normalised landmarks in rows."""

from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.io.assumptions import checked_size


def written_size(recording: Recording, size_wh: tuple[int, int] | None) -> tuple[int, int]:
    """The image size to normalise by: the recording's own, else the one given."""
    if recording.size_wh is not None:
        return recording.size_wh
    if size_wh is None:
        raise InvalidValueError("the recording has no image size; pass size_wh (--size 1920x1080)")
    return checked_size(size_wh)

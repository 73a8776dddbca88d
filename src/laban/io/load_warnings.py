"""Warnings after a file is read: a clock that jumps or starts below 0, bodies outside the image."""

from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import Recording
from laban.io.loss import warn_of_assumption

_LONGEST_GAP_S: Final = 30.0
_GAP_OF_STEPS: Final = 200.0
_LEAST_STEPS: Final = 5
_MOSTLY_OUTSIDE: Final = 0.9
_SIDES: Final = ("right of", "below", "left of", "above")


def warn_of_clock(times_s: Float64Array) -> None:
    """Warns of times (T,) below 0, and of a gap far longer than the other steps, as when a clock was set."""
    if not len(times_s):
        return
    if times_s[0] < 0:
        warn_of_assumption(
            f"its clock starts below 0, at {times_s[0]:.6g} s; expected times from the clip's start"
        )
    steps = np.diff(times_s)
    if len(steps) < _LEAST_STEPS:
        return
    longest = int(np.argmax(steps))
    if steps[longest] > max(_LONGEST_GAP_S, _GAP_OF_STEPS * float(np.median(steps))):
        warn_of_assumption(
            f"its clock jumps by {steps[longest]:.6g} s after {times_s[longest]:.6g} s, a median step is "
            f"{np.median(steps):.3g} s; if it is one clip without a pause, correct the times from there on"
        )


def warn_of_outside(recording: Recording) -> None:
    """Warns where nearly all joints lie beyond one side of the image, whose size may be unknown.

    Bodies partly outside on the left or at the top are warned of on reading (``coordinates.refuse_centred``).
    """
    pixels = [one.image_px.reshape(-1, 2) for one in recording.people.values() if one.image_px is not None]
    points = np.concatenate(pixels) if pixels else np.empty((0, 2))
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return
    size = (np.inf, np.inf) if recording.size_wh is None else recording.size_wh
    beyond = np.mean(points > np.array(size), axis=0)
    before = np.mean(points < 0, axis=0)
    shares = [*beyond, *np.where(before == 1, before, 0.0)]
    for share, where in zip(shares, _SIDES, strict=True):
        if share >= _MOSTLY_OUTSIDE:
            of_size = "" if recording.size_wh is None else " of {}x{}".format(*recording.size_wh)
            warn_of_assumption(
                f"{share:.0%} of its joints lie {where} the image{of_size}; expected pixels from the top left "
                "corner of the image that they were found in: check its size and the origin"
            )

"""Both sides of a comparison in 3D on one page, synchronised."""

from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.space import Space
from laban.features.angles import MAIN_ANGLES, compute_joint_angles
from laban.render.page import write_page

ATTEMPT, REFERENCE = 0, 1
_SIZE_WH = (1200, 700)
_HEIGHT_PX = 430.0
_ACROSS_PX = {ATTEMPT: 420.0, REFERENCE: 780.0}
_FLOOR_PX = 620.0


def write_pair_page(
    path: Path,
    attempt: PoseSequence,
    reference: PoseSequence,
    *,
    attempt_s: Float64Array,
    times_s: Float64Array,
) -> Path:
    """Writes a page that shows person 0, the attempt, next to person 1, the reference, at the reference's
    ``times_s``.

    ``attempt_s`` (R,) are the attempt's times that correspond to ``times_s`` (R,); both are scaled to one height.
    """
    people = {
        ATTEMPT: _standing(attempt, attempt_s, times_s, ATTEMPT),
        REFERENCE: _standing(reference, times_s, times_s, REFERENCE),
    }
    recording = Recording("attempt (0) beside reference (1)", times_s, people, size_wh=_SIZE_WH)
    angles = {person: compute_joint_angles(one, names=MAIN_ANGLES) for person, one in people.items()}
    return write_page(path, recording, angles=angles)


def _standing(sequence: PoseSequence, at_s: Float64Array, times_s: Float64Array, person: int) -> PoseSequence:
    """The instants of ``sequence`` nearest to ``at_s``, as if at ``times_s``, at the person's position on the
    page."""
    between = (sequence.times_s[1:] + sequence.times_s[:-1]) / 2
    rows = np.searchsorted(between, at_s)
    space = Space.WORLD if Space.WORLD in sequence.spaces else sequence.spaces[0]
    points = sequence.coordinates(space)[rows]
    return PoseSequence(
        times_s,
        sequence.skeleton,
        sequence.visibility[rows],
        image_px=_placed(points[..., :2], _ACROSS_PX[person]),
        world_m=points if space is Space.WORLD else None,
        size_wh=_SIZE_WH,
    )


def _placed(points: Float32Array, across_px: float) -> Float32Array:
    """(R, J, 2) pixels of a person of one height, standing at one place."""
    heights = [np.ptp(row[np.isfinite(row).all(axis=1)][:, 1]) for row in points if np.isfinite(row).any()]
    tall = float(np.percentile(heights, 90)) if heights else 1.0
    scaled = points * np.float32(_HEIGHT_PX / max(tall, 1e-6))
    known = scaled[np.isfinite(scaled).all(axis=2)]
    low, middle = (float(known[:, 1].max()), float(np.median(known[:, 0]))) if len(known) else (0.0, 0.0)
    return np.asarray(scaled + np.array([across_px - middle, _FLOOR_PX - low]), np.float32)

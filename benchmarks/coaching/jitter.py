"""Real jitter of landmarks while a person stands still, to be added to movements without noise.

Still moments are stretches of the sample clips in which the person was seen to hold still; stretches with exchanged
legs are left out. The jitter is the difference of every landmark from its running median over a second, in torso
lengths; stretches of it are added to movements unchanged, so that its spectrum and size per joint stay real.
"""

from functools import cache

import numpy as np
from scipy.ndimage import median_filter

from benchmarks.coaching.movements import person_in
from laban.core.arrays import Float32Array, Float64Array
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.sequences.resample import resample

_STILL = (
    ("clips/ta_chi.mp4", 0.1, 1.6),
    ("clips/clean_and_jerk.mp4", 1.2, 4.0),
    ("clips/clean_and_jerk.mp4", 6.9, 7.7),
)
_PLACES = {name: BLAZEPOSE33.index(name) for name in BLAZEPOSE33.names} | {"head": BLAZEPOSE33.index("nose")}
_FPS = 30.0
_SLOW = 31  # frames of the running median


def shaken(sequence: PoseSequence, rng: np.random.Generator) -> PoseSequence:
    """The same movement with the jitter of a stretch of a still moment, and at most the visibility there."""
    tremors = _tremors()
    flat, deep, seen = tremors[int(rng.integers(len(tremors)))]
    rows = (np.arange(len(sequence)) + int(rng.integers(len(flat)))) % len(flat)
    joints = [_PLACES[name] for name in sequence.skeleton.names]
    parts = {"visibility": np.minimum(sequence.visibility, seen[rows][:, joints])}
    for field, tremor in (("image_px", flat), ("world_m", deep)):
        points = getattr(sequence, field)
        if points is not None:
            torso = float(np.nanmedian(torso_length(points, sequence.skeleton)))
            parts[field] = (points + tremor[rows][:, joints] * torso).astype(np.float32)
    return sequence.replace(**parts)


def tremor_torso() -> float:
    """The median over joints of the standard deviation, in torso lengths of the image."""
    return float(np.median(np.concatenate([flat for flat, *_ in _tremors()]).std(axis=0)))


@cache
def _tremors() -> tuple[tuple[Float64Array, Float64Array, Float32Array], ...]:
    """Of each still moment: in the image (T, 33, 2) and in metres (T, 33, 3), in torso lengths; visibility."""
    found = []
    for clip, start_s, end_s in _STILL:
        whole = person_in(clip)
        part = whole.take((whole.times_s >= start_s) & (whole.times_s <= end_s))
        even = resample(part, fps=_FPS)
        flat, deep = (_tremor(getattr(even, field), even) for field in ("image_px", "world_m"))
        found.append((flat, deep, even.visibility))
    return tuple(found)


def _tremor(points: Float32Array, sequence: PoseSequence) -> Float64Array:
    torso = float(np.nanmedian(torso_length(points, sequence.skeleton)))
    slow = median_filter(points.astype(np.float64), size=(_SLOW, 1, 1), mode="nearest")
    return np.asarray((points - slow) / torso)

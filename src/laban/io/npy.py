"""One NumPy array of landmarks: (T, J, C) of one person or (T, P, J, C) of several, in pixels or shares of it.

C is 2 for x and y, 3 with a confidence from 0 to 1, or 4 for x, y, z and visibility, as MediaPipe has them. A
flat (T, J * C) of 17 or 33 joints is reshaped. 17, 18, 25, 26 and 33 joints are COCO's, OpenPose's two
bodies, Halpe's and BlazePose's unless ``skeleton`` says otherwise. Arrays of objects are never read.
"""

from pathlib import Path
from tokenize import TokenError
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError, InvalidValueError
from laban.io.array_axes import frames_first, refuse_other_coordinates
from laban.io.assumptions import checked_size, clock_of, noted
from laban.io.coordinates import placed
from laban.io.files import reading, replacing
from laban.io.joint_names import Body, body_of_count
from laban.io.limits import MAX_FILE_BYTES, MAX_FRAMES, MAX_LANDMARKS, MAX_PEOPLE, at_most
from laban.io.loss import field_losses, lost_times, metadata_losses, warn_of_loss
from laban.io.people import pixels_of

LOSS: Final = "person ids, times, image size, depth_px, world_m, body, score, metadata, names of joints"

_FLAT: Final = {66: (33, 2), 99: (33, 3), 132: (33, 4), 34: (17, 2), 51: (17, 3)}
_FEWEST_FRAMES: Final = 8
_STEP_OF_EXTENT: Final = 0.05
# NumPy parses the header as Python source, so a damaged one raises any error of a parser.
_DAMAGED: Final = (ValueError, EOFError, SyntaxError, TokenError, TypeError, OverflowError, AttributeError)


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
) -> Recording:
    """The people of an array, numbered from 0; row t is frame t, at t ÷ ``fps`` (30)."""
    with reading(path, form="NumPy array"):
        asked = None if skeleton is None else skeleton_named(skeleton)
        values = _array(path, asked=asked)
        body = body_of_count(values.shape[2], asked=asked, more={33: BLAZEPOSE33})
        clock = clock_of(fps)
        size = None if size_wh is None else checked_size(size_wh)
        times_s = clock.times_s(len(values))
        pixels, visibility = _split(values, size_wh=size)
        people = {
            person: _sequence(pixels[:, person], visibility[:, person], body, times_s, size_wh=size)
            for person in range(values.shape[1])
        }
        return Recording(path.name, times_s, people, size, noted("npy", clock.note))


def write(recording: Recording, path: Path) -> None:
    """Writes x, y and visibility of all people: (T, J, 3) for one person, (T, P, J, 3) for several."""
    people = recording.people
    if not people or len({one.skeleton for one in people.values()}) != 1:
        raise InvalidValueError("an array needs at least one person, and the same joints for all")
    values = np.stack([_written(recording, person) for person in people], axis=1)
    with replacing(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, (values[:, 0] if len(people) == 1 else values).astype(np.float32), allow_pickle=False)
    losses = [*lost_times(recording.times_s), "image size", "names of joints"]
    losses += ["person ids"] if list(people) != list(range(len(people))) else []
    losses += field_losses(people.values(), kept=("image_px",))
    warn_of_loss([*losses, *metadata_losses(recording)], form="a NumPy array")


def _array(path: Path, *, asked: Skeleton | None) -> Float64Array:
    """(T, P, J, C) numbers."""
    at_most(path.stat().st_size, MAX_FILE_BYTES, what="bytes")
    try:
        values = np.load(path, allow_pickle=False, max_header_size=10_000)
    except _DAMAGED as error:
        raise FormatError(f"it is not a complete array of numbers ({type(error).__name__})") from error
    if isinstance(values, np.ndarray) and values.ndim == 2 and values.shape[1] in _FLAT:
        values = values.reshape(len(values), *_FLAT[values.shape[1]])
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu" or values.ndim not in (3, 4):
        raise FormatError(
            "expected an array of numbers (frames, joints, 2 to 4) or (frames, people, joints, 2 to 4)"
        )
    refuse_other_coordinates(values)
    values = values if values.ndim == 4 else frames_first(values, asked=asked)[:, None]
    at_most(values.shape[0], MAX_FRAMES, what="frames")
    at_most(values.shape[1], MAX_PEOPLE, what="people")
    at_most(values[..., 0].size, MAX_LANDMARKS, what="landmarks")
    with np.errstate(invalid="ignore"):  # a NaN of any kind is a NaN
        return values.astype(np.float64)


def _split(values: Float64Array, *, size_wh: tuple[int, int] | None) -> tuple[Float64Array, Float64Array]:
    points = values[..., :2].copy()
    third = values[..., -1] if values.shape[3] > 2 else np.full(points.shape[:3], np.nan)
    if values.shape[2:] == (len(BLAZEPOSE33), 3) and np.nanmin(values[..., 2], initial=0) < 0:
        third = np.full(points.shape[:3], np.nan)  # MediaPipe's z
    known = third[np.isfinite(third)]
    if len(known) and (known.min() < 0 or known.max() > 1):
        raise FormatError(
            f"its last number runs from {known.min():.3g} to {known.max():.3g}; expected a confidence from 0 to 1 "
            "(three coordinates do not say which way is up: write TRC or Laban's Parquet)"
        )
    found = placed(points, size_wh=size_wh, form="a NumPy array", shares=False)
    points = found.points
    _refuse_frames_as_people(points)
    return points, np.where(np.isnan(points).any(axis=3), np.nan, third)


def _refuse_frames_as_people(points: Float64Array) -> None:
    """Refuses (P, T, J, 2): more people than frames, each where the previous one was, are frames."""
    frames, people = points.shape[:2]
    seen = np.isfinite(points).all(axis=(2, 3))
    if people <= max(frames, _FEWEST_FRAMES) or seen.sum() < _FEWEST_FRAMES:
        return
    steps = np.abs(np.diff(points, axis=1))
    extent = np.ptp(points[seen], axis=1).max(axis=1)
    known = steps[np.isfinite(steps)]
    if len(known) and np.median(known) < _STEP_OF_EXTENT * np.median(extent):
        raise FormatError(
            f"its shape would mean {frames} frames of {people} people, who are all in the same place; expected "
            "(frames, people, joints, 2 to 4): swap the first two axes"
        )


def _sequence(
    points: Float64Array,
    visibility: Float64Array,
    body: Body,
    times_s: Float64Array,
    *,
    size_wh: tuple[int, int] | None,
) -> PoseSequence:
    with np.errstate(over="ignore"):
        arranged = body.arrange(np.concatenate([points, visibility[..., None]], axis=2)).astype(np.float32)
    return PoseSequence(times_s, body.skeleton, arranged[..., 2], image_px=arranged[..., :2], size_wh=size_wh)


def _written(recording: Recording, person: int) -> Float64Array:
    sequence = recording.people[person]
    out = np.full((len(recording.times_s), len(sequence.skeleton), 3), np.nan)
    start = recording.start_of(person)
    out[start : start + len(sequence), :, :2] = pixels_of(sequence, person=person)
    out[start : start + len(sequence), :, 2] = sequence.visibility
    return out

"""Variations of recordings: another person in view, fewer frames, added stillness, reversed time.

Each must not change an answer, or must change it in a known way. The same changes make training examples and put
models to the test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from laban.core.arrays import BoolArray, IntArray
from laban.core.sequence import PoseSequence, Recording

STILL_S = 2.0
"""How long a person stands still before and after, where stillness is added."""

_FIELDS = ("visibility", "image_px", "depth_px", "world_m", "body", "score")


@dataclass(frozen=True)
class Bystander:
    """A person from another recording, and their place: the middle of the body at ``x`` and the lowest joint at
    ``bottom`` (shares of the image), ``height`` their height as a share of the image's."""

    sequence: PoseSequence
    x: float
    bottom: float
    height: float


def with_bystander(recording: Recording, bystander: Bystander) -> Recording:
    """The recording with another person in it from the first frame to the last, moving to and fro."""
    if recording.size_wh is None or not len(recording.times_s):
        return recording
    seen = bystander.sequence.take(np.asarray(bystander.sequence.seen))
    there_and_back = np.concatenate([np.arange(len(seen)), np.arange(len(seen))[::-1]])
    rows = there_and_back[np.arange(len(recording.times_s)) % len(there_and_back)]
    points = _placed(np.asarray(seen.image_px, dtype=np.float64)[rows], bystander, recording.size_wh)
    fields = {name: getattr(seen, name)[rows] for name in _FIELDS if getattr(seen, name) is not None}
    fields["image_px"] = points
    sequence = PoseSequence(recording.times_s, seen.skeleton, size_wh=recording.size_wh, **fields)
    return recording.replace(people={**recording.people, max(recording.people, default=-1) + 1: sequence})


def _placed(points: np.ndarray, bystander: Bystander, size_wh: tuple[int, int]) -> np.ndarray:
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    scale = bystander.height * size_wh[1] / max(high[1] - low[1], 1e-6)
    feet = np.array([(low[0] + high[0]) / 2, high[1]])
    return np.asarray((points - feet) * scale + np.array([bystander.x, bystander.bottom]) * size_wh)


def at_fps(recording: Recording, fps: float) -> Recording:
    """Fewer frames: of those in each ``1 / fps`` seconds the first."""
    slot = np.floor((recording.times_s - recording.times_s[0]) * fps + 1e-6)
    return only_frames(recording, np.concatenate([[True], np.diff(slot) > 0]))


def half_dropped(recording: Recording, *, seed: int = 0) -> Recording:
    """Half of the frames lost, at random."""
    kept = np.random.default_rng(seed).uniform(size=len(recording.times_s)) < 0.5
    kept[[0, -1]] = True
    return only_frames(recording, kept)


def only_frames(recording: Recording, kept: BoolArray) -> Recording:
    """The frames of a mask; people in none of them are left out."""
    people = {}
    for person, sequence in recording.people.items():
        start = recording.start_of(person)
        rows = kept[start : start + len(sequence)]
        if rows.any():
            people[person] = sequence.take(rows)
    return recording.replace(times_s=recording.times_s[kept], people=people)


def reversed_in_time(recording: Recording) -> Recording:
    """The last frame first."""
    last_s = float(recording.times_s[-1] + recording.times_s[0])
    return _each(recording, lambda one: np.arange(len(one))[::-1], lambda times_s: last_s - times_s[::-1])


def mirrored(recording: Recording) -> Recording:
    """Left and right exchanged."""
    if recording.size_wh is None:
        return recording
    people = {}
    for person, one in recording.people.items():
        flip = one.skeleton.flip
        held = {name: getattr(one, name) for name in _FIELDS if getattr(one, name) is not None}
        held = {name: np.array(value if value.ndim == 1 else value[:, flip]) for name, value in held.items()}
        held["image_px"][..., 0] = recording.size_wh[0] - held["image_px"][..., 0]
        if "world_m" in held:
            held["world_m"][..., 0] *= -1
        people[person] = one.replace(**held)
    return recording.replace(people=people)


def letterboxed(recording: Recording, *, share: float = 0.2) -> Recording:
    """As in an image with a bar above and below, each of ``share`` of the height, made small again."""
    if recording.size_wh is None:
        return recording
    width, height = recording.size_wh
    factor = 1 / (1 + 2 * share)
    people = {}
    for person, one in recording.people.items():
        points = np.asarray(one.image_px, dtype=np.float64) * factor
        people[person] = one.replace(
            image_px=points + np.array([(1 - factor) * width / 2, share * height * factor])
        )
    return recording.replace(people=people)


def part_of(recording: Recording, start_s: float, stop_s: float) -> Recording:
    """What lies between two moments, its first frame at 0."""
    part = only_frames(recording, (recording.times_s >= start_s) & (recording.times_s <= stop_s))
    begins_s = float(part.times_s[0]) if len(part.times_s) else 0.0
    return _each(part, lambda one: np.arange(len(one)), lambda times_s: times_s - begins_s)


def held_still(recording: Recording, *, before_s: float = STILL_S, after_s: float = STILL_S) -> Recording:
    """The first and the last frame held, as of a person who does not move."""
    times_s, step_s = recording.times_s, float(np.median(np.diff(recording.times_s)))
    ahead, behind = round(before_s / step_s), round(after_s / step_s)
    first, last = times_s[0], times_s[-1]
    whole_s = np.concatenate(
        [first + step_s * np.arange(-ahead, 0), times_s, last + step_s * np.arange(1, behind + 1)]
    )
    people = {}
    for person, one in recording.people.items():
        start, stop = recording.start_of(person), recording.start_of(person) + len(one)
        lead, tail = (ahead if start == 0 else 0), (behind if stop == len(times_s) else 0)
        rows = np.concatenate([np.zeros(lead, int), np.arange(len(one)), np.full(tail, len(one) - 1)])
        begin = start + ahead - lead
        people[person] = _taken(one, rows, whole_s[begin : begin + len(rows)])
    shifted = -min(0.0, float(whole_s[0]))
    people = {person: one.replace(times_s=one.times_s + shifted) for person, one in people.items()}
    return recording.replace(times_s=np.asarray(whole_s + shifted, dtype=np.float64), people=people)


def last_part_repeated(recording: Recording, *, last_s: float = 0.4, for_s: float = 4.0) -> Recording:
    """Only the last part, to and fro: a person who lies after a fall."""
    step_s = float(np.median(np.diff(recording.times_s)))
    count, many = max(2, round(last_s / step_s)), round(for_s / step_s)
    frames = len(recording.times_s)
    to_and_fro = np.concatenate([np.arange(frames - count, frames), np.arange(frames - count, frames)[::-1]])
    rows = to_and_fro[np.arange(many) % len(to_and_fro)]
    times_s = np.asarray(np.arange(many) * step_s, dtype=np.float64)
    people = {}
    for person, one in recording.people.items():
        own = rows - recording.start_of(person)
        if ((own >= 0) & (own < len(one))).all():
            people[person] = _taken(one, own, times_s)
    return recording.replace(times_s=times_s, people=people)


def shaken(recording: Recording, *, torso: float = 0.04, seed: int = 0) -> Recording:
    """Joints off by as much as a person far away has them: a share of the body's height over three."""
    rng = np.random.default_rng(seed)
    people = {}
    for person, one in recording.people.items():
        points = np.asarray(one.image_px, dtype=np.float64)
        seen = points[np.asarray(one.seen)]
        extent = np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1)
        noise = torso * np.median(extent.max(axis=1)) / 3 * rng.standard_normal(points.shape)
        people[person] = one.replace(image_px=points + noise)
    return recording.replace(people=people)


def _each(
    recording: Recording,
    rows: Callable[[PoseSequence], IntArray],
    times: Callable[[np.ndarray], np.ndarray],
) -> Recording:
    people = {person: _taken(one, rows(one), times(one.times_s)) for person, one in recording.people.items()}
    return recording.replace(times_s=times(recording.times_s), people=people)


def _taken(sequence: PoseSequence, rows: IntArray, times_s: np.ndarray) -> PoseSequence:
    held: dict[str, Any] = {
        name: getattr(sequence, name)[rows] for name in _FIELDS if getattr(sequence, name) is not None
    }
    return sequence.replace(times_s=times_s, **held)


Variation = Callable[[Recording], Recording]

HARMLESS: Mapping[str, Variation] = MappingProxyType(
    {
        "as filmed": lambda one: one,
        "mirrored": mirrored,
        "letterboxed": letterboxed,
        "two still seconds before and after": held_still,
        "half of the frames dropped": half_dropped,
        "10 fps": lambda one: at_fps(one, 10),
        "5 fps": lambda one: at_fps(one, 5),
        "3 fps": lambda one: at_fps(one, 3),
        "2 fps": lambda one: at_fps(one, 2),
        "joints shaking as of people far away": shaken,
    }
)
"""Changes that must not change what is found."""

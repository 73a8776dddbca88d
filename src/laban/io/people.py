"""Conversion between detections frame by frame, as other programs write them, and people over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, to_float32
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.io.limits import MAX_LANDMARKS, MAX_PEOPLE, at_most
from laban.io.loss import warn_of_assumption

IDENTITIES = ("auto", "order", "each")


@dataclass(frozen=True)
class Detection:
    """One person in one frame: (J, 2) pixels, (J,) visibility, both NaN where missing; the id if known.

    ``number`` and ``area_px`` are those of the annotation, if a file has them.
    """

    image_px: Float64Array
    visibility: Float64Array
    person: int | None = None
    score: float = float("nan")
    number: int | None = None
    area_px: float | None = None


Frames = Sequence[Sequence[Detection]]


def recording_of(
    frames: Frames,
    *,
    times_s: Float64Array,
    skeleton: Skeleton,
    source: str,
    size_wh: tuple[int, int] | None,
    metadata: Mapping[str, object],
    identities: str,
) -> Recording:
    """All people in ``frames``, joined over time by id.

    ``identities`` says how people without ids are identified. ``auto``: one person if no frame shows more than one,
    else every detection is a separate person, with an ``AssumptionWarning``; ``order``: by the position in the
    frame's list; ``each``: every detection is a separate person.
    """
    ids = identify(frames, identities=identities)
    rows: dict[int, list[tuple[int, Detection]]] = {}
    for index, (frame, people) in enumerate(zip(frames, ids, strict=True)):
        for detection, person in zip(frame, people, strict=True):
            rows.setdefault(person, []).append((index, detection))
    at_most(len(rows), MAX_PEOPLE, what="people")
    spans = sum(found[-1][0] - found[0][0] + 1 for found in rows.values())
    at_most(spans * len(skeleton), MAX_LANDMARKS, what="landmarks")
    joined = {
        person: _sequence(found, times_s=times_s, skeleton=skeleton, size_wh=size_wh)
        for person, found in rows.items()
    }
    return Recording(source, times_s, joined, size_wh, metadata)


def identify(frames: Frames, *, identities: str) -> list[list[int]]:
    """An id for every detection; no id twice in one frame."""
    if identities not in IDENTITIES:
        raise UnknownNameError(f"unknown identities {identities!r}. Known: {', '.join(IDENTITIES)}")
    if identities == "order":
        return [list(range(len(frame))) for frame in frames]
    known = [one.person for frame in frames for one in frame if one.person is not None]
    if identities == "auto" and not known and all(len(frame) <= 1 for frame in frames):
        return [[0] * len(frame) for frame in frames]
    if identities == "auto" and len(set(known)) == 1 and all(len(frame) <= 1 for frame in frames):
        loose = sum(len(frame) for frame in frames) - len(known)
        if loose:
            warn_of_assumption(
                f"{loose} detections have no id, the others do; they are taken for the one person, {known[0]}"
            )
        return [[known[0]] * len(frame) for frame in frames]
    return _own_ids(frames, first_free=max(known, default=-1) + 1, trust=identities == "auto")


def detections_of(recording: Recording, people: Mapping[int, PoseSequence]) -> list[list[Detection]]:
    """For each frame of ``recording`` those of ``people`` with at least one joint seen, by id."""
    frames: list[list[Detection]] = [[] for _ in recording.times_s]
    for person, sequence in people.items():
        start = recording.start_of(person)
        pixels = pixels_of(sequence, person=person).astype(np.float64)
        visibility = sequence.visibility.astype(np.float64)
        scores = np.full(len(sequence), np.nan) if sequence.score is None else sequence.score
        for row in np.flatnonzero(given(pixels).any(axis=1)):
            found = Detection(pixels[row], visibility[row], person, float(scores[row]))
            frames[start + row].append(found)
    return frames


def chosen_person(recording: Recording, person: int | None) -> tuple[PoseSequence, list[str]]:
    """One person for a format that holds one, and what is lost without the others.

    Without ``person`` it is the one seen in most frames.
    """
    if not recording.people:
        raise InvalidValueError("the recording has no people, the format needs one person")
    if person is None:
        person = max(recording.people, key=lambda one: int(recording.people[one].seen.sum()))
    if person not in recording.people:
        ids = ", ".join(str(one) for one in recording.people)
        raise UnknownNameError(f"unknown person {person}; the recording holds {ids}")
    others = [str(one) for one in recording.people if one != person]
    return recording.people[person], [f"other people than {person}: {', '.join(others)}"] if others else []


def pixels_of(sequence: PoseSequence, *, person: int | None = None) -> Float32Array:
    """The sequence's pixels; raises InvalidValueError where it has none."""
    if sequence.image_px is None:
        who = "" if person is None else f" of person {person}"
        raise InvalidValueError(f"the format needs image_px, the sequence{who} has none")
    return sequence.image_px


def on_skeleton(people: Mapping[int, PoseSequence], target: Skeleton) -> dict[int, PoseSequence]:
    """All people mapped onto ``target``."""
    return {person: sequence.to_skeleton(target) for person, sequence in people.items()}


def given(points: FloatArray) -> BoolArray:
    """(…, J) which of the joints (…, J, C) are not missing."""
    whole: BoolArray = np.all(~np.isnan(points), axis=-1)
    return whole


def box_xywh(image_px: Float64Array) -> tuple[float, float, float, float]:
    """The bounding box of the joints that are not NaN."""
    low, high = np.nanmin(image_px, axis=0), np.nanmax(image_px, axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _own_ids(frames: Frames, *, first_free: int, trust: bool) -> list[list[int]]:
    """Ids from the file where present and trusted, and a new id for every other detection."""
    free = first_free
    loose = 0
    out: list[list[int]] = []
    for frame in frames:
        ids = []
        for detection in frame:
            if trust and detection.person is not None:
                ids.append(detection.person)
            else:
                ids.append(free)
                free, loose = free + 1, loose + 1
        if len(set(ids)) != len(ids):
            raise FormatError(
                "one frame shows the same person twice; pass identities='order' (--identities order) to number "
                "by position"
            )
        out.append(ids)
    if loose and trust:
        warn_of_assumption(
            f"{loose} detections have no id and become separate people; identities='order' (--identities "
            "order) numbers by position"
        )
    return out


def _sequence(
    found: Sequence[tuple[int, Detection]],
    *,
    times_s: Float64Array,
    skeleton: Skeleton,
    size_wh: tuple[int, int] | None,
) -> PoseSequence:
    first = found[0][0]
    count = found[-1][0] - first + 1
    pixels = np.full((count, len(skeleton), 2), np.nan)
    visibility = np.full((count, len(skeleton)), np.nan)
    scores = np.full(count, np.nan)
    for frame, detection in found:
        pixels[frame - first] = detection.image_px
        visibility[frame - first] = detection.visibility
        scores[frame - first] = detection.score
    return PoseSequence(
        times_s[first : first + count],
        skeleton,
        visibility.astype(np.float32),
        image_px=to_float32(pixels),
        score=None if np.isnan(scores).all() else scores.astype(np.float32),
        size_wh=size_wh,
    )

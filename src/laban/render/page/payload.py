"""The data of the page: the movement of all people as compactly packed numbers."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from laban.core.arrays import FloatArray
from laban.core.features import Features
from laban.core.sequence import Recording
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError
from laban.render.curves import label_of, panels_of
from laban.render.figure import figure_of
from laban.render.page.placement import PlacedPerson, place_people
from laban.render.palette import hex_of, person_rgb, side_rgb, text_rgb

MISSING = -32768
_STEPS = 32767
_NOTHING = 1e-300


@dataclass(frozen=True)
class Packed:
    """Numbers as base64 of little-endian int16: value = integer × ``scale``; -32768 is missing."""

    text: str
    scale: float


def pack(values: FloatArray) -> Packed:
    """Packs an array in C order; no value changes by more than the largest magnitude ÷ 65 534.

    NaN is missing. If all values are below 1e-300 they become 0, because a float cannot hold the step between them
    exactly.
    """
    known = np.isfinite(values)
    largest = float(np.abs(values[known]).max()) if known.any() else 0.0
    scale = largest / _STEPS if largest > _NOTHING else 1.0
    steps = np.where(known, np.rint(np.where(known, values, 0.0) / scale), MISSING).astype("<i2")
    return Packed(base64.b64encode(steps.tobytes()).decode("ascii"), scale)


def unpack(packed: Packed) -> FloatArray:
    """The flat array that was packed, to within rounding.

    >>> unpack(pack(np.array([1.0, np.nan, -2.0]))).round(3)
    array([ 1., nan, -2.])
    """
    steps = np.frombuffer(base64.b64decode(packed.text), "<i2").astype(np.float64)
    return np.where(steps == MISSING, np.nan, steps * packed.scale)


class PayloadPerson(TypedDict):
    """One person in the page's data: drawing settings and packed values."""

    id: int
    skeleton: str
    colour: str
    text: str
    sides: dict[str, str]
    flat: bool
    start: int
    rows: int
    points: dict[str, object]
    visibility: str
    angles: dict[str, object] | None


class Payload(TypedDict):
    """The page's data as plain JSON values."""

    version: int
    times: str
    thin: int
    columns: list[dict[str, str]]
    panels: list[list[str]]
    skeletons: dict[str, dict[str, object]]
    people: list[PayloadPerson]


def payload_of(recording: Recording, *, angles: Mapping[int, Features], max_frames: int) -> Payload:
    """The page's data as plain JSON values; every n-th frame is kept if there are more than ``max_frames``."""
    thin = max(1, -(-len(recording.times_s) // max_frames))
    columns = _columns(recording, angles)
    return {
        "version": 1,
        "times": _times(recording.times_s[::thin]),
        "thin": thin,
        "columns": [{"name": name, "label": label_of(name), "unit": unit} for name, unit in columns.items()],
        "panels": [list(row) for row in panels_of(columns)],
        "skeletons": {name: _plan(skeleton) for name, skeleton in _skeletons(recording).items()},
        "people": [
            _person(recording, placed, angles.get(placed.person), thin=thin)
            for placed in place_people(recording)
        ],
    }


def _person(
    recording: Recording, placed: PlacedPerson, angles: Features | None, *, thin: int
) -> PayloadPerson:
    sequence = recording.people[placed.person]
    start = recording.start_of(placed.person)
    rows = slice(-start % thin, None, thin)
    scene = placed.scene_m[rows]
    colour = person_rgb(placed.person)
    sides = {side: hex_of(side_rgb(colour, side)) for side in ("left", "right", "middle")}
    visibility = np.nan_to_num(sequence.visibility[rows], nan=1.0)
    return {
        "id": int(placed.person),
        "skeleton": sequence.skeleton.name,
        "colour": hex_of(colour),
        "text": hex_of(text_rgb(colour)),
        "sides": sides,
        "flat": placed.flat,
        "start": -(-start // thin),
        "rows": len(scene),
        "points": _packed(scene),
        "visibility": _bytes(np.rint(np.clip(visibility, 0, 1) * 255)),
        "angles": None if angles is None else _packed(angles.values[rows]),
    }


def _columns(recording: Recording, angles: Mapping[int, Features]) -> dict[str, str]:
    tables = {(table.names, table.units) for table in angles.values()}
    if len(tables) > 1:
        raise InvalidValueError("the page needs the same angle columns for all people, got several sets")
    for person, table in angles.items():
        if person not in recording.people or len(table) != len(recording.people[person]):
            raise InvalidValueError(
                f"the angles of person {person} must have a row for each row of the recording's person"
            )
    return dict(zip(*next(iter(tables)), strict=True)) if tables else {}


def _skeletons(recording: Recording) -> dict[str, Skeleton]:
    return {sequence.skeleton.name: sequence.skeleton for sequence in recording.people.values()}


def _plan(skeleton: Skeleton) -> dict[str, object]:
    figure = figure_of(skeleton)
    return {
        "joints": len(skeleton),
        "limbs": [[limb.first, limb.second, limb.side, limb.thickness] for limb in figure.limbs],
        "dots": list(figure.dots),
        "face": list(figure.face),
        "shoulders": list(figure.shoulders),
        "hips": list(figure.hips),
        "nose": skeleton.index("nose") if skeleton.has("nose") else None,
    }


def _packed(values: FloatArray) -> dict[str, object]:
    packed = pack(values)
    return {"data": packed.text, "scale": packed.scale}


def _bytes(values: FloatArray) -> str:
    return base64.b64encode(values.astype(np.uint8).tobytes()).decode("ascii")


def _times(times_s: FloatArray) -> str:
    return base64.b64encode(times_s.astype("<f8").tobytes()).decode("ascii")

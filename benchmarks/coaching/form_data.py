"""Labelled rows of landmarks (exercise_form), as people in pixels, and their features.

The files give landmarks as shares of the width and height of images of unknown shape. The shape is
chosen in which limbs keep their lengths best while they rotate: upright 9:16 for the squats, 16:9 for lunges and
planks, 3:2 for the curls. Depth is scaled as x, as MediaPipe does.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recognition.sets import DATA
from laban.core.arrays import Float64Array
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.tasks.coaching.form_measures import form_measure, measure_names

_HEIGHT_PX = 1000.0
_PAIRED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
_MEASURES = tuple(
    name for name in measure_names() if not name.startswith(("left_", "right_")) and "_to_" not in name
)


@dataclass(frozen=True, eq=False)
class Rows:
    """N rows: labels, people, and features by the name of a set."""

    labels: NDArray[np.str_]
    people: PoseSequence
    features: Mapping[str, Float64Array]


def read_rows(name: str, *, width_to_height: float) -> Rows:
    """The rows of one file."""
    labels, joints, values = _read(DATA / "exercise_form" / name)
    scaled = values[..., :3] * np.array([width_to_height, 1.0, width_to_height]) * _HEIGHT_PX
    points = np.full((len(values), len(BLAZEPOSE33), 3), np.nan)
    visibility = np.zeros(points.shape[:2])
    places = [BLAZEPOSE33.index(joint) for joint in joints]
    points[:, places], visibility[:, places] = scaled, values[..., 3]
    people = PoseSequence(
        np.arange(len(points)) / 30.0,
        BLAZEPOSE33,
        visibility.astype(np.float32),
        image_px=points[..., :2].astype(np.float32),
        world_m=(points / _HEIGHT_PX).astype(np.float32),
        size_wh=(round(width_to_height * _HEIGHT_PX), round(_HEIGHT_PX)),
    )
    return Rows(labels, people, _features(people, points))


def measured(rows: Rows, name: str, *, space: Space) -> Float64Array:
    """(N,) one measure of every row."""
    return form_measure(name, rows.people, space=space)


def _features(people: PoseSequence, points: Float64Array) -> dict[str, Float64Array]:
    flat, deep = (_measures(people, space) for space in (Space.PIXEL, Space.WORLD))
    places = _places(points)
    return {
        "angles in the image": flat,
        "angles in the image and in depth": np.concatenate([flat, deep], axis=1),
        "places": places,
        "angles in the image, places": np.concatenate([flat, places], axis=1),
    }


def _measures(people: PoseSequence, space: Space) -> Float64Array:
    """(N, K) all measures that both sides of the body share, so that a mirrored body has the same."""
    columns = [form_measure(name, people, space=space) for name in _MEASURES]
    return np.nan_to_num(np.stack([one for one in columns if np.isfinite(one).any()], axis=1) / 30.0)


def _places(points: Float64Array) -> Float64Array:
    """(N, K) nose and pairs of joints from mid-hip in torso lengths, as if all looked to the right: the middle of
    each pair, and how far it is apart."""
    hips = mid_hip(points, BLAZEPOSE33)
    torso = torso_length(points[..., :2], BLAZEPOSE33)
    body = ((points - hips[:, None]) / torso[:, None, None])[..., :2]
    nose = body[:, BLAZEPOSE33.index("nose")]
    facing = np.sign(nose[:, 0] - mid_shoulder(body, BLAZEPOSE33)[:, 0])[:, None] * (1.0, 0.0) + (0.0, 1.0)
    columns = [nose * facing]
    for joint in _PAIRED:
        left, right = (body[:, BLAZEPOSE33.index(f"{side}_{joint}")] for side in ("left", "right"))
        if np.isfinite(left).all():
            columns += [(left + right) / 2 * facing, np.abs(left - right)]
    return np.concatenate(columns, axis=1)


def _read(path: Path) -> tuple[NDArray[np.str_], list[str], Float64Array]:
    """Labels, the names of joints, and (N, J, 4) x, y, z and visibility."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    joints = [name.removesuffix("_x") for name in header[1::4]]
    values = np.array([line[1:] for line in lines], dtype=np.float64).reshape(len(lines), len(joints), 4)
    return np.array([line[0] for line in lines]), joints, values

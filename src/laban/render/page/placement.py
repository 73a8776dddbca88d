"""Placing people in one scene, from their position and size in the image.

Each person's landmarks are centred on the hips, so positions must come from the image: a person with ``s`` pixels
per metre is ``f / s`` metres away, with an assumed focal length ``f``. The order of people is right, side by side
and in depth; the distances are approximate.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.render.figure import figure_of

FOCAL_PER_WIDTH = 0.9
"""The assumed focal length as a share of the image's longer side: a field of view of about 58°, as phones have."""

TORSO_M = 0.5
"""The assumed torso length if a recording has no metres."""

_CALM_S = 1.0
_FLOOR_S = 0.4


@dataclass(frozen=True)
class PlacedPerson:
    """One person in the scene.

    ``scene_m`` (T, J, 3) metres: x to the right in the image, y up from the floor, z towards the camera; NaN where
    the joint was not seen. With ``flat`` the recording has no depth for this person.
    """

    person: int
    scene_m: Float64Array
    flat: bool


@dataclass(frozen=True)
class _Body:
    """Hip-centred metres (T, J, 3), x right, y down, z away; pixels per metre, and the pixel of the hips."""

    metres: Float64Array
    flat: bool
    px_per_m: Float64Array | None = None
    hip_px: Float64Array | None = None


def place_people(recording: Recording) -> tuple[PlacedPerson, ...]:
    """All people of ``recording`` in one scene, with the centre of their paths at the origin of the floor."""
    bodies = {person: _body_of(sequence) for person, sequence in recording.people.items()}
    grounds = {
        person: _ground(body, recording.people[person], rank=rank)
        for rank, (person, body) in enumerate(bodies.items())
    }
    centre = _centre(grounds, bodies)
    return tuple(
        PlacedPerson(person, _standing(body, grounds[person] - centre, recording.people[person]), body.flat)
        for person, body in bodies.items()
    )


def px_per_metre(image_px: Float64Array, metres: Float64Array) -> tuple[Float64Array, Float64Array]:
    """(T,) pixels for a metre and (T, 2) the pixel of the hips: weak perspective, fitted by least squares.

    ``image_px`` (T, J, 2) and ``metres`` (T, J, 2 or more, hip-centred); a joint that is NaN in either is left out;
    a row with fewer than two joints or no plausible scale is NaN.
    """
    known = (_finite(image_px) & _finite(metres))[..., None]
    count = np.maximum(known.sum(axis=1), 1)
    flat, seen = np.where(known, metres[..., :2], 0.0), np.where(known, image_px, 0.0)
    flat_mean, seen_mean = flat.sum(axis=1) / count, seen.sum(axis=1) / count
    flat_off = np.where(known, flat - flat_mean[:, None], 0.0)
    spread = (flat_off**2).sum(axis=(1, 2))
    joint = (flat_off * (seen - seen_mean[:, None])).sum(axis=(1, 2))
    scale = np.divide(joint, spread, out=np.full_like(joint, np.nan), where=spread > 1e-6)
    scale[scale <= 0] = np.nan
    return scale, seen_mean - scale[:, None] * flat_mean


def _body_of(sequence: PoseSequence) -> _Body:
    if sequence.world_m is not None:
        metres = sequence.world_m.astype(np.float64)
        if sequence.image_px is None:
            return _Body(metres, flat=False)
        return _Body(metres, False, *px_per_metre(sequence.image_px.astype(np.float64), metres))
    if sequence.image_px is not None:
        return _body_of_pixels(sequence, sequence.image_px.astype(np.float64))
    body = np.asarray(sequence.body, np.float64) * TORSO_M
    depth = body[..., 2:] if body.shape[2] > 2 else np.zeros_like(body[..., :1])
    return _Body(np.concatenate([body[..., :2], depth], axis=2), flat=body.shape[2] < 3)


def _body_of_pixels(sequence: PoseSequence, image_px: Float64Array) -> _Body:
    figure = figure_of(sequence.skeleton)
    hip, shoulder = (_mean_of(image_px, joints) for joints in (figure.hips, figure.shoulders))
    torso_px = np.linalg.norm(shoulder - hip, axis=1)
    torso_px[torso_px <= 0] = np.nan
    scale = _calm(torso_px, sequence.times_s, window_s=_CALM_S) / TORSO_M
    offset = (image_px - hip[:, None]) / scale[:, None, None]
    depth = np.zeros_like(offset[..., 0]) if sequence.depth_px is None else sequence.depth_px / scale[:, None]
    depth = np.where(np.isfinite(depth), depth, 0.0)
    return _Body(np.concatenate([offset, depth[..., None]], axis=2), sequence.depth_px is None, scale, hip)


def _ground(body: _Body, sequence: PoseSequence, *, rank: int) -> Float64Array:
    """(T, 2) x and z of the hips in metres, relative to the camera's axis."""
    if body.px_per_m is None or body.hip_px is None or sequence.size_wh is None:
        return np.tile([1.0 * rank, 0.0], (len(sequence), 1))
    width, height = sequence.size_wh
    scale = _calm(body.px_per_m, sequence.times_s, window_s=_CALM_S)
    hip_x = _calm(body.hip_px[:, 0], sequence.times_s, window_s=0.2)
    away = FOCAL_PER_WIDTH * max(width, height) / scale
    return np.stack([(hip_x - width / 2) / scale, -away], axis=1)


def _centre(grounds: dict[int, Float64Array], bodies: dict[int, _Body]) -> Float64Array:
    seen = [ground[_seen(bodies[person].metres)] for person, ground in grounds.items()]
    places = np.concatenate(seen) if seen else np.zeros((0, 2))
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        return np.zeros(2)
    return np.asarray((np.percentile(places, 2, axis=0) + np.percentile(places, 98, axis=0)) / 2)


def _standing(body: _Body, ground: Float64Array, sequence: PoseSequence) -> Float64Array:
    """The body at its position, its lowest point on the floor."""
    drop = np.where(np.isfinite(body.metres[..., 1]), body.metres[..., 1], -np.inf).max(axis=1)
    drop = _calm(np.where(np.isfinite(drop), drop, np.nan), sequence.times_s, window_s=_FLOOR_S)
    ground = np.where(np.isfinite(ground), ground, 0.0)
    place = np.stack([ground[:, 0], drop, ground[:, 1]], axis=1)
    return np.asarray(body.metres * np.array([1.0, -1.0, -1.0]) + place[:, None])


def _calm(values: Float64Array, times_s: Float64Array, *, window_s: float) -> Float64Array:
    """(T,) without outliers (median) and jitter (mean) over a window; gaps are filled. All NaN stays NaN."""
    known = np.isfinite(values)
    if not known.any():
        return values
    filled = np.interp(times_s, times_s[known], values[known])
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else window_s
    size = min(2 * round(window_s / step / 2) + 1, 2 * len(values) + 1)
    median = ndimage.median_filter(filled, size=size, mode="nearest")
    return np.asarray(ndimage.uniform_filter1d(median, size=size, mode="nearest"))


def _mean_of(points: Float64Array, joints: tuple[int, ...]) -> Float64Array:
    if not joints:
        return np.full((len(points), points.shape[2]), np.nan)
    return np.asarray(points[:, list(joints)].mean(axis=1))


def _finite(points: Float64Array) -> BoolArray:
    finite: BoolArray = np.all(np.isfinite(points), axis=2)
    return finite


def _seen(metres: Float64Array) -> BoolArray:
    seen: BoolArray = np.any(_finite(metres), axis=1)
    return seen

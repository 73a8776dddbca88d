"""Rotations of bones: matrices from directions, and angles from matrices."""

import numpy as np

from laban.core.arrays import Float64Array


def frame_of_axes(axis: Float64Array, up: Float64Array) -> Float64Array:
    """(T, 3, 3) rotations with x along ``axis`` and y in the plane of ``axis`` and ``up``, both (T, 3)."""
    x = _unit(axis)
    z: Float64Array = np.cross(x, up).astype(np.float64)
    alone = np.linalg.norm(z, axis=1) < 1e-9
    z[alone] = np.cross(x[alone], np.roll(x[alone], 1, axis=1))
    z = _unit(z)
    return np.stack([x, np.cross(z, x), z], axis=2)


def turned_to(above: Float64Array, rest: Float64Array, direction: Float64Array) -> Float64Array:
    """(T, 3, 3) the rotations ``above``, followed by the smallest rotation that brings ``rest`` to ``direction``.

    ``rest`` is (3), ``direction`` (T, 3). Rodrigues' formula with the axis of the two directions.
    """
    start, stop = _unit(above @ rest), _unit(direction)
    axis = np.cross(start, stop)
    cosine = (start * stop).sum(axis=1)
    opposite = cosine < -1 + 1e-12
    cross = np.zeros((len(axis), 3, 3))
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -axis[:, 2], axis[:, 1], -axis[:, 0]
    cross -= np.swapaxes(cross, 1, 2)
    factor = 1 / np.where(opposite, 1.0, 1 + cosine)
    turn = np.eye(3) + cross + cross @ cross * factor[:, None, None]
    if opposite.any():
        turn[opposite] = _half_turn(start[opposite])
    return np.asarray(turn @ above)


def euler_zxy_deg(rotations: Float64Array) -> Float64Array:
    """(T, 3) the angles in degrees of (T, 3, 3) = Rz · Rx · Ry, in that order."""
    x = np.arcsin(np.clip(rotations[:, 2, 1], -1, 1))
    locked = np.abs(rotations[:, 2, 1]) > 1 - 1e-12
    z = np.where(locked, 0.0, np.arctan2(-rotations[:, 0, 1], rotations[:, 1, 1]))
    y = np.where(
        locked,
        np.arctan2(rotations[:, 0, 2], rotations[:, 0, 0]),
        np.arctan2(-rotations[:, 2, 0], rotations[:, 2, 2]),
    )
    angles: Float64Array = np.degrees(np.stack([z, x, y], axis=1))
    return angles


def rotation(axis: str, degrees: Float64Array) -> Float64Array:
    """(T, 3, 3) rotations about the ``X``, ``Y`` or ``Z`` axis."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, second = {"X": (1, 2), "Y": (2, 0), "Z": (0, 1)}[axis]
    out = np.zeros((len(degrees), 3, 3))
    out[:, 3 - first - second, 3 - first - second] = 1
    out[:, first, first] = out[:, second, second] = cosine
    out[:, first, second], out[:, second, first] = -sine, sine
    return out


def _unit(vectors: Float64Array) -> Float64Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def _half_turn(start: Float64Array) -> Float64Array:
    """(N, 3, 3) half turns about any axis perpendicular to ``start`` (N, 3)."""
    least = np.eye(3)[np.argmin(np.abs(start), axis=1)]
    axis = _unit(np.cross(start, least))
    return np.asarray(2 * axis[:, :, None] * axis[:, None, :] - np.eye(3))

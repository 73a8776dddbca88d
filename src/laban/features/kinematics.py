"""Velocity, acceleration, jerk and angular velocity, by the true times of the frames."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError

_UNITS = {Space.PIXEL: "px", Space.WORLD: "m", Space.BODY: "torso"}
_LEAST_ROWS = 2


def derivative(values: FloatArray, times_s: FloatArray) -> Float64Array:
    """Rate of change of ``values`` (T, ...) a second at each time; times need not be even.

    Central differences weighted by the two steps, exact for parabolas inside and of first order at either end
    (Fornberg 1988). NaN makes its own row and the two neighbouring rows NaN. Raises InvalidValueError below two
    rows.

    >>> derivative(np.array([0.0, 1.0, 9.0]), np.array([0.0, 1.0, 3.0]))
    array([1., 2., 4.])
    """
    if len(times_s) < _LEAST_ROWS:
        raise InvalidValueError(f"a rate of change needs at least two times, got {len(times_s)}")
    return np.asarray(np.gradient(values.astype(np.float64), times_s, axis=0))


def compute_velocity(sequence: PoseSequence, *, space: Space | str | None = None) -> Features:
    """(T, J·C) velocity of every joint, columns ``joint_x``, ``joint_y``, in units of the space a second.

    In metres where the sequence has them, else in pixels, unless ``space`` is given; metres are relative to the
    mid-hip, so travel only shows in pixels. Uses the true times of the frames, see ``derivative``. NaN makes its
    own row and the two neighbouring rows NaN. Raises InvalidValueError for a space that the sequence does not have,
    or below two rows.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> velocity = compute_velocity(sequence, space="pixel")
    >>> velocity.names[:2], velocity.units[0], velocity.values.shape
    (('nose_x', 'nose_y'), 'px/s', (60, 66))
    """
    return _motion(sequence, space=space, order=1)


def compute_acceleration(sequence: PoseSequence, *, space: Space | str | None = None) -> Features:
    """(T, J·C) acceleration of every joint, in units of the space a second squared.

    The derivative of ``compute_velocity``, with the same columns and errors.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> compute_acceleration(sequence).units[0]
    'm/s^2'
    """
    return _motion(sequence, space=space, order=2)


def compute_jerk(sequence: PoseSequence, *, space: Space | str | None = None) -> Features:
    """(T, J·C) jerk of every joint, in units of the space a second cubed: the usual measure of smoothness.

    The derivative of ``compute_acceleration``, with the same columns and errors. Each derivative amplifies noise:
    smooth first.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> compute_jerk(sequence).units[0]
    'm/s^3'
    """
    return _motion(sequence, space=space, order=3)


def compute_angular_velocity(angles: Features) -> Features:
    """(T, A) rate of change of angles in degrees, in degrees a second.

    NaN makes its own row and the two neighbouring rows NaN. Raises InvalidValueError below two rows.

    >>> knee = Features(np.array([0.0, 0.5, 1.0]), ("left_knee",), ("deg",), np.array([[170.0], [120.0], [70.0]]))
    >>> compute_angular_velocity(knee)["left_knee"]
    array([-100., -100., -100.])
    """
    values = derivative(angles.values, angles.times_s)
    return Features(angles.times_s, angles.names, tuple(f"{unit}/s" for unit in angles.units), values)


def _motion(sequence: PoseSequence, *, space: Space | str | None, order: int) -> Features:
    chosen = sequence.best_space if space is None else Space(space)
    values = sequence.coordinates(chosen).astype(np.float64)
    for _ in range(order):
        values = derivative(values, sequence.times_s)
    axes = "xyz"[: values.shape[2]]
    names = tuple(f"{joint}_{axis}" for joint in sequence.skeleton.names for axis in axes)
    unit = f"{_UNITS[chosen]}/s" + ("" if order == 1 else f"^{order}")
    return Features(sequence.times_s, names, (unit,) * len(names), values.reshape(len(sequence), -1))

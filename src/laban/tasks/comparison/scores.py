"""The two published scores of pose comparison, each 100·(1 − distance).

Both take any number of leading dimensions, leave out what is NaN in either pose, and may be weighted, for example
by visibility; without weights they are exactly the published formulas.
"""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray


def coordinate_distance(
    first: FloatArray, second: FloatArray, *, weights: FloatArray | None = None
) -> Float64Array:
    """(...) ``sqrt(2·(1 − cosine similarity))`` of landmark vectors (..., J, C), 0 to 2.

    The similarity is that of all coordinates as one vector, so size does not matter; give both poses the same
    origin. ``weights`` (..., J) weight the joints. A joint that is NaN in either pose is left out; NaN
    where none is left or a vector has no length.

    >>> float(coordinate_distance(np.array([[1.0, 0.0]]), np.array([[0.0, 3.0]]))) == 2**0.5
    True
    """
    one, other, share = _shared(first, second, weights)
    # The same as sqrt(2·(1 − cosine)), but exact near 0, where 1 − cosine has lost half its digits.
    apart = _unit(one, share) - _unit(other, share)
    distance = np.sqrt((share[..., None] * apart**2).sum(axis=(-2, -1)))
    return np.asarray(np.where(share.sum(axis=-1) > 0, distance, np.nan))


def angle_distance(
    first_deg: FloatArray, second_deg: FloatArray, *, weights: FloatArray | None = None
) -> Float64Array:
    """(...) the mean of ``|F − G| / ((F + G) / 2)`` over joint angles (..., A) in degrees, 0 to 2.

    ``weights`` (..., A) make it a weighted mean. An angle that is NaN in either pose is left out; NaN where none
    is left.

    >>> float(angle_distance(np.array([90.0, 60.0]), np.array([90.0, 20.0])))
    0.5
    """
    terms = relative_difference(first_deg, second_deg)
    known = np.isfinite(terms)
    share = np.where(known, 1.0 if weights is None else weights, 0.0)
    total = share.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((share * np.where(known, terms, 0.0)).sum(axis=-1) / total)


def relative_difference(first_deg: FloatArray, second_deg: FloatArray) -> Float64Array:
    """(...) ``|F − G| / ((F + G) / 2)`` of each pair of angles: one joint's term of ``angle_distance``.

    Two angles of 0 differ by 0. NaN is passed on.
    """
    apart, middle = np.abs(first_deg - second_deg), (first_deg + second_deg) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(apart == 0, 0.0, apart / middle), dtype=np.float64)


def score_percent(distance: FloatArray | float) -> Float64Array:
    """(...) ``100·(1 − distance)``, not below 0. NaN is passed on.

    >>> float(score_percent(0.58).round()), float(score_percent(1.2))
    (42.0, 0.0)
    """
    return np.asarray(np.maximum(0.0, 100.0 * (1.0 - np.asarray(distance, dtype=np.float64))))


def _shared(
    first: FloatArray, second: FloatArray, weights: FloatArray | None
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Both without joints that either lacks, and the weight of each joint."""
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape:
        one, other = np.broadcast_arrays(one, other)
    known = (np.isfinite(one) & np.isfinite(other)).all(axis=-1)
    share = np.where(known, 1.0 if weights is None else np.where(np.isnan(weights), 0.0, weights), 0.0)
    return np.where(known[..., None], one, 0.0), np.where(known[..., None], other, 0.0), share


def _unit(points: Float64Array, share: Float64Array) -> Float64Array:
    length = np.sqrt((share[..., None] * points**2).sum(axis=(-2, -1), keepdims=True))
    return np.asarray(points / np.where(length > 0, length, np.nan))

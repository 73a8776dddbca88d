"""The error of landmarks: from test-time augmentation, or, without images, typical values.

A sample is the estimator's pose of the same body in a crop that was moved, scaled and brightened a little. The
differences of samples pass through each formula, so that errors common to landmarks cancel where they do in the
measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import torso_length
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError

MOST_SAMPLES = 24
_LEAST_LOOKS = 4
_ASSUMED_SAMPLES = 24
_MANY = 1000
_WORLD_FACTOR = 2.0  # metres are less accurate: twice the error in the median of the same frames
_ASSUMED_SD = {
    "ear": 0.010,
    "eye": 0.012,
    "shoulder": 0.013,
    "elbow": 0.018,
    "hip": 0.018,
    "wrist": 0.020,
    "knee": 0.021,
    "ankle": 0.022,
}
"""Standard deviations of samples of one body in torso lengths: the median over 104 of the frames that views were
tuned on. Other landmarks have the largest of these."""


@dataclass(frozen=True, eq=False)
class LandmarkNoise:
    """``residuals`` (R, J, 2) in pixels and ``world_residuals`` (R, J, 3) in metres: the deviations of samples from
    the mean of their body, divided by its torso length; NaN where samples have no metres.

    ``freedom`` is the number of independent differences behind them; ``averaged`` the number of samples that the
    measured landmarks are the mean of; ``origin`` says in words where it comes from.
    """

    residuals: Float64Array
    world_residuals: Float64Array
    freedom: int
    averaged: int
    origin: str

    def flipped(self, skeleton: Skeleton) -> "LandmarkNoise":
        """The same in a mirror."""
        flat, deep = (part[:, skeleton.flip] for part in (self.residuals, self.world_residuals))
        sides = np.array([-1.0, 1.0, 1.0])
        return replace(self, residuals=flat * sides[:2], world_residuals=deep * sides)


def mean_pose(looks: Sequence[Pose]) -> Pose:
    """The mean of several samples of one body; a landmark missing in any of them is missing."""
    first = _checked(looks)[0]
    worlds = [pose.world_m for pose in looks if pose.world_m is not None]
    depths = [pose.depth_px for pose in looks if pose.depth_px is not None]
    return Pose(
        first.skeleton,
        np.mean([pose.image_px for pose in looks], axis=0),
        np.mean([pose.visibility for pose in looks], axis=0),
        depth_px=np.mean(depths, axis=0) if len(depths) == len(looks) else None,
        world_m=np.mean(worlds, axis=0) if len(worlds) == len(looks) else None,
        score=float(np.mean([pose.score for pose in looks])),
        person=first.person,
    )


def noise_of_samples(bodies: Sequence[Sequence[Pose]], *, averaged: int, seed: int = 0) -> LandmarkNoise:
    """The noise of landmarks from samples of one or several bodies (at least four samples each).

    ``averaged`` is 1 where single poses are measured, and the number of samples where their mean is. Raises
    InvalidValueError where there are too few samples.
    """
    parts = [_residuals(_checked(looks)) for looks in bodies]
    if not parts:
        raise InvalidValueError("the noise of landmarks needs looks at one body at least, got none")
    count = sum(len(one) for one in parts)
    pooled = np.concatenate(parts)
    if len(pooled) > MOST_SAMPLES:
        pooled = np.random.default_rng(seed).permutation(pooled)[:MOST_SAMPLES]
    origin = f"from {count} looks at slightly changed images"
    return LandmarkNoise(pooled[..., :2], pooled[..., 2:], count - len(parts), averaged, origin)


def assumed_noise(
    skeleton: Skeleton, *, reason: str = "there are no images to look at again", seed: int = 0
) -> LandmarkNoise:
    """The typical noise of landmarks where there are no samples, for the given ``reason``."""
    worst = max(_ASSUMED_SD.values())
    sds = [
        next((sd for part, sd in _ASSUMED_SD.items() if part in name.split("_")), worst)
        for name in skeleton.names
    ]
    drawn = np.random.default_rng(seed).normal(size=(_ASSUMED_SAMPLES, len(skeleton), 5))
    drawn = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0) * np.array(sds)[:, None]
    drawn[..., 2:] *= _WORLD_FACTOR
    return LandmarkNoise(drawn[..., :2], drawn[..., 2:], _MANY, 1, f"assumed: {reason}")


def _checked(looks: Sequence[Pose]) -> Sequence[Pose]:
    if len(looks) < _LEAST_LOOKS or len({pose.skeleton for pose in looks}) != 1:
        raise InvalidValueError(
            f"expected at least {_LEAST_LOOKS} looks at a body, all of one skeleton, got {len(looks)}"
        )
    return looks


def _residuals(looks: Sequence[Pose]) -> Float64Array:
    """(R, J, 5) pixels, then metres, scaled to an unbiased spread."""
    flat = np.stack([pose.image_px for pose in looks]).astype(np.float64)
    deep = np.stack(
        [np.full((len(pose.skeleton), 3), np.nan) if pose.world_m is None else pose.world_m for pose in looks]
    )
    parts = [_scaled(points, looks[0].skeleton) for points in (flat, deep.astype(np.float64))]
    return np.asarray(np.concatenate(parts, axis=-1) * np.sqrt(len(looks) / (len(looks) - 1)))


def _scaled(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    middle = points.mean(axis=0)
    return np.asarray((points - middle) / torso_length(middle, skeleton), dtype=np.float64)

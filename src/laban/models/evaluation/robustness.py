"""The same examples as a worse camera, a worse pose engine or another frame rate would give them.

A window is put back on a body from its columns of coordinates, in torso lengths; the body is disturbed, and every
feature that follows from it is computed again, so that positions, velocities and angles agree with each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.checks import in_range, positive
from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence
from laban.core.skeleton import skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.spec import FEATURE_SETS, FeatureBlock, FeatureSpec
from laban.models.examples import Examples
from laban.models.explanation.joint_columns import columns_of_joints

Disturb = Callable[[Float64Array, float, np.random.Generator], Float64Array]
"""From (L, J, C) coordinates, and the torso's length in their unit, to others."""

_TORSO_OF_HEIGHT = 0.3  # the torso's share of a standing person's height
_PLACES = ("scene", "stage", "xy", "heading", "world", "front")  # the most faithful to the window first
_FPS = 30.0


def joint_dropout(examples: Examples, *, share: float = 0.2, seed: int = 0) -> Examples:
    """Each joint of each window is unknown with the probability ``share``, and so is all that is measured at it."""
    in_range(share, name="share", low=0.0, high=1.0)
    told = columns_of_joints(examples.spec)
    gone = np.random.default_rng(seed).random((len(examples), len(told))) < share
    hidden = (gone.astype(np.float32) @ told.astype(np.float32)) > 0
    return replace(examples, values=np.where(hidden[:, None], np.float32(np.nan), examples.values))


def jitter(examples: Examples, *, torso: float = 0.03, seed: int = 0) -> Examples:
    """Every coordinate has a normal error of ``torso`` torso lengths, drawn again in every row."""
    in_range(torso, name="torso", low=0.0)

    def shaken(points: Float64Array, length: float, source: np.random.Generator) -> Float64Array:
        return points + torso * length * source.normal(size=points.shape)

    return disturbed(examples, shaken, seed=seed)


def low_resolution(examples: Examples, *, height_px: float = 60.0) -> Examples:
    """Every coordinate is rounded to the pixels of a person who stands ``height_px`` tall in the image."""
    pixels = positive(height_px, name="height_px") * _TORSO_OF_HEIGHT

    def rounded(points: Float64Array, length: float, _: np.random.Generator) -> Float64Array:
        return np.asarray(np.round(points * pixels / length) * length / pixels)

    return disturbed(examples, rounded)


def half_frame_rate(examples: Examples) -> Examples:
    """Every other row, with linear interpolation between: the resampled video of half the frame rate."""
    return disturbed(examples, lambda points, *_: _every_other(points))


def double_frame_rate(examples: Examples) -> Examples:
    """A video of twice the rate whose frames fall between the clock's instants: each row is interpolated
    half-way to its neighbours."""
    return disturbed(examples, lambda points, *_: _from_between(points))


def mirrored(examples: Examples) -> Examples:
    """Left and right exchanged, as in a flipped image."""
    order, sign = examples.spec.mirror
    return replace(examples, values=(examples.values[..., order] * sign).astype(np.float32))


DISTURBANCES: Mapping[str, Callable[[Examples], Examples]] = MappingProxyType(
    {
        "joint dropout 20 %": joint_dropout,
        "jitter 3 % of torso": jitter,
        "half frame rate": half_frame_rate,
        "double frame rate": double_frame_rate,
        "mirrored": mirrored,
        "60 px tall": low_resolution,
    }
)
"""The disturbances that a model is evaluated under, by name."""


def disturbed(examples: Examples, disturb: Disturb, *, seed: int = 0) -> Examples:
    """The examples with ``disturb`` applied to every window's body. Columns of sets that need a second person,
    and those in a space whose coordinates are not among the features, stay as they are; see ``kept_sets``.

    Raises InvalidValueError where no set holds coordinates.
    """
    sources = _sources(examples.spec)
    if not sources:
        raise InvalidValueError(
            f"none of the features {', '.join(examples.spec.sets)} are coordinates, which a disturbance needs"
        )
    source = np.random.default_rng(seed)
    kept = kept_sets(examples.spec)
    blocks = [block for block in examples.spec.blocks if block.name not in kept]
    out = np.array(examples.values)
    for window in out:
        for space, block in sources.items():
            points = _points(window, block)
            own = [one for one in blocks if _space(one.name) is space]
            shaken = disturb(points, _torso(points, examples.spec), source)
            before, after = (_measured(one, own, examples, space) for one in (points, shaken))
            # only the change is applied: not every feature of a window follows from its coordinates
            for part, was, now in zip(own, before, after, strict=True):
                change = np.where(np.isfinite(was), now - was, 0.0)
                window[:, part.start : part.stop] += change.astype(np.float32)
    return replace(examples, values=out)


def kept_sets(spec: FeatureSpec) -> tuple[str, ...]:
    """The sets of features that cannot be computed again from the coordinates among them."""
    sources = _sources(spec)
    return tuple(
        name
        for name in spec.sets
        if FEATURE_SETS[name].of_pair or _space(name) not in sources or name == "bones"
    )


def _space(name: str) -> Space | None:
    """None where the set is measured on no coordinates."""
    return next(iter(FEATURE_SETS[name].spaces), None)


def _sources(spec: FeatureSpec) -> dict[Space, FeatureBlock]:
    """For each space the set that gives the positions of joints best."""
    held = {block.name: block for block in spec.blocks}
    found: dict[Space, FeatureBlock] = {}
    for name in _PLACES:
        if name in held:
            found.setdefault(FEATURE_SETS[name].spaces[0], held[name])
    return found


def _torso(points: Float64Array, spec: FeatureSpec) -> float:
    """The median length of the torso over a window; 1 where it is never seen."""
    lengths = torso_length(points, skeleton(spec.skeleton))
    known = lengths[np.isfinite(lengths) & (lengths > 0)]
    return float(np.median(known)) if len(known) else 1.0


def _points(window: Float32Array, block: FeatureBlock) -> Float64Array:
    return window[:, block.start : block.stop].reshape(len(window), -1, block.channels).astype(np.float64)


def _measured(
    points: Float64Array, blocks: Sequence[FeatureBlock], examples: Examples, space: Space
) -> list[FloatArray]:
    """The columns of each block from a body at these points."""
    fps = examples.clock.fps if isinstance(examples.clock, WindowSpec) else _FPS
    count, joints = points.shape[:2]
    known = np.asarray(np.isfinite(points).all(axis=2), dtype=np.float32)
    shown: Float32Array = points.astype(np.float32)
    body = PoseSequence(
        np.arange(count) / fps,
        skeleton(examples.spec.skeleton),
        visibility=known,
        image_px=shown if space is Space.PIXEL else np.zeros((count, joints, 2), dtype=np.float32),
        world_m=shown if space is Space.WORLD else np.zeros((count, joints, 3), dtype=np.float32),
    )
    return [FeatureSpec((block.name,), examples.spec.skeleton).compute(body).values for block in blocks]


def _every_other(points: Float64Array) -> Float64Array:
    out = points.copy()
    between = out[1:-1:2]
    between[:] = 0.5 * (points[0:-2:2][: len(between)] + points[2::2][: len(between)])
    if len(points) % 2 == 0:
        out[-1] = points[-2]
    return out


def _from_between(points: Float64Array) -> Float64Array:
    middle = 0.5 * (points[:-1] + points[1:])
    ends = np.concatenate([points[:1], middle, points[-1:]])
    mixed = 0.5 * (ends[:-1] + ends[1:])
    return np.asarray(np.where(np.isfinite(mixed), mixed, points))

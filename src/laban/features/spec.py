"""The features of a model, with their order and units: a value that is stored in the model's file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from laban.core.answers.metrics import FeaturesOfModel
from laban.core.arrays import Float64Array, IntArray
from laban.core.body import mid_hip, torso_length
from laban.core.checks import choose
from laban.core.features import Features
from laban.core.json_values import JsonObject
from laban.core.sequence import PoseSequence
from laban.core.skeleton import skeleton
from laban.core.space import Space
from laban.errors import FormatError, InvalidValueError, LabanError
from laban.features.angles import JOINT_ANGLES, compute_joint_angles
from laban.features.geometry import compute_bone_lengths
from laban.features.kinematics import derivative
from laban.features.motion import compute_confidence, compute_motion
from laban.features.pairs import compute_pair_features
from laban.features.scene import compute_scene, compute_stage

_VERSION = 1
_LEAST_ROWS = 2
_BONE = "bone_"


@dataclass(frozen=True)
class FeatureSpec:
    """Named sets of features in this order, measured on one skeleton.

    The sets are in ``FEATURE_SETS``. The default is the published recipe: x and y of BlazePose's 33 landmarks,
    centred mid-hip and divided by the torso length, 66 features.

    >>> FeatureSpec().width, FeatureSpec().names[:2], FeatureSpec(("xy", "velocity")).blocks[1].start
    (66, ('nose_x', 'nose_y'), 66)
    """

    sets: tuple[str, ...] = ("xy",)
    skeleton: str = "blazepose33"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sets", tuple(self.sets))
        if not self.sets or len(set(self.sets)) != len(self.sets):
            raise InvalidValueError(
                f"a feature specification names each set once and at least one, got {self.sets}"
            )
        for name in self.sets:
            choose(name, FEATURE_SETS, what="feature set")
        skeleton(self.skeleton)

    @property
    def names(self) -> tuple[str, ...]:
        """(F,) the columns."""
        return self._columns.names

    @property
    def units(self) -> tuple[str, ...]:
        """(F,) the columns' units."""
        return self._columns.units

    @property
    def width(self) -> int:
        """The number of features."""
        return len(self.names)

    @property
    def needs_companion(self) -> bool:
        """Whether any set is measured on two people."""
        return any(FEATURE_SETS[name].of_pair for name in self.sets)

    @cached_property
    def blocks(self) -> tuple["FeatureBlock", ...]:
        """The columns of each set, and their form."""
        joints, start, out = len(skeleton(self.skeleton)), 0, []
        for name in self.sets:
            width = FeatureSpec((name,), self.skeleton)._columns.values.shape[1]
            channels = width // joints if FEATURE_SETS[name].of_joints else 0
            out.append(FeatureBlock(name, start, start + width, channels))
            start += width
        return tuple(out)

    @cached_property
    def mirror(self) -> tuple[IntArray, Float64Array]:
        """(F,) the source column of each, and (F,) its factor, for exchanging left and right."""
        position = {_unsided(name): index for index, name in enumerate(self.names)}
        order = np.array([position[_unsided(_other_side(name))] for name in self.names])
        across = [
            name.endswith("_x") and FEATURE_SETS[block.name].of_joints
            for block in self.blocks
            for name in self.names[block.start : block.stop]
        ]
        return order, np.where(across, -1.0, 1.0)

    @cached_property
    def _columns(self) -> Features:
        joints, rows = len(skeleton(self.skeleton)), 2
        still = PoseSequence(
            np.arange(rows, dtype=np.float64),
            skeleton(self.skeleton),
            visibility=np.ones((rows, joints), dtype=np.float32),
            image_px=np.zeros((rows, joints, 2), dtype=np.float32),
            world_m=np.zeros((rows, joints, 3), dtype=np.float32),
        )
        return self.compute(still)

    def refusal(self, sequence: PoseSequence) -> str | None:
        """Why these features cannot be computed from ``sequence``, in words; None where they can."""
        if sequence.skeleton.name != self.skeleton:
            return f"the features are measured on {self.skeleton}, the sequence has {sequence.skeleton.name}"
        needed = {space for name in self.sets for space in FEATURE_SETS[name].spaces}
        absent = sorted(needed - set(sequence.spaces))
        if absent:
            held = ", ".join(sequence.spaces)
            return f"the features need {', '.join(absent)} coordinates, the sequence has {held}"
        if len(sequence) < _LEAST_ROWS and any(FEATURE_SETS[name].over_time for name in self.sets):
            return "the features depend on change, and the sequence has a single instant"
        return None

    def compute(self, sequence: PoseSequence, *, companion: PoseSequence | None = None) -> Features:
        """(T, F) the features of a sequence, NaN where undefined.

        ``companion`` is the nearest person at each of the same times, for the features of pairs; without one they
        are NaN. See ``companion_of``. Raises InvalidValueError with the ``refusal`` where the features cannot be
        computed.
        """
        refusal = self.refusal(sequence)
        if refusal is not None:
            raise InvalidValueError(refusal)
        first, *rest = (FEATURE_SETS[name].compute(sequence, companion) for name in self.sets)
        for other in rest:
            first = first.join(other)
        return first

    def to_json(self) -> JsonObject:
        """The specification as a model's card holds it."""
        return {"version": _VERSION, "skeleton": self.skeleton, "sets": list(self.sets)}

    def answer(self) -> FeaturesOfModel:
        """The specification as an answer for programs."""
        return FeaturesOfModel(_VERSION, self.skeleton, self.sets)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FeatureSpec":
        """The specification from ``to_json``'s value; raises FormatError where it is none."""
        try:
            if value["version"] != _VERSION:
                raise FormatError(f"feature specification of version {value['version']}, expected {_VERSION}")
            return cls(tuple(value["sets"]), value["skeleton"])
        except (ValueError, TypeError, KeyError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not a feature specification: {str(value)[:80]}") from error


@dataclass(frozen=True)
class FeatureBlock:
    """The columns of one set, from ``start`` up to, but not including, ``stop``: ``channels`` for each joint in
    turn, or, where that is 0, columns that belong to no single joint."""

    name: str
    start: int
    stop: int
    channels: int


@dataclass(frozen=True)
class FeatureSet:
    """A description of one set; how it is computed from a person and, if any, their companion; which spaces it
    needs; whether a row depends on other rows; whether its columns are coordinates, joint by joint; whether it
    needs two people."""

    about: str
    compute: Callable[[PoseSequence, PoseSequence | None], Features]
    spaces: tuple[Space, ...]
    over_time: bool = False
    of_joints: bool = False
    of_pair: bool = False


def _other_side(name: str) -> str:
    return re.sub("left|right", lambda side: "right" if side[0] == "left" else "left", name)


def _unsided(name: str) -> str:
    """The same for a bone from whichever end it is named."""
    kind, _, ends = name.rpartition(_BONE)
    return kind + _BONE + "-".join(sorted(ends.split("-"))) if name.startswith(_BONE) else name


def _body(sequence: PoseSequence, space: Space) -> Float64Array:
    """(T, J, C) mid-hip centred and in torso lengths; NaN where the torso has no length."""
    points = sequence.coordinates(space).astype(np.float64)
    torso = torso_length(points, sequence.skeleton)
    scale = np.where(torso > 0, torso, np.nan)[:, None, None]
    return np.asarray((points - mid_hip(points, sequence.skeleton)[:, None]) / scale)


def _coordinates(sequence: PoseSequence, space: Space, *, order: int = 0) -> Features:
    values = _body(sequence, space)
    for _ in range(order):
        values = derivative(values, sequence.times_s)
    prefix = ("", "velocity_", "acceleration_")[order]
    names = [
        f"{prefix}{joint}_{axis}" for joint in sequence.skeleton.names for axis in "xyz"[: values.shape[2]]
    ]
    unit = ("torso", "torso/s", "torso/s^2")[order]
    if space is Space.WORLD:
        names = [f"world_{name}" for name in names]
    return Features(sequence.times_s, tuple(names), (unit,) * len(names), values.reshape(len(sequence), -1))


def _turned_to_front(sequence: PoseSequence, *, at_once: bool) -> Features:
    """World coordinates rotated about the vertical until the line of the hips lies across: each frame by its own
    hips, or with ``at_once`` all by their mean direction, which preserves the body's own turns."""
    values = _body(sequence, Space.WORLD)
    left, right = sequence.skeleton.index("left_hip"), sequence.skeleton.index("right_hip")
    across = (values[:, left] - values[:, right])[:, [0, 2]]
    if at_once:
        known = across[np.isfinite(across).all(axis=1)]
        across = np.broadcast_to(known.sum(axis=0) if len(known) else np.full(2, np.nan), across.shape)
    length = np.sqrt((across**2).sum(axis=1))
    cosine, sine = (across / np.where(length > 0, length, np.nan)[:, None]).T[..., None]
    x, z = values[..., 0], values[..., 2]
    turned = np.stack([cosine * x + sine * z, values[..., 1], cosine * z - sine * x], axis=2)
    prefix = "heading" if at_once else "front"
    names = tuple(f"{prefix}_{joint}_{axis}" for joint in sequence.skeleton.names for axis in "xyz")
    return Features(sequence.times_s, names, ("torso",) * len(names), turned.reshape(len(sequence), -1))


def _angles(sequence: PoseSequence) -> Features:
    """The angles for which the skeleton has all points."""
    has = sequence.skeleton.has
    names = tuple(name for name, points in JOINT_ANGLES.items() if all(has(*point) for point in points))
    angles = compute_joint_angles(sequence, space=Space.WORLD, names=names)
    return Features(
        angles.times_s, tuple(f"angle_{name}" for name in angles.names), angles.units, angles.values
    )


def _bones(sequence: PoseSequence) -> Features:
    lengths = compute_bone_lengths(sequence, space=Space.WORLD)
    return Features(
        lengths.times_s, tuple(_BONE + name for name in lengths.names), lengths.units, lengths.values
    )


FEATURE_SETS: Mapping[str, FeatureSet] = MappingProxyType(
    {
        "xy": FeatureSet(
            "x and y from mid-hip, in torso lengths: the published 66 features",
            lambda one, _: _coordinates(one, Space.PIXEL),
            (Space.PIXEL,),
            of_joints=True,
        ),
        "world": FeatureSet(
            "x, y and z from mid-hip in space, in torso lengths",
            lambda one, _: _coordinates(one, Space.WORLD),
            (Space.WORLD,),
            of_joints=True,
        ),
        "front": FeatureSet(
            "the same, turned to the front in every frame",
            lambda one, _: _turned_to_front(one, at_once=False),
            (Space.WORLD,),
            of_joints=True,
        ),
        "heading": FeatureSet(
            "the same, turned to the front once for the window",
            lambda one, _: _turned_to_front(one, at_once=True),
            (Space.WORLD,),
            over_time=True,
            of_joints=True,
        ),
        "scene": FeatureSet(
            "x and y centred and scaled once for the window, so that hips need not be seen and travel is preserved",
            lambda one, _: compute_scene(one),
            (Space.PIXEL,),
            over_time=True,
            of_joints=True,
        ),
        "stage": FeatureSet(
            "x, y and z centred, scaled and turned to the front once for the window",
            lambda one, _: compute_stage(one),
            (Space.WORLD,),
            over_time=True,
            of_joints=True,
        ),
        "angles": FeatureSet("joint angles in space", lambda one, _: _angles(one), (Space.WORLD,)),
        "bones": FeatureSet("lengths of bones in space", lambda one, _: _bones(one), (Space.WORLD,)),
        "velocity": FeatureSet(
            "first derivative of `xy`",
            lambda one, _: _coordinates(one, Space.PIXEL, order=1),
            (Space.PIXEL,),
            over_time=True,
            of_joints=True,
        ),
        "acceleration": FeatureSet(
            "second derivative of `xy`",
            lambda one, _: _coordinates(one, Space.PIXEL, order=2),
            (Space.PIXEL,),
            over_time=True,
            of_joints=True,
        ),
        "motion": FeatureSet(
            "speeds and posture without position, direction or side",
            lambda one, _: compute_motion(one),
            (Space.PIXEL,),
            over_time=True,
        ),
        "confidence": FeatureSet(
            "the visibility of parts of the body", lambda one, _: compute_confidence(one), ()
        ),
        "pair": FeatureSet(
            "of the two nearest people: distances, approach, hands to the other's body",
            compute_pair_features,
            (Space.PIXEL,),
            over_time=True,
            of_pair=True,
        ),
    }
)
"""All sets by name."""

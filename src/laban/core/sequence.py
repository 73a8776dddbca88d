"""One person over time, and all people in one source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import compress
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

import numpy as np
import numpy.typing as npt

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, frozen, same_content
from laban.core.skeleton import Skeleton, map_skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError

_SPACES = (Space.PIXEL, Space.WORLD, Space.BODY)
_OPTIONAL = ("image_px", "depth_px", "world_m", "body", "score")


class SequenceFields(TypedDict, total=False):
    """Some fields of a ``PoseSequence`` by name, before they are checked and rounded to float32."""

    times_s: Float64Array
    skeleton: Skeleton
    visibility: FloatArray
    image_px: FloatArray | None
    depth_px: FloatArray | None
    world_m: FloatArray | None
    body: FloatArray | None
    score: FloatArray | None
    size_wh: tuple[int, int] | None


class RecordingFields(TypedDict, total=False):
    """Some fields of a ``Recording`` by name."""

    source: str
    times_s: Float64Array
    people: "Mapping[int, PoseSequence]"
    size_wh: tuple[int, int] | None
    metadata: Mapping[str, object]


@dataclass(frozen=True, eq=False, repr=False)
class PoseSequence:
    """One person's landmarks over time.

    ``times_s`` (T,) seconds, strictly increasing; ``visibility`` (T, J) probabilities. The coordinates are
    separate fields, each None where the source has none: ``image_px`` (T, J, 2) pixels, ``depth_px`` (T, J)
    pixels relative to the hips, ``world_m`` (T, J, 3) metres, hip-centred, ``body`` (T, J, 2 or 3) torso
    lengths, hip-centred. ``score`` (T,) is the probability that the person is present. A frame in which the
    person was not seen is a row of NaN. ``size_wh`` is the size of the image that ``image_px`` refers to.
    Arrays are copied and made read-only; raises InvalidValueError for a wrong shape or value.

    >>> from laban.core.skeleton import COCO17
    >>> times_s = np.array([0.0, 0.04, 0.08])
    >>> one = PoseSequence(times_s, COCO17, np.ones((3, 17)), image_px=np.zeros((3, 17, 2)))
    >>> len(one), one.spaces, len(one.between(0.0, 0.05))
    (3, (<Space.PIXEL: 'pixel'>,), 2)
    """

    times_s: Float64Array
    skeleton: Skeleton
    visibility: Float32Array
    image_px: Float32Array | None = None
    depth_px: Float32Array | None = None
    world_m: Float32Array | None = None
    body: Float32Array | None = None
    score: Float32Array | None = None
    size_wh: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", _checked_times(self.times_s))
        rows, joints = len(self.times_s), len(self.skeleton.names)
        shapes: dict[str, tuple[int | str, ...]] = {
            "visibility": (rows, joints),
            "image_px": (rows, joints, 2),
            "depth_px": (rows, joints),
            "world_m": (rows, joints, 3),
            "body": (rows, joints, "C"),
            "score": (rows,),
        }
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozen(value, shape=shape, name=name))
        if self.body is not None and self.body.shape[2] not in (2, 3):
            raise InvalidValueError(f"body must have 2 or 3 coordinates a joint, got {self.body.shape[2]}")
        if self.image_px is None and self.world_m is None and self.body is None:
            raise InvalidValueError("a PoseSequence needs image_px, world_m or body coordinates; none given")
        object.__setattr__(self, "size_wh", _checked_size(self.size_wh))

    def __len__(self) -> int:
        return len(self.times_s)

    def __repr__(self) -> str:
        spaces = ", ".join(self.spaces)
        frames = f"{_rows_words(len(self))}, {self.times_s[0]:.2f}-{self.times_s[-1]:.2f} s"
        return f"<PoseSequence: {frames}, {self.skeleton.name}, {spaces}{_size_words(self)}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PoseSequence)
            and (self.skeleton, self.size_wh) == (other.skeleton, other.size_wh)
            and all(
                same_content(getattr(self, name), getattr(other, name))
                for name in ("times_s", "visibility", *_OPTIONAL)
            )
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The spaces in which this sequence has coordinates."""
        there = (self.image_px is not None, self.world_m is not None, self.body is not None)
        return tuple(compress(_SPACES, there))

    @property
    def best_space(self) -> Space:
        """The space in which measures are taken by default: metres where the sequence has them, else pixels, else
        torso lengths."""
        return next(space for space in (Space.WORLD, Space.PIXEL, Space.BODY) if space in self.spaces)

    @property
    def seen(self) -> BoolArray:
        """(T,) whether any joint was seen in that frame."""
        finite: BoolArray = np.isfinite(self.coordinates(self.spaces[0]))
        seen: BoolArray = np.any(np.all(finite, axis=2), axis=1)
        return seen

    def coordinates(self, space: Space) -> Float32Array:
        """(T, J, C) coordinates in ``space``; raises where the sequence has none."""
        fields = {Space.PIXEL: self.image_px, Space.WORLD: self.world_m, Space.BODY: self.body}
        value = fields.get(space)
        if value is None:
            have = ", ".join(self.spaces)
            raise InvalidValueError(f"this sequence has no {space} coordinates, only {have}")
        return value

    def replace(self, **changes: Unpack[SequenceFields]) -> "PoseSequence":
        """A copy with some fields changed, checked again."""
        return replace(self, **changes)

    def with_arrays(
        self,
        *,
        times_s: FloatArray | None = None,
        visibility: FloatArray | None = None,
        image_px: FloatArray | None = None,
        depth_px: FloatArray | None = None,
        world_m: FloatArray | None = None,
        body: FloatArray | None = None,
        score: FloatArray | None = None,
    ) -> "PoseSequence":
        """A copy with the arrays that are given, checked again; the others stay as they are."""
        return replace(
            self,
            times_s=self.times_s if times_s is None else np.asarray(times_s, dtype=np.float64),
            visibility=self.visibility if visibility is None else visibility,
            image_px=self.image_px if image_px is None else image_px,
            depth_px=self.depth_px if depth_px is None else depth_px,
            world_m=self.world_m if world_m is None else world_m,
            body=self.body if body is None else body,
            score=self.score if score is None else score,
        )

    def take(self, rows: slice | BoolArray) -> "PoseSequence":
        """The rows chosen by a slice or a (T,) mask; at least one must remain."""
        if not isinstance(rows, slice) and (rows.dtype != np.bool_ or rows.shape != self.times_s.shape):
            raise InvalidValueError(
                f"a mask of rows must be bool of shape ({len(self)}), got {rows.dtype} of shape {rows.shape}"
            )
        return replace(
            self,
            times_s=self.times_s[rows],
            visibility=self.visibility[rows],
            image_px=_rows(self.image_px, rows),
            depth_px=_rows(self.depth_px, rows),
            world_m=_rows(self.world_m, rows),
            body=_rows(self.body, rows),
            score=_rows(self.score, rows),
        )

    def between(self, start_s: float, stop_s: float) -> "PoseSequence":
        """The rows with ``start_s <= time < stop_s``."""
        return self.take((self.times_s >= start_s) & (self.times_s < stop_s))

    def to_skeleton(self, target: Skeleton) -> "PoseSequence":
        """The same movement on another skeleton; joints that cannot be derived are NaN."""
        if target == self.skeleton:
            return self
        mapping = map_skeleton(self.skeleton, target)

        def points(value: FloatArray | None) -> FloatArray | None:
            return None if value is None else mapping.apply(value)

        depth = self.depth_px
        return replace(
            self,
            skeleton=target,
            visibility=mapping.apply_visibility(self.visibility),
            image_px=points(self.image_px),
            depth_px=None if depth is None else mapping.apply(depth[..., None])[..., 0],
            world_m=points(self.world_m),
            body=points(self.body),
        )


@dataclass(frozen=True, eq=False, repr=False)
class Recording:
    """All people in one source: person id to sequence, with the source's name, size and frame times.

    ``times_s`` (T,) are the times of all frames, including those without people. Each person's times are a
    contiguous run of them (rows of NaN where the person is not seen). ``metadata`` is anything that JSON holds:
    settings, versions, hashes, warnings. Raises InvalidValueError where a person's times or image size do not
    match those of the recording.

    >>> from laban.sources import SyntheticScene
    >>> recording = SyntheticScene(people=2, seconds=2.0).recording()
    >>> recording
    <Recording 'synthetic scene 0': 2 people, 60 frames, 1.97 s, 640x360, blazepose33>
    >>> list(recording.people), recording.people[0].image_px.shape
    ([0, 1], (60, 33, 2))
    """

    source: str
    times_s: Float64Array
    people: Mapping[int, PoseSequence]
    size_wh: tuple[int, int] | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", _checked_times(self.times_s, allow_empty=True))
        object.__setattr__(self, "size_wh", _checked_size(self.size_wh))
        for person, sequence in self.people.items():
            self._check_person(person, sequence)
        object.__setattr__(self, "people", MappingProxyType(dict(sorted(self.people.items()))))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    def __repr__(self) -> str:
        count = len(self.people)
        people = "no people" if not count else "1 person" if count == 1 else f"{count} people"
        skeletons = "".join(
            f", {name}" for name in dict.fromkeys(one.skeleton.name for one in self.people.values())
        )
        frames = f"{_rows_words(len(self.times_s))}, {self.duration_s:.2f} s"
        return f"<Recording {self.source!r}: {people}, {frames}{_size_words(self)}{skeletons}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Recording)
            and (self.source, self.size_wh) == (other.source, other.size_wh)
            and dict(self.metadata) == dict(other.metadata)
            and same_content(self.times_s, other.times_s)
            and dict(self.people) == dict(other.people)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """For pickle and copy, which do not support read-only mappings."""
        values = (self.source, self.times_s, dict(self.people), self.size_wh, dict(self.metadata))
        return type(self), values

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the last; 0 where there are fewer than two."""
        return float(self.times_s[-1] - self.times_s[0]) if len(self.times_s) > 1 else 0.0

    def start_of(self, person: int) -> int:
        """The frame at which the sequence of ``person`` begins."""
        return int(np.searchsorted(self.times_s, self.people[person].times_s[0]))

    def replace(self, **changes: Unpack[RecordingFields]) -> "Recording":
        """A copy with some fields changed, checked again."""
        return replace(self, **changes)

    def save(
        self,
        path: str | PathLike[str],
        *,
        format: str | None = None,  # noqa: A002
        person: int | None = None,
        size_wh: tuple[int, int] | None = None,
        skeleton: str | None = None,
        space: str | None = None,
        label: int | None = None,
        layout: str | None = None,
        header: bool | None = None,
        rows_per_group: int | None = None,
    ) -> Path:
        """Writes the recording in the format that the file's suffix names; see ``laban.save``."""
        # Imported by name at the call: core knows no file formats.
        write: Callable[..., Path] = import_module("laban.io").save
        return write(
            self,
            path,
            format=format,
            person=person,
            size_wh=size_wh,
            skeleton=skeleton,
            space=space,
            label=label,
            layout=layout,
            header=header,
            rows_per_group=rows_per_group,
        )

    def _check_person(self, person: int, sequence: PoseSequence) -> None:
        if not isinstance(person, int | np.integer) or person < 0:
            raise InvalidValueError(f"person ids must be integers from 0, got {person!r}")
        start = int(np.searchsorted(self.times_s, sequence.times_s[0]))
        run = self.times_s[start : start + len(sequence)]
        if not np.array_equal(run, sequence.times_s):
            raise InvalidValueError(
                f"the times of person {person} must be a run of the recording's frame times without gaps"
            )
        if sequence.size_wh != self.size_wh:
            raise InvalidValueError(
                f"person {person} has image size {sequence.size_wh}, the recording {self.size_wh}"
            )


def _checked_times(values: npt.ArrayLike, *, allow_empty: bool = False) -> Float64Array:
    times = frozen(values, shape=("T",), name="times_s", dtype=np.float64)
    if not allow_empty and len(times) == 0:
        raise InvalidValueError("times_s must hold at least one time, got none")
    if np.isnan(times).any():
        raise InvalidValueError("times_s must be finite seconds, got NaN")
    if (np.diff(times) <= 0).any():
        row = int(np.argmax(np.diff(times) <= 0)) + 1
        raise InvalidValueError(f"times_s must increase strictly; row {row} does not")
    return times


def _checked_size(size_wh: tuple[int, int] | None) -> tuple[int, int] | None:
    if size_wh is None:
        return None
    try:
        width, height = map(int, size_wh)
    except (TypeError, ValueError):
        width = height = 0
    if width <= 0 or height <= 0:
        raise InvalidValueError(f"size_wh must be (width, height) above zero, got {size_wh!r}")
    return width, height


def _rows(value: FloatArray | None, rows: slice | BoolArray) -> FloatArray | None:
    return None if value is None else value[rows]


def _rows_words(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _size_words(value: PoseSequence | Recording) -> str:
    return "" if value.size_wh is None else f", {value.size_wh[0]}x{value.size_wh[1]}"

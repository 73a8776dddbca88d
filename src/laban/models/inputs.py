"""The input of a model: landmarks over time, a single image, or a clip of images.

The kind of input is part of a model's card. It describes an example, and the tensors that a network takes
and returns for it; training, exports and predictions are the same for all kinds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from laban.core.answers.metrics import WholeClipClock, WindowClock
from laban.core.arrays import Array, Float32Array, frozen
from laban.core.checks import choose, in_range
from laban.core.clock import Clock, WholeClip, WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.image.view import View

Shape = tuple[int | None, ...]
"""The shape of a tensor for one example, without the first axis; None is any length."""


@dataclass(frozen=True)
class LandmarkInput:
    """The features of one person's landmarks at the instants of a clock: (L, F) values, NaN where unknown.

    ``still`` says that the landmarks are those of a single image, so that the clock has one row and no pace.
    """

    spec: FeatureSpec
    clock: Clock
    still: bool = False

    kind: ClassVar[Literal["landmarks"]] = "landmarks"
    words: ClassVar[str] = "landmarks over time"
    batch: ClassVar[int] = 256

    @property
    def shape(self) -> tuple[int, ...]:
        """(L, F)"""
        return (self.clock.length, self.spec.width)

    @property
    def tensors(self) -> Mapping[str, Shape]:
        """The values with 0 in place of NaN, and 1 where a value is known."""
        return {"values": self.shape, "known": self.shape}

    def outputs(self, answers: int) -> dict[str, Shape]:
        """The logits of all tasks, concatenated, and the embedding that they are computed from."""
        return {"logits": (answers,), "embedding": (None,)}

    def checked(self, values: npt.ArrayLike) -> Float32Array:
        """(N, L, F); raises InvalidValueError for another shape and for infinite values."""
        return frozen(values, shape=("N", *self.shape), name="values")

    def feed(self, values: Array) -> dict[str, Float32Array]:
        """The tensors for checked values (N, L, F)."""
        known = np.isfinite(values)
        filled: Float32Array = np.where(known, values, np.float32(0))
        return {"values": filled, "known": known.astype(np.float32)}

    def to_json(self) -> dict[str, object]:
        """As a card holds it."""
        return {
            "features": self.spec.to_json(),
            "clock": _clock_to_json(self.clock),
            "still": self.still,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "LandmarkInput":
        """From the value of ``to_json``."""
        spec = FeatureSpec.from_json(value["features"])
        return cls(spec, _clock_from_json(value["clock"]), bool(value["still"]))


@dataclass(frozen=True)
class ImageInput:
    """A square of a single image, as ``view`` cuts it: (S, S, 3) RGB, 0 to 255."""

    view: View = field(default_factory=View)

    kind: ClassVar[Literal["image"]] = "image"
    words: ClassVar[str] = "single images"
    batch: ClassVar[int] = 32

    @property
    def shape(self) -> tuple[int, ...]:
        """(S, S, 3)"""
        return (self.view.side_px, self.view.side_px, 3)

    @property
    def tensors(self) -> Mapping[str, Shape]:
        """The image alone."""
        return {"image": self.shape}

    def outputs(self, answers: int) -> dict[str, Shape]:
        """The logits, and those of each position of the feature map, whose mean they are."""
        return {"logits": (answers,), "places": (None, None, answers)}

    def checked(self, values: npt.ArrayLike) -> Array:
        """(N, S, S, 3) uint8; raises InvalidValueError for anything else."""
        return _pixels(values, self.shape, name="images")

    def feed(self, values: Array) -> dict[str, Float32Array]:
        """The tensor for checked images (N, S, S, 3)."""
        return {"image": values.astype(np.float32)}

    def to_json(self) -> dict[str, object]:
        """As a card holds it."""
        return {"view": self.view.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ImageInput":
        """From the value of ``to_json``."""
        return cls(View(**value["view"]))


@dataclass(frozen=True)
class ClipInput:
    """Frames spread evenly over a clip, each stretched to ``size_wh`` pixels: (T, H, W, 3) RGB, 0 to 255.

    ``clock`` has T rows; a clip of another length than its ``length_s`` is shown whole in as many frames, and a
    longer video in windows of that length.
    """

    clock: WindowSpec
    size_wh: tuple[int, int] = (448, 288)

    kind: ClassVar[Literal["clip"]] = "clip"
    words: ClassVar[str] = "clips of images"
    batch: ClassVar[int] = 4

    def __post_init__(self) -> None:
        object.__setattr__(self, "size_wh", tuple(self.size_wh))
        for side in self.size_wh:
            in_range(side, name="size_wh", low=16, high=1024)
        in_range(self.clock.length, name="frames", low=2, high=1000)

    @property
    def frame(self) -> tuple[int, int, int]:
        """(H, W, 3) the shape of a frame"""
        return (self.size_wh[1], self.size_wh[0], 3)

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W, 3)"""
        return (self.clock.length, *self.frame)

    @property
    def tensors(self) -> Mapping[str, Shape]:
        """The clip alone."""
        return {"clip": self.shape}

    def outputs(self, answers: int) -> dict[str, Shape]:
        """The logits of all tasks, concatenated, and the embedding that they are computed from."""
        return {"logits": (answers,), "embedding": (None,)}

    def checked(self, values: npt.ArrayLike) -> Array:
        """(N, T, H, W, 3) uint8; raises InvalidValueError for anything else."""
        return _pixels(values, self.shape, name="clips")

    def feed(self, values: Array) -> dict[str, Float32Array]:
        """The tensor for checked clips (N, T, H, W, 3)."""
        return {"clip": values.astype(np.float32)}

    def to_json(self) -> dict[str, object]:
        """As a card holds it."""
        return {"size_wh": list(self.size_wh), "clock": _clock_to_json(self.clock)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ClipInput":
        """From the value of ``to_json``."""
        width, height = value["size_wh"]
        return cls(WindowSpec(**value["clock"]), (width, height))


ModelInput = LandmarkInput | ImageInput | ClipInput

INPUTS: Mapping[str, Callable[[Mapping[str, Any]], ModelInput]] = MappingProxyType(
    {one.kind: one.from_json for one in (LandmarkInput, ImageInput, ClipInput)}
)
"""How each kind of input is read from a card."""


def input_from_json(kind: str, value: Mapping[str, object]) -> ModelInput:
    """The input of ``kind`` from what a card holds; raises UnknownNameError for an unknown kind."""
    return choose(kind, INPUTS, what="kind of input")(value)


def _pixels(values: npt.ArrayLike, shape: tuple[int, ...], *, name: str) -> Array:
    """Unlike ``frozen``, without a copy: images are large, and nothing here writes to them."""
    array = np.asarray(values)
    if array.dtype != np.uint8 or array.shape[1:] != shape or array.ndim != len(shape) + 1:
        wanted = ", ".join(map(str, shape))
        raise InvalidValueError(f"{name} must be (N, {wanted}) uint8, got {array.shape} {array.dtype}")
    return array


def clock_answer(clock: Clock) -> WindowClock | WholeClipClock:
    """The answer for a clock."""
    if isinstance(clock, WholeClip):
        return WholeClipClock(clock.length)
    return WindowClock(clock.length_s, clock.hop_s, clock.fps)


def _clock_to_json(clock: Clock) -> dict[str, object]:
    if isinstance(clock, WholeClip):
        return {"whole_clip": clock.length}
    return {"length_s": clock.length_s, "hop_s": clock.hop_s, "fps": clock.fps}


def _clock_from_json(value: Mapping[str, int]) -> Clock:
    return WholeClip(value["whole_clip"]) if "whole_clip" in value else WindowSpec(**value)

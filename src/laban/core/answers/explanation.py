"""Why a model gave its answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from laban.core.answers.base import Answer


@dataclass(frozen=True)
class JointReasonAnswer(Answer):
    """How much one joint supports the answer."""

    joint: str
    """The joint."""
    nats: float
    """How much it raises the logarithm of the probability, in nats; negative where it lowers it."""


@dataclass(frozen=True)
class SpanAtAnswer(Answer):
    """A stretch of time that speaks for the answer."""

    start_s: float
    """When it begins, in seconds."""
    end_s: float
    """When it ends, in seconds."""


@dataclass(frozen=True)
class ExplanationAnswer(Answer):
    """Which joints and which times support an answer."""

    source: str
    """The clip, as it was given."""
    model: str
    """The model's name."""
    task: str
    """The question."""
    label: str
    """The answer that is explained."""
    probability: float
    """Its probability, 0 to 1."""
    person: int
    """The person it is about."""
    start_s: float
    """Beginning of the explained span, in seconds."""
    end_s: float
    """End of the explained span, in seconds."""
    windows: int
    """How many windows it is made of."""
    joints: tuple[JointReasonAnswer, ...]
    """The joints, the strongest support first."""
    limbs: Mapping[str, float]
    """The same for each limb, in nats."""
    rest: float
    """What cannot be attributed to a joint, in nats."""
    spans: tuple[SpanAtAnswer, ...]
    """The times of the strongest support."""
    peak_s: float | None
    """The instant of the strongest support, in seconds."""
    files: tuple[str, ...]
    """Paths of the files that were written."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong."""


@dataclass(frozen=True)
class FrameReasonAnswer(Answer):
    """How much one frame supports the answer."""

    time_s: float
    """Its time in the video, in seconds."""
    nats: float
    """How much it raises the logarithm of the probability, in nats; negative where it lowers it."""


@dataclass(frozen=True)
class PlaceReasonAnswer(Answer):
    """How much one place in the image supports the answer, over the whole time."""

    left: float
    """Its left edge, as a share of the image's width."""
    top: float
    """Its upper edge, as a share of the image's height."""
    right: float
    """Its right edge."""
    bottom: float
    """Its lower edge."""
    nats: float
    """How much it raises the logarithm of the probability, in nats; negative where it lowers it."""


@dataclass(frozen=True)
class ClipExplanationAnswer(Answer):
    """Which frames and which places in them support an answer of a recogniser from pixels."""

    source: str
    """The video, as it was given."""
    model: str
    """The model's name."""
    task: str
    """The question."""
    label: str
    """The answer that is explained."""
    probability: float
    """Its probability, 0 to 1."""
    start_s: float
    """Beginning of the explained part, in seconds."""
    end_s: float
    """End of the explained part, in seconds."""
    frames: tuple[FrameReasonAnswer, ...]
    """The frames that the model was shown, in order."""
    places: tuple[PlaceReasonAnswer, ...]
    """The places of a grid over the image, the strongest support first."""
    spans: tuple[SpanAtAnswer, ...]
    """The times of the strongest support."""
    peak_s: float | None
    """The instant of the strongest support, in seconds; null where no frame supports the answer by itself."""
    files: tuple[str, ...]
    """Paths of the files that were written."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong."""

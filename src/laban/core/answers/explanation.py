"""Why a model says what it says."""

from collections.abc import Mapping
from dataclasses import dataclass

from laban.core.answers.base import Answer


@dataclass(frozen=True)
class JointReasonAnswer(Answer):
    """What one joint says for the answer."""

    joint: str
    """The joint."""
    nats: float
    """By how much it raises the logarithm of the probability, in nats; negative against the answer."""


@dataclass(frozen=True)
class SpanAtAnswer(Answer):
    """A stretch of time that speaks for the answer."""

    start_s: float
    """When it begins, in seconds."""
    end_s: float
    """When it ends, in seconds."""


@dataclass(frozen=True)
class ExplanationAnswer(Answer):
    """Which joints and which times speak for an answer."""

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
    """Whose answer it is."""
    start_s: float
    """When what is explained begins, in seconds."""
    end_s: float
    """When what is explained ends, in seconds."""
    windows: int
    """How many windows it is made of."""
    joints: tuple[JointReasonAnswer, ...]
    """Joint by joint, what speaks most for it first."""
    limbs: Mapping[str, float]
    """The same for each limb, in nats."""
    rest: float
    """What belongs to no joint by itself, in nats."""
    spans: tuple[SpanAtAnswer, ...]
    """When most speaks for it."""
    peak_s: float | None
    """The instant at which most speaks for it, in seconds."""
    files: tuple[str, ...]
    """Paths of the files that were written."""
    warnings: tuple[str, ...]
    """What may make the answer wrong."""

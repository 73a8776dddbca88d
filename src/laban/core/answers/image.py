"""The class of an image, or of each person in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from laban.core.answers.base import Answer
from laban.core.answers.outcomes import NoDetails, SourceOutcome

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge in pixels."""


@dataclass(frozen=True)
class ImageAnswer(Answer):
    """The class of one person, or of the whole image."""

    person: int | None
    """The person, counted from 0; null for the whole image."""
    box_xyxy_px: Box | None
    """That person's left, top, right and bottom edge in pixels; null for the whole image."""
    label: str
    """The most probable class."""
    probability: float
    """Its probability, 0 to 1."""
    probabilities: Mapping[str, float]
    """Probability of every class by name, 0 to 1."""


@dataclass(frozen=True)
class ImageDetails(Answer):
    """The answers on one image."""

    model: str
    """The model's name."""
    answers: tuple[ImageAnswer, ...]
    """One for each person, or one for the whole image; empty where no one is found."""


@dataclass(frozen=True)
class PredictedImage(SourceOutcome):
    """The outcome for one image of ``laban predict`` with an image classifier."""

    details: ImageDetails | NoDetails
    """The answers; empty where the image could not be read."""


@dataclass(frozen=True)
class ImageAnswers(Answer):
    """One image with its answers, as ``-o`` writes it."""

    source: str
    """The image, as it was given."""
    answers: tuple[ImageAnswer, ...]
    """One for each person, or one for the whole image."""

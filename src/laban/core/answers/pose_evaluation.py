"""Pose estimators compared on images with labelled joints."""

from collections.abc import Mapping
from dataclasses import dataclass

from laban.core.answers.base import Answer


@dataclass(frozen=True)
class AveragePrecisionAnswer(Answer):
    """COCO's metrics, each 0 to 1; null where there is no one to find."""

    mean: float | None
    """Mean average precision over OKS 0.50 to 0.95."""
    at_50: float | None
    """Average precision at OKS 0.50."""
    at_75: float | None
    """Average precision at OKS 0.75."""
    recall: float | None
    """Mean average recall."""


@dataclass(frozen=True)
class CorrectPointsAnswer(Answer):
    """PCK: percentage of correct keypoints."""

    share: float | None
    """Share of the labelled joints that were found, 0 to 1; null where there are none."""
    points: int
    """How many joints are labelled."""
    people: int
    """The number of people they belong to."""


@dataclass(frozen=True)
class EstimatorAnswer(Answer):
    """The metrics of one estimator."""

    name: str
    """The estimator."""
    average_precision: AveragePrecisionAnswer
    """Average precision by object keypoint similarity."""
    correct_points: CorrectPointsAnswer
    """Percentage of correct keypoints."""
    people_per_image: float
    """People found per image, on average."""
    seconds_per_image: float
    """Time per image on average, in seconds."""


@dataclass(frozen=True)
class PoseEvaluationAnswer(Answer):
    """All estimators on the same images."""

    images: int
    """How many images."""
    people: int
    """How many labelled people."""
    pck_threshold_torso: float
    """The distance, in torso lengths, within which a joint counts as found."""
    estimators: tuple[EstimatorAnswer, ...]
    """How each did."""
    skipped: Mapping[str, str]
    """Images that could not be read, with why."""
    unavailable: Mapping[str, str]
    """Estimators that could not be opened, with why and how to get them."""

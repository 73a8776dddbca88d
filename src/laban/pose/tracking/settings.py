"""The settings of the tracker."""

from dataclasses import dataclass, field

from laban.pose.tracking.sides import LeftRightSettings


@dataclass(frozen=True)
class TrackerSettings:
    """How people are told apart. Lengths are in torso lengths.

    ``max_age_s``: how long a person out of sight is remembered. ``duplicate_distance``: bodies nearer to each other
    than this are one. ``gate`` and ``gate_growth_per_s``: how far from the predicted position a person is searched
    for, at once and for each second out of sight. ``same_size``: how far the logarithm of the size may change at
    once. ``same_appearance``: how much the colours of a person out of sight for more than ``sure_s`` may differ, 0
    to 1. The weights are those of the distance, of the pose, of the size, of the appearance, of the network's
    uncertainty, and of being found in the predicted region.

    ``min_hits``: frames until a newcomer may be matched with another person; one who vanishes sooner is forgotten.
    ``false_positive_distance``: an unconfirmed body nearer than this to a person is a second skeleton on one body.
    ``compare_after_frames``: clear frames after people part until their appearances are compared; they exchange
    identities where that makes them more similar by ``margin`` in all.
    ``lock_after_frames``: frames until the identity is final, unless a person found again differs from their
    earlier appearance by ``reid_threshold``.
    ``shape_weight``: the weight of the body's proportions against that of the colours.
    """

    max_age_s: float = 2.0
    duplicate_distance: float = 0.3
    gate: float = 0.9
    gate_growth_per_s: float = 5.0
    same_size: float = 0.4
    same_appearance: float = 0.7
    sure_s: float = 0.1
    distance_weight: float = 1.0
    pose_weight: float = 0.8
    size_weight: float = 0.8
    appearance_weight: float = 1.2
    doubt_weight: float = 0.5
    hint_weight: float = 0.15
    min_hits: int = 3
    false_positive_distance: float = 0.6
    compare_after_frames: int = 2
    lock_after_frames: int = 15
    margin: float = 0.25
    reid_threshold: float = 0.2
    shape_weight: float = 0.3
    sides: LeftRightSettings = field(default_factory=LeftRightSettings)

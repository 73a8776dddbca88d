"""The settings of the tracker."""

from dataclasses import dataclass, field

from laban.pose.tracking.sides import SidesSettings


@dataclass(frozen=True)
class TrackerSettings:
    """How people are told apart. Lengths are in torso lengths.

    ``max_lost_s``: how long somebody out of sight is remembered. ``double``: bodies nearer than this are one.
    ``reach`` and ``reach_per_s``: how far from where they are expected people are looked for, at once and for
    each second out of sight. ``same_size``: how far the logarithm of the size may change at once.
    ``same_clothes``: how far the colours of somebody out of sight for more than ``sure_s`` may differ, 0 to 1.
    The weights are those of the distance, of the pose, of the size, of the clothes, of the network's doubt, and
    of being found where looked for.

    ``confirm``: the frames until a newcomer may be taken for somebody else; whoever vanishes sooner is forgotten.
    ``ghost``: a body that is nobody yet and nearer than this to somebody is a second skeleton on one body.
    ``judge``: the clear frames after people part until their looks are compared; they exchange identities where
    that makes them more alike by ``margin`` in all. ``settle``: the frames until that is for good,
    unless somebody found again looks unlike before by ``doubt``.
    ``shape_weight``: how much the proportions of the body say beside the clothes.
    """

    max_lost_s: float = 2.0
    double: float = 0.3
    reach: float = 0.9
    reach_per_s: float = 5.0
    same_size: float = 0.4
    same_clothes: float = 0.7
    sure_s: float = 0.1
    distance_weight: float = 1.0
    pose_weight: float = 0.8
    size_weight: float = 0.8
    appearance_weight: float = 1.2
    doubt_weight: float = 0.5
    hint_weight: float = 0.15
    confirm: int = 3
    ghost: float = 0.6
    judge: int = 2
    settle: int = 15
    margin: float = 0.25
    doubt: float = 0.2
    shape_weight: float = 0.3
    sides: SidesSettings = field(default_factory=SidesSettings)

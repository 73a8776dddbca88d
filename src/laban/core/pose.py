"""One person at one instant."""

from dataclasses import dataclass, replace

from laban.core.arrays import Float32Array, frozen, same_content
from laban.core.checks import in_range
from laban.core.skeleton import Skeleton, map_skeleton


@dataclass(frozen=True, eq=False)
class Pose:
    """The landmarks of one person in one frame.

    ``image_px`` (J, 2) pixels; ``visibility`` (J,) probabilities; ``depth_px`` (J,) pixels relative to the
    hips, or None; ``world_m`` (J, 3) metres, hip-centred, or None; ``score`` the model's probability that a
    person is present; ``person`` the id assigned by a tracker, or None.
    """

    skeleton: Skeleton
    image_px: Float32Array
    visibility: Float32Array
    depth_px: Float32Array | None = None
    world_m: Float32Array | None = None
    score: float = 1.0
    person: int | None = None

    def __post_init__(self) -> None:
        joints = len(self.skeleton.names)
        object.__setattr__(self, "image_px", frozen(self.image_px, shape=(joints, 2), name="image_px"))
        object.__setattr__(self, "visibility", frozen(self.visibility, shape=(joints,), name="visibility"))
        if self.depth_px is not None:
            object.__setattr__(self, "depth_px", frozen(self.depth_px, shape=(joints,), name="depth_px"))
        if self.world_m is not None:
            object.__setattr__(self, "world_m", frozen(self.world_m, shape=(joints, 3), name="world_m"))
        in_range(self.score, name="score", low=0.0, high=1.0)

    def as_person(self, person: int | None) -> "Pose":
        """The same landmarks under another id; the arrays are shared, not checked and copied again."""
        named = object.__new__(type(self))
        named.__dict__.update(self.__dict__, person=person)
        return named

    def to_skeleton(self, target: Skeleton) -> "Pose":
        """The same pose on another skeleton; joints that cannot be derived are NaN."""
        if target == self.skeleton:
            return self
        mapping, depth = map_skeleton(self.skeleton, target), self.depth_px
        return replace(
            self,
            skeleton=target,
            image_px=mapping.apply(self.image_px),
            visibility=mapping.apply_visibility(self.visibility),
            depth_px=None if depth is None else mapping.apply(depth[..., None])[..., 0],
            world_m=None if self.world_m is None else mapping.apply(self.world_m),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pose) and (
            (self.skeleton, self.score, self.person) == (other.skeleton, other.score, other.person)
            and same_content(self.image_px, other.image_px)
            and same_content(self.visibility, other.visibility)
            and same_content(self.depth_px, other.depth_px)
            and same_content(self.world_m, other.world_m)
        )

    __hash__ = None  # type: ignore[assignment]

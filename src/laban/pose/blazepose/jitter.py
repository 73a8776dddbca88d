"""Test-time augmentation: landmarks of one person in slightly changed crops, to estimate their noise."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import Float32Array, ImageArray
from laban.core.checks import in_range
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.blazepose.landmarker import Body, Landmarker
from laban.pose.blazepose.plausibility import SAME_BODY, agreement, is_plausible
from laban.pose.blazepose.regions import Region, region_from_points

_ROOM = 1.6
_HEAD_ROOM = 1.1
_HIPS = [BLAZEPOSE33.index(name) for name in ("left_hip", "right_hip")]
_SHOULDERS = [BLAZEPOSE33.index(name) for name in ("left_shoulder", "right_shoulder")]
_SETTLING = 4
_LEAST_SCORE = 0.3


@dataclass(frozen=True)
class JitterSettings:
    """How many samples, and how much a crop is changed at most: moved by ``shift`` and scaled by ``scale``, both as
    a share of its side, turned by ``turn_deg``, brightened by the factor 1 ± ``gain`` and by ± ``lift`` of full
    scale."""

    count: int = 16
    shift: float = 0.05
    scale: float = 0.08
    turn_deg: float = 5.0
    gain: float = 0.2
    lift: float = 0.04
    seed: int = 0

    def __post_init__(self) -> None:
        in_range(self.count, name="count", low=1, high=1000)
        for name in ("shift", "scale", "gain", "lift"):
            in_range(getattr(self, name), name=name, low=0.0, high=0.5)
        in_range(self.turn_deg, name="turn_deg", low=0.0, high=45.0)


def jittered_poses(
    frame: Frame, pose: Pose, *, landmarker: Landmarker, settings: JitterSettings | None = None
) -> list[Pose]:
    """The same person in changed crops of ``frame``: at most ``count`` poses, without those that found somebody
    else.

    The same arguments give the same poses. An empty list where the person is not found again at all.
    """
    chosen = settings or JitterSettings()
    part, corner = _part_round(frame, pose)
    still = Frame.from_rgb(part)
    wanted = _moved(pose, -corner)
    body = _settled(still, wanted, landmarker)
    if body is None:
        return []
    found = []
    for region, gain, lift in _changes(body.following, chosen):
        changed = Frame.from_rgb(_brightened(part, gain=gain, lift=lift))
        look = landmarker.find(changed, region)
        if look.score >= _LEAST_SCORE and is_plausible(look) and agreement(look, body) < SAME_BODY:
            found.append(_moved(look.pose(person=pose.person), corner))
    return found


def _changes(region: Region, settings: JitterSettings) -> Iterator[tuple[Region, float, float]]:
    rng = np.random.default_rng(settings.seed)
    for _ in range(settings.count):
        across, down, larger, turn, gain, lift = rng.uniform(-1, 1, 6).tolist()
        moved = Region(
            region.x_px + settings.shift * region.side_px * across,
            region.y_px + settings.shift * region.side_px * down,
            region.side_px * (1 + settings.scale * larger),
            region.turn_rad + float(np.radians(settings.turn_deg)) * turn,
        )
        yield moved, 1 + settings.gain * gain, settings.lift * lift


def _settled(still: Frame, wanted: Pose, landmarker: Landmarker) -> Body | None:
    """The body of the pose, in the region that the network itself predicts."""
    region = _region_of(wanted)
    for _ in range(_SETTLING):
        body = landmarker.find(still, region)
        region = body.following
    same = _apart(body, wanted) < SAME_BODY
    return body if same and body.score >= _LEAST_SCORE else None


def _region_of(pose: Pose) -> Region:
    """Roughly the region that the network would predict: around the hips, trunk upward, wide enough for all."""
    points = pose.image_px.astype(np.float64)
    hips, shoulders = points[_HIPS].mean(axis=0), points[_SHOULDERS].mean(axis=0)
    reach = float(np.nanmax(np.linalg.norm(points - hips, axis=1)))
    up = (shoulders - hips) / max(float(np.linalg.norm(shoulders - hips)), 1e-6)
    return region_from_points(hips, hips + up * reach * _HEAD_ROOM)


def _apart(body: Body, wanted: Pose) -> float:
    known = Body(
        body.region, body.following, wanted.image_px, np.zeros_like(body.depth_px), wanted.visibility,
        body.presence, body.world_m, wanted.score, body.appearance,
    )  # fmt: skip
    return agreement(body, known)


def _part_round(frame: Frame, pose: Pose) -> tuple[ImageArray, Float32Array]:
    """The part of the image that all samples need, and its corner (2,) in pixels."""
    left, top, right, bottom = np.round(_region_of(pose).scaled(_ROOM).box()).astype(int).tolist()
    wide, high = frame.size_wh
    left, top = min(max(left, 0), wide - 1), min(max(top, 0), high - 1)
    part = frame.image_rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    return part, np.array([left, top], dtype=np.float32)


def _brightened(part: ImageArray, *, gain: float, lift: float) -> ImageArray:
    table = np.clip(np.arange(256) * gain + 255 * lift, 0, 255).astype(np.uint8)
    return np.asarray(table[part], dtype=np.uint8)


def _moved(pose: Pose, by: Float32Array) -> Pose:
    return replace(pose, image_px=pose.image_px + by)

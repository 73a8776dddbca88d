"""Bodies of known geometry: built from the angles and lengths to be measured, seen by a camera of known roll, drawn
as discs, and located again in the drawing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from laban.core.arrays import Float64Array
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.tasks.posture.landmark_geometry import C7_BACK, C7_UP, TRAGUS_BACK, TRAGUS_UP
from laban.tasks.posture.views import ViewName

SIZES_PX = (30.0, 90.0, 400.0)
ROLLS_DEG = (-25.0, -3.0, 0.0, 8.0, 40.0)
_METRES = 0.5  # a torso
_SHIFT = 8


@dataclass(frozen=True)
class Built:
    """Landmarks (33, 3) in torso lengths as forward, up and to the person's left, and what is true of them."""

    points: Float64Array
    truth: Mapping[str, float]


def side_bodies() -> Iterator[Built]:
    """Standing bodies that lean, bend and carry their heads differently."""
    for trunk, neck, head in product((-12.0, 0.0, 9.0, 30.0), (-5.0, 12.0, 50.0), (-25.0, 4.0)):
        yield _side_body(
            trunk_deg=trunk, neck_deg=neck, head_deg=head, hip_deg=172.0 - trunk / 2, knee_deg=168.0
        )


def facing_bodies() -> Iterator[Built]:
    """Standing bodies with tilted heads, shoulders and hips, shifted trunks and bent knees."""
    for head, shoulder, hip, shift, knee in product(
        (-12.0, 3.0), (-7.0, 0.0, 5.0), (-4.0, 2.0), (-0.15, 0.08), (-9.0, 6.0)
    ):
        yield _facing_body(head, shoulder, hip, shift, left_knee_deg=knee, right_knee_deg=-knee / 2)


def seen(built: Built, *, view: ViewName, roll_deg: float, torso_px: float) -> Pose:
    """The body as a camera sees it from far away: drawn, and found again in the drawing.

    ``roll_deg`` is how far the true vertical leans right in the image.
    """
    forward, up, left = built.points.T
    across, away = {
        "right side": (forward, left),
        "left side": (-forward, -left),
        "front": (left, -forward),
        "back": (-left, forward),
    }[view]
    angle = np.radians(roll_deg)
    x = np.cos(angle) * across + np.sin(angle) * up
    y = np.sin(angle) * across - np.cos(angle) * up
    flat = np.stack([x, y], axis=1)
    metres = np.stack([x, y, away], axis=1) * _METRES
    pixels = drawn_and_found((flat - flat.min(axis=0)) * torso_px + 12.0)
    return Pose(
        BLAZEPOSE33, pixels.astype(np.float32), np.ones(33, np.float32), world_m=metres.astype(np.float32)
    )


def drawn_and_found(points_px: Float64Array) -> Float64Array:
    """(N, 2) points drawn as discs, each on a separate canvas, and read off again as their centres of mass.

    Pixel (0, 0) spans 0 to 1, as everywhere here; OpenCV draws its centre at 0.
    """
    return np.stack([_found(point) for point in points_px])


def _found(point: Float64Array) -> Float64Array:
    corner = np.floor(point) - 8
    canvas = np.zeros((128, 128), np.uint8)  # eight times as fine, then shrunk: antialiased to a hundredth
    centre = np.rint(((point - corner) * 8 - 0.5) * (1 << _SHIFT)).astype(int).tolist()
    cv2.circle(canvas, centre, (5 * 8) << _SHIFT, (255,), -1, cv2.LINE_AA, _SHIFT)
    small = cv2.resize(canvas, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float64)
    rows, columns = np.mgrid[:16, :16] + 0.5
    return np.asarray(corner + np.array([(small * columns).sum(), (small * rows).sum()]) / small.sum())


def _side_body(
    *, trunk_deg: float, neck_deg: float, head_deg: float, hip_deg: float, knee_deg: float, neck: float = 0.4
) -> Built:
    """In torso lengths from the hip: everything follows from the angles, one segment after the other."""
    trunk, ahead = _leaning(trunk_deg), np.array([np.cos(np.radians(head_deg)), np.sin(np.radians(head_deg))])
    shoulder = trunk
    ear = shoulder + neck * _leaning(neck_deg)
    drawn_ear = ear + TRAGUS_BACK * ahead - TRAGUS_UP * np.array([-ahead[1], ahead[0]])
    c7 = shoulder + C7_UP * trunk + C7_BACK * np.array([-trunk[1], trunk[0]])
    thigh = _turned(trunk, hip_deg)
    knee = 0.8 * thigh
    shank = _turned(-thigh, -knee_deg)
    ankle = knee + 0.8 * shank
    places = {
        "ear": drawn_ear, "eye_outer": drawn_ear + 0.12 * ahead, "shoulder": shoulder, "hip": np.zeros(2),
        "knee": knee, "ankle": ankle, "elbow": shoulder - [0.0, 0.5], "wrist": shoulder - [0.0, 0.9],
    }  # fmt: skip
    line, arm = ear, shoulder
    above = np.degrees(np.arctan2(*(ear - c7)[::-1]))
    truth = {
        "craniovertebral_angle": float(above),
        "head_tilt": head_deg,
        "neck_inclination": neck_deg,
        "trunk_inclination": trunk_deg,
        "upper_back_bend": neck_deg - trunk_deg,
        "forward_head": float(neck * np.sin(np.radians(neck_deg))),
        "shoulder_protraction": float((line[1] * arm[0] - line[0] * arm[1]) / np.hypot(*line)),
        "hip_angle": hip_deg,
        "knee_angle": knee_deg,
        **{
            f"plumb_{name}": float((point - ankle)[0])
            for name, point in (("ear", ear), ("shoulder", shoulder), ("hip", np.zeros(2)), ("knee", knee))
        },
    }
    widths = {"shoulder": 0.4, "elbow": 0.45, "wrist": 0.45, "hip": 0.2, "knee": 0.18, "ankle": 0.16}
    points = np.zeros((33, 3))
    for name, place in places.items():
        for side, sign in (("left", 1.0), ("right", -1.0)):
            points[BLAZEPOSE33.index(f"{side}_{name}")] = [*place, sign * widths.get(name, 0.12)]
    return Built(points, truth)


def _facing_body(
    head_deg: float,
    shoulder_deg: float,
    hip_deg: float,
    shift: float,
    *,
    left_knee_deg: float,
    right_knee_deg: float,
) -> Built:
    """To the person's left and up, in torso lengths from the middle of the hips."""
    middle = np.array([shift, np.sqrt(1 - shift**2)])
    pairs = {
        "ear": _pair(middle + np.array([0.0, 0.42]), 0.14, head_deg),
        "shoulder": _pair(middle, 0.4, shoulder_deg),
        "elbow": _pair(middle - [0.0, 0.5], 0.45, shoulder_deg),
        "wrist": _pair(middle - [0.0, 0.95], 0.5, 0.0),
        "hip": _pair(np.zeros(2), 0.2, hip_deg),
    }
    legs = [
        _leg(pairs["hip"][at], bend, outward)
        for at, bend, outward in ((0, left_knee_deg, 1), (1, right_knee_deg, -1))
    ]
    pairs["knee"] = legs[0][0], legs[1][0]
    pairs["ankle"] = legs[0][1], legs[1][1]
    points = np.zeros((33, 3))
    for name, (left, right) in pairs.items():
        points[BLAZEPOSE33.index(f"left_{name}")] = [0.0, left[1], left[0]]
        points[BLAZEPOSE33.index(f"right_{name}")] = [0.0, right[1], right[0]]
    centre = middle / 2
    truth = {
        "lateral_head_tilt": head_deg,
        "shoulder_tilt": shoulder_deg,
        "hip_tilt": hip_deg,
        "trunk_shift": shift,
        "left_knee_alignment": left_knee_deg,
        "right_knee_alignment": right_knee_deg,
        "weight_line_offset": float(_mass(pairs) - (pairs["ankle"][0][0] + pairs["ankle"][1][0]) / 2),
        **{
            f"{name}_asymmetry": float(_index(*(np.hypot(*(end - centre)) for end in ends)))
            for name, ends in pairs.items()
            if name != "ear"
        },
        "left_knee_angle": 180.0 - abs(left_knee_deg),
        "right_knee_angle": 180.0 - abs(right_knee_deg),
        "left_hip_angle": _between(
            pairs["shoulder"][0] - pairs["hip"][0], pairs["knee"][0] - pairs["hip"][0]
        ),
        "right_hip_angle": _between(
            pairs["shoulder"][1] - pairs["hip"][1], pairs["knee"][1] - pairs["hip"][1]
        ),
    }
    return Built(points, truth)


def _leg(hip: Float64Array, inward_deg: float, outward: int) -> tuple[Float64Array, Float64Array]:
    """Knee and ankle of a leg whose knee lies inward of the line from hip to ankle by an angle."""
    half = np.radians(inward_deg / 2)
    knee = hip + 0.8 * np.array([-outward * np.sin(half), -np.cos(half)])
    return knee, knee + 0.8 * np.array([outward * np.sin(half), -np.cos(half)])


def _pair(middle: Float64Array, half: float, tilt_deg: float) -> tuple[Float64Array, Float64Array]:
    """Left and right of the middle, the left higher by the tilt."""
    reach = half * np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
    return middle + reach, middle - reach


def _mass(pairs: Mapping[str, tuple[Float64Array, Float64Array]]) -> float:
    """How far left the centre of mass is: Winter 2009, table 4.1, written out independently."""
    middle = {name: (left[0] + right[0]) / 2 for name, (left, right) in pairs.items()}
    limbs = (("shoulder", "elbow", 0.056, 0.436), ("elbow", "wrist", 0.044, 0.682), ("hip", "knee", 0.2, 0.433),
             ("knee", "ankle", 0.122, 0.606))  # fmt: skip
    total = 0.497 * (middle["shoulder"] + middle["hip"]) / 2 + 0.081 * middle["ear"]
    for near, far, share, place in limbs:
        total += share * (middle[near] + place * (middle[far] - middle[near]))
    return float(total / (0.497 + 0.081 + 0.056 + 0.044 + 0.2 + 0.122))


def _between(first: Float64Array, second: Float64Array) -> float:
    """Degrees between two vectors, by the arc cosine."""
    return float(np.degrees(np.arccos(first @ second / np.hypot(*first) / np.hypot(*second))))


def _index(left: float, right: float) -> float:
    return 100 * (left - right) / ((left + right) / 2)


def _leaning(angle_deg: float) -> Float64Array:
    """A unit length forward and up that leans forward by an angle."""
    return np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])


def _turned(vector: Float64Array, angle_deg: float) -> Float64Array:
    """Turned toward the front, seen from the right side: clockwise."""
    cosine, sine = np.cos(np.radians(-angle_deg)), np.sin(np.radians(-angle_deg))
    return np.array([cosine * vector[0] - sine * vector[1], sine * vector[0] + cosine * vector[1]])

"""Every posture measure by name: its meaning, the views that show it, and the landmarks it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from laban.core.arrays import Float64Array
from laban.core.skeleton import Skeleton
from laban.tasks.posture import frontal_measures, sagittal_measures
from laban.tasks.posture.landmark_geometry import Bodies, corner_of_eye
from laban.tasks.posture.views import FACING_VIEWS, SIDE_VIEWS, ViewName

Unit = Literal["deg", "torso", "%", "cm"]

_SPOKEN: Mapping[Unit, tuple[str, int]] = {
    "deg": ("°", 0),
    "torso": (" torso", 2),
    "%": (" %", 0),
    "cm": (" cm", 1),
}


@dataclass(frozen=True)
class Measure:
    """``compute`` takes bodies (...) and gives (...) in ``unit``. ``needs`` are the landmarks that must be seen,
    ``standing`` says that it applies only to a person who stands. ``title`` names it, ``about`` says what it is,
    ``positive`` and ``negative`` what its sign means. ``proxy_sd`` is the standard deviation that an estimated
    landmark adds."""

    name: str
    title: str
    unit: Unit
    views: tuple[ViewName, ...]
    needs: tuple[str, ...]
    compute: Callable[[Bodies], Float64Array]
    about: str
    positive: str = ""
    negative: str = ""
    standing: bool = False
    in_space: bool = False
    proxy_sd: Callable[[Bodies], Float64Array] | None = None


def joints_of(measure: Measure, skeleton: Skeleton) -> tuple[str, ...]:
    """The landmarks that a measure needs, by the names that ``skeleton`` has for them.

    >>> from laban.core.skeleton import COCO17
    >>> joints_of(MEASURES["head_tilt"], COCO17)
    ('left_ear', 'right_ear', 'left_eye', 'right_eye')
    """
    return tuple(corner_of_eye(joint, skeleton) for joint in measure.needs)


def spoken(value: float, unit: Unit, *, signed: bool = False) -> str:
    """A value with its unit, as people read it.

    >>> spoken(-3.4, "deg", signed=True), spoken(0.123, "torso")
    ('−3°', '0.12 torso')
    """
    words, digits = _SPOKEN[unit]
    number = f"{value + 0.0:{'+' if signed else ''}.{digits}f}"
    if float(number) == 0:
        number = f"{0:.{digits}f}"
    return number.replace("-", "−") + words


def _both(*joints: str) -> tuple[str, ...]:
    return tuple(f"{which}_{joint}" for joint in joints for which in ("left", "right"))


_TRUNK = _both("shoulder", "hip")
_EARS = _both("ear")
_FORWARD, _BACKWARD = "forward", "backward"
_LEFT, _RIGHT = "left", "right"


def _from_side(
    name: str, title: str, unit: Unit, needs: tuple[str, ...], compute: Callable[[Bodies], Float64Array],
    about: str, positive: str = _FORWARD, negative: str = _BACKWARD, *, standing: bool = False,
    proxy_sd: Callable[[Bodies], Float64Array] | None = None,
) -> Measure:  # fmt: skip
    return Measure(
        name, title, unit, SIDE_VIEWS, needs, compute, about, positive, negative, standing, proxy_sd=proxy_sd
    )


def _from_front(
    name: str, title: str, unit: Unit, needs: tuple[str, ...], compute: Callable[[Bodies], Float64Array],
    about: str, positive: str, negative: str, *, standing: bool = False,
) -> Measure:  # fmt: skip
    return Measure(name, title, unit, FACING_VIEWS, needs, compute, about, positive, negative, standing)


_SAGITTAL = (
    _from_side(
        "craniovertebral_angle", "craniovertebral angle", "deg", (*_TRUNK, *_EARS),
        sagittal_measures.craniovertebral_angle_deg,
        "between the horizontal and the line from C7 to the ear; smaller the further the head is forward. C7 is "
        "estimated from shoulder and hip",
        "", "", proxy_sd=sagittal_measures.craniovertebral_proxy_sd_deg,
    ),
    _from_side(
        "head_tilt", "head tilt", "deg", _both("ear", "eye_outer"), sagittal_measures.head_tilt_deg,
        "the line from ear to eye against the horizontal", "looking up", "looking down",
    ),
    _from_side(
        "neck_inclination", "neck inclination", "deg", (*_TRUNK, *_EARS), sagittal_measures.neck_inclination_deg,
        "the line from shoulder to ear against the vertical", proxy_sd=sagittal_measures.neck_proxy_sd_deg,
    ),
    _from_side(
        "forward_head", "head ahead of the shoulder", "torso", (*_TRUNK, *_EARS),
        sagittal_measures.forward_head_translation, "how far the ear is ahead of the shoulder",
        proxy_sd=sagittal_measures.ear_proxy_sd,
    ),
    _from_side(
        "shoulder_protraction", "shoulder before the hip–ear line", "torso", (*_TRUNK, *_EARS),
        sagittal_measures.shoulder_protraction,
        "how far the shoulder is ahead of the straight line from hip to ear",
        proxy_sd=sagittal_measures.ear_proxy_sd,
    ),
    _from_side(
        "trunk_inclination", "trunk inclination", "deg", _TRUNK, sagittal_measures.trunk_inclination_deg,
        "the line from hip to shoulder against the vertical",
    ),
    _from_side(
        "upper_back_bend", "bend of the upper back", "deg", (*_TRUNK, *_EARS),
        sagittal_measures.upper_back_bend_deg,
        "by how much the neck leans further than the trunk; the spine itself has no landmarks",
        proxy_sd=sagittal_measures.neck_proxy_sd_deg,
    ),
    _from_side(
        "hip_angle", "hip angle", "deg", _both("shoulder", "hip", "knee"), sagittal_measures.near_hip_angle_deg,
        "between trunk and thigh on the camera's side, 180° in line", "", "",
    ),
    _from_side(
        "knee_angle", "knee angle", "deg", _both("hip", "knee", "ankle"), sagittal_measures.near_knee_angle_deg,
        "between thigh and shank on the camera's side, 180° straight", "", "",
    ),
    *(
        _from_side(
            f"plumb_{joint}", f"{joint} off the plumb line", "torso", (*_TRUNK, *_both(*needs, "ankle")), compute,
            f"how far the {joint} is ahead of the plumb line through the ankle", standing=True,
            proxy_sd=sagittal_measures.ear_proxy_sd if joint == "ear" else None,
        )
        for joint, needs, compute in (
            ("ear", ("ear",), sagittal_measures.plumb_ear),
            ("shoulder", (), sagittal_measures.plumb_shoulder),
            ("hip", (), sagittal_measures.plumb_hip),
            ("knee", ("knee",), sagittal_measures.plumb_knee),
        )
    ),
)  # fmt: skip

_FRONTAL = (
    *(
        _from_front(
            f"{name}_tilt", title, "deg", _both(joint), frontal_measures.tilt_deg(joint),
            f"the line between the {joint}s against the horizontal", "left higher", "right higher",
        )
        for name, title, joint in (
            ("lateral_head", "sideways tilt of the head", "ear"),
            ("shoulder", "tilt of the shoulders", "shoulder"),
            ("hip", "tilt of the hips", "hip"),
        )
    ),
    _from_front(
        "trunk_shift", "trunk shift", "torso", _TRUNK, frontal_measures.trunk_shift,
        "how far the shoulders' middle is beside the hips' middle", _LEFT, _RIGHT,
    ),
    *(
        _from_front(
            f"{which}_knee_alignment", f"alignment of the {which} knee", "deg",
            tuple(f"{which}_{joint}" for joint in ("hip", "knee", "ankle")),
            frontal_measures.knee_alignment_deg(which),
            "the angle by which the knee leaves the line from hip to ankle", "inward", "outward", standing=True,
        )
        for which in ("left", "right")
    ),
    _from_front(
        "weight_line_offset", "weight line", "torso",
        (*_TRUNK, *_both("ear", "elbow", "wrist", "knee", "ankle")), frontal_measures.weight_line_offset,
        "how far an average body's centre of mass in this pose is beside the middle between the ankles",
        _LEFT, _RIGHT, standing=True,
    ),
    *(
        _from_front(
            f"{joint}_asymmetry", f"asymmetry of the {joint}s", "%", (*_TRUNK, *_both(joint)),
            frontal_measures.asymmetry_percent(joint),
            "how much further the left is from the middle of the trunk than the right",
            "left further out", "right further out",
        )
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    ),
    *(
        Measure(
            f"{which}_{joints[1]}_angle", f"{which} {joints[1]} angle in space", "deg", (*FACING_VIEWS, "oblique"),
            tuple(f"{which}_{joint}" for joint in joints), frontal_measures.angle_in_space_deg(which, joints),
            "the joint's angle in three dimensions, 180° in line", in_space=True,
        )
        for joints in (("shoulder", "hip", "knee"), ("hip", "knee", "ankle"))
        for which in ("left", "right")
    ),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = MappingProxyType({one.name: one for one in (*_SAGITTAL, *_FRONTAL)})
"""All measures, those from the side first."""

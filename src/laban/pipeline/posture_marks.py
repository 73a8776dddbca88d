"""Where each measure is drawn in the picture: lines, arcs and places for letters, worked out from the landmarks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.pose import Pose
from laban.features.geometry import centre_of_mass
from laban.render.posture.listing import ListRow
from laban.render.posture.picture import Mark
from laban.render.posture.shades import shade_of, word_of
from laban.tasks.posture.bodies import Bodies
from laban.tasks.posture.catalogue import spoken
from laban.tasks.posture.instants import sequence_of_pose
from laban.tasks.posture.measuring import mirrored
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.sight import VIEW_NAMES, sight_of
from laban.tasks.posture.values import MeasuredValue, PostureReport

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORDER = ("finding", "unsure", "within", "no rule")


@dataclass(frozen=True, eq=False)
class _Shape:
    """What is drawn of a measure, upright: ``lines`` and dashed ``guides`` (2, 2), an ``arc`` at a point between
    two directions (2,), and the ``anchor`` of its letter."""

    anchor: Float64Array
    lines: tuple[Float64Array, ...] = ()
    guides: tuple[Float64Array, ...] = ()
    arc: tuple[Float64Array, Float64Array, Float64Array] | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """All that is drawn of a report: marks with letters, the rows of the list, the letters by measure, and the
    plumb line (2, 2) if any."""

    marks: tuple[Mark, ...]
    rows: tuple[ListRow, ...]
    letters: Mapping[str, str]
    plumb: Float64Array | None


def drawing_of(report: PostureReport, pose: Pose, *, settings: PostureSettings, width_px: int) -> Drawing:
    """What to draw of ``report`` over the picture of ``pose``, which is ``width_px`` wide."""
    here = _Place(pose, settings, width_px)
    shown = sorted(
        (one for one in report.measured if _is_listed(one)), key=lambda one: _ORDER.index(one.verdict)
    )
    shown = [one for one in report.findings if one in shown] + [
        one for one in shown if one.verdict != "finding"
    ]
    marks: list[Mark] = []
    rows: list[ListRow] = []
    letters: dict[str, str] = {}
    for one in shown:
        shape = here.shape(one)
        letter = _LETTERS[len(marks)] if shape is not None and len(marks) < len(_LETTERS) else ""
        rows.append(_row(one, letter))
        if shape is not None and letter:
            marks.append(here.mark(shape, one, letter))
            letters[one.name] = letter
    return Drawing(tuple(marks), tuple(rows), letters, here.plumb(report))


class _Place:
    """One body in its picture: measured upright, drawn where the camera saw it."""

    def __init__(self, pose: Pose, settings: PostureSettings, width_px: int) -> None:
        sequence = sequence_of_pose(pose, size_wh=(width_px, 1_000_000))
        seen_from = mirrored(sequence) if settings.mirrored else sequence
        sight = sight_of(seen_from, settings=settings)
        self._bodies = sight.bodies
        self._view = VIEW_NAMES[int(sight.views[0])]
        self._settings, self._width_px = settings, width_px
        self._size = float(self._bodies.torso_px[0])

    def shape(self, one: MeasuredValue) -> _Shape | None:
        """What is drawn of a measure; None where nothing is, this view does not show it, or a point is not
        known."""
        make = _SHAPES.get(one.name) if self._view in one.measure.views else None
        found = None if make is None else make(self._bodies, self._size)
        if found is None or not all(
            np.isfinite(part).all() for part in (found.anchor, *found.lines, *found.guides)
        ):
            return None
        return found

    def mark(self, shape: _Shape, one: MeasuredValue, letter: str) -> Mark:
        """A shape in pixels of the picture, with its value and colour."""
        assert one.interval is not None
        arc = None
        if shape.arc is not None:
            centre = self._to_picture(shape.arc[0])
            ends = [self._to_picture(shape.arc[0] + direction) - centre for direction in shape.arc[1:]]
            first, last = (float(np.degrees(np.arctan2(end[1], end[0]))) for end in ends)
            arc = centre, first, last
        return Mark(
            letter,
            spoken(abs(one.interval.value), one.measure.unit).replace(" torso", ""),
            shade_of(one.verdict, one.severity),
            self._to_picture(shape.anchor),
            tuple(self._to_picture(line) for line in shape.lines),
            tuple(self._to_picture(line) for line in shape.guides),
            arc,
        )

    def plumb(self, report: PostureReport) -> Float64Array | None:
        """A plumb line through the ankles of who stands, else through the hips."""
        foot = _point(self._bodies.middle("ankle")) if report.stance == "standing" else None
        foot = _point(self._bodies.middle("hip")) if foot is None else foot
        head = _point(self._bodies.middle("ear"))
        if foot is None or head is None:
            return None
        top = max(float(head[1]), float(foot[1])) + 0.35 * self._size
        return self._to_picture(np.array([[foot[0], top], [foot[0], foot[1] - 0.1 * self._size]]))

    def _to_picture(self, points: Float64Array) -> Float64Array:
        """Upright points (..., 2), y up, to pixels of the picture."""
        angle = np.radians(-self._settings.roll_deg)
        x, y = points[..., 0], points[..., 1]
        across, up = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
        if self._settings.mirrored:
            across = self._width_px - across
        return np.stack([across, -up], axis=-1)


def _is_listed(one: MeasuredValue) -> bool:
    """Whether a value is worth a line on a phone: what has a limit, and the angles that are drawn."""
    return one.verdict != "no rule" or one.name in _SHAPES


def _row(one: MeasuredValue, letter: str) -> ListRow:
    assert one.interval is not None
    unit = one.measure.unit
    low, high = (spoken(end, unit).replace(" torso", "") for end in (one.interval.low, one.interval.high))
    cm = "" if one.in_cm is None else f" · {spoken(abs(one.in_cm.value), 'cm')}"
    word = one.finding if one.verdict == "finding" else word_of(one.verdict, one.severity)
    said = f"{word}, {one.severity}" if one.severity else word
    title = one.measure.title
    return ListRow(
        letter, title[:1].upper() + title[1:], one.meaning, f"95 %: {low} to {high}{cm}", said,
        shade_of(one.verdict, one.severity),
    )  # fmt: skip


def _point(points: Float64Array) -> Float64Array | None:
    return points[0] if np.isfinite(points[0]).all() else None


def _line(*points: Float64Array) -> Float64Array:
    return np.stack([point[0] for point in points])


def _ahead(bodies: Bodies, size: float) -> Float64Array:
    """(2,) one torso length forward, seen from the side."""
    return np.array([float(bodies.ahead[0]) * size, 0.0])


_UP = np.array([0.0, 1.0])


def _craniovertebral(bodies: Bodies, size: float) -> _Shape:
    c7, ear, ahead = bodies.c7[0], bodies.ear[0], _ahead(bodies, size)
    return _Shape(
        c7 - 0.5 * ahead + 0.05 * size * _UP,
        (np.stack([c7, ear]),),
        (np.stack([c7, c7 + 0.55 * ahead]),),
        (c7, ahead, ear - c7),
    )


def _neck(bodies: Bodies, size: float) -> _Shape:
    shoulder, ear = bodies.middle("shoulder")[0], bodies.ear[0]
    up = shoulder + 0.55 * size * _UP
    return _Shape(
        shoulder + 0.6 * _ahead(bodies, size), (np.stack([shoulder, ear]),), (np.stack([shoulder, up]),)
    )


def _head(bodies: Bodies, size: float) -> _Shape:
    ear, eye, ahead = bodies.middle("ear")[0], bodies.middle("eye_outer")[0], _ahead(bodies, size)
    far = ear + (eye - ear) / max(float(np.linalg.norm(eye - ear)), 1e-9) * 0.4 * size
    return _Shape(far + 0.25 * ahead, (np.stack([ear, far]),), (np.stack([ear, ear + 0.4 * ahead]),))


def _trunk(bodies: Bodies, size: float) -> _Shape:
    hip, shoulder = bodies.middle("hip")[0], bodies.middle("shoulder")[0]
    up = hip + 1.05 * size * _UP
    middle = (hip + shoulder) / 2
    return _Shape(
        middle - 0.5 * _ahead(bodies, size), (np.stack([hip, shoulder]),), (np.stack([hip, up]),),
        (hip, _UP * size, shoulder - hip),
    )  # fmt: skip


def _near(joints: tuple[str, str, str], forward: float) -> Callable[[Bodies, float], _Shape]:
    def shape(bodies: Bodies, size: float) -> _Shape:
        side = "left" if bodies.ahead[0] < 0 else "right"
        first, centre, last = (bodies.at(f"{side}_{joint}")[0] for joint in joints)
        return _Shape(
            centre + forward * _ahead(bodies, size),
            (np.stack([first, centre]), np.stack([centre, last])),
            arc=(centre, first - centre, last - centre),
        )

    return shape


def _level(joint: str, rise: float) -> Callable[[Bodies, float], _Shape]:
    def shape(bodies: Bodies, size: float) -> _Shape:
        ends = _line(bodies.at(f"left_{joint}"), bodies.at(f"right_{joint}"))
        ordered = ends[ends[:, 0].argsort()]
        middle = ordered.mean(axis=0)
        half = max(float(np.ptp(ordered[:, 0])) / 2, 0.12 * size)
        reach = np.array([1.35 * half, 0.0])
        beside = middle + reach + np.array([0.25 * size, rise * size])
        return _Shape(beside, (ordered,), (np.stack([middle - reach, middle + reach]),))

    return shape


def _shift(bodies: Bodies, size: float) -> _Shape:
    hip, shoulder = bodies.middle("hip")[0], bodies.middle("shoulder")[0]
    return _Shape(
        (hip + shoulder) / 2 - np.array([0.62 * size, 0.0]),
        (np.stack([hip, shoulder]),),
        (np.stack([hip, hip + 1.1 * size * _UP]),),
    )


def _knee(side: str) -> Callable[[Bodies, float], _Shape]:
    def shape(bodies: Bodies, size: float) -> _Shape:
        hip, knee, ankle = (bodies.at(f"{side}_{joint}")[0] for joint in ("hip", "knee", "ankle"))
        outward = float(bodies.leftward[0]) * (1 if side == "left" else -1)
        return _Shape(
            knee + np.array([0.42 * outward * size, 0.0]),
            (np.stack([hip, knee]), np.stack([knee, ankle])),
            (np.stack([hip, ankle]),),
        )

    return shape


def _weight(bodies: Bodies, size: float) -> _Shape:
    mass = centre_of_mass(bodies.points, bodies.skeleton)[0]
    feet = bodies.middle("ankle")[0]
    below = np.array([mass[0], feet[1]])
    return _Shape(
        below - np.array([0.0, 0.16 * size]),
        (np.stack([mass, below]),),
        (np.stack([feet, feet + 0.6 * size * _UP]),),
    )


def _beside_plumb(joint: str) -> Callable[[Bodies, float], _Shape]:
    def shape(bodies: Bodies, size: float) -> _Shape:
        point = (bodies.ear if joint == "ear" else bodies.middle(joint))[0]
        foot = bodies.middle("ankle")[0]
        return _Shape(
            np.array([foot[0], point[1]]) - 0.75 * _ahead(bodies, size),
            (np.stack([np.array([foot[0], point[1]]), point]),),
        )

    return shape


_SHAPES: Mapping[str, Callable[[Bodies, float], _Shape]] = {
    "craniovertebral_angle": _craniovertebral,
    "neck_inclination": _neck,
    "head_tilt": _head,
    "trunk_inclination": _trunk,
    "hip_angle": _near(("shoulder", "hip", "knee"), -0.4),
    "knee_angle": _near(("hip", "knee", "ankle"), 0.4),
    "plumb_ear": _beside_plumb("ear"),
    "plumb_hip": _beside_plumb("hip"),
    "lateral_head_tilt": _level("ear", 0.12),
    "shoulder_tilt": _level("shoulder", 0.05),
    "hip_tilt": _level("hip", -0.05),
    "trunk_shift": _shift,
    "left_knee_alignment": _knee("left"),
    "right_knee_alignment": _knee("right"),
    "weight_line_offset": _weight,
}

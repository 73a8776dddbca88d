"""Where each measure is drawn in the image: lines, arcs and positions of letters, from the landmarks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.pipeline.posture.shapes import SHAPES, Shape
from laban.render.posture.image import Mark
from laban.render.posture.listing import ListRow
from laban.render.posture.shades import shade_of, word_of
from laban.tasks.posture.catalogue import spoken
from laban.tasks.posture.measure import mirrored
from laban.tasks.posture.observation import sight_of
from laban.tasks.posture.report import MeasuredValue, PostureReport
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.views import VIEW_NAMES

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORDER = ("finding", "unsure", "within", "no rule")


@dataclass(frozen=True, eq=False)
class Drawing:
    """The drawing of a report: marks with letters, the rows of the list, the letters by measure, and the plumb line
    (2, 2) if any."""

    marks: tuple[Mark, ...]
    rows: tuple[ListRow, ...]
    letters: Mapping[str, str]
    plumb: Float64Array | None


def drawing_of(report: PostureReport, pose: Pose, *, settings: PostureSettings, width_px: int) -> Drawing:
    """What to draw of ``report`` over the image of ``pose``, which is ``width_px`` wide."""
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
    """One body in its image: measured upright, drawn where the camera saw it."""

    def __init__(self, pose: Pose, settings: PostureSettings, width_px: int) -> None:
        sequence = sequence_of_pose(pose, size_wh=(width_px, 1_000_000))
        seen_from = mirrored(sequence) if settings.mirrored else sequence
        sight = sight_of(seen_from, settings=settings)
        self._bodies = sight.bodies
        self._view = VIEW_NAMES[int(sight.views[0])]
        self._settings, self._width_px = settings, width_px
        self._size = float(self._bodies.torso_px[0])

    def shape(self, one: MeasuredValue) -> Shape | None:
        """The mark of a measure; None where it has none, the view does not show it, or a point is unknown."""
        make = SHAPES.get(one.name) if self._view in one.measure.views else None
        found = None if make is None else make(self._bodies, self._size)
        if found is None or not all(
            np.isfinite(part).all() for part in (found.anchor, *found.lines, *found.guides)
        ):
            return None
        return found

    def mark(self, shape: Shape, one: MeasuredValue, letter: str) -> Mark:
        """A shape in pixels of the image, with its value and colour."""
        assert one.interval is not None
        arc = None
        if shape.arc is not None:
            centre = self._to_image(shape.arc[0])
            ends = [self._to_image(shape.arc[0] + direction) - centre for direction in shape.arc[1:]]
            first, last = (float(np.degrees(np.arctan2(end[1], end[0]))) for end in ends)
            arc = centre, first, last
        return Mark(
            letter,
            spoken(abs(one.interval.value), one.measure.unit).replace(" torso", ""),
            shade_of(one.verdict, one.severity),
            self._to_image(shape.anchor),
            tuple(self._to_image(line) for line in shape.lines),
            tuple(self._to_image(line) for line in shape.guides),
            arc,
        )

    def plumb(self, report: PostureReport) -> Float64Array | None:
        """A plumb line through the ankles of a standing person, else through the hips."""
        foot = _point(self._bodies.middle("ankle")) if report.stance == "standing" else None
        foot = _point(self._bodies.middle("hip")) if foot is None else foot
        head = _point(self._bodies.middle("ear"))
        if foot is None or head is None:
            return None
        top = max(float(head[1]), float(foot[1])) + 0.35 * self._size
        return self._to_image(np.array([[foot[0], top], [foot[0], foot[1] - 0.1 * self._size]]))

    def _to_image(self, points: Float64Array) -> Float64Array:
        """Upright points (..., 2), y up, to pixels of the image."""
        angle = np.radians(-self._settings.roll_deg)
        x, y = points[..., 0], points[..., 1]
        across, up = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
        if self._settings.mirrored:
            across = self._width_px - across
        return np.stack([across, -up], axis=-1)


def _is_listed(one: MeasuredValue) -> bool:
    """Whether a value is listed on a small screen: those with a limit, and the drawn angles."""
    return one.verdict != "no rule" or one.name in SHAPES


def _row(one: MeasuredValue, letter: str) -> ListRow:
    assert one.interval is not None
    cm = "" if one.in_cm is None else f" · {spoken(abs(one.in_cm.value), 'cm')}"
    word = one.finding if one.verdict == "finding" else word_of(one.verdict, one.severity)
    said = f"{word}, {one.severity}" if one.severity else word
    title = one.measure.title
    return ListRow(
        letter, title[:1].upper() + title[1:], one.meaning, f"95 %: {one.range_words}{cm}", said,
        shade_of(one.verdict, one.severity),
    )  # fmt: skip


def _point(points: Float64Array) -> Float64Array | None:
    return points[0] if np.isfinite(points[0]).all() else None

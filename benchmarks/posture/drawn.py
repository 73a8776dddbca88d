"""Drawn figures: every measure on bodies of known geometry, all views, three sizes, five known camera rolls.

Each body is built from the values to be measured, drawn as discs of 5 pixels on images from 80 to 1300 pixels
high, and found again in the drawing, so that the error holds the rounding to pixels too.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from benchmarks.posture.figures import ROLLS_DEG, SIZES_PX, Built, facing_bodies, seen, side_bodies
from benchmarks.rows import Row, row
from laban.core.conversions import sequence_of_pose
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.measure import read_posture
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.views import FACING_VIEWS, SIDE_VIEWS, ViewName

_MOST_DEG, _MOST_TORSO_PERCENT = 0.5, 0.5


def drawn_rows() -> list[Row]:
    """The worst error of any measure in degrees, in percent of the torso, and in points of an index."""
    errors = figure_errors()
    worst = {unit: _worst(errors, unit) for unit in ("deg", "torso", "%")}
    count = len(next(iter(errors.values())))
    return [
        row("drawn figures: worst error of an angle", worst["deg"][1], "°", at_most=_MOST_DEG,
            measure=worst["deg"][0], measures=len(errors), images=count),
        row("drawn figures: worst error of a length, of the torso", 100 * worst["torso"][1], "%",
            at_most=_MOST_TORSO_PERCENT, measure=worst["torso"][0]),
        row("drawn figures: worst error of an asymmetry index", worst["%"][1], "points", measure=worst["%"][0]),
        row("drawn figures: measures left untested", len(set(MEASURES) - set(errors)), "", at_most=0,
            names=sorted(set(MEASURES) - set(errors))),
    ]  # fmt: skip


def figure_errors() -> dict[str, list[float]]:
    """By measure, the error of each value; a withheld value has an infinite error."""
    errors: dict[str, list[float]] = defaultdict(list)
    for view in SIDE_VIEWS:
        _add(errors, side_bodies(), view)
    for view in FACING_VIEWS:
        _add(errors, facing_bodies(), view)
    return dict(errors)


def _add(errors: dict[str, list[float]], bodies: Iterable[Built], view: ViewName) -> None:
    for built in bodies:
        for roll_deg in ROLLS_DEG:
            settings = PostureSettings(level=Level(roll_deg, 0.0, "known"))
            for torso_px in SIZES_PX:
                pose = seen(built, view=view, roll_deg=roll_deg, torso_px=torso_px)
                found = read_posture(sequence_of_pose(pose), settings=settings, noise=None).measures
                for name, true in built.truth.items():
                    error = abs(float(found[name].value[0]) - true)
                    errors[name].append(error if np.isfinite(error) else np.inf)


def _worst(errors: dict[str, list[float]], unit: str) -> tuple[str, float]:
    of_unit = {name: max(values) for name, values in errors.items() if MEASURES[name].unit == unit}
    name = max(of_unit, key=lambda one: of_unit[one])
    return name, of_unit[name]

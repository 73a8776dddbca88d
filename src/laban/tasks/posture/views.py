"""The view of a body: from the side, the front, the back or obliquely, from its landmarks."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.facing import yaw_deg_of
from laban.core.pose import Pose

ViewName = Literal["front", "back", "left side", "right side", "oblique", "unknown"]

SIDE_VIEWS: tuple[ViewName, ...] = ("left side", "right side")
FACING_VIEWS: tuple[ViewName, ...] = ("front", "back")

PRINCIPAL_DEG: dict[ViewName, float] = {"front": 0.0, "right side": 90.0, "back": 180.0, "left side": -90.0}
"""How far a body is turned in each view, see ``View``."""

WITHIN_DEG = 30.0
"""A body turned by no more than this from a principal view is measured in it. A horizontal length may then look up
to an eighth too short, which the intervals include."""


@dataclass(frozen=True)
class View:
    """The view of a body. ``yaw_deg`` is how far it is turned: 0 faces the camera, 90 the right edge of the
    image (so that its right side is seen), -90 the left edge, ±180 away from the camera. NaN where unknown."""

    name: ViewName
    yaw_deg: float

    @property
    def oblique_deg(self) -> float:
        """Degrees from the nearest of front, back and the sides, 0 to 45.

        >>> View("oblique", 130.0).oblique_deg
        40.0
        """
        return abs((self.yaw_deg + 45.0) % 90.0 - 45.0)

    @property
    def words(self) -> str:
        """The view in words.

        >>> View("oblique", 40.0).words, View("left side", -85.0).words
        ('oblique, 40° from the front toward the right side', 'from the left side')
        """
        if self.name == "unknown":
            return "from where cannot be told"
        if self.name != "oblique":
            return f"from the {self.name}"
        near, next_ = sorted(PRINCIPAL_DEG, key=lambda one: _apart(self.yaw_deg, PRINCIPAL_DEG[one]))[:2]
        return f"oblique, {self.oblique_deg:.0f}° from the {near} toward the {next_}"


def view_of(pose: Pose) -> View:
    """The view in which a pose is seen. Raises InvalidValueError for a skeleton without shoulders and hips."""
    third = None if pose.world_m is None else pose.world_m[None]
    return view_at(float(yaw_deg_of(pose.image_px[None], third, pose.skeleton)[0]))


VIEW_NAMES: tuple[ViewName, ...] = get_args(ViewName)


def views_at(yaw_deg: Float64Array) -> IntArray:
    """(T,) the views of bodies by their yaw, as positions in ``VIEW_NAMES``; see ``view_at``.

    >>> [VIEW_NAMES[place] for place in views_at(np.array([-75.0, 40.0, np.nan]))]
    ['left side', 'oblique', 'unknown']
    """
    apart = np.abs((yaw_deg[:, None] - _PRINCIPAL_DEG + 180.0) % 360.0 - 180.0)
    near = np.where(apart.min(axis=1) <= WITHIN_DEG, _PRINCIPAL[apart.argmin(axis=1)], _OBLIQUE)
    return np.asarray(np.where(np.isfinite(yaw_deg), near, _UNKNOWN))


def view_at(yaw_deg: float) -> View:
    """The view of a body by its yaw.

    >>> view_at(-75.0).name, view_at(40.0).name, view_at(float("nan")).name
    ('left side', 'oblique', 'unknown')
    """
    if not np.isfinite(yaw_deg):
        return View("unknown", float("nan"))
    near = min(PRINCIPAL_DEG, key=lambda name: _apart(yaw_deg, PRINCIPAL_DEG[name]))
    return View(near if _apart(yaw_deg, PRINCIPAL_DEG[near]) <= WITHIN_DEG else "oblique", yaw_deg)


_PRINCIPAL_DEG = np.array(list(PRINCIPAL_DEG.values()))
_PRINCIPAL = np.array([VIEW_NAMES.index(name) for name in PRINCIPAL_DEG])
_OBLIQUE, _UNKNOWN = VIEW_NAMES.index("oblique"), VIEW_NAMES.index("unknown")


def _apart(first_deg: float, second_deg: float) -> float:
    return abs((first_deg - second_deg + 180.0) % 360.0 - 180.0)

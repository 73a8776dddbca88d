"""From where a body is seen."""

import numpy as np
import pytest
from benchmarks.posture.figures import facing_bodies, seen, side_bodies

from laban.core.facing import compute_yaw_deg, mean_yaw_deg
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, COCO17, map_skeleton, skeleton
from laban.errors import InvalidValueError
from laban.tasks.posture.camera_roll import Level, given_level, plumb_level, sensed_level
from laban.tasks.posture.views import VIEW_NAMES, View, view_at, view_of, views_at


def turned(yaw_deg: float, *, roll_deg: float = 0.0) -> Pose:
    """A plain upright body turned by so much, seen by a camera rolled by so much."""
    points = np.full((33, 3), np.nan)
    yaw, roll = np.radians(yaw_deg), np.radians(roll_deg)
    for joint, half, height in (("shoulder", 0.2, 0.5), ("hip", 0.1, 0.0)):
        for side, sign in (("left", 1.0), ("right", -1.0)):
            across, away = sign * half * np.cos(yaw), sign * half * np.sin(yaw)
            x = np.cos(roll) * across + np.sin(roll) * height
            y = np.sin(roll) * across - np.cos(roll) * height
            points[BLAZEPOSE33.index(f"{side}_{joint}")] = x, y, away
    return Pose(
        BLAZEPOSE33, 300 * points[:, :2] + 500, np.ones(33, np.float32), world_m=points.astype(np.float32)
    )


@pytest.mark.parametrize("yaw_deg", [0, 20, 45, 90, 135, 179, -30, -90, -150])
@pytest.mark.parametrize("roll_deg", [0, -35, 60])
def test_the_turn_is_found_whatever_the_roll(yaw_deg: float, roll_deg: float) -> None:
    assert view_of(turned(yaw_deg, roll_deg=roll_deg)).yaw_deg == pytest.approx(yaw_deg, abs=1e-3)


@pytest.mark.parametrize("view", ["left side", "right side", "front", "back"])
def test_drawn_bodies_are_seen_from_where_they_are(view: str) -> None:
    body = next(side_bodies() if "side" in view else facing_bodies())
    assert view_of(seen(body, view=view, roll_deg=12.0, torso_px=120.0)).name == view


@pytest.mark.parametrize(
    ("yaw_deg", "name", "oblique_deg"),
    [
        (29, "front", 29),
        (31, "oblique", 31),
        (61, "right side", 29),
        (-91, "left side", 1),
        (170, "back", 10),
    ],
)
def test_views_by_degrees(yaw_deg: float, name: str, oblique_deg: float) -> None:
    view = view_at(yaw_deg)
    assert (view.name, view.oblique_deg) == (name, pytest.approx(oblique_deg))


def test_an_oblique_view_says_by_how_much_and_toward_what() -> None:
    assert view_at(-40.0).words == "oblique, 40° from the front toward the left side"
    assert view_at(125.0).words == "oblique, 35° from the right side toward the back"
    assert View("unknown", float("nan")).words == "from where cannot be told"


def test_without_metres_widths_and_the_nose_tell() -> None:
    mapping = map_skeleton(BLAZEPOSE33, COCO17)
    for yaw_deg in (90.0, -90.0):
        pose = turned(yaw_deg)
        points = mapping.apply(pose.image_px)
        ahead = 20.0 if yaw_deg > 0 else -20.0
        points[COCO17.index("nose")] = points[[5, 6]].mean(axis=0) + np.float32([ahead, -60.0])
        flat = Pose(COCO17, points, mapping.apply_visibility(pose.visibility))
        assert view_of(flat).name == ("right side" if yaw_deg > 0 else "left side")
    front, back = (Pose(COCO17, mapping.apply(turned(yaw).image_px), np.ones(17)) for yaw in (0.0, 180.0))
    assert (view_of(front).name, view_of(back).name) == ("front", "back")


def test_nobody_has_no_view_and_a_skeleton_without_a_trunk_is_refused() -> None:
    empty = PoseSequence(np.zeros(1), BLAZEPOSE33, np.zeros((1, 33)), world_m=np.full((1, 33, 3), np.nan))
    assert np.isnan(compute_yaw_deg(empty)).all()
    assert np.isnan(mean_yaw_deg(np.array([np.nan])))
    head = PoseSequence(np.zeros(1), skeleton("ntu25"), np.ones((1, 25)), body=np.zeros((1, 25, 3)))
    with pytest.raises(InvalidValueError, match=r"lacks left_shoulder|in pixels or metres"):
        compute_yaw_deg(head)


def test_the_mean_turn_goes_round_the_back() -> None:
    assert abs(mean_yaw_deg(np.array([170.0, -170.0]))) == pytest.approx(180.0)


@pytest.mark.parametrize(
    ("first", "second", "roll_deg"),
    [((100, 900), (100, 0), 0.0), ((100, 0), (200, 100), -45.0), ((0, 100), (10, 0), 5.7106)],
)
def test_a_plumb_line_tells_the_roll_in_any_order(
    first: tuple[float, float], second: tuple[float, float], roll_deg: float
) -> None:
    assert plumb_level(first, second).roll_deg == pytest.approx(roll_deg, abs=1e-3)
    assert plumb_level(second, first).roll_deg == pytest.approx(roll_deg, abs=1e-3)


def test_levels_say_where_they_come_from_and_how_sure_they_are() -> None:
    assert plumb_level((0, 0), (0, 20)).sd_deg > plumb_level((0, 0), (0, 1000)).sd_deg
    assert Level().sd_deg > sensed_level(1.0).sd_deg > given_level(1.0).sd_deg
    assert "given" in given_level(2.0).origin
    with pytest.raises(InvalidValueError, match="two points that differ"):
        plumb_level((3, 3), (3, 3))
    with pytest.raises(InvalidValueError, match="roll_deg"):
        given_level(180.5)


def test_many_views_at_once_are_those_of_each() -> None:
    yaw_deg = np.append(np.linspace(-200.0, 200.0, 801), [np.nan, -45.0, 45.0, 135.0, -135.0])
    names = [VIEW_NAMES[place] for place in views_at(yaw_deg).tolist()]
    assert names == [view_at(one).name for one in yaw_deg.tolist()]

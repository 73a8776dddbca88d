"""People on images: the right pixels change, in the right colours, and the input never does."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17, SKELETONS
from laban.errors import InvalidValueError
from laban.render.palette import person_rgb, side_rgb
from laban.render.skeletons import DrawStyle, draw_people, draw_pose

LIMBS = [
    BLAZEPOSE33.index(f"{side}_{joint}") for side in ("left", "right") for joint in ("elbow", "knee", "ankle")
]
QUIET = DrawStyle(labels=False)


@pytest.fixture
def canvas() -> np.ndarray:
    return np.full((720, 1280, 3), 90, np.uint8)


def at(image: np.ndarray, point: np.ndarray) -> np.ndarray:
    return image[int(point[1]), int(point[0])]


def test_joints_are_drawn_and_the_input_is_left_alone(canvas: np.ndarray, pose: Pose) -> None:
    canvas.flags.writeable = False
    drawn = draw_pose(canvas, pose)
    assert drawn is not canvas
    assert (canvas == 90).all()
    for joint in LIMBS:
        assert (at(drawn, pose.image_px[joint]) != 90).any(), BLAZEPOSE33.names[joint]


def test_left_limbs_are_lighter_than_right_ones(canvas: np.ndarray, pose: Pose) -> None:
    drawn = draw_pose(canvas, pose, style=QUIET)
    colour = person_rgb(1)
    for side in ("left", "right"):
        ends = [pose.image_px[BLAZEPOSE33.index(f"{side}_{joint}")] for joint in ("hip", "knee")]
        assert tuple(at(drawn, (ends[0] * 0.6 + ends[1] * 0.4))) == side_rgb(colour, side)


def test_a_missing_joint_takes_its_bones_away(canvas: np.ndarray, pose: Pose) -> None:
    image = pose.image_px.copy()
    knee = BLAZEPOSE33.index("left_knee")
    thigh = (image[knee] + image[BLAZEPOSE33.index("left_hip")]) / 2
    assert (at(draw_pose(canvas, pose, style=QUIET), thigh) != 90).any()
    image[knee] = np.nan
    without = draw_pose(canvas, dataclasses.replace(pose, image_px=image), style=QUIET)
    assert (at(without, thigh) == 90).all()


def test_what_is_hardly_seen_is_fainter_and_what_is_not_seen_is_absent(
    canvas: np.ndarray, pose: Pose
) -> None:
    knee, ankle = (BLAZEPOSE33.index(f"left_{joint}") for joint in ("knee", "ankle"))
    shin = (pose.image_px[knee] + pose.image_px[ankle]) / 2
    marks = []
    for visibility in (0.9, 0.3, 0.05):
        seen = pose.visibility.copy()
        seen[ankle] = visibility
        drawn = draw_pose(canvas, dataclasses.replace(pose, visibility=seen), style=QUIET)
        marks.append(int(np.abs(at(drawn, shin).astype(int) - 90).sum()))
    assert marks[0] > marks[1] > marks[2] == 0


def test_nobody_and_nothing_known_leave_the_image_as_it_was(canvas: np.ndarray, pose: Pose) -> None:
    unknown = dataclasses.replace(pose, image_px=np.full_like(pose.image_px, np.nan))
    assert (draw_people(canvas, []) == canvas).all()
    assert (draw_pose(canvas, unknown) == canvas).all()


def test_a_label_stands_above_the_head_and_inside_the_image(canvas: np.ndarray, pose: Pose) -> None:
    lifted = dataclasses.replace(pose, image_px=pose.image_px - np.float32([0, pose.image_px[:, 1].min()]))
    for one in (pose, lifted):
        plain, labelled = (draw_pose(canvas, one, style=DrawStyle(labels=on)) for on in (False, True))
        rows, columns = np.nonzero((plain != labelled).any(axis=2))
        assert len(rows)
        assert rows.min() >= 0
        assert abs(columns.mean() - one.image_px[0, 0]) < 60
        if one is pose:
            assert rows.max() < one.image_px[:, 1].min() + 10


def test_an_angle_adds_an_arc_and_a_number_at_its_joint(canvas: np.ndarray, pose: Pose) -> None:
    plain = draw_pose(canvas, pose)
    knee = pose.image_px[BLAZEPOSE33.index("left_knee")]
    shown = draw_pose(canvas, pose, angles_deg={"left_knee": 152.0})
    rows, columns = np.nonzero((plain != shown).any(axis=2))
    assert len(rows) > 50
    assert np.hypot(columns - knee[0], rows - knee[1]).max() < 110
    unknown = draw_pose(canvas, pose, angles_deg={"left_knee": np.nan, "third_arm": 4.0})
    assert (unknown == plain).all()


def test_lines_grow_with_the_person(pose: Pose) -> None:
    def changed(factor: float) -> float:
        blank = np.zeros((1440, 2560, 3), np.uint8)
        bigger = dataclasses.replace(pose, image_px=pose.image_px * np.float32(factor))
        return float((draw_pose(blank, bigger, style=QUIET) > 0).any(axis=2).sum())

    assert 2.8 < changed(2.0) / changed(1.0) < 5.2  # area goes with the square


def test_the_nearer_person_covers_the_farther_whatever_the_order(canvas: np.ndarray, pose: Pose) -> None:
    hip = pose.image_px[[23, 24]].mean(axis=0)
    small = dataclasses.replace(pose, image_px=hip + (pose.image_px - hip) * np.float32(0.6), person=2)
    one, other = (draw_people(canvas, order, style=QUIET) for order in ([pose, small], [small, pose]))
    assert (one == other).all()


@pytest.mark.parametrize("name", sorted(SKELETONS))
def test_every_skeleton_can_be_drawn(canvas: np.ndarray, name: str) -> None:
    skeleton = SKELETONS[name]
    angle = np.linspace(0, 6, len(skeleton))
    image = np.stack([640 + 200 * np.cos(angle), 360 + 250 * np.sin(angle)], axis=1)
    drawn = draw_pose(canvas, Pose(skeleton, image, np.ones(len(skeleton))))
    assert (drawn != canvas).any()


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((4, 4, 4), np.uint8)]
)
def test_other_kinds_of_images_are_refused(bad: np.ndarray, pose: Pose) -> None:
    with pytest.raises(InvalidValueError, match="uint8"):
        draw_pose(bad, pose)


@settings(max_examples=40, deadline=None)
@given(
    points=hnp.arrays(np.float32, (17, 2), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan)),
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
)
def test_no_pose_and_no_size_breaks_the_drawing(points: np.ndarray, size: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), np.uint8)
    drawn = draw_pose(image, Pose(COCO17, points, np.ones(17)), label="7", angles_deg={"left_elbow": 90.0})
    assert drawn.shape == image.shape
    assert not image.any()

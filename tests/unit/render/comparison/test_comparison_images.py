"""Images of two people beside each other: what differs is bright, what does not is calm, nothing is edited."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.render.comparison.difference_table import JointRow, draw_difference_table, share_of
from laban.render.comparison.pair_curves import ATTEMPT, REFERENCE, draw_pair_curves
from laban.render.comparison.pose_pair import draw_pose_pair, draw_tile, joint_shares
from laban.render.palette import PAPER, mix

LOUD = JointRow("left_elbow", 90.0, 170.0, 12.0, differs=True)
CALM = JointRow("right_knee", 172.0, 170.0, 10.0, differs=False)
UNSURE = JointRow("left_hip", 140.0, 170.0, 25.0, differs=False, note="the left thigh points at the camera")


@pytest.fixture
def pose(two_walkers: Recording) -> Pose:
    one = two_walkers.people[1]
    return Pose(one.skeleton, one.image_px[40], one.visibility[40])


def count(image: np.ndarray, rgb: tuple[int, int, int], within: int = 24) -> int:
    return int((np.abs(image.astype(int) - np.array(rgb)).max(axis=2) <= within).sum())


def test_noise_is_silent_and_ninety_degrees_are_loudest() -> None:
    assert share_of(9.0, 10.0) == share_of(-10.0, 10.0) == 0.0
    assert 0.35 < share_of(20.0, 10.0) < share_of(60.0, 10.0) < 1.0
    assert share_of(150.0, 10.0) == 1.0
    assert share_of(float("nan"), 10.0) == 0.0


def test_only_what_differs_is_loud_and_a_mirrored_side_is_its_other(pose: Pose) -> None:
    names = pose.skeleton.names
    plain = joint_shares(pose, [LOUD, CALM, UNSURE])
    assert [names[index] for index in np.flatnonzero(plain)] == ["left_elbow"]
    swapped = joint_shares(pose, [LOUD], swapped=True)
    assert [names[index] for index in np.flatnonzero(swapped)] == ["right_elbow"]


def test_a_tile_has_its_height_and_leaves_the_image_alone(pose: Pose) -> None:
    image = np.full((720, 1280, 3), 120, np.uint8)
    shares = joint_shares(pose, [LOUD])
    loud = draw_tile(image, pose, shares, label="attempt", height_px=400)
    calm = draw_tile(image, pose, np.zeros(33), label="attempt", height_px=400)
    assert loud.shape[0] == 400
    assert (image == 120).all()
    red = (235, 66, 20)
    assert count(loud, red, 60) > count(calm, red, 60) + 50


def test_without_an_image_people_stand_on_a_plain_ground(pose: Pose) -> None:
    tile = draw_tile(None, pose, np.zeros(33), label="gone", height_px=300)
    assert tile.shape[0] == 300
    assert tile.std() > 10


def test_a_pair_holds_both_tiles_and_the_table(pose: Pose) -> None:
    tiles = [draw_tile(None, pose, np.zeros(33), label=name, height_px=300) for name in ("one", "other")]
    image = draw_pose_pair(*tiles, [LOUD, CALM, UNSURE], title="different poses " * 20, subtitle="a beside b")
    assert image.shape[1] >= 1000
    assert image.shape[0] > 300 + 3 * 20
    with pytest.raises(InvalidValueError, match="equally high"):
        draw_pose_pair(tiles[0], tiles[1][:200], [LOUD], title="x")


def test_the_bar_points_the_way_of_the_difference() -> None:
    more, less = (
        draw_difference_table(
            [JointRow("left_knee", 100.0 + way * 60, 100.0, 10.0, differs=True)],
            width_px=1000,
            names=("a", "b"),
        )
        for way in (1, -1)
    )
    middle = round(1000 * (0.56 + 0.985) / 2)
    reds = [
        np.flatnonzero((one[..., 0] > 200) & (one[..., 2] < 120) & (one[..., 1] < 190)) % 1000
        for one in (more, less)
    ]
    assert reds[0].min() >= middle - 2
    assert reds[1].max() <= middle + 2


def test_what_is_not_known_is_a_dash_and_no_bar() -> None:
    nan = float("nan")
    unknown = draw_difference_table(
        [JointRow("left_knee", nan, 100.0, nan, differs=False)], width_px=1000, names=("a", "b")
    )
    assert unknown.shape[1] == 1000


def test_curves_are_drawn_broken_and_faults_lie_on_a_warm_ground() -> None:
    times_s = np.linspace(0, 4, 120)
    own, theirs = np.full((120, 2), 60.0), np.full((120, 2), 120.0)
    own[40:80, 0] = np.nan
    faults = np.zeros((120, 2), bool)
    calm = draw_pair_curves(own, theirs, times_s, names=("left_knee", "right_knee"), faults=faults)
    faults[:, 1] = True
    warm = draw_pair_curves(own, theirs, times_s, names=("left_knee", "right_knee"), faults=faults)
    left, right = calm[70:, :600], calm[70:, 600:]
    assert 0 < count(left, ATTEMPT, 4) < 0.8 * count(right, ATTEMPT, 4)
    assert count(left, REFERENCE, 4) == pytest.approx(count(right, REFERENCE, 4), rel=0.05)
    assert (warm[70:, :600] == left).all()
    assert (warm[70:, 600:] != right).any(axis=2).sum() > 10_000
    with pytest.raises(InvalidValueError, match="two instants"):
        draw_pair_curves(own[:1], theirs[:1], times_s[:1], names=("a", "b"), faults=faults[:1])


def test_a_curve_of_hidden_joints_is_pale_dashes_that_do_not_decide_the_scale() -> None:
    times_s = np.linspace(0, 4, 120)
    own, theirs, none = np.full((120, 1), 60.0), np.full((120, 1), 120.0), np.zeros((120, 1), bool)
    hidden = none.copy()
    hidden[40:80] = True
    own[60:62] = 179.0

    def drawn(guessed: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
        return draw_pair_curves(own, theirs, times_s, names=("left_knee",), faults=none, guessed=guessed)[70:]

    plain, pale = drawn((none, none)), drawn((hidden, none))
    assert (plain == drawn(None)).all()
    assert 0 < count(pale, ATTEMPT, 4) < 0.75 * count(plain, ATTEMPT, 4)
    assert count(pale, REFERENCE, 4) == pytest.approx(count(plain, REFERENCE, 4), rel=0.05)
    shade = mix(PAPER, ATTEMPT, share=0.5)
    assert count(pale, shade, 8) > count(plain, shade, 8) + 50
    rows = np.flatnonzero((np.abs(pale.astype(int) - REFERENCE).max(axis=2) <= 4).any(axis=1))
    above = np.flatnonzero((np.abs(plain.astype(int) - REFERENCE).max(axis=2) <= 4).any(axis=1))
    assert rows.min() < above.min()  # the guess of 179° no longer presses the rest down

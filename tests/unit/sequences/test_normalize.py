"""Bodies in their own measure, with figures written out by hand."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17, SKELETONS, skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.sequences.normalize import NormalizeSettings, normalize, turned

J = len(COCO17)
PLACES = {
    "left_shoulder": (340.0, 100.0),
    "right_shoulder": (260.0, 100.0),
    "left_hip": (320.0, 200.0),
    "right_hip": (280.0, 200.0),
    "left_wrist": (400.0, 150.0),
}


def seen() -> PoseSequence:
    """Two instants with torsos of 100 and 50 pixels, every field filled with numbers of its own."""
    rng = np.random.default_rng(1)
    first = np.full((J, 2), 300.0)
    for joint, place in PLACES.items():
        first[COCO17.index(joint)] = place
    points = np.stack([first, first / 2 + 70])
    world = rng.uniform(-1, 1, (2, J, 3))
    return PoseSequence(
        np.array([0.0, 0.5]),
        COCO17,
        rng.uniform(0, 1, (2, J)),
        image_px=points,
        depth_px=rng.uniform(-9, 9, (2, J)),
        world_m=world,
        score=np.array([0.7, 0.8]),
        size_wh=(640, 480),
    )


def wrist(sequence: PoseSequence, row: int = 0) -> list[float]:
    assert sequence.body is not None
    return [float(one) for one in sequence.body[row, COCO17.index("left_wrist")]]


def test_the_wrist_of_a_body_by_hand() -> None:
    """The hips' middle is (300, 200), the torso 100 pixels: the wrist is 1 to the right, half a torso up."""
    assert wrist(normalize(seen())) == pytest.approx([1.0, -0.5])
    assert wrist(normalize(seen()), row=1) == pytest.approx([1.0, -0.5])


def test_one_scale_is_the_median_torso_of_the_whole_sequence() -> None:
    found = normalize(seen(), settings=NormalizeSettings(one_scale=True))
    assert wrist(found) == pytest.approx([100 / 75, -50 / 75])
    assert wrist(found, row=1) == pytest.approx([50 / 75, -25 / 75])
    unseen = seen().replace(image_px=np.full((2, J, 2), np.nan))
    body = normalize(unseen, settings=NormalizeSettings(one_scale=True)).body
    assert body is not None
    assert np.isnan(body).all()


@pytest.mark.parametrize("settings", [NormalizeSettings(), NormalizeSettings(turn=True, one_scale=True)])
def test_without_a_mirror_every_other_field_stays(settings: NormalizeSettings) -> None:
    found, given = normalize(seen(), settings=settings), seen()
    assert found.replace(body=None) == given


def test_a_mirror_exchanges_sides_of_body_and_visibility_and_leaves_the_rest() -> None:
    given = seen()
    plain, found = normalize(given), normalize(given, settings=NormalizeSettings(mirror=True))
    assert plain.body is not None
    assert found.body is not None
    left, right = COCO17.index("left_wrist"), COCO17.index("right_wrist")
    assert wrist(plain) == pytest.approx([1.0, -0.5])
    assert found.body[0, right] == pytest.approx([-1.0, -0.5])
    assert found.body == pytest.approx(plain.body[:, COCO17.flip] * (-1, 1))
    assert np.array_equal(found.visibility, given.visibility[:, COCO17.flip])
    assert found.visibility[0, right] == given.visibility[0, left] != given.visibility[0, right]
    assert found.replace(body=None, visibility=given.visibility) == given


def test_a_mirror_leaves_height_and_depth() -> None:
    settings = NormalizeSettings(space=Space.WORLD)
    plain = normalize(seen(), settings=settings).body
    found = normalize(seen(), settings=NormalizeSettings(space=Space.WORLD, mirror=True)).body
    assert found == pytest.approx(plain[:, COCO17.flip] * (-1, 1, 1))  # type: ignore[index]


@pytest.mark.parametrize("lean_deg", [0.0, 30.0, 90.0, -135.0])
def test_a_leaning_body_is_turned_upright_in_the_image(lean_deg: float) -> None:
    """The torso, of one unit, pointed ``lean_deg`` to the right of up; the left hand to the right of it."""
    lean = np.radians(lean_deg)
    up, across = np.array([np.sin(lean), -np.cos(lean)]), np.array([np.cos(lean), np.sin(lean)])
    body = np.zeros((1, J, 2))
    for side, sign in (("left", 0.2), ("right", -0.2)):
        body[0, COCO17.index(f"{side}_shoulder")] = up + sign * across
    body[0, COCO17.index("left_wrist")] = 0.5 * up + 0.7 * across
    found = turned(body, COCO17)
    assert found[0, COCO17.index("left_shoulder")] == pytest.approx([0.2, -1.0])
    assert found[0, COCO17.index("left_wrist")] == pytest.approx([0.7, -0.5])


@pytest.mark.parametrize("yaw_deg", [0.0, 40.0, 90.0, 170.0])
def test_a_body_in_space_is_turned_about_the_vertical_only(yaw_deg: float) -> None:
    yaw = np.radians(yaw_deg)
    body = np.zeros((1, J, 3))
    for side, sign in (("left", 0.2), ("right", -0.2)):
        body[0, COCO17.index(f"{side}_shoulder")] = sign * np.cos(yaw), -1.0 + 0.1 * sign, sign * np.sin(yaw)
    body[0, COCO17.index("nose")] = 0.3 * np.sin(yaw), -1.4, -0.3 * np.cos(yaw)
    given = body.copy()
    found = turned(body, COCO17)
    assert found[0, COCO17.index("left_shoulder")] == pytest.approx([0.2, -0.98, 0.0])
    assert found[0, COCO17.index("nose")] == pytest.approx([0.0, -1.4, -0.3])
    assert np.array_equal(body, given)


def test_what_cannot_be_normalised_is_refused() -> None:
    hands = skeleton("coco17")
    assert hands is SKELETONS["coco17"]
    with pytest.raises(InvalidValueError, match="no body coordinates, only pixel, world"):
        normalize(seen(), settings=NormalizeSettings(space=Space.BODY))
    for lacking in ("left_shoulder", "right_shoulder", "left_hip", "right_hip"):
        names = tuple(name for name in COCO17.names if name != lacking)
        part = type(COCO17)("part", names, ())
        one = PoseSequence(np.zeros(1), part, np.ones((1, 16)), image_px=np.zeros((1, 16, 2)))
        with pytest.raises(InvalidValueError, match="part has no hips and shoulders"):
            normalize(one)

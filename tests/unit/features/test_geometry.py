"""Lengths, boxes and the centre of mass, written out by hand."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17, Skeleton
from laban.errors import UnknownNameError
from laban.features.geometry import boxes_xyxy, centre_of_mass, compute_bone_lengths, compute_distances

SHARES = {  # Winter, table 4.1: mass of the segment, place of its centre from the near end
    ("shoulder", "elbow"): (0.028, 0.436),
    ("elbow", "wrist"): (0.022, 0.682),
    ("hip", "knee"): (0.100, 0.433),
    ("knee", "ankle"): (0.061, 0.606),
}
WHOLE = 0.497 + 0.081 + 2 * (0.028 + 0.022 + 0.100 + 0.061)


def three_spaces() -> PoseSequence:
    """Three joints a, b, c in a row: 3-4-5 in pixels, 1-2-2 in metres, one torso length apart."""
    three = Skeleton("three", ("a", "b", "c"), (("a", "b"), ("b", "c")))
    image = np.array([[[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]]])
    world = np.array([[[0.0, 0.0, 0.0], [1.0, 2.0, 2.0], [1.0, 2.0, 4.0]]])
    body = np.array([[[0.0, 0.0], [0.0, 1.0], [0.0, 3.0]]])
    return PoseSequence(np.zeros(1), three, np.ones((1, 3)), image_px=image, world_m=world, body=body)


@pytest.mark.parametrize(
    ("space", "unit", "lengths"), [("world", "m", [3, 2]), ("pixel", "px", [5, 1]), ("body", "torso", [1, 2])]
)
def test_bones_and_distances_are_in_the_unit_of_their_space(
    space: str, unit: str, lengths: list[float]
) -> None:
    bones = compute_bone_lengths(three_spaces(), space=space)
    assert (bones.names, bones.units) == (("a-b", "b-c"), (unit, unit))
    assert bones.values.tolist() == [lengths]
    apart = compute_distances(three_spaces(), pairs=[("b", "a"), ("c", "b")], space=space)
    assert (apart.names, apart.units, apart.values.tolist()) == (("b-a", "c-b"), (unit, unit), [lengths])


def test_lengths_are_in_metres_unless_another_space_is_named() -> None:
    assert compute_bone_lengths(three_spaces()).values.tolist() == [[3.0, 2.0]]
    assert compute_distances(three_spaces(), pairs=[("a", "b")]).values.tolist() == [[3.0]]
    assert compute_distances(three_spaces(), pairs=[]).values.shape == (1, 0)
    with pytest.raises(UnknownNameError, match="unknown three joint 'd'"):
        compute_distances(three_spaces(), pairs=[("a", "d")])


def test_boxes_hold_what_is_known_of_each_instant() -> None:
    points = np.array(
        [
            [[5.0, 1.0], [2.0, 9.0], [3.0, np.nan]],
            [[np.nan, 1.0], [np.nan, np.nan], [7.0, 8.0]],
            [[np.nan, 1.0], [np.nan, np.nan], [np.nan, 3.0]],
        ]
    )
    found = boxes_xyxy(points)
    assert found[0].tolist() == [2.0, 1.0, 5.0, 9.0]
    assert found[1].tolist() == [7.0, 8.0, 7.0, 8.0]
    assert np.isnan(found[2]).all()
    assert np.isnan(boxes_xyxy(np.zeros((1, 0, 2)))).all()


@pytest.mark.parametrize("joint", ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "ear"])
def test_each_joint_weighs_what_its_segments_weigh(joint: str) -> None:
    """All joints at the origin but one, a unit away: the centre moves by that joint's share of the mass."""
    mass = sum(share * (1 - place) for (near, _), (share, place) in SHARES.items() if near == joint)
    mass += sum(share * place for (_, far), (share, place) in SHARES.items() if far == joint)
    mass += {"shoulder": 0.497 / 4, "hip": 0.497 / 4, "ear": 0.081 / 2}.get(joint, 0.0)
    for side in ("left", "right"):
        points = np.zeros((2, 17, 3))
        points[:, COCO17.index(f"{side}_{joint}"), 1] = 1.0
        expected = [0.0, mass / WHOLE, 0.0]
        assert centre_of_mass(points, COCO17) == pytest.approx(np.array([expected, expected]))


def test_a_missing_joint_leaves_no_centre() -> None:
    points = np.zeros((17, 2))
    points[COCO17.index("left_ankle")] = np.nan
    assert np.isnan(centre_of_mass(points, COCO17)).all()
    points[COCO17.index("left_ankle")] = 0.0
    points[COCO17.index("nose")] = np.nan
    assert centre_of_mass(points, COCO17).tolist() == [0.0, 0.0]

import hashlib
from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest

from laban.core.skeleton import COCO17, SKELETONS, Skeleton, map_skeleton, skeleton
from laban.errors import InvalidValueError, UnknownNameError

ALL = tuple(SKELETONS.values())
PAIRS = tuple(product(ALL, ALL))
COUNTS = {
    "blazepose33": 33,
    "coco17": 17,
    "openpose18": 18,
    "openpose25": 25,
    "halpe26": 26,
    "ntu25": 25,
    "jhmdb15": 15,
    "penn13": 13,
    "kinect20": 20,
}
PLACES = {
    "blazepose33": {0: "nose", 9: "mouth_left", 11: "left_shoulder", 24: "right_hip", 32: "right_foot_index"},
    "coco17": {0: "nose", 2: "right_eye", 5: "left_shoulder", 16: "right_ankle"},
    "openpose18": {1: "neck", 2: "right_shoulder", 5: "left_shoulder", 13: "left_ankle", 17: "left_ear"},
    "openpose25": {8: "mid_hip", 9: "right_hip", 14: "left_ankle", 19: "left_big_toe", 24: "right_heel"},
    "halpe26": {17: "head_top", 18: "neck", 19: "mid_hip", 20: "left_big_toe", 25: "right_heel"},
    "ntu25": {0: "spine_base", 3: "head", 7: "left_hand", 20: "spine_top", 24: "right_thumb"},
    "jhmdb15": {0: "neck", 1: "belly", 3: "right_shoulder", 14: "left_ankle"},
    "penn13": {0: "head", 1: "left_shoulder", 6: "right_wrist", 8: "right_hip", 12: "right_ankle"},
    "kinect20": {0: "hip_center", 2: "shoulder_center", 7: "left_hand", 11: "right_hand", 16: "right_hip"},
}
"""From the pages that define each order."""


def points(one: Skeleton, dimensions: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(3, len(one), dimensions))


def test_there_are_nine_and_nobody_adds_to_them() -> None:
    assert {name: len(one) for name, one in SKELETONS.items()} == COUNTS
    with pytest.raises(TypeError):
        SKELETONS["mine"] = ALL[0]  # type: ignore[index]


@pytest.mark.parametrize("name", COUNTS)
def test_joints_lie_where_the_definition_puts_them(name: str) -> None:
    one = skeleton(name)
    assert {index: one.names[index] for index in PLACES[name]} == PLACES[name]
    assert [one.index(joint) for joint in one.names] == list(range(len(one)))


def test_unknown_skeletons_and_joints_are_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="unknown skeleton 'coco18'; did you mean 'coco17'"):
        skeleton("coco18")
    with pytest.raises(
        UnknownNameError, match="unknown coco17 joint 'left_wirst'; did you mean 'left_wrist'"
    ):
        skeleton("coco17").index("left_wirst")


def test_having_joints_means_having_all() -> None:
    one = skeleton("coco17")
    assert one.has("nose", "left_hip")
    assert not one.has("nose", "neck")


def test_a_skeleton_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="skeleton 'mine' names a joint twice"):
        Skeleton("mine", ("nose", "nose"), ())
    with pytest.raises(UnknownNameError, match="unknown mine joint 'neck'"):
        Skeleton("mine", ("nose",), (("nose", "neck"),))
    with pytest.raises(UnknownNameError, match="unknown mine joint 'neck'"):
        Skeleton("mine", ("nose",), (("neck", "nose"),))


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_bones_join_two_joints_once_and_all_joints_hang_together(one: Skeleton) -> None:
    assert [(one.names[a], one.names[b]) for a, b in one.bones] == list(one.bone_names)
    assert all(0 <= end < len(one) for bone in one.bones for end in bone)
    assert len({frozenset(bone) for bone in one.bones}) == len(one.bones)
    assert all(a != b for a, b in one.bones)
    assert {end for bone in one.bones for end in bone} == set(range(len(one)))


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_sided_joint_has_its_pair(one: Skeleton) -> None:
    named = {(one.names[left], one.names[right]) for left, right in one.pairs}
    lefts = {name for name in one.names if "left" in name.split("_")}
    rights = {name for name in one.names if "right" in name.split("_")}
    assert {left for left, _ in named} == lefts
    assert {right for _, right in named} == rights
    assert all(left.replace("left", "right") == right for left, right in named)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_mirroring_twice_is_nothing_and_once_swaps_the_sides(one: Skeleton) -> None:
    assert np.array_equal(one.flip[one.flip], np.arange(len(one)))
    assert all((one.flip[left], one.flip[right]) == (right, left) for left, right in one.pairs)
    middle = set(range(len(one))) - {end for pair in one.pairs for end in pair}
    assert all(one.flip[index] == index for index in middle)
    with pytest.raises(ValueError, match="read-only"):
        one.flip[0] = 1


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_the_bones_of_both_sides_are_the_same(one: Skeleton) -> None:
    bones = {frozenset(bone) for bone in one.bones}
    assert {frozenset(int(one.flip[end]) for end in bone) for bone in bones} == bones


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_mapping_to_itself_is_the_identity(one: Skeleton) -> None:
    mapping = map_skeleton(one, one)
    assert (mapping.missing, mapping.derived, mapping.dropped) == ((), (), ())
    assert np.array_equal(mapping.apply(points(one)), points(one))
    visibility = points(one)[..., 0]
    assert np.array_equal(mapping.apply_visibility(visibility), visibility)


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda one: one.name)
def test_joints_of_the_same_name_are_the_same_and_every_loss_is_stated(
    source: Skeleton, target: Skeleton
) -> None:
    mapping, given = map_skeleton(source, target), points(source, 3)
    made = mapping.apply(given)
    shared = set(source.names) & set(target.names)
    for joint in shared:
        assert np.array_equal(made[:, target.index(joint)], given[:, source.index(joint)])
    empty = {
        name for name, values in zip(target.names, made.swapaxes(0, 1), strict=True) if np.isnan(values).any()
    }
    assert empty == set(mapping.missing)
    assert set(mapping.derived) == set(target.names) - shared - empty
    assert not set(mapping.dropped) & shared
    assert set(mapping.dropped) <= set(source.names)


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda one: one.name)
def test_mapping_treats_left_and_right_alike(source: Skeleton, target: Skeleton) -> None:
    mapping, given = map_skeleton(source, target), points(source)
    mirrored = mapping.apply(given[:, source.flip])
    assert np.allclose(mirrored, mapping.apply(given)[:, target.flip], equal_nan=True)


@pytest.mark.parametrize(
    ("source", "target", "missing", "derived", "dropped"),
    [
        ("coco17", "openpose18", (), ("neck",), ()),
        ("openpose18", "coco17", (), (), ("neck",)),
        ("openpose25", "openpose18", (), (), ("mid_hip", "left_big_toe", "left_small_toe", "left_heel",
            "right_big_toe", "right_small_toe", "right_heel")),
        ("coco17", "halpe26", ("head_top", "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe",
            "left_heel", "right_heel"), ("neck", "mid_hip"), ()),
        ("kinect20", "jhmdb15", (), ("neck", "belly", "face"),
            ("hip_center", "left_hand", "right_hand", "left_foot", "right_foot")),
        ("coco17", "penn13", (), ("head",), ("nose", "left_eye", "right_eye")),
        ("coco17", "jhmdb15", (), ("neck", "belly", "face"), ("left_eye", "right_eye", "left_ear", "right_ear")),
        ("blazepose33", "openpose25", ("left_small_toe", "right_small_toe"),
            ("neck", "mid_hip", "left_big_toe", "right_big_toe"),
            ("left_eye_inner", "left_eye_outer", "right_eye_inner", "right_eye_outer", "mouth_left", "mouth_right",
             "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb")),
    ],
)  # fmt: skip
def test_the_loss_by_hand(
    source: str, target: str, missing: tuple[str, ...], derived: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    mapping = map_skeleton(skeleton(source), skeleton(target))
    assert (mapping.missing, mapping.derived, mapping.dropped) == (missing, derived, dropped)


def test_a_middle_is_the_mean_and_as_visible_as_its_least_visible_part() -> None:
    source, target = skeleton("coco17"), skeleton("openpose18")
    mapping = map_skeleton(source, target)
    left, right, neck = source.index("left_shoulder"), source.index("right_shoulder"), target.index("neck")
    given, visibility = points(source), np.linspace(0, 1, len(source))
    assert np.allclose(mapping.apply(given)[:, neck], (given[:, left] + given[:, right]) / 2)
    assert mapping.apply_visibility(visibility)[neck] == visibility[left]
    given[1, left], visibility[right] = np.nan, np.nan
    assert np.isnan(mapping.apply(given)[1, neck]).all()
    assert not np.isnan(mapping.apply(given)[[0, 2], neck]).any()
    assert np.isnan(mapping.apply_visibility(visibility)[neck])


def test_mapping_keeps_type_and_leading_axes() -> None:
    mapping = map_skeleton(skeleton("coco17"), skeleton("halpe26"))
    assert mapping.apply(np.zeros((2, 5, 17, 3), dtype=np.float32)).shape == (2, 5, 26, 3)
    assert mapping.apply(np.zeros((17, 2), dtype=np.float32)).dtype == np.float32
    assert mapping.apply_visibility(np.zeros((5, 17))).shape == (5, 26)


@pytest.mark.parametrize("shape", [(4, 18, 2), (4, 16, 2), (17,)])
def test_points_of_another_skeleton_are_refused(shape: tuple[int, ...]) -> None:
    mapping = map_skeleton(skeleton("coco17"), skeleton("halpe26"))
    with pytest.raises(InvalidValueError, match="coco17 has 17 joints, got values of shape"):
        mapping.apply(np.zeros(shape))


def test_joints_with_the_side_at_the_end_are_pairs_too() -> None:
    one = Skeleton("mine", ("mouth_left", "nose", "mouth_right", "leftover"), ())
    assert one.pairs == ((0, 2),)
    assert one.flip.tolist() == [2, 1, 0, 3]


BONES = {
    "blazepose33": "dfd883446e8f",
    "coco17": "00701b088078",
    "openpose18": "ecd5c8d671c7",
    "openpose25": "925b544ee62c",
    "halpe26": "089471f683a6",
    "ntu25": "90c683d1d13c",
    "jhmdb15": "6189df335ba3",
    "penn13": "9f55c5ec58c7",
    "kinect20": "eb912b5c5fd1",
}
"""The beginning of the SHA-256 of each skeleton's bones, in order: models name the columns of bones by it."""


@pytest.mark.parametrize("name", BONES)
def test_the_bones_stay_in_their_order(name: str) -> None:
    lines = "\n".join(f"{first}-{second}" for first, second in skeleton(name).bone_names)
    assert hashlib.sha256(lines.encode()).hexdigest()[:12] == BONES[name]


def test_a_mapping_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        map_skeleton(skeleton("coco17"), skeleton("penn13")).parts = ()  # type: ignore[misc]


def test_places_are_those_of_each_joint_and_an_unknown_one_is_told() -> None:
    assert COCO17.places("nose", "left_hip") == [COCO17.index("nose"), COCO17.index("left_hip")]
    assert COCO17.has("nose", "left_hip")
    assert not COCO17.has("nose", "left_heel")
    with pytest.raises(UnknownNameError, match="unknown coco17 joint 'left_hp'; did you mean 'left_hip'"):
        COCO17.places("nose", "left_hp")

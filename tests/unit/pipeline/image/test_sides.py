"""Left and right of a labelled body: what contradicts itself is told, what may be so is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.image.conftest import frontal_px

from laban.core.skeleton import COCO17
from laban.pipeline.image.sides import side_contradictions, side_disagreements

SEEN = np.full(17, 2)
AT = {name: index for index, name in enumerate(COCO17.names)}


def exchanged(points: np.ndarray, *joints: str) -> np.ndarray:
    out = points.copy()
    for joint in joints:
        for side, other in (("left", "right"), ("right", "left")):
            out[AT[f"{side}_{joint}"]] = points[AT[f"{other}_{joint}"]]
    return out


def told(points: np.ndarray, flags: np.ndarray = SEEN, **options: bool) -> list[str]:
    return list(side_contradictions(points, flags, torso=0.25, **options))


def test_somebody_who_faces_the_camera_is_no_contradiction() -> None:
    assert told(frontal_px()) == []


def test_a_back_is_no_contradiction_where_the_face_is_not_seen() -> None:
    flags = SEEN.copy()
    flags[:5] = 1
    assert told(frontal_px()[COCO17.flip], flags) == []
    assert told(frontal_px()[COCO17.flip], faces_tell=False) == []


@pytest.mark.parametrize(
    ("joints", "words"),
    [
        (("eye", "ear", "shoulder", "hip", "elbow", "wrist", "knee", "ankle"), "eyes are exchanged"),
        (("eye", "ear"), "eyes are exchanged"),
        (("hip",), "shoulders and hips"),
        (("knee", "ankle"), "legs are exchanged"),
        (("elbow", "wrist"), "arms are exchanged"),
    ],
)
def test_what_is_exchanged_is_named(joints: tuple[str, ...], words: str) -> None:
    assert any(words in one for one in told(exchanged(frontal_px(), *joints)))


def test_crossed_ankles_and_folded_arms_are_no_contradiction() -> None:
    assert told(exchanged(frontal_px(), "ankle")) == []
    assert told(exchanged(frontal_px(), "wrist")) == []


def test_a_trunk_that_points_at_the_camera_tells_nothing() -> None:
    points = exchanged(frontal_px(), "hip")
    points[[AT["left_hip"], AT["right_hip"]], 1] = 76  # the trunk seems a few pixels long
    assert told(points) == []


@settings(max_examples=40)
@given(
    st.floats(-30, 30),
    st.floats(0.3, 4),
    st.floats(-500, 500),
    st.sampled_from([(), ("hip",), ("knee", "ankle")]),
)
def test_turning_scaling_and_moving_changes_nothing(
    turn_deg: float, scale: float, shift: float, joints: tuple[str, ...]
) -> None:
    points = exchanged(frontal_px(), *joints)
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    moved = points @ np.array([[cosine, sine], [-sine, cosine]]) * scale + shift
    assert told(moved) == told(points)


def test_the_image_tells_which_part_is_exchanged() -> None:
    found, sure = frontal_px(), np.ones(17, dtype=bool)
    assert list(side_disagreements(found, SEEN, found, sure)) == []
    (words,) = side_disagreements(found[COCO17.flip], SEEN, found, sure)
    assert "of the body" in words
    assert any(
        "of the legs" in one
        for one in side_disagreements(exchanged(found, "knee", "ankle"), SEEN, found, sure)
    )
    assert list(side_disagreements(found[COCO17.flip], SEEN, found, np.zeros(17, dtype=bool))) == []

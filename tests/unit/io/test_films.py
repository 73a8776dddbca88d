"""Landmarks and bodies in JSON, however frames and people are wrapped: a film is never a crowd."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.io.standing import standing

import laban
from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io.loss import AssumptionWarning

FRAMES = 6
SIZE_WH = (1280, 720)
SHARES = np.repeat(standing(FRAMES), 2, axis=1)[:, :33] / SIZE_WH + np.arange(33)[:, None] * 1e-4
OBJECTS = [[{"x": x, "y": y, "z": -0.1, "visibility": 0.9} for x, y in frame] for frame in SHARES.tolist()]
LISTS = [[[x, y, -0.1, 0.9] for x, y in frame] for frame in SHARES.tolist()]
CROWD = [[{**point, "x": point["x"] / 4 + 0.2 * place} for point in OBJECTS[0]] for place in range(4)]
FILM = "taken for one person in as many frames"


def load(folder: Path, content: Any, **options: Any) -> laban.Recording:
    path = folder / "poses.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return laban.load(path, **{"size_wh": SIZE_WH, **options})


def check(recording: laban.Recording, *, fps: float = 25.0) -> None:
    assert (len(recording.people), recording.size_wh) == (1, SIZE_WH)
    np.testing.assert_allclose(recording.times_s, np.arange(FRAMES) / fps)
    np.testing.assert_allclose(recording.people[0].image_px, SHARES * SIZE_WH, rtol=1e-5)
    np.testing.assert_allclose(recording.people[0].visibility, 0.9, rtol=1e-5)


@pytest.mark.parametrize(
    "content",
    [
        {"fps": 25, "landmarks": OBJECTS},
        {"fps": 25, "poses": OBJECTS},
        {"fps": 25, "landmarks": LISTS},
        {"video": {"fps": 25}, "poseLandmarks": OBJECTS},
    ],
)
@pytest.mark.filterwarnings(f"ignore:.*{FILM}")
def test_bodies_that_lie_where_the_one_before_lies_are_a_film(tmp_path: Path, content: Any) -> None:
    check(load(tmp_path, content))
    with pytest.warns(AssumptionWarning, match=rf"6 bodies .* {FILM}"):
        load(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        LISTS,
        {"fps": 25, "frames": LISTS},
        {"fps": 25, "width": 1280, "height": 720, "frames": OBJECTS},
        {"fps": 25, "frames": [[body] for body in OBJECTS]},
        {"fps": 25, "landmarks": [[body] for body in OBJECTS]},
        {"fps": 25, "data": [{"frame": index, "keypoints": body} for index, body in enumerate(OBJECTS)]},
        {str(index): body for index, body in enumerate(OBJECTS)},
        {f"frame_{index}": body for index, body in enumerate(LISTS)},
        {f"shots/{index:04d}.jpg": {"landmarks": [body]} for index, body in enumerate(OBJECTS)},
        {"fps": 25, **{str(index): body for index, body in enumerate(OBJECTS)}},
        [{"poseLandmarks": {"landmark": body}} for body in OBJECTS],
        [{"people": [{"landmarks": body}]} for body in OBJECTS],
        "\n".join(json.dumps({"ts": index / 25, "pose": body}) for index, body in enumerate(OBJECTS)),
        "\n".join(json.dumps(body) for body in LISTS),
    ],
)
def test_frames_are_found_in_any_wrapping(tmp_path: Path, content: Any) -> None:
    check(load(tmp_path, content, fps=25))


def test_the_last_of_three_numbers_is_depth_or_a_confidence(tmp_path: Path) -> None:
    confident = [[[x, y, 0.9] for x, y, *_ in body] for body in LISTS]
    check(load(tmp_path, confident, fps=25))
    deep = load(tmp_path, [[point[:3] for point in body] for body in LISTS], fps=25).people[0]
    assert deep.depth_px[0, 0] == pytest.approx(-128)
    assert np.isnan(deep.visibility).all()


def test_the_rate_and_the_size_beside_the_frames_are_theirs(tmp_path: Path) -> None:
    content = {"fps": 12.5, "width": 1280, "height": 720, "frames": OBJECTS}
    check(load(tmp_path, content, size_wh=None), fps=12.5)


def test_world_landmarks_follow_their_frames(tmp_path: Path) -> None:
    world = [[{"x": 0.1 * index, "y": 0.2, "z": 0.3}] * 33 for index in range(FRAMES)]
    with pytest.warns(AssumptionWarning, match=FILM):
        recording = load(tmp_path, {"landmarks": OBJECTS, "worldLandmarks": world}, fps=25)
    check(recording)
    assert recording.people[0].world_m[:, 0, 0].tolist() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("content", [{"landmarks": CROWD}, [{"landmarks": CROWD}], [CROWD]])
def test_people_beside_each_other_are_one_image(tmp_path: Path, content: Any) -> None:
    recording = load(tmp_path, content)
    assert (len(recording.people), len(recording.times_s)) == (4, 1)


def test_people_beside_each_other_with_a_frame_rate_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"4 bodies and a frame rate.*under frames"):
        load(tmp_path, {"fps": 25, "landmarks": CROWD})


def test_poses_of_mmpose_that_lie_at_one_place_are_a_film(tmp_path: Path) -> None:
    content = [{"keypoints": body.tolist(), "keypoint_scores": [0.9] * 17} for body in standing(FRAMES)]
    with pytest.warns(AssumptionWarning, match=FILM):
        recording = load(tmp_path, content, fps=25, format="mmpose")
    assert (len(recording.people), len(recording.times_s)) == (1, FRAMES)


@pytest.mark.parametrize(
    "content", [[{"landmarks": [body[:20]]} for body in OBJECTS], [{"landmarks": {"a": 1}}]]
)
def test_other_landmarks_are_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(FormatError, match=r"33 landmarks, got 20|lists of people"):
        load(tmp_path, content, format="mediapipe")


COCO = [[[x, y, 0.9] for x, y in body] for body in standing(FRAMES).tolist()]


@pytest.mark.parametrize(
    "content",
    [
        {"fps": 25, "detections": [{"keypoints": body} for body in COCO]},
        {"fps": 25, "poses": [{"keypoints": np.ravel(body).tolist()} for body in COCO]},
        {"fps": 25, "people": [{"pose_keypoints_2d": np.ravel(body).tolist()} for body in COCO]},
    ],
)
def test_detections_of_what_looks_like_one_image_may_be_a_film(tmp_path: Path, content: Any) -> None:
    with pytest.warns(AssumptionWarning, match=FILM):
        recording = load(tmp_path, content)
    assert len(recording.people) == 1
    np.testing.assert_allclose(recording.times_s, np.arange(FRAMES) / 25)


def test_bodies_with_ids_of_their_own_are_people(tmp_path: Path) -> None:
    bodies = [{"track_id": person, "keypoints": body} for person, body in enumerate(COCO)]
    assert len(load(tmp_path, [{"detections": bodies}]).people) == FRAMES


def test_detections_under_the_number_of_their_frame(tmp_path: Path) -> None:
    content = {str(2 * index): {"people": [{"keypoints": body}]} for index, body in enumerate(COCO)}
    np.testing.assert_allclose(load(tmp_path, content, fps=10).times_s, np.arange(FRAMES) / 5)


def test_a_third_number_below_0_is_no_confidence(tmp_path: Path) -> None:
    names = COCO17.names
    content = [
        {"frame": index, **{name: [x, y, -0.1] for name, (x, y, _) in zip(names, body, strict=True)}}
        for index, body in enumerate(COCO)
    ]
    with pytest.warns(AssumptionWarning, match="third number .* not a confidence"):
        recording = load(tmp_path, content)
    assert np.isnan(recording.people[0].visibility).all()

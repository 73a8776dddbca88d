"""OpenPose JSON: one file a frame."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.io.standing import standing

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import SKELETONS
from laban.errors import FormatError, UnknownNameError
from laban.io import AssumptionWarning

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")


def frame(folder: Path, number: int, *people: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    content = {"version": 1.3, "people": list(people)}
    (folder / f"clip_{number:012d}_keypoints.json").write_text(json.dumps(content))


def body(x: float, *, person: int = -1, joints: int = 25) -> dict[str, Any]:
    keypoints = [x, 2.0, 0.5] + [0, 0, 0] + [x, 3.0, 0.0] * (joints - 2)
    return {"person_id": [person], "pose_keypoints_2d": keypoints, "hand_left_keypoints_2d": []}


def test_zeros_without_confidence_are_missing(tmp_path: Path) -> None:
    frame(tmp_path, 0, body(7.0))
    sequence = laban.load(tmp_path).people[0]
    assert sequence.skeleton.name == "openpose25"
    np.testing.assert_array_equal(sequence.image_px[0, :3], [[7, 2], [np.nan, np.nan], [7, 3]])
    np.testing.assert_array_equal(sequence.visibility[0, :3], [0.5, np.nan, 0])


def test_the_numbers_of_the_files_are_the_frames(tmp_path: Path) -> None:
    for number in (12, 2, 3):
        frame(tmp_path, number, body(float(number), person=6))
    recording = laban.load(tmp_path, fps=10, size_wh=(64, 48))
    np.testing.assert_allclose(recording.times_s, [0.2, 0.3, 1.2])
    np.testing.assert_array_equal(recording.people[6].image_px[:, 0, 0], [2, 3, 12])
    assert recording.size_wh == (64, 48)


def test_without_ids_one_person_stays_one_and_two_stand_alone(tmp_path: Path) -> None:
    frame(tmp_path, 0, body(1.0))
    frame(tmp_path, 1, body(2.0))
    assert list(laban.load(tmp_path).people) == [0]
    frame(tmp_path, 2, body(3.0), body(4.0))
    with pytest.warns(AssumptionWarning, match="4 detections have no id"):
        assert len(laban.load(tmp_path).people) == 4
    assert len(laban.load(tmp_path, identities="order").people) == 2


def test_eighteen_points_and_one_file_load(tmp_path: Path) -> None:
    frame(tmp_path, 3, body(1.0, joints=18))
    recording = laban.load(next(tmp_path.iterdir()))
    assert recording.people[0].skeleton.name == "openpose18"
    assert recording.metadata == {"format": "openpose", "assumed": {"fps": 30.0}}


@quiet
@pytest.mark.parametrize("name", ["openpose25", "openpose18"])
def test_written_as_openpose_writes(pair: Recording, tmp_path: Path, name: str) -> None:
    folder = laban.save(pair, tmp_path / "out", format="openpose", skeleton=name)
    files = sorted(path.name for path in folder.iterdir())
    assert files == [f"clip_{number:012d}_keypoints.json" for number in range(8)]
    assert json.loads((folder / files[0]).read_text()) == {"version": 1.3, "people": []}
    both = json.loads((folder / files[2]).read_text())["people"]
    assert [person["person_id"] for person in both] == [[1], [4]]
    assert len(both[0]["pose_keypoints_2d"]) == 3 * len(SKELETONS[name])


def test_an_unknown_body_is_refused(pair: Recording, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="OpenPose body 'coco17'"):
        laban.save(pair, tmp_path / "out", format="openpose", skeleton="coco17")


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([{"pose_keypoints_2d": [1.0, 7.0, 0.5] * 21}], "21 joints is not a known body"),
        ([{"pose_keypoints_2d": [1.0] * 52}], "3 numbers a joint"),
        ([{"pose_keypoints_2d": "x"}], "list of numbers"),
        ([{}], "list of numbers"),
        ([3], "list of people"),
        ([body(1.0), body(2.0, joints=18)], "mix bodies"),
        ([body(1.0, person=2), body(2.0, person=2)], "same person twice"),
        ([body(1.0, person=-7)], "person_id"),
        ([body(1e39)], "infinite"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, people: list[Any], message: str) -> None:
    frame(tmp_path, 0, *people)
    with pytest.raises(FormatError, match=message):
        laban.load(tmp_path)


@pytest.mark.parametrize(("people", "points"), [("people", "pose_keypoints_2d"), ("bodies", "joints")])
def test_a_film_of_alphapose_in_one_file(tmp_path: Path, people: str, points: str) -> None:
    bodies = np.concatenate([standing(12), np.full((12, 17, 1), 0.9)], axis=2).reshape(12, -1)
    content = {
        f"{index}.jpg": {"version": "AlphaPose v0.3", people: [{points: body.tolist()}] if index != 3 else []}
        for index, body in enumerate(bodies)
        if index != 5
    }
    (tmp_path / "x.json").write_text(json.dumps(content))
    recording = laban.load(tmp_path / "x.json", fps=10)
    np.testing.assert_allclose(recording.times_s, [0, 0.1, 0.2, 0.3, 0.4, *np.arange(6, 12) / 10])
    np.testing.assert_allclose(recording.people[0].image_px[-1], standing(12)[-1], rtol=1e-5)
    assert recording.people[0].seen.tolist() == [index != 3 for index in range(11)]

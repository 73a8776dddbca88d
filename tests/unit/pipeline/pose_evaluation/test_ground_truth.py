"""COCO keypoint files: what is read, and what is refused with a reason."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.pipeline.pose_evaluation.ground_truth import read_keypoint_truth

DOCUMENT: dict[str, Any] = {
    "info": {"year": 2017},
    "images": [{"id": 7, "file_name": "a.jpg", "height": 5}, {"id": 9, "file_name": "sub/b.jpg"}],
    "categories": [{"id": 1, "name": "person", "keypoints": list(COCO17.names)}],
    "annotations": [
        {
            "id": 1,
            "image_id": 9,
            "category_id": 1,
            "bbox": [1, 2, 30, 40],
            "area": 600.5,
            "iscrowd": 0,
            "keypoints": [*(10, 20, 2), *(11, 21, 1), *(0, 0, 0) * 15],
        }
    ],
}


def written(folder: Path, document: Any) -> Path:
    path = folder / "truth.json"
    path.write_text(json.dumps(document))
    return path


def changed(place: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return document


def test_people_come_with_their_images(tmp_path: Path):
    first, second = read_keypoint_truth(written(tmp_path, DOCUMENT))
    assert (first.number, first.file_name, first.people) == (7, "a.jpg", ())
    (person,) = second.people
    assert second.file_name == "sub/b.jpg"
    assert (person.area_px, person.box_xywh_px, person.crowd) == (600.5, (1, 2, 30, 40), False)


def test_unmarked_joints_are_nan_and_hidden_ones_count(tmp_path: Path):
    person = read_keypoint_truth(written(tmp_path, DOCUMENT))[1].people[0]
    assert person.marked.tolist() == [True, True] + [False] * 15
    assert person.image_px[1].tolist() == [11, 21]
    assert np.isnan(person.image_px[2:]).all()


def test_without_an_area_the_box_stands_in(tmp_path: Path):
    document = changed(["annotations", 0, "area"], None)
    assert read_keypoint_truth(written(tmp_path, document))[1].people[0].area_px == 1200


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "one object that holds images"),
        ({"images": []}, "annotations: Field required"),
        (changed(["annotations", 0, "keypoints"], [1.0] * 50), "expected 51 values"),
        (changed(["annotations", 0, "keypoints"], [float("nan")] * 51), "should be"),
        (changed(["annotations", 0, "keypoints"], [1e9] * 51), "less than or equal"),
        (changed(["images", 0, "id"], 9), "some appear twice"),
        (changed(["images", 0, "file_name"], "a\0.jpg"), "outside the folder"),
        (changed(["annotations", 0, "bbox"], [1, 2, 3]), "bbox"),
        (changed(["annotations", 0, "image_id"], 8), "image 8, which is not listed"),
        (changed(["annotations", 0, "area"], 0), "greater than 0"),
        (changed(["categories", 0, "keypoints"], ["nose", "tail"]), "names 2 others"),
        (changed(["images", 0, "file_name"], "../a.jpg"), "outside the folder"),
        (changed(["images", 0, "file_name"], "/etc/a.jpg"), "outside the folder"),
        (changed(["images", 0, "file_name"], "C:\\a.jpg"), "outside the folder"),
        (changed(["images", 0, "file_name"], "sub\\..\\..\\a.jpg"), "outside the folder"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, document: Any, message: str):
    path = written(tmp_path, document)
    with pytest.raises(FormatError, match=message) as caught:
        read_keypoint_truth(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "truth.json"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="COCO keypoint JSON"):
        read_keypoint_truth(path)


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(FormatError, match="No such file"):
        read_keypoint_truth(tmp_path / "absent.json")


def test_the_sample_file_loads(shared: Path):
    images = read_keypoint_truth(shared / "data" / "coco_samples" / "test_coco.json")
    people = [len(image.people) for image in images]
    assert (len(people), sum(people)) == (4, 14)
    assert sorted(int(person.marked.sum()) for image in images for person in image.people)[:2] == [0, 0]


CROWDPOSE = [
    *(
        f"{side}_{part}"
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ),
    *("head", "neck"),
]


def test_crowdpose_is_judged_from_shoulders_to_ankles(tmp_path: Path):
    document = changed(["categories", 0, "keypoints"], CROWDPOSE)
    document["annotations"][0]["keypoints"] = [value for joint in range(14) for value in (joint + 1, 50, 2)]
    person = read_keypoint_truth(written(tmp_path, document))[1].people[0]
    assert person.marked.tolist() == [False] * 5 + [True] * 12
    assert person.image_px[5:, 0].tolist() == list(range(1, 13))


def test_of_133_points_those_of_the_body_are_judged(tmp_path: Path):
    names = [*COCO17.names, *(f"face-{number}" for number in range(116))]
    for keypoints in (names, list(COCO17.names)):
        document = changed(["categories", 0, "keypoints"], keypoints)
        document["annotations"][0]["keypoints"] = [
            value for joint in range(133) for value in (joint + 1, 5, 2)
        ]
        person = read_keypoint_truth(written(tmp_path, document))[1].people[0]
        assert person.image_px[:, 0].tolist() == list(range(1, 18))


def test_joints_are_found_by_name(tmp_path: Path):
    document = changed(
        ["categories", 0, "keypoints"], [name.replace("_", " ").title() for name in COCO17.names[::-1]]
    )
    person = read_keypoint_truth(written(tmp_path, document))[1].people[0]
    assert person.marked.tolist() == [False] * 15 + [True, True]
    assert person.image_px[-1].tolist() == [10, 20]


def test_a_second_category_without_joints_is_passed_over(tmp_path: Path):
    document = changed(["categories"], [*DOCUMENT["categories"], {"id": 2, "name": "ball"}])
    document["annotations"].append({"id": 2, "image_id": 9, "category_id": 2, "bbox": [1, 2, 3, 4]})
    assert len(read_keypoint_truth(written(tmp_path, document))[1].people) == 1

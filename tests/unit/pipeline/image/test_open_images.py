"""Labelled images are read alike in whichever form they come."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.unit.pipeline.image.conftest import YoloSet, frontal_px, line_of

from laban.errors import FormatError, InvalidValueError, LabanError, UnknownNameError
from laban.pipeline.image.open import holds_images, open_images
from laban.pipeline.image.subjects import labels_of, subjects_of, task_of


def draw(path: Path, *, size_wh: tuple[int, int] = (60, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((size_wh[1], size_wh[0], 3), 90, np.uint8))
    return path


def test_yolo_gives_people_in_shares_of_the_image(yolo: YoloSet) -> None:
    found = open_images(yolo.root / "data.yaml")
    person = found.images[0].people[0]
    assert (found.form, found.labels, len(found)) == ("yolo-pose", ("person",), 9)
    assert person.joints is not None
    np.testing.assert_allclose(person.joints * (200, 240), frontal_px(), atol=0.01)
    assert [image.split for image in found.images].count("test") == 3


def test_a_joint_without_a_flag_is_missing_at_the_corner(yolo: YoloSet) -> None:
    text = (yolo.root / "data.yaml").read_text().replace("[17, 3]", "[17, 2]")
    (yolo.root / "data.yaml").write_text(text)
    for path in yolo.root.glob("labels/*/*.txt"):
        cells = path.read_text().split()
        joints = [cell for at, cell in enumerate(cells[5:]) if at % 3 != 2]
        path.write_text(" ".join([*cells[:5], *joints[:-2], "0", "0"]))
    person = open_images(yolo.root).images[0].people[0]
    assert person.flags is not None
    assert person.flags.tolist() == [2] * 16 + [0]
    known = person.known_joints
    assert known is not None
    assert np.isnan(known[16]).all()


def test_coco_gives_the_same_person_as_yolo(yolo: YoloSet, tmp_path: Path) -> None:
    person = open_images(yolo.root).images[0].people[0]
    joints = np.column_stack([frontal_px(), np.full(17, 2)]).ravel().tolist()
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 200, "height": 240}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 20, 100, 200], "keypoints": joints}],
        "categories": [{"id": 1, "name": "person"}],
    }
    draw(tmp_path / "images" / "a.jpg", size_wh=(200, 240))
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "person_keypoints_val.json").write_text(json.dumps(content))
    found = open_images(tmp_path)
    other = found.images[0].people[0]
    assert (found.form, found.images[0].split, found.images[0].path.name) == ("coco", "val", "a.jpg")
    assert other.joints is not None
    assert person.joints is not None
    np.testing.assert_allclose(other.joints, person.joints, atol=1e-5)


def test_coco_tells_what_is_wrong_with_an_annotation(tmp_path: Path) -> None:
    box = [1, 2, 30, 30]
    wrong = [
        {"image_id": 1, "category_id": 1, "bbox": box, "keypoints": [1, 2, 2]},
        {"image_id": 1, "category_id": 9, "bbox": box},
        {"image_id": 7, "category_id": 1, "bbox": box},
        {"image_id": 1, "category_id": 1, "bbox": [1, 2]},
    ]
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 40}],
        "annotations": wrong,
        "categories": [{"id": 1, "name": "person"}],
    }
    (tmp_path / "all.json").write_text(json.dumps(content))
    kinds = sorted(one.kind for one in open_images(tmp_path / "all.json").problems)
    assert kinds == ["missing-image", "unknown-class", "wrong-count", "wrong-count"]


def test_folders_are_classes_and_may_lie_below_splits(tmp_path: Path) -> None:
    draw(tmp_path / "flat" / "up" / "1.png")
    draw(tmp_path / "flat" / "down" / "2.png")
    draw(tmp_path / "split" / "train" / "up" / "1.png")
    draw(tmp_path / "split" / "val" / "down" / "2.png")
    flat, split = (open_images(tmp_path / name) for name in ("flat", "split"))
    assert flat.labels == split.labels == ("down", "up")
    assert [(one.label, one.split) for one in split.images] == [("up", "train"), ("down", "val")]


def test_a_folder_of_clips_with_a_stray_image_is_none_of_images(tmp_path: Path) -> None:
    for name in ("1.mp4", "2.mp4"):
        (tmp_path / "walk").mkdir(exist_ok=True)
        (tmp_path / "walk" / name).write_bytes(b"0")
    draw(tmp_path / "walk" / "thumbnail.png")
    assert not holds_images(tmp_path)


def test_a_table_names_labels_groups_boxes_and_subgroups(tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    draw(tmp_path / "b.png")
    table = tmp_path / "all.csv"
    table.write_text(
        "path,label,group,subgroup_age,left_px,top_px,right_px,bottom_px\n"
        "a.png,up,anna,old,6,4,30,20\nb.png,down,ben,,,,,\ngone.png,up,anna,,,,,\n"
    )
    found = open_images(table)
    first, second = found.images
    assert first.people[0].box_xyxy is not None
    np.testing.assert_allclose(first.people[0].box_xyxy, [0.1, 0.1, 0.5, 0.5])
    assert (first.group, dict(first.subgroups), second.label) == ("anna", {"age": "old"}, "down")
    assert [(one.kind, one.item) for one in found.problems] == [("missing-image", "gone.png")]
    subjects = subjects_of(found)
    assert labels_of(task_of(found, subjects), subjects).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("path,label,grup\na.png,up,x\n", UnknownNameError, "did you mean 'group'"),
        ("path,label,left_px\na.png,up,3\n", InvalidValueError, "a box needs all of"),
        ("path,label\ngone.png,up\n", InvalidValueError, "none of its 1 images is there"),
        (
            "path,label\nhttps://x.org/a.png,up\n",
            InvalidValueError,
            "https://x.org/a.png: .*download the image",
        ),
        ("path,label\n", InvalidValueError, "none of its 0 images is there"),
        (
            "path,label,left_px,top_px,right_px,bottom_px\na.png,up,1,2,x,4\n",
            InvalidValueError,
            "row 2: a box needs four numbers",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused(
    tmp_path: Path, text: str, error: type[LabanError], words: str
) -> None:
    draw(tmp_path / "a.png")
    (tmp_path / "all.csv").write_text(text)
    with pytest.raises(error, match=words):
        open_images(tmp_path / "all.csv")


def test_one_class_cannot_be_told_apart(yolo: YoloSet) -> None:
    found = open_images(yolo.root)
    with pytest.raises(InvalidValueError, match="has the one class person, expected at least 2"):
        task_of(found, subjects_of(found))


def test_several_people_of_an_image_are_subjects_of_their_own(yolo: YoloSet) -> None:
    text = (yolo.root / "data.yaml").read_text()
    (yolo.root / "data.yaml").write_text(text.replace("  0: person\n", "  0: upright\n  1: slumped\n"))
    yolo.labels("a").write_text(line_of(frontal_px()) + line_of(frontal_px() * 0.5, label=1))
    found = open_images(yolo.root)
    subjects = subjects_of(found)
    assert [(one.name, one.label) for one in subjects][:3] == [
        ("images/train/a.jpg#1", "upright"),
        ("images/train/a.jpg#2", "slumped"),
        ("images/train/b.jpg", "upright"),
    ]
    assert {one.clip.group for one in subjects[:2]} == {"images/train/a.jpg"}


def test_what_is_nothing_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="expected YOLO-pose"):
        open_images(tmp_path)
    with pytest.raises(FormatError, match="does not exist"):
        open_images(tmp_path / "nowhere")

"""Files of other programs that go frame by frame: MMPose, AlphaPose, DeepLabCut, MediaPipe Tasks, NumPy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.skeleton import COCO17, SKELETONS
from laban.errors import FormatError
from laban.io import AssumptionWarning

RNG = np.random.default_rng(11)
POINTS = RNG.uniform(50, 400, (3, 17, 2)).round(2)
SCORES = RNG.uniform(0.3, 1, (3, 17)).round(3)


def dump(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def instance(row: int, **more: Any) -> dict[str, Any]:
    return {"keypoints": POINTS[row].tolist(), "keypoint_scores": SCORES[row].tolist(), **more}


def test_frames_of_the_inferencer_are_its_numbers(tmp_path: Path) -> None:
    frames = [{"frame_id": number, "instances": [instance(row)]} for row, number in enumerate((7, 2, 4))]
    recording = laban.load(dump(tmp_path / "x.json", frames), fps=10)
    np.testing.assert_allclose(recording.times_s, [0.2, 0.4, 0.7])
    np.testing.assert_allclose(recording.people[0].image_px, POINTS[[1, 2, 0]], rtol=1e-6)
    np.testing.assert_allclose(recording.people[0].visibility, SCORES[[1, 2, 0]], rtol=1e-6)


def test_the_demo_names_its_joints(tmp_path: Path) -> None:
    names = {str(index): name for index, name in enumerate(COCO17.names[::-1])}
    frames = [{"frame_id": row, "instances": [instance(row, track_id=6)]} for row in range(3)]
    content = {"meta_info": {"keypoint_id2name": names}, "instance_info": frames}
    recording = laban.load(dump(tmp_path / "x.json", content))
    assert recording.people[6].skeleton is COCO17
    np.testing.assert_allclose(recording.people[6].image_px, POINTS[:, ::-1], rtol=1e-6)


def test_a_folder_of_images_is_a_film(tmp_path: Path) -> None:
    for row, number in enumerate((10, 2, 1)):
        dump(tmp_path / "predictions" / f"frame_{number}.json", [instance(row)])
    recording = laban.load(tmp_path / "predictions", fps=1)
    np.testing.assert_allclose(recording.times_s, [0, 1, 9])
    np.testing.assert_allclose(recording.people[0].image_px, POINTS[::-1], rtol=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([{"frame_id": 1, "instances": [instance(0)]}] * 2, "same frame_id"),
        (
            [{"frame_id": 0, "instances": [{"keypoints": [[1, 2, 3]] * 17, "keypoint_scores": [1] * 17}]}],
            "three coord",
        ),
        (
            [{"frame_id": 0, "instances": [{"keypoints": [[1, 2]] * 21, "keypoint_scores": [1] * 21}]}],
            "21 joints",
        ),
        ([{"frame_id": 0, "instances": 3}], "list of objects"),
    ],
)
def test_other_mmpose_files_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        laban.load(dump(tmp_path / "x.json", content))


def alphapose(image: Any, row: int, **more: Any) -> dict[str, Any]:
    triples = np.column_stack([POINTS[row], SCORES[row]])
    return {"image_id": image, "category_id": 1, "keypoints": triples.ravel().tolist(), "score": 2.7, **more}


def test_alphapose_counts_in_names_and_knows_people(tmp_path: Path) -> None:
    found = [alphapose(f"{number}.jpg", row, idx=[3.0]) for row, number in enumerate((0, 1, 10))]
    recording = laban.load(dump(tmp_path / "x.json", found), fps=10)
    np.testing.assert_allclose(recording.times_s, [0, 0.1, 1.0])
    assert list(recording.people) == [3]
    assert recording.people[3].score is None  # a sum is no probability


def test_alphapose_without_tracking_says_who_is_who_by_nothing(tmp_path: Path) -> None:
    found = [alphapose("0.jpg", row, idx=0) for row in range(2)]
    with pytest.warns(AssumptionWarning, match="have no id"):
        assert len(laban.load(dump(tmp_path / "x.json", found)).people) == 2


def test_alphapose_of_26_points_is_halpe(tmp_path: Path) -> None:
    one = {
        "image_id": "1.jpg",
        "category_id": 1,
        "keypoints": [9.0, 8.0, 0.5, 70.0, 60.0, 0.5] * 13,
        "score": 1,
    }
    assert laban.load(dump(tmp_path / "x.json", [one])).people[0].skeleton.name == "halpe26"


def coco(categories: Any, *annotations: dict[str, Any]) -> dict[str, Any]:
    images = [{"id": one, "file_name": f"f{one}.jpg", "width": 640, "height": 480} for one in (1, 2)]
    return {"images": images, "categories": categories, "annotations": list(annotations)}


PERSON = {"id": 5, "name": "person", "keypoints": list(COCO17.names)}
DOG = {"id": 1, "name": "dog", "keypoints": ["snout", "withers", "tail_base", "paw_1", "paw_2", "paw_3"]}


def marked(category: int, row: int, **more: Any) -> dict[str, Any]:
    flags = np.full((17, 1), 2.0)
    triples = np.hstack([POINTS[row], flags]).ravel().tolist()
    return {"image_id": row + 1, "category_id": category, "keypoints": triples, **more}


def test_a_second_category_is_left_out_with_a_word(tmp_path: Path) -> None:
    dog = {"image_id": 1, "category_id": 1, "keypoints": [4.0, 5.0, 2] * 6}
    path = dump(
        tmp_path / "x.json", coco([DOG, PERSON, {"id": 2, "name": "ball"}], marked(5, 0), dog, marked(5, 1))
    )
    with pytest.warns(AssumptionWarning, match="1 annotations of other categories are left out: dog"):
        recording = laban.load(path)
    np.testing.assert_allclose(recording.people[0].image_px, POINTS[:2], rtol=1e-6)


def test_a_dog_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="none of its categories is a human body"):
        laban.load(dump(tmp_path / "x.json", coco([DOG])))


def test_ids_areas_and_sizes_survive_a_round_trip(tmp_path: Path) -> None:
    content = coco(
        [PERSON], marked(5, 0, id=40, area=123.5, track_id=0), marked(5, 1, id=41, area=7.5, track_id=0)
    )
    content["images"][0] |= {"id": 1, "width": 320, "height": 200}
    recording = laban.load(dump(tmp_path / "x.json", content), fps=25)
    with pytest.warns(UserWarning, match="cannot hold"):
        again = json.loads(recording.save(tmp_path / "y.json").read_text())
    assert [(one["id"], one["area"], one["track_id"]) for one in again["annotations"]] == [
        (40, 123.5, 1),
        (41, 7.5, 1),
    ]
    assert [(one["width"], one["height"]) for one in again["images"]] == [(320, 200), (640, 480)]
    assert list(laban.load(tmp_path / "y.json").people) == [0]


def test_shares_of_an_image_become_pixels_by_its_size(tmp_path: Path) -> None:
    one = marked(5, 0)
    shares = np.array(one["keypoints"]).reshape(17, 3) / (640, 480, 1)
    one["keypoints"] = shares.ravel().tolist()
    recording = laban.load(dump(tmp_path / "x.json", coco([PERSON], one)))
    np.testing.assert_allclose(recording.people[0].image_px[0], POINTS[0], rtol=1e-5)


def deeplabcut(path: Path, header: list[str], rows: list[str]) -> Path:
    path.write_text("\n".join([*header, *rows]) + "\n")
    return path


def test_deeplabcut_of_several_individuals(tmp_path: Path) -> None:
    header = [
        "scorer" + ",dlc" * 8,
        "individuals" + ",ann" * 4 + ",bob" * 4,
        "bodyparts,nose,nose,tail,tail,nose,nose,tail,tail",
        "coords" + ",x,y" * 4,
    ]
    rows = ["4,10,20,30,40,50,60,,", "6,11,21,31,41,,,72,82"]
    recording = laban.load(deeplabcut(tmp_path / "x.csv", header, rows), fps=2)
    np.testing.assert_allclose(recording.times_s, [2, 3])
    assert recording.metadata["individuals"] == ["ann", "bob"]
    assert recording.people[0].skeleton.names == ("nose", "tail")
    np.testing.assert_array_equal(recording.people[1].image_px[0], [[50, 60], [np.nan, np.nan]])


def test_deeplabcut_rows_may_end_in_commas(tmp_path: Path) -> None:
    header = ["scorer,dlc,dlc", "bodyparts,nose,nose", "coords,x,y"]
    recording = laban.load(deeplabcut(tmp_path / "x.csv", header, ["0,10,20,", "1,30,40,,"]), fps=1)
    np.testing.assert_array_equal(recording.people[0].image_px[:, 0], [[10, 20], [30, 40]])


def test_deeplabcut_rows_named_after_images(tmp_path: Path) -> None:
    header = ["scorer,,,dlc,dlc", "bodyparts,,,nose,nose", "coords,,,x,y"]
    rows = ["labeled-data,vid,img010.png,10,20", "labeled-data,vid,img002.png,30,40"]
    recording = laban.load(deeplabcut(tmp_path / "x.csv", header, rows), fps=1)
    np.testing.assert_allclose(recording.times_s, [2, 10])
    np.testing.assert_array_equal(recording.people[0].image_px[:, 0], [[30, 40], [10, 20]])


LANDMARKS = [{"x": 0.5, "y": 0.25, "z": -0.1, "visibility": 0.9}] * 32 + [
    {"x": 0.7, "y": 0.9, "z": 0, "visibility": 1}
]


@pytest.mark.parametrize(
    "content",
    [
        [{"timestampMs": 0, "landmarks": [LANDMARKS]}, {"timestampMs": 40, "landmarks": [LANDMARKS]}],
        [
            {"timestamp_ms": 0, "pose_landmarks": [LANDMARKS]},
            {"timestamp_ms": 40, "pose_landmarks": [LANDMARKS]},
        ],
        [{"time": 0, "poseLandmarks": LANDMARKS}, {"time": 0.04, "poseLandmarks": LANDMARKS}],
        [{"frame": 1, "landmarks": LANDMARKS}, {"frame": 2, "landmarks": LANDMARKS}],
        [LANDMARKS, LANDMARKS],
        {"frames": [{"landmarks": [LANDMARKS]}, {"landmarks": [LANDMARKS]}]},
    ],
)
def test_mediapipe_in_all_its_spellings(tmp_path: Path, content: Any) -> None:
    path = dump(tmp_path / "x.json", content)
    clocked = "time" in json.dumps(content)
    recording = laban.load(path, size_wh=(640, 480), fps=25)
    assert clocked or recording.metadata["format"] == "mediapipe"
    np.testing.assert_allclose(recording.times_s, [0, 0.04])
    np.testing.assert_allclose(recording.people[0].image_px[1, 0], [320, 120])
    assert recording.people[0].depth_px[0, 0] == pytest.approx(-64)


def test_mediapipe_frames_without_anybody_are_gaps(tmp_path: Path) -> None:
    content = [{"landmarks": [LANDMARKS]}, {"landmarks": []}, {"landmarks": [LANDMARKS]}]
    recording = laban.load(dump(tmp_path / "x.json", content), size_wh=(640, 480))
    assert recording.people[0].seen.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("shape", "skeleton", "people"),
    [
        ((5, 17, 2), "coco17", 1),
        ((5, 2, 17, 3), "coco17", 2),
        ((5, 26, 3), "halpe26", 1),
        ((5, 66), "blazepose33", 1),
    ],
)
def test_arrays_of_usual_shapes(tmp_path: Path, shape: tuple[int, ...], skeleton: str, people: int) -> None:
    values = RNG.uniform(0.1, 0.9, shape)
    if shape[-1] < 66:
        values[..., :2] *= 500
    np.save(tmp_path / "x.npy", values)
    recording = laban.load(tmp_path / "x.npy", size_wh=(640, 480), fps=5)
    assert (len(recording.people), recording.people[0].skeleton) == (people, SKELETONS[skeleton])
    np.testing.assert_allclose(recording.times_s, np.arange(5) / 5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (RNG.normal(0, 1, (5, 17, 3)), "confidence from 0 to 1|around 0|-1 to 1"),
        (RNG.uniform(0, 1, (5, 17, 3)), "--size"),
        (np.full((5, 14, 2), 90.0), "14 joints"),
        (np.array([{}], dtype=object), "not a complete array"),
        (np.zeros(4), "array of numbers"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, values: Any, message: str) -> None:
    np.save(tmp_path / "x.npy", values, allow_pickle=True)
    with pytest.raises(FormatError, match=message):
        laban.load(tmp_path / "x.npy")


@pytest.mark.parametrize("layout", ["labels", "labels/train", "train/labels", "."])
@pytest.mark.parametrize("described", [True, False])
def test_yolo_labels_wherever_they_lie(tmp_path: Path, layout: str, described: bool) -> None:
    folder = tmp_path / "set" / layout
    folder.mkdir(parents=True)
    for row in range(3):
        cells = np.hstack([POINTS[row] / (640, 480), np.full((17, 1), 2)]).ravel()
        (folder / f"clip_{row * 6 + 6}.txt").write_text(
            "0 0.5 0.5 0.2 0.6 " + " ".join(map(str, cells)) + "\n"
        )
    (folder / "classes.txt").write_text("person\n")
    if described:
        flip = ", ".join(map(str, COCO17.flip))
        (tmp_path / "set" / "data.yaml").write_text(f"kpt_shape: [17, 3]\nflip_idx: [{flip}]\n")
    recording = laban.load(tmp_path / "set", size_wh=(640, 480), fps=6)
    np.testing.assert_allclose(recording.times_s, [1, 2, 3])
    np.testing.assert_allclose(recording.people[0].image_px, POINTS, rtol=1e-5)


def test_yolo_lines_of_pixels_stay_pixels_with_a_word(tmp_path: Path) -> None:
    cells = np.hstack([POINTS[0], np.full((17, 1), 2)]).ravel()
    (tmp_path / "f_1.txt").write_text("0 300 200 80 90 " + " ".join(map(str, cells)))
    with pytest.warns(AssumptionWarning, match="taken as pixels"):
        recording = laban.load(tmp_path)
    np.testing.assert_allclose(recording.people[0].image_px[0], POINTS[0], rtol=1e-6)

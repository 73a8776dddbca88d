"""COCO keypoints: datasets and results."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.errors import FormatError, InvalidValueError
from laban.io import AssumptionWarning

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")


def dump(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def annotation(image: int, x: float, **more: Any) -> dict[str, Any]:
    return {
        "image_id": image,
        "category_id": 1,
        "keypoints": [x, 2.0, 2] + [0, 0, 0] + [x, 3.0, 1] * 15,
        **more,
    }


def images(*ids: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": one, "file_name": f"{one}.jpg", "width": 64, "height": 48, **more} for one in ids]


def test_flags_say_missing_hidden_and_seen(tmp_path: Path) -> None:
    path = dump(tmp_path / "x.json", {"images": images(5), "annotations": [annotation(5, 7.0)]})
    sequence = laban.load(path).people[0]
    np.testing.assert_array_equal(sequence.image_px[0, :3], [[7, 2], [np.nan, np.nan], [7, 3]])
    np.testing.assert_array_equal(sequence.visibility[0, :3], [1, np.nan, 0])
    assert sequence.size_wh == (64, 48)


def test_the_numbers_in_the_file_names_are_the_frames(tmp_path: Path) -> None:
    content = {"images": images(9, 2, 5), "annotations": [annotation(2, 2.0), annotation(9, 9.0)]}
    recording = laban.load(dump(tmp_path / "x.json", content), fps=10)
    np.testing.assert_allclose(recording.times_s, [0.2, 0.5, 0.9])
    np.testing.assert_array_equal(recording.people[0].image_px[:, 0, 0], [2, np.nan, 9])
    assert recording.metadata["images"] == ["2.jpg", "5.jpg", "9.jpg"]


def test_ids_of_a_collection_are_no_clock(tmp_path: Path) -> None:
    content = {"images": images(40083, 785, 196141), "annotations": [annotation(785, 2.0)]}
    recording = laban.load(dump(tmp_path / "x.json", content), fps=10)
    np.testing.assert_allclose(recording.times_s, [0, 0.1, 0.2])
    assert recording.metadata["images"] == ["40083.jpg", "785.jpg", "196141.jpg"]
    assert recording.metadata["assumed"]["frames"] == "in the order of the list"


def test_track_ids_join_detections_over_time(tmp_path: Path) -> None:
    found = [annotation(1, 1.0, track_id=4), annotation(1, 2.0, track_id=8), annotation(3, 3.0, track_id=4)]
    recording = laban.load(dump(tmp_path / "x.json", {"images": images(1, 2, 3), "annotations": found}))
    assert list(recording.people) == [4, 8]
    np.testing.assert_array_equal(recording.people[4].image_px[:, 0, 0], [1, np.nan, 3])


@pytest.mark.parametrize(
    ("identities", "people"),
    [("order", {0: 2, 1: 1}), ("each", {0: 1, 1: 1, 2: 1}), ("auto", {0: 1, 1: 1, 2: 1})],
)
def test_without_ids_nobody_is_joined_unless_asked(
    tmp_path: Path, identities: str, people: dict[int, int]
) -> None:
    found = [annotation(1, 1.0), annotation(2, 2.0), annotation(2, 3.0)]
    path = dump(tmp_path / "x.json", {"images": images(1, 2), "annotations": found})
    if identities == "auto":
        with pytest.warns(AssumptionWarning, match="3 detections have no id"):
            recording = laban.load(path)
    else:
        recording = laban.load(path, identities=identities)
    assert {person: len(sequence) for person, sequence in recording.people.items()} == people


def test_results_carry_confidences(tmp_path: Path) -> None:
    keypoints = [1.0, 2.0, 0.5] + [0, 0, 0] + [3.0, 4.0, 0.0] * 15
    results = [{"image_id": 12, "category_id": 1, "keypoints": keypoints, "score": 0.75}]
    sequence = laban.load(dump(tmp_path / "x.json", results)).people[0]
    np.testing.assert_array_equal(sequence.visibility[0, :3], [0.5, np.nan, 0])
    np.testing.assert_array_equal(sequence.score, [0.75])


def test_times_of_the_images_are_kept(tmp_path: Path) -> None:
    content = {"images": images(1, time_s=0.5) + images(2, time_s=0.7), "annotations": [annotation(1, 1.0)]}
    recording = laban.load(dump(tmp_path / "x.json", content))
    np.testing.assert_array_equal(recording.times_s, [0.5, 0.7])
    assert "assumed" not in recording.metadata


@quiet
def test_a_written_data_set_is_what_others_expect(pair: Recording, tmp_path: Path) -> None:
    content = json.loads(pair.save(tmp_path / "x.json").read_text())
    assert content["categories"][0]["keypoints"] == list(COCO17.names)
    assert content["categories"][0]["skeleton"][0] == [1, 2]
    assert [image["id"] for image in content["images"]] == list(range(1, 9))
    first = content["annotations"][0]
    assert (first["id"], first["image_id"], first["category_id"], first["track_id"]) == (1, 2, 1, 1)
    points = np.array(first["keypoints"]).reshape(17, 3)
    x, y, width, height = first["bbox"]
    assert (points[:, 0].min(), points[:, 1].max()) == pytest.approx((x, y + height))
    assert first["area"] == pytest.approx(width * height)
    assert first["num_keypoints"] == 17
    hidden = content["annotations"][1]["keypoints"]
    assert hidden[2 * 3 : 2 * 3 + 3] == [0, 0, 0]  # joint 5 of BlazePose, the right eye, is missing there


@quiet
def test_results_round_trip(pair: Recording, tmp_path: Path) -> None:
    path = pair.save(tmp_path / "x.json", layout="results")
    back = laban.load(path, fps=25)
    original = pair.people[4].to_skeleton(COCO17)
    np.testing.assert_allclose(back.people[4].image_px, original.image_px, rtol=1e-6)
    known = np.where(np.isnan(original.image_px[..., 0]), np.nan, original.visibility)
    np.testing.assert_allclose(back.people[4].visibility, known, rtol=1e-6)
    np.testing.assert_allclose(back.people[4].score, original.score, rtol=1e-6)
    with pytest.raises(InvalidValueError, match="layout"):
        pair.save(path, layout="table")


def test_the_real_sample_loads(shared: Path) -> None:
    path = shared / "data" / "coco_samples" / "test_coco.json"
    recording = laban.load(path, identities="order")
    truth = json.loads(path.read_text())
    assert len(recording.times_s) == 4
    assert sum(int(one.seen.sum()) for one in recording.people.values()) == sum(
        one["num_keypoints"] > 0 and not one["iscrowd"] for one in truth["annotations"]
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"images": 3, "annotations": []}, "images must be a list"),
        ({"images": [], "annotations": [annotation(1, 1.0)]}, "image 1, which is missing"),
        ({"images": images(1, 1), "annotations": []}, "the same id"),
        (
            {"images": images(1), "annotations": [{"image_id": 1, "keypoints": [1, 2, 3]}]},
            "51 numbers, got 3",
        ),
        ({"images": images(1), "annotations": [{"image_id": 1, "keypoints": ["a"] * 51}]}, "list of numbers"),
        ({"images": images(1), "annotations": [annotation(1, 1e39)]}, "infinite"),
        ({"images": images(1), "annotations": [annotation(1, 1.0, track_id=-3)]}, "track_id"),
        ({"images": images(1), "annotations": [annotation(1, 1.0, track_id=2)] * 2}, "same person twice"),
        ({"images": images(1), "annotations": [annotation(1, 1.0, score="high")]}, "score"),
        ({"images": images(1), "annotations": [], "categories": [{"keypoints": ["nose"]}]}, "the 17 of COCO"),
        (
            {"images": images(1, time_s=1) + images(2, time_s=1), "annotations": []},
            "times of its images must be unique",
        ),
        ([{"image_id": {}}], "image id"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        laban.load(dump(tmp_path / "x.json", content), format="coco")


def test_refuses_nan_which_json_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"image_id": 1, "keypoints": [NaN]}]')
    with pytest.raises(FormatError, match="NaN"):
        laban.load(tmp_path / "x.json")

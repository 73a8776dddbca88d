"""Splits that folders and pickles name, and groups that names, patterns and side tables tell."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.errors import FormatError, InvalidValueError
from laban.pipeline.dataset import open_dataset
from laban.pipeline.dataset.pickle_file import read_labels

Move = Callable[..., Recording]


def _clip(name: str, label: Any, **more: Any) -> dict[str, Any]:
    points = np.random.default_rng(len(name)).normal(100, 20, (1, 40, 17, 2)).astype(np.float32)
    scores = np.ones(points.shape[:3], np.float32)
    return {"frame_dir": name, "label": label, "keypoint": points, "keypoint_score": scores, **more}


def _pickled(path: Path, clips: list[dict[str, Any]], **split: Any) -> Path:
    path.write_bytes(pickle.dumps({"split": split, "annotations": clips}))
    return path


def _saved(root: Path, move: Move, *places: str) -> Path:
    for seed, place in enumerate(places):
        move(seed=seed).save(root / place / "clip.parquet")
    return root


@pytest.mark.parametrize(
    "names", [("train", "test"), ("Train", "val"), ("training", "valid"), ("train", "validation")]
)
def test_folders_called_as_splits_are_splits(tmp_path: Path, move: Move, names: tuple[str, str]) -> None:
    places = [f"{split}/{label}" for split in names for label in ("kick", "wave")]
    dataset = open_dataset(_saved(tmp_path, move, *places))
    assert [task.name for task in dataset.tasks] == ["action"]
    assert dataset.tasks[0].labels == ("kick", "wave")
    held = {"test": "test", "train": "train", "training": "train"}
    assert {item.clip.split for item in dataset.items} == {
        held.get(name.lower(), "validation") for name in names
    }


@pytest.mark.parametrize(
    "places",
    [
        ("kick/train", "kick/test", "wave/train", "wave/test"),
        ("train/kick", "test/kick", "train/wave", "test/wave"),
    ],
)
def test_splits_may_lie_within_classes(tmp_path: Path, move: Move, places: tuple[str, ...]) -> None:
    dataset = open_dataset(_saved(tmp_path, move, *places))
    said = {(item.label_of("action"), item.clip.split) for item in dataset.items}
    assert said == {("kick", "train"), ("kick", "test"), ("wave", "train"), ("wave", "test")}


@pytest.mark.parametrize("order", ["{split}/{task}/{label}", "{task}/{split}/{label}"])
def test_splits_may_lie_above_or_below_tasks(tmp_path: Path, move: Move, order: str) -> None:
    places = [
        order.format(split=split, task=task, label=label)
        for split in ("train", "val")
        for task, label in (("fall", "fall"), ("fall", "none"), ("fight", "fight"), ("fight", "none"))
    ]
    dataset = open_dataset(_saved(tmp_path, move, *places))
    assert [task.name for task in dataset.tasks] == ["fall", "fight"]
    assert [item.clip.split for item in dataset.items].count("train") == 4


def test_a_split_without_classes_is_refused_and_a_class_may_have_such_a_name(
    tmp_path: Path, move: Move
) -> None:
    with pytest.raises(InvalidValueError, match="name of a split and holds clips"):
        open_dataset(_saved(tmp_path / "one", move, "train", "test"))
    labels = open_dataset(_saved(tmp_path / "two", move, "valid", "invalid")).tasks[0].labels
    assert labels == ("invalid", "valid")


def test_one_empty_clip_does_not_spoil_a_pickle(tmp_path: Path) -> None:
    empty = np.zeros((0, 40, 17, 2), np.float32)
    clips = [
        _clip("a", 0),
        _clip("e", 1, keypoint=empty, keypoint_score=empty[..., 0]),
        _clip("listed", 1, keypoint=[]),
    ]
    dataset = open_dataset(
        _pickled(tmp_path / "p.pkl", [*clips, _clip("none", 1, keypoint=None), _clip("b", 1)])
    )
    assert [item.clip.name for item in dataset.items] == ["a", "b"]
    assert {one.name: one.reason for one in dataset.skipped} == {
        "e": "'e' has no people: its keypoint array is empty",
        "listed": "'listed' has no people: its keypoint array is empty",
        "none": "the keypoint array of 'none' must be (people, frames, joints, 2 or 3)",
    }


@pytest.mark.parametrize(
    "names",
    [
        list,
        tuple,
        np.array,
        lambda held: np.array(held, dtype=object),
        lambda held: [np.str_(one) for one in held],
    ],
)
def test_splits_are_lists_tuples_or_arrays_of_any_text(
    tmp_path: Path, names: Callable[[list[str]], Any]
) -> None:
    clips = [_clip("a", 0), _clip("bb", 1), _clip("ccc", 1)]
    path = _pickled(tmp_path / "p.pkl", clips, train=names(["a", "bb"]), val=names(["ccc"]), test=names([]))
    assert [item.clip.split for item in open_dataset(path).items] == ["train", "train", "val"]


def test_arrays_of_objects_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = _pickled(tmp_path / "p.pkl", [_clip("a", 0)], train=np.array([["a"], {}], dtype=object))
    with pytest.raises(FormatError, match="not numbers or text"):
        open_dataset(path)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("fall", "fall"),
        (np.str_("fall"), "fall"),
        (3, "3"),
        (np.int64(3), "3"),
        ([3], "3"),
        (np.array([3]), "3"),
        (-1, None),
    ],
)
def test_labels_are_numbers_or_text(tmp_path: Path, label: Any, expected: str | None) -> None:
    path = _pickled(tmp_path / "p.pkl", [_clip("a", label), _clip("other", 0)])
    assert open_dataset(path).items[0].label_of("action") == expected


@pytest.mark.parametrize(
    "text",
    [
        "sit\nstand\nfall\n",
        "0 sit\n1 stand\n2 fall\n",
        "1. sit\r\n2. stand\r\n3. fall",
        '["sit","stand","fall"]',
        '{"0":"sit","1":"stand","2":"fall"}',
    ],
)
def test_names_of_classes_are_read_from_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.txt").write_text(text, newline="")
    assert read_labels(tmp_path / "labels.txt") == ("sit", "stand", "fall")


@pytest.mark.parametrize("text", ["", "sit\n\nfall\n", "[1, 2]", "{]"])
def test_names_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.txt").write_text(text)
    with pytest.raises(FormatError):
        read_labels(tmp_path / "labels.txt")


def test_names_of_known_data_sets_tell_their_groups(tmp_path: Path) -> None:
    clips = [
        _clip(f"S001C00{camera}P00{person}R001A00{person}", person) for camera in (1, 2) for person in (1, 2)
    ]
    dataset = open_dataset(_pickled(tmp_path / "p.pkl", [*clips, _clip("v_Archery_g07_c02", 9)]))
    assert [item.clip.group for item in dataset.items] == ["P001", "P002", "P001", "P002", "v_Archery_g07"]
    assert "4 clips, which include the performer" in dataset.notes[0]


def test_groups_come_from_a_pattern_or_a_side_table(tmp_path: Path) -> None:
    path = _pickled(tmp_path / "p.pkl", [_clip("anna_01", 0), _clip("bert_01", 1), _clip("anna_2", 1)])
    by_pattern = open_dataset(path, groups=r"^([a-z]+)_")
    assert [item.clip.group for item in by_pattern.items] == ["anna", "bert", "anna"]
    (tmp_path / "g.csv").write_text("frame_dir;group\nanna_01;one\nbert_01;two\n")
    by_table = open_dataset(path, groups=tmp_path / "g.csv")
    assert [item.clip.group for item in by_table.items] == ["one", "two", "anna_2"]
    assert "gives no group to 1 of 3 clips, such as 'anna_2'" in by_table.notes[0]
    with pytest.raises(InvalidValueError, match="gives none of the 3 clips a group"):
        open_dataset(path, groups="^nobody")
    with pytest.raises(InvalidValueError, match="regular expression"):
        open_dataset(path, groups="(")


def test_a_pattern_meets_the_name_of_a_file_in_the_folder_of_its_class(tmp_path: Path, move: Move) -> None:
    for place in ("wave/anna_01", "rest/bert_01"):
        move(seed=0).save(tmp_path / f"{place}.parquet")
    assert _groups(tmp_path, by="^([a-z]+)_") == {"anna", "bert"}
    assert _groups(tmp_path, by="^([a-z]+)/") == {"wave", "rest"}


def _groups(root: Path, *, by: str) -> set[str]:
    return {item.clip.group for item in open_dataset(root, groups=by).items}

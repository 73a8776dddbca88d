"""Labelled data in every form it may come in, and what is said of data that is none."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.errors import FormatError, InvalidValueError, LabanError, UnknownNameError
from laban.pipeline.dataset import check_trainable, open_dataset
from laban.pipeline.dataset.values import whole_clip

Move = Callable[..., Recording]


def test_a_folder_for_each_class_gives_labels_and_lists_what_is_no_clip(folder: Path) -> None:
    (folder / "wave" / "still.png").write_bytes(b"\x89PNG")
    (folder / "wave" / ".hidden").write_text("x")
    (folder / "kick" / "notes.md").write_text("words")
    (folder / "kick" / "none.mp4").write_bytes(b"")
    (folder / "empty").mkdir()
    dataset = open_dataset(folder)
    assert [(item.clip.name, item.label_of("action")) for item in dataset.items] == [
        ("kick/1.parquet", "kick"),
        ("kick/2.parquet", "kick"),
        ("wave/1.parquet", "wave"),
        ("wave/2.parquet", "wave"),
    ]
    assert dataset.tasks[0].labels == ("kick", "wave")
    assert {one.name: one.reason for one in dataset.skipped} == {
        "wave/still.png": "an image; movement needs a video",
        "wave/.hidden": "hidden",
        "kick/notes.md": "neither a video nor a file of poses",
        "kick/none.mp4": "empty",
        "empty": "a folder without clips",
    }
    assert all(item.clip.group == item.clip.name for item in dataset.items)


def test_folders_of_classes_below_folders_of_tasks(tmp_path: Path, move: Move) -> None:
    for task, label in (("fall", "fall"), ("fall", "none"), ("fight", "fight"), ("fight", "none")):
        move().save(tmp_path / task / label / "clip.parquet")
    dataset = open_dataset(tmp_path)
    assert [(task.name, task.labels, task.background) for task in dataset.tasks] == [
        ("fall", ("fall", "none"), "none"),
        ("fight", ("fight", "none"), "none"),
    ]
    assert [set(item.labels) for item in dataset.items] == [{"fall"}, {"fall"}, {"fight"}, {"fight"}]


def test_a_label_in_two_tasks_is_refused_with_the_way_out(tmp_path: Path, move: Move) -> None:
    for person, label in (("anna", "fall"), ("anna", "sit"), ("bert", "fall"), ("bert", "sit")):
        move().save(tmp_path / person / label / "clip.parquet")
    with pytest.raises(InvalidValueError, match=r"'fall' is in two tasks.*column 'group'"):
        open_dataset(tmp_path)


def test_files_of_landmarks_are_classes_by_their_stems(tmp_path: Path, move: Move) -> None:
    for kind in ("kick", "wave"):
        with pytest.warns(UserWarning, match="cannot hold"):
            move(kind).save(tmp_path / f"{kind}.txt", format="tutorial")
    dataset = open_dataset(tmp_path, fps=25.0)
    assert [item.label_of("action") for item in dataset.items] == ["kick", "wave"]
    assert dataset.reading == {"fps": 25.0}


def test_a_video_beside_its_recording_is_taken_once(folder: Path, film: Callable[..., Path]) -> None:
    film(folder / "wave" / "1.mp4")
    dataset = open_dataset(folder)
    assert len(dataset) == 4
    assert dataset.skipped[0].reason == "its poses are taken from 1.parquet"


TABLE = """path,label,start_s,end_s,person,group,task,split,subgroup_light
kick/1.parquet,fall,1.5,2.5,0,anna,fall,train,day
kick/1.parquet,none,,,,anna,fight,train,day
wave/1.parquet,none,,,,bert,fall,test,night
wave/2.parquet,,,,,bert,,test,
missing.mp4,none,,,,bert,fall,test,
"""


def test_a_table_may_name_spans_people_groups_tasks_splits_and_subgroups(folder: Path) -> None:
    (folder / "clips.csv").write_text(TABLE)
    dataset = open_dataset(folder / "clips.csv")
    assert [task.name for task in dataset.tasks] == ["fall", "fight"]
    first, second, third = dataset.items
    assert first.labels == {"fall": (Span(1.5, 2.5, "fall", person=0),), "fight": (whole_clip("none"),)}
    assert (first.clip.group, first.clip.split, first.clip.subgroups) == ("anna", "train", {"light": "day"})
    assert set(second.labels) == {"fall"}
    assert third.labels == {}
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("missing.mp4", "there is no such file (row 6)")
    ]


def test_a_parquet_table_says_the_same_as_a_csv(folder: Path) -> None:
    import pandas as pd

    (folder / "clips.csv").write_text(TABLE)
    pd.read_csv(folder / "clips.csv").to_parquet(folder / "clips.parquet")
    one, other = open_dataset(folder / "clips.csv"), open_dataset(folder / "clips.parquet")
    assert one.tasks == other.tasks
    assert [(a.clip, dict(a.labels)) for a in one.items] == [(b.clip, dict(b.labels)) for b in other.items]


def test_rows_of_one_file_that_name_several_groups_are_several_clips(folder: Path) -> None:
    (folder / "clips.csv").write_text(
        "path,label,start_s,end_s,group\nkick/1.parquet,a,0,1,anna\nkick/1.parquet,b,1,2,bert\n"
    )
    dataset = open_dataset(folder / "clips.csv")
    assert [(item.clip.group, item.only_spans) for item in dataset.items] == [("anna", True), ("bert", True)]


REFUSED = {
    "path,lable\nkick/1.parquet,a\n": (UnknownNameError, "'lable'; did you mean 'label'"),
    "path,label,colour\nkick/1.parquet,a,red\n": (UnknownNameError, "'colour'"),
    "path,label,label\nkick/1.parquet,a,b\n": (InvalidValueError, "stands there twice"),
    "path,label\n": (InvalidValueError, "no rows"),
    "path,label\nkick/1.parquet,a,b\n": (InvalidValueError, "row 2: expected 2 cells, got 3"),
    "path,label\nnowhere.mp4,a\n": (InvalidValueError, "none of its 1 clips can be read"),
    "path,label\nkick/1.parquet,\n": (InvalidValueError, "has a label"),
    "path,label,start_s\nkick/1.parquet,a,soon\n": (InvalidValueError, "row 2, start_s"),
    "path,label,start_s\nkick/1.parquet,a,inf\n": (InvalidValueError, "row 2, start_s"),
    "path,label,person\nkick/1.parquet,a,-1\n": (InvalidValueError, "row 2, person"),
    "path,label,start_s,end_s\nkick/1.parquet,a,2,1\n": (
        InvalidValueError,
        "end_s 1 must lie after start_s 2",
    ),
    "path,label,task\nkick/1.parquet,a,x\nwave/1.parquet,a,y\n": (InvalidValueError, "is in two tasks"),
    "path,label\nkick/1.parquet,unknown\n": (InvalidValueError, "rename it"),
    "path,label,start_s,end_s\nkick/1.parquet,a,0,2\n./kick/1.parquet,b,1,3\n": (
        InvalidValueError,
        "rows 2 and 3: 'a' and 'b' hold at once",
    ),
    "name,class\nx,y\n": (InvalidValueError, "expected columns path and label"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_table_that_cannot_be_is_refused_in_one_line(folder: Path, text: str) -> None:
    (folder / "clips.csv").write_text(text)
    kind, words = REFUSED[text]
    with pytest.raises(kind) as caught:
        open_dataset(folder / "clips.csv")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_dataset_is_refused(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InvalidValueError, match="found an empty folder"):
        open_dataset(empty)
    with pytest.raises(FormatError, match="does not exist"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(FormatError, match="is one recording"):
        open_dataset(folder / "kick" / "1.parquet")
    (folder / "kick" / "deeper").mkdir()
    (folder / "other").mkdir()
    (folder / "wave").rename(folder / "other" / "wave")
    with pytest.raises(InvalidValueError, match="one folder for each class, or one for each task"):
        open_dataset(folder)


def test_backgrounds_can_be_named(folder: Path) -> None:
    assert open_dataset(folder).tasks[0].background is None
    assert open_dataset(folder, backgrounds={"action": "wave"}).tasks[0].background == "wave"
    with pytest.raises(UnknownNameError, match="did you mean 'action'"):
        open_dataset(folder, backgrounds={"actions": "wave"})


def _annotation(name: str, label: int, *, frames: int = 40, joints: int = 17) -> dict[str, Any]:
    points = np.random.default_rng(label).normal(100, 20, (1, frames, joints, 2)).astype(np.float32)
    return {
        "frame_dir": name,
        "total_frames": frames,
        "img_shape": (480, 640),
        "label": label,
        "keypoint": points,
        "keypoint_score": np.ones(points.shape[:3], np.float32),
    }


def _pickled(path: Path, annotations: list[dict[str, Any]], **split: list[str]) -> Path:
    path.write_bytes(pickle.dumps({"split": split, "annotations": annotations}))
    return path


def test_a_pickle_gives_clips_splits_and_names(tmp_path: Path) -> None:
    clips = [_annotation(f"c{label}", label) for label in (0, 2, 10)]
    path = _pickled(tmp_path / "p.pkl", clips, xsub_train=["c0", "c2"], xsub_val=["c10"])
    dataset = open_dataset(path)
    assert dataset.tasks[0].labels == ("0", "2", "10")
    assert [item.clip.split for item in dataset.items] == ["train", "train", "val"]
    named = open_dataset(path, labels=[f"class {number}" for number in range(11)])
    assert named.items[1].label_of("action") == "class 2"


def test_several_splits_of_a_pickle_need_a_name(tmp_path: Path) -> None:
    clips = [_annotation(f"c{label}", label) for label in (0, 1)]
    path = _pickled(tmp_path / "p.pkl", clips, xsub_train=["c0"], xview_train=["c1"])
    unnamed = open_dataset(path)
    assert [item.clip.split for item in unnamed.items] == [None, None]
    assert "several splits (xsub, xview)" in unnamed.notes[0]
    assert [item.clip.split for item in open_dataset(path, split="xview").items] == [None, "train"]
    with pytest.raises(InvalidValueError, match="it has: xsub, xview"):
        open_dataset(path, split="xset")


def test_a_skeleton_that_nobody_knows_is_skipped(tmp_path: Path) -> None:
    path = _pickled(tmp_path / "p.pkl", [_annotation("good", 0), _annotation("odd", 1, joints=5)])
    dataset = open_dataset(path)
    assert [item.clip.name for item in dataset.items] == ["good"]
    assert dataset.skipped[0].name == "odd"


class _Malicious:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.canary,)


def test_a_malicious_or_corrupt_pickle_runs_nothing(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / "p.pkl"
    path.write_bytes(pickle.dumps({"annotations": [_Malicious(canary)]}))
    with pytest.raises(LabanError):
        open_dataset(path)
    assert not canary.exists()
    path.write_bytes(pickle.dumps({"annotations": [_annotation("a", 0)]})[:-40])
    with pytest.raises(FormatError, match="cannot read"):
        open_dataset(path)


def test_one_class_only_can_be_looked_at_but_not_learnt_from(folder: Path) -> None:
    check_trainable(open_dataset(folder).tasks)
    for path in (folder / "wave").iterdir():
        path.unlink()
    dataset = open_dataset(folder)
    assert dataset.tasks[0].labels == ("kick",)
    with pytest.raises(InvalidValueError, match="the one class 'kick', expected at least 2"):
        check_trainable(dataset.tasks)


@pytest.mark.parametrize(
    ("labels", "background"),
    [
        (("fall", "no_fall"), "no_fall"),
        (("fall", "Other"), "Other"),
        (("right", "not right"), "not right"),
        (("nodding", "notice"), None),
        (("none", "normal", "fall"), None),
    ],
)
def test_a_background_is_known_by_its_name(
    tmp_path: Path, move: Move, labels: tuple[str, ...], background: str | None
) -> None:
    for label in labels:
        move().save(tmp_path / label / "clip.parquet")
    assert open_dataset(tmp_path).tasks[0].background == background

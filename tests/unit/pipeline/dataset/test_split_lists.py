"""Trees of clips as UCF, HMDB51 and KTH publish them: lists of splits, and groups in names."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from laban.errors import FormatError, InvalidValueError
from laban.pipeline.dataset import Dataset, open_dataset
from laban.render.video import write_video

UCF = ("Biking", "HandstandPushups")
HMDB = ("brush_hair", "wave")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shortest of videos; every clip of a tree is a link to it."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, ((index / 10, np.full((32, 32, 3), 60 * index, np.uint8)) for index in range(3)))
    return path


def placed(root: Path, clip: Path, names: Iterable[str]) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(clip)


def ucf_name(label: str, group: int, take: int = 1) -> str:
    return f"v_{label}_g{group:02d}_c{take:02d}.avi"


def ucf(root: Path, clip: Path, *, videos: str = "UCF-101", lists: str = "ucfTrainTestlist") -> Path:
    """Four groups of each class; split 1 tests the first, split 2 the second."""
    placed(
        root / videos, clip, (f"{label}/{ucf_name(label, group)}" for label in UCF for group in range(1, 5))
    )
    home = root / lists
    home.mkdir(parents=True, exist_ok=True)
    (home / "classInd.txt").write_text("".join(f"{at} {label}\r\n" for at, label in enumerate(UCF, start=1)))
    for number in (1, 2):
        rows = [(label, group) for label in UCF for group in range(1, 5)]
        train = [f"{c}/{ucf_name(c, g)} {UCF.index(c) + 1}\r\n" for c, g in rows if g != number]
        test = [f"{c}/{ucf_name(c, g)}\r\n" for c, g in rows if g == number]
        (home / f"trainlist{number:02d}.txt").write_text("".join(train))
        (home / f"testlist{number:02d}.txt").write_text("".join(test) + "\r\n")
    return root


def clips_to_test(dataset: Dataset) -> set[str]:
    return {item.clip.name.split("/")[-1] for item in dataset.items if item.clip.split == "test"}


def labels(dataset: Dataset) -> set[str]:
    return {str(item.label_of("action")) for item in dataset.items}


@pytest.mark.parametrize(
    ("videos", "lists"),
    [
        ("UCF-101", "ucfTrainTestlist"),
        (".", "."),
        (".", "ucfTrainTestlist"),
        ("data/videos/UCF-101", "lists"),
        ("UCF-101", "UCF101TrainTestSplits-RecognitionTask/ucfTrainTestlist"),
    ],
)
def test_the_lists_of_ucf101_are_read_wherever_they_lie(
    tmp_path: Path, clip: Path, videos: str, lists: str
) -> None:
    dataset = open_dataset(ucf(tmp_path, clip, videos=videos, lists=lists))
    assert [task.name for task in dataset.tasks] == ["action"]
    assert dataset.tasks[0].labels == UCF
    assert clips_to_test(dataset) == {ucf_name(label, 1) for label in UCF}
    assert len(dataset) == 8
    assert {item.clip.group for item in dataset.items} == {
        f"v_{label}_g{group:02d}" for label in UCF for group in range(1, 5)
    }
    assert "split 1 of 1, 2 is used; --data-split chooses another" in dataset.notes


@pytest.mark.parametrize("words", ["2", "02", "split 2"])
def test_another_split_is_chosen_by_its_number(tmp_path: Path, clip: Path, words: str) -> None:
    dataset = open_dataset(ucf(tmp_path, clip), split=words)
    assert clips_to_test(dataset) == {ucf_name(label, 2) for label in UCF}
    assert not any("chooses another" in note for note in dataset.notes)


@pytest.mark.parametrize("words", ["3", "xsub", ""])
def test_a_split_that_is_not_there_is_refused(tmp_path: Path, clip: Path, words: str) -> None:
    with pytest.raises(InvalidValueError, match="lists of the splits 1, 2, got"):
        open_dataset(ucf(tmp_path, clip), split=words)


def test_a_split_of_data_without_lists_is_refused(tmp_path: Path, clip: Path) -> None:
    placed(tmp_path, clip, ("a/1.mp4", "b/2.mp4"))
    with pytest.raises(InvalidValueError, match="no lists of splits to choose '2' from"):
        open_dataset(tmp_path, split="2")


def test_clips_in_one_folder_and_with_another_suffix_are_found_by_their_names(
    tmp_path: Path, clip: Path
) -> None:
    root = ucf(tmp_path, clip)
    for path in sorted(root.rglob("v_*.avi")):
        (root / "all").mkdir(exist_ok=True)
        path.rename(root / "all" / f"{path.stem}.mp4")
    dataset = open_dataset(root)
    assert labels(dataset) == set(UCF)
    assert len(dataset) == 8


def test_clips_that_are_not_there_and_those_in_no_list_are_counted_and_named(
    tmp_path: Path, clip: Path
) -> None:
    root = ucf(tmp_path, clip)
    for group in range(1, 5):
        (root / "UCF-101" / "Biking" / ucf_name("Biking", group)).unlink() if group > 2 else None
    placed(root / "UCF-101" / "Biking", clip, [ucf_name("Biking", 9)])
    dataset = open_dataset(root)
    assert len(dataset) == 6
    (absent,) = [note for note in dataset.notes if "are not there" in note]
    assert absent.startswith(
        "2 of 8 clips that the lists name are not there, such as Biking/v_Biking_g03_c01.avi, "
    )
    (unused,) = [note for note in dataset.notes if "are not used" in note]
    assert unused.startswith(
        "1 clips are not used: they are in neither part of split 1, such as UCF-101/Biking/"
    )
    for path in root.rglob("*.avi"):
        path.unlink()
    with pytest.raises(InvalidValueError, match="none of the 8 clips that the lists name can be used"):
        open_dataset(root)


def test_a_clip_that_is_there_twice_or_is_none_is_left_out(tmp_path: Path, clip: Path) -> None:
    root = ucf(tmp_path, clip)
    (root / "more" / "Biking").mkdir(parents=True)
    placed(root / "more" / "Biking", clip, [ucf_name("Biking", 1)])
    (root / "UCF-101" / "Biking" / ucf_name("Biking", 2)).unlink()
    (root / "UCF-101" / "Biking" / ucf_name("Biking", 2)).write_bytes(b"")
    reasons = [one.reason for one in open_dataset(root).skipped]
    assert len(reasons) == 2
    assert any("several files have that name" in reason for reason in reasons)
    assert "empty" in reasons


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("trainlist01.txt", "", "no clips of the training part"),
        ("testlist01.txt", "", "no clips of the test part"),
        ("testlist01.txt", "Biking/v_Biking_g02_c01.avi\n", "in the test and in the train list"),
        ("testlist01.txt", "v_Biking_g01_c01.avi\n", "row 1: expected CLASS/FILE, got v_Biking_g01_c01.avi"),
    ],
)
def test_lists_that_cannot_be_meant_are_refused(
    tmp_path: Path, clip: Path, name: str, content: str, words: str
) -> None:
    root = ucf(tmp_path, clip)
    (root / "ucfTrainTestlist" / name).write_text(content)
    with pytest.raises(InvalidValueError, match=words):
        open_dataset(root)


def test_numbers_that_are_of_another_class_are_told(tmp_path: Path, clip: Path) -> None:
    root = ucf(tmp_path, clip)
    (root / "ucfTrainTestlist" / "classInd.txt").write_text("1 HandstandPushups\n2 Biking\n")
    dataset = open_dataset(root)
    assert labels(dataset) == set(UCF)
    assert any("6 lines name another class in classInd.txt" in note for note in dataset.notes)


def test_two_folders_of_lists_and_a_list_by_itself_are_refused(tmp_path: Path, clip: Path) -> None:
    root = ucf(tmp_path, clip)
    with pytest.raises(FormatError, match="give the folder that holds the lists and the clips"):
        open_dataset(root / "ucfTrainTestlist" / "trainlist01.txt")
    ucf(tmp_path / "again", clip)
    (tmp_path / "again" / "ucfTrainTestlist").rename(root / "detection")
    with pytest.raises(InvalidValueError, match="detection and in ucfTrainTestlist; leave one of the two"):
        open_dataset(root)


def hmdb(root: Path, clip: Path) -> Path:
    """Two films for each class with two clips each, and one clip that no part uses."""
    for label in HMDB:
        names = [f"Film_{film}_{label}_u_nm_np1_ba_goo_{take}.avi" for film in ("A", "B") for take in (0, 1)]
        placed(root / "hmdb51_org" / label, clip, [*names, f"Film_C_{label}_h_cm_np2_fr_bad_7.avi"])
        for number in (1, 2):
            path = root / "testTrainMulti_7030_splits" / f"{label}_test_split{number}.txt"
            path.parent.mkdir(exist_ok=True)
            codes = [1, 1, 2, 2] if number == 1 else [2, 2, 1, 1]
            lines = [f"{name} {code} \n" for name, code in zip(names, codes, strict=True)]
            path.write_text("".join([*lines, f"Film_C_{label}_h_cm_np2_fr_bad_7.avi 0 \n"]))
    return root


@pytest.mark.parametrize(("number", "film"), [(None, "Film_B"), ("2", "Film_A")])
def test_the_splits_of_hmdb51(tmp_path: Path, clip: Path, number: str | None, film: str) -> None:
    dataset = open_dataset(hmdb(tmp_path, clip), split=number)
    assert dataset.tasks[0].labels == HMDB
    assert len(dataset) == 8
    assert {item.clip.group for item in dataset.items} == {"Film_A", "Film_B"}
    assert {item.clip.group for item in dataset.items if item.clip.split == "test"} == {film}
    (unused,) = [note for note in dataset.notes if "are not used" in note]
    assert unused.startswith("2 clips are not used")


def test_a_line_of_hmdb51_without_its_number_is_refused(tmp_path: Path, clip: Path) -> None:
    root = hmdb(tmp_path, clip)
    (root / "testTrainMulti_7030_splits" / "wave_test_split1.txt").write_text("a_clip.avi\n")
    with pytest.raises(InvalidValueError, match="row 1: expected a file and 0, 1 or 2"):
        open_dataset(root)


def test_the_persons_of_kth_are_groups(tmp_path: Path, clip: Path) -> None:
    names = [
        f"{label}/person{person:02d}_{label}_d{scene}_uncomp.avi"
        for label in ("boxing", "walking")
        for person in (1, 2, 25)
        for scene in (1, 4)
    ]
    placed(tmp_path, clip, names)
    dataset = open_dataset(tmp_path)
    assert {item.clip.group for item in dataset.items} == {"person01", "person02", "person25"}
    assert dataset.notes == ("groups are taken from the names of 12 clips, which include the person",)


def test_a_folder_for_each_clip_as_in_ucf_sports(tmp_path: Path, clip: Path) -> None:
    """CLASS/001/clip.avi beside single images; the tape is the group."""
    names = [
        *(
            "Diving-Side/001/2538-5_70133.avi",
            "Diving-Side/002/2538-5_70152.avi",
            "Diving-Side/003/2538-1_70348.avi",
        ),
        *("Run-Side/001/RF1-13902_70016.avi", "Run-Side/002/3498-14_700001.avi"),
    ]
    placed(tmp_path, clip, names)
    (tmp_path / "Diving-Side" / "001" / "gt").mkdir()
    dataset = open_dataset(tmp_path)
    assert dataset.tasks[0].labels == ("Diving-Side", "Run-Side")
    assert [item.clip.group for item in dataset.items] == [
        "2538-5",
        "2538-5",
        "2538-1",
        "RF1-13902",
        "3498-14",
    ]


def test_a_folder_for_each_source_as_in_ucf11(tmp_path: Path, clip: Path) -> None:
    names = [
        f"{label}/v_{short}_{group:02d}/v_{short}_{group:02d}_{take:02d}.mpg"
        for label, short in (("basketball", "shooting"), ("walking", "walk_dog"))
        for group in (1, 2)
        for take in (1, 2)
    ]
    placed(tmp_path, clip, names)
    (tmp_path / "basketball" / "Annotation").mkdir()
    dataset = open_dataset(tmp_path)
    assert dataset.tasks[0].labels == ("basketball", "walking")
    assert {item.clip.group for item in dataset.items} == {
        "v_shooting_01",
        "v_shooting_02",
        "v_walk_dog_01",
        "v_walk_dog_02",
    }


def test_folders_of_tasks_stay_what_they_are(tmp_path: Path, clip: Path) -> None:
    placed(tmp_path, clip, ("fall/fall/1.mp4", "fall/none/2.mp4", "fight/fight/3.mp4", "fight/none/4.mp4"))
    assert [task.name for task in open_dataset(tmp_path).tasks] == ["fall", "fight"]

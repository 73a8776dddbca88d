"""YOLO-pose: labels in normalised coordinates beside a description."""

from pathlib import Path

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io import AssumptionWarning
from laban.io.flat_yaml import parse_flat_yaml

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")
FLIP = "flip_idx: [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]\n"
COCO = f"kpt_shape: [17, 3]\n{FLIP}names:\n  0: person\n"
SIZE = {"size_wh": (100, 200)}


def folder(path: Path, *frames: str, yaml: str = COCO) -> Path:
    (path / "labels").mkdir(parents=True)
    (path / "data.yaml").write_text(yaml)
    for number, text in enumerate(frames, 1):
        (path / "labels" / f"clip_{number}.txt").write_text(text)
    return path


def line(x: float, *, third: str = "2", extras: str = "") -> str:
    joints = [f"{x} 0.5 {third}", "0 0 0", *[f"{x} 0.25 1"] * 15]
    return f"0 0.5 0.5 0.1 0.1 {' '.join(joints)} {extras}\n"


def test_flags_say_missing_hidden_and_seen(tmp_path: Path) -> None:
    sequence = laban.load(folder(tmp_path / "x", line(0.5)), **SIZE).people[0]
    np.testing.assert_allclose(sequence.image_px[0, :3], [[50, 100], [np.nan, np.nan], [50, 50]])
    np.testing.assert_array_equal(sequence.visibility[0, :3], [1, np.nan, 0])


def test_other_numbers_are_confidences(tmp_path: Path) -> None:
    sequence = laban.load(folder(tmp_path / "x", line(0.5, third="0.25")), **SIZE).people[0]
    np.testing.assert_array_equal(sequence.visibility[0, :3], [0.25, np.nan, 1])


def test_confidence_and_track_id_follow_the_joints(tmp_path: Path) -> None:
    frames = [line(0.1, extras="0.5 7") + line(0.2, extras="0.75 3"), line(0.3, extras="0.25 7")]
    recording = laban.load(folder(tmp_path / "x", *frames), fps=10, **SIZE)
    np.testing.assert_allclose(recording.people[7].image_px[:, 0, 0], [10, 30])
    np.testing.assert_array_equal(recording.people[7].score, [0.5, 0.25])
    np.testing.assert_allclose(recording.people[3].times_s, [0])  # counting from 1 starts at time 0
    np.testing.assert_allclose(recording.times_s, [0, 0.1])


def test_files_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    frames = [line(number / 100) for number in range(1, 12)]
    sequence = laban.load(folder(tmp_path / "x", *frames), **SIZE).people[0]
    np.testing.assert_allclose(sequence.image_px[:, 0, 0], np.arange(1, 12), rtol=1e-6)


def test_two_numbers_a_joint_leave_visibility_unknown(tmp_path: Path) -> None:
    text = "0 0.5 0.5 0.1 0.1 " + " ".join(["0.5 0.5", *["0 0"] * 16])
    yaml = COCO.replace("[17, 3]", "[17, 2]")
    sequence = laban.load(folder(tmp_path / "x", text, yaml=yaml), **SIZE).people[0]
    np.testing.assert_allclose(sequence.image_px[0, :2], [[50, 100], [np.nan, np.nan]])
    assert np.isnan(sequence.visibility).all()


def test_the_number_of_joints_alone_does_not_tell_which(tmp_path: Path) -> None:
    path = folder(tmp_path / "x", line(0.5), yaml="kpt_shape: [17, 3]\nflip_idx: [0, 1]\n")
    with pytest.raises(FormatError, match="pass skeleton="):
        laban.load(path, **SIZE)
    assert laban.load(path, skeleton="coco17", **SIZE).people[0].skeleton is COCO17
    with pytest.raises(FormatError, match="17 joints, ntu25 has 25"):
        laban.load(path, skeleton="ntu25", **SIZE)


def test_joints_are_found_by_their_names(tmp_path: Path) -> None:
    names = "".join(f"    - {name.title()}\n" for name in COCO17.names[::-1])
    yaml = f"kpt_shape: [17, 3]\nkpt_names:\n  0:\n{names}"
    sequence = laban.load(folder(tmp_path / "x", line(0.5), yaml=yaml), **SIZE).people[0]
    assert sequence.skeleton is COCO17
    np.testing.assert_allclose(sequence.image_px[0, ::-1][:2], [[50, 100], [np.nan, np.nan]])


def test_the_assumed_size_is_warned_about(tmp_path: Path) -> None:
    with pytest.warns(AssumptionWarning, match="1280x720"):
        recording = laban.load(folder(tmp_path / "x", line(0.5)))
    assert recording.metadata["assumed"] == {"fps": 30.0, "size_wh": [1280, 720]}


@quiet
@pytest.mark.parametrize("skeleton", ["coco17", "blazepose33"])
def test_written_files_describe_themselves(pair: Recording, tmp_path: Path, skeleton: str) -> None:
    path = laban.save(pair, tmp_path / "x", format="yolo-pose", skeleton=skeleton)
    assert len(list((path / "labels").iterdir())) == 8
    back = laban.load(path)
    assert "assumed" not in back.metadata
    assert (back.size_wh, list(back.people)) == (pair.size_wh, [1, 4])
    original = pair.people[4].to_skeleton(back.people[4].skeleton)
    assert original.skeleton.name == skeleton
    outside = (original.image_px[..., 1] > 480)[..., None]
    np.testing.assert_allclose(
        back.people[4].image_px, np.where(outside, np.nan, original.image_px), rtol=1e-6
    )
    np.testing.assert_allclose(back.times_s, pair.times_s)
    cells = (path / "labels" / "clip_000000000001.txt").read_text().split()
    x, y, width, height = (float(cell) for cell in cells[1:5])
    seen = np.array([float(cell) for cell in cells[5:]]).reshape(-1, 3)
    seen = seen[seen[:, 2] > 0]
    assert x - width / 2 == pytest.approx(seen[:, 0].min())
    assert y + height / 2 == pytest.approx(seen[:, 1].max())


@pytest.mark.parametrize(
    ("yaml", "text", "message"),
    [
        ("names: [person]\n", line(0.5), "kpt_shape"),
        ("kpt_shape: [0, 3]\n", line(0.5), "kpt_shape"),
        ("kpt_shape: [999999999, 3]\n", line(0.5), "kpt_shape"),
        ("kpt_shape: &x [17, 3]\n", line(0.5), "one line"),
        ("kpt_shape: [17, 3]\nkpt_shape: [17, 3]\n", line(0.5), "twice"),
        ("just text\n", line(0.5), "key: value"),
        (COCO + "kpt_names: [a, b]\n", line(0.5), "kpt_names"),
        (COCO + "laban_fps: 0\n", line(0.5), "fps"),
        (COCO, "0 0.5 0.5\n", "3 cells"),
        (COCO, line(0.5).replace("0.25", "high"), "high"),
        (COCO, line(0.5).replace("0.25", "nan"), "NaN"),
        (COCO, line(0.5, extras="0.5 7") * 2, "same person twice"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, yaml: str, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        laban.load(folder(tmp_path / "x", text, yaml=yaml), **SIZE)


def test_no_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no \.txt files"):
        laban.load(folder(tmp_path / "x"), **SIZE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 3 # three", "3"),
        ("a: 'x y'", "x y"),
        ("a: [1, 2]", ["1", "2"]),
        ("a: []", []),
        ("a: {0: p, 1: q}", {"0": "p", "1": "q"}),
        ("a:\n  - 1\n  - 2", ["1", "2"]),
        ("a:\n- 1\n- 2\nb: 3", ["1", "2"]),
        ("a:\n  0: p\n  1: q", {"0": "p", "1": "q"}),
        ("a:\n  0:\n    - p\n    - q", ["p", "q"]),
        ("# note\n---\nother:\n  deep:\n    deeper: !!python/object x\na: 1", "1"),
    ],
)
def test_flat_yaml_is_read(text: str, value: object) -> None:
    assert parse_flat_yaml(text, keys=("a",)) == {"a": value}

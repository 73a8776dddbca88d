"""Pose files in the shapes that users reported: each gives the value that was expected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.errors import FormatError

pytestmark = pytest.mark.filterwarnings("ignore::laban.io.AssumptionWarning")
PORTRAIT = {"size_wh": (360, 640)}
LANDSCAPE = {"size_wh": (640, 360)}


@pytest.fixture
def reported(shared: Path) -> Path:
    folder = shared / "data" / "reported"
    if not folder.is_dir():
        pytest.skip("the reported files are not here")
    return folder


def last_s(recording: Recording) -> float:
    return float(recording.times_s[-1])


ROWS: list[tuple[str, dict[str, Any], Callable[[Recording], object], object]] = [
    (
        "alphapose_one.json",
        {},
        lambda one: (len(one.people), one.metadata["images"][:11:5]),
        (1, ["0.jpg", "5.jpg", "10.jpg"]),
    ),
    ("alphapose_two.json", {}, lambda one: (list(one.people), one.metadata["images"][2]), ([1, 2], "2.jpg")),
    ("cvat_every6.json", {}, last_s, 1.8),
    (
        "openpose_coco17",
        {},
        lambda one: (len(one.times_s), one.people[0].skeleton.name, len(one.people)),
        (30, "coco17", 1),
    ),
    ("openpose_01", LANDSCAPE, lambda one: bool(np.nanmax(one.people[0].image_px) > 200), True),
    ("yolo_roboflow_short", LANDSCAPE, last_s, 5 / 30),
    ("yolo_split", LANDSCAPE, lambda one: (len(one.times_s), len(one.people)), (20, 1)),
    ("mp_zero_rows.csv", PORTRAIT, lambda one: np.flatnonzero(~one.people[0].seen).tolist(), [5, 6, 7]),
    ("mp_frame_gap.csv", PORTRAIT, last_s, 29 / 30),
    ("mp_timestamp.csv", PORTRAIT, last_s, 1.9343),
    ("mmpose_inferencer.json", {}, lambda one: (len(one.times_s), len(one.people)), (30, 1)),
    ("formats/alphapose-results.json", {}, lambda one: (len(one.times_s), list(one.people)), (30, [1, 2])),
    ("formats/coco_results_gap.json", {}, lambda one: float(one.times_s[3] - one.times_s[2]), 10 / 30),
    ("formats/pose2sim_halpe26_json", {}, lambda one: one.people[0].skeleton.name, "halpe26"),
    ("formats/demo_Sports2D_px_person00.trc", {}, lambda one: one.people[0].world_m, None),
    ("formats/opensim_asis_mm.trc", {}, lambda one: len(one.people[0].skeleton), 5),
    ("formats/uiprmd_m01_s01_good_pluginGait.trc", {}, lambda one: len(one.people[0].skeleton), 39),
    (
        "formats/ultralytics_predict",
        {},
        lambda one: (float(one.times_s[0]), len(one.times_s), list(one.people)),
        (0, 20, [1, 2]),
    ),
    ("formats/yolo_coco8pose", {}, lambda one: len(one.times_s), 2),
    ("formats/yolo_coco8pose_flat", {}, lambda one: len(one.times_s), 2),
    (
        "formats/mmpose_video_1x.json",
        {"identities": "order"},
        lambda one: (len(one.times_s), len(one.people)),
        (20, 2),
    ),
    (
        "formats/movenet_tfjs.json",
        {},
        lambda one: (len(one.times_s), one.people[0].skeleton.name),
        (5, "coco17"),
    ),
    ("formats/mediapipe_tasks.json", {}, lambda one: one.people[0].world_m is not None, True),
    (
        "formats/coco17_T17x3.npy",
        {},
        lambda one: (len(one.times_s), one.people[0].skeleton.name),
        (20, "coco17"),
    ),
    ("formats/dlc_single_p0.csv", {}, lambda one: one.people[0].skeleton.name, "blazepose33"),
    ("formats/lp_p0.csv", {}, lambda one: len(one.times_s), 20),
    ("formats/openpose_body25_json", {}, lambda one: one.people[0].skeleton.name, "openpose25"),
    ("formats/openpose_v1_single.json", {}, lambda one: one.people[0].skeleton.name, "openpose18"),
    ("formats/mediapipe_nose_x_named.csv", {}, lambda one: len(one.times_s), 20),
]


@pytest.mark.parametrize(("name", "options", "value", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_reported_file_gives_what_was_expected(
    reported: Path,
    name: str,
    options: dict[str, Any],
    value: Callable[[Recording], Any],
    expected: Any,
) -> None:
    found = value(laban.load(reported / name, **options))
    assert found == (pytest.approx(expected, abs=1e-6) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("name", ["coco_other_order.json", "coco_spaced_names.json"])
def test_order_and_spelling_of_names_change_nothing(reported: Path, name: str) -> None:
    other, plain = laban.load(reported / name), laban.load(reported / "cvat_every6.json")
    assert other.people == plain.people


@pytest.mark.parametrize("name", ["mp_by_axis.csv", "mp_semicolon.csv"])
def test_order_and_separators_of_columns_change_nothing(reported: Path, name: str) -> None:
    other, plain = (
        laban.load(reported / name, **PORTRAIT),
        laban.load(reported / "mp_timestamp.csv", **PORTRAIT),
    )
    np.testing.assert_array_equal(other.people[0].image_px, plain.people[0].image_px)


def test_decimal_commas_in_trc_change_nothing(reported: Path, tmp_path: Path) -> None:
    text = (reported / "trc_comma.trc").read_text()
    (tmp_path / "trc_comma.trc").write_text(text.replace(",", "."))
    assert laban.load(reported / "trc_comma.trc") == laban.load(tmp_path / "trc_comma.trc")


def test_a_header_in_another_order_is_followed(reported: Path) -> None:
    recording = laban.load(reported / "formats" / "features66_permuted_header.csv", size_wh=(1768, 994))
    np.testing.assert_allclose(recording.people[0].image_px[0, 0], [651.4463, 102.92704], rtol=1e-5)


def test_coordinates_from_0_to_1_need_the_size(reported: Path) -> None:
    with pytest.raises(FormatError, match="--size"):
        laban.load(reported / "openpose_01")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("openpifpaf.json", "OpenPifPaf"),
        ("label_studio.json", "Label Studio"),
        ("azure_kinect.json", "Azure Kinect"),
        ("S001C001P001R001A001.skeleton", "NTU RGB"),
        ("dlc_multi.h5", "HDF5"),
        ("movement.nc", "HDF5"),
        ("ezc3d.c3d", "C3D"),
        ("xsens.mvnx", "Xsens"),
        ("amass_poses.npz", "npz"),
        ("apple_vision.json", "Apple Vision"),
    ],
)
def test_what_is_not_read_is_named(reported: Path, name: str, words: str) -> None:
    with pytest.raises(FormatError, match=f"looks like .*{words}"):
        laban.load(reported / "formats" / name)


def test_ids_of_images_survive(reported: Path, tmp_path: Path) -> None:
    import json

    recording = laban.load(reported / "formats" / "coco_ids_785.json")
    with pytest.warns(laban.io.LossWarning):
        path = laban.save(recording, tmp_path / "x.json", layout="results")
    ids = dict.fromkeys(one["image_id"] for one in json.loads(path.read_text()))
    assert list(ids) == [785, 40083, 196141, 197388]

"""The tutorial layout and the 66-feature CSV: normalised rows of one person."""

from pathlib import Path

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.io import AssumptionWarning, LossWarning

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")


def tutorial_file(folder: Path, *rows: str, header: bool = True) -> Path:
    path = folder / "x.txt"
    first = ["," + ",".join(str(column) for column in range(132))] if header else []
    path.write_text("\n".join([*first, *rows]) + "\n")
    return path


def test_x_y_z_become_pixels_of_the_image(tmp_path: Path) -> None:
    row = "0," + ",".join(["0.5,0.25,-0.1,0.9"] * 33)
    recording = laban.load(tutorial_file(tmp_path, row, row), size_wh=(640, 480), fps=10)
    sequence = recording.people[0]
    np.testing.assert_allclose(sequence.image_px[1, 32], [320, 120])
    assert sequence.depth_px[0, 0] == pytest.approx(-64)
    assert sequence.visibility[0, 0] == pytest.approx(0.9)
    np.testing.assert_allclose(sequence.times_s, [0, 0.1])
    assert recording.metadata == {"format": "tutorial"}


def test_what_is_assumed_is_warned_about_and_noted(tmp_path: Path) -> None:
    path = tutorial_file(tmp_path, "0," + ",".join(["0.5"] * 132))
    with pytest.warns(AssumptionWarning, match="1280x720 is assumed"):
        recording = laban.load(path)
    assert recording.size_wh == (1280, 720)
    assert recording.metadata["assumed"] == {"fps": 30.0, "size_wh": [1280, 720]}


def test_index_and_header_may_be_absent(tmp_path: Path) -> None:
    row = ",".join(["0.5"] * 132)
    with_both = laban.load(tutorial_file(tmp_path, "0," + row), size_wh=(640, 480))
    without = laban.load(tutorial_file(tmp_path, row, header=False), size_wh=(640, 480))
    assert with_both == without


def test_an_empty_cell_is_missing(tmp_path: Path) -> None:
    row = "0," + ",".join([",,,"] + ["0.5,0.5,,1"] * 32)
    sequence = laban.load(tutorial_file(tmp_path, row), size_wh=(640, 480)).people[0]
    assert np.isnan(sequence.image_px[0, 0]).all()
    assert np.isfinite(sequence.image_px[0, 1:]).all()
    assert sequence.depth_px is None


@pytest.mark.parametrize("name", ["HANDSWING.txt", "SWING.txt", "BODYSWING.txt"])
def test_the_real_files_load(shared: Path, name: str) -> None:
    path = shared / "data" / "tutorial_actions" / name
    sequence = laban.load(path, size_wh=(640, 480)).people[0]
    table = np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:].reshape(-1, 33, 4)
    assert len(sequence) == (58 if name == "BODYSWING.txt" else 601)
    np.testing.assert_allclose(sequence.image_px, table[..., :2] * (640, 480), rtol=1e-6)
    np.testing.assert_allclose(sequence.visibility, table[..., 3], rtol=1e-6)
    assert np.median(sequence.visibility[:, BLAZEPOSE33.index("nose")]) > 0.99


@quiet
def test_header_and_index_are_written_as_the_tutorials_have_them(alone: Recording, tmp_path: Path) -> None:
    lines = laban.save(alone, tmp_path / "x.txt", format="tutorial").read_text().splitlines()
    assert lines[0] == "," + ",".join(str(column) for column in range(132))
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2", "3", "4"]
    assert {line.count(",") for line in lines} == {132}


@quiet
@pytest.mark.parametrize("header", [True, False])
def test_features_are_x_and_y_of_33(alone: Recording, tmp_path: Path, header: bool) -> None:
    path = laban.save(alone, tmp_path / "x.csv", format="features66", header=header)
    lines = path.read_text().splitlines()
    assert len(lines) == 5 + header
    assert not header or lines[0].startswith("nose_x,nose_y,left_eye_inner_x")
    back = laban.load(path, fps=25, size_wh=(640, 480)).people[0]
    np.testing.assert_allclose(back.image_px, alone.people[4].image_px, rtol=1e-6)
    assert np.isnan(back.visibility).all()


def test_counted_features_header_and_index_are_known(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    header = "," + ",".join(str(column) for column in range(66))
    path.write_text(f"{header}\n7,{','.join(['0.25'] * 66)}\n")
    sequence = laban.load(path, size_wh=(640, 480)).people[0]
    assert len(sequence) == 1
    np.testing.assert_allclose(sequence.image_px[0, 3], [160, 120])


def test_the_person_seen_most_is_written_unless_another_is_named(pair: Recording, tmp_path: Path) -> None:
    with pytest.warns(LossWarning, match="other people than 4"):
        most = laban.save(pair, tmp_path / "most", format="tutorial")
    with pytest.warns(LossWarning, match="other people than 1"):
        named = laban.save(pair, tmp_path / "named", format="tutorial", person=1)
    assert (len(most.read_text().splitlines()), len(named.read_text().splitlines())) == (6, 5)
    with pytest.raises(UnknownNameError, match="unknown person 2; the recording holds 1, 4"):
        laban.save(pair, tmp_path / "x", format="tutorial", person=2)


@quiet
@pytest.mark.parametrize("name", ["tutorial", "features66"])
def test_what_is_needed_and_lacking_is_named(alone: Recording, tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    with pytest.raises(InvalidValueError, match="has no people"):
        laban.save(alone.replace(people={}), path, format=name)
    with pytest.raises(InvalidValueError, match="needs image_px"):
        laban.save(alone.replace(people={4: alone.people[4].replace(image_px=None)}), path, format=name)
    sizeless = Recording("x", alone.times_s, {4: alone.people[4].replace(size_wh=None)})
    with pytest.raises(InvalidValueError, match="pass size_wh"):
        laban.save(sizeless, path, format=name)
    assert laban.save(sizeless, path, format=name, size_wh=(640, 480)).exists()


def test_another_skeleton_is_mapped_with_the_loss_stated(alone: Recording, tmp_path: Path) -> None:
    coco = alone.replace(people={4: alone.people[4].to_skeleton(COCO17)})
    with pytest.warns(LossWarning, match="blazepose33 joints missing: left_eye_inner"):
        path = laban.save(coco, tmp_path / "x", format="tutorial")
    sequence = laban.load(path, size_wh=(640, 480)).people[0]
    assert np.isnan(sequence.image_px[:, BLAZEPOSE33.index("left_heel")]).all()
    assert np.isfinite(sequence.image_px[0, BLAZEPOSE33.index("left_hip")]).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("," + ",".join(str(column) for column in range(132)), "header and no rows"),
        ("1,2,3", "line 1 has 3 cells"),
        (",".join(["0.5"] * 132) + "\n0.5", "line 2 has 1 cells"),
        (",".join(["0.5"] * 131 + ["inf"]), "infinite"),
        (",".join(["0.5"] * 131 + ["1e39"]), "infinite"),
        (",".join(["0.5"] * 132) + "\n" + ",".join(["0.5"] * 131 + ["high"]), "line 2 holds 'high'"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    with pytest.raises(FormatError, match=message):
        laban.load(tmp_path / "x.txt", format="tutorial", size_wh=(640, 480))


@pytest.mark.parametrize(
    "options", [{"fps": 0}, {"fps": float("nan")}, {"size_wh": (0, 4)}, {"size_wh": "wide"}]
)
def test_refuses_options_out_of_range(tmp_path: Path, options: dict[str, object]) -> None:
    path = tutorial_file(tmp_path, "0," + ",".join(["0.5"] * 132))
    with pytest.raises(FormatError, match=r"fps|size_wh"):
        laban.load(path, **{"size_wh": (640, 480), **options})

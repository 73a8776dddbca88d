"""Choosing a format by name, suffix and content."""

from pathlib import Path

import pytest

import laban
from laban.core.sequence import Recording
from laban.errors import FormatError, InvalidValueError, OutputError, UnknownNameError
from laban.io import FORMATS, LossWarning, format_for, format_of
from laban.io.recognise import NAMES

pytestmark = [
    pytest.mark.filterwarnings("ignore::laban.io.LossWarning"),
    pytest.mark.filterwarnings("ignore::laban.io.AssumptionWarning"),
]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_content_tells_the_format_whatever_the_name(pair: Recording, tmp_path: Path, name: str) -> None:
    path = laban.save(pair, tmp_path / "some.thing", format=name)
    assert format_of(path).name == name
    assert isinstance(laban.load(path), Recording)


@pytest.mark.parametrize(
    ("file", "name"),
    [("a.parquet", "parquet"), ("a.PQ", "parquet"), ("a.json", "coco"), ("a.pkl", "pyskl"), ("a.trc", "trc")],
)
def test_a_suffix_tells_what_to_write(file: str, name: str) -> None:
    assert format_for(Path(file)).name == name


@pytest.mark.parametrize("file", ["a.csv", "a.txt", "a.doc", "a"])
def test_a_name_that_does_not_tell_is_refused_with_the_names(
    pair: Recording, tmp_path: Path, file: str
) -> None:
    with pytest.raises(InvalidValueError, match="tutorial, features66"):
        pair.save(tmp_path / file)


def test_unknown_content_is_refused_with_the_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,age\nAda,36\n")
    with pytest.raises(
        FormatError, match="bvh, coco, deeplabcut, features66, long, mediapipe, mmpose, npy, openpose"
    ):
        laban.load(tmp_path / "a.csv")
    assert sorted(FORMATS) == NAMES.split(", ")


def test_an_empty_folder_is_no_format(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot recognise the format"):
        laban.load(tmp_path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no file or folder of poses at .*gone\.parquet"):
        laban.load(tmp_path / "gone.parquet")


def test_unknown_names_are_refused_with_the_nearest(pair: Recording, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'parquet'"):
        pair.save(tmp_path / "x", format="parket")
    path = pair.save(tmp_path / "x.parquet")
    with pytest.raises(UnknownNameError, match="reading parquet 'fps'"):
        laban.load(path, fps=30.0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'row_per_group'"):
        pair.save(path, row_per_group=3)  # type: ignore[call-arg]


def test_loss_is_said_in_one_warning(pair: Recording, tmp_path: Path) -> None:
    with pytest.warns(LossWarning, match="other people than 4: 1; .*world_m.*metadata") as caught:
        pair.save(tmp_path / "x", format="tutorial")
    assert len(caught) == 1


def test_every_format_states_its_loss() -> None:
    assert FORMATS["parquet"].loss == "nothing"
    assert all(form.loss for form in FORMATS.values())


def test_a_folder_with_something_in_it_is_left_alone(pair: Recording, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        pair.save(tmp_path, format="openpose")
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_nothing_but_the_result_is_left_behind(pair: Recording, tmp_path: Path, name: str) -> None:
    laban.save(pair, tmp_path / "only", format=name)
    assert [path.name for path in tmp_path.iterdir()] == ["only"]

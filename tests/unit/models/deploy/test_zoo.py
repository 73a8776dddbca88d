from pathlib import Path

import pytest

from laban.errors import ModelError, UnknownNameError
from laban.models.deploy import zoo


@pytest.fixture
def small_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "zoo"
    folder.mkdir()
    for name in ("fight", "fall"):
        (folder / f"{name}.tflite").touch()
    monkeypatch.setattr(zoo, "_FOLDER", folder)
    return folder


def test_the_zoo_is_found_by_name(small_zoo: Path) -> None:
    assert zoo.zoo_names() == ("fall", "fight")
    assert zoo.model_path("fall") == small_zoo / "fall.tflite"


def test_files_and_runs_are_found_by_path(small_zoo: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with pytest.raises(ModelError, match=r"holds no model\.tflite; expected the folder of a finished run"):
        zoo.model_path(run)
    (run / "model.tflite").touch()
    assert zoo.model_path(run) == zoo.model_path(str(run / "model.tflite")) == run / "model.tflite"


def test_what_is_neither_is_told_with_the_nearest(small_zoo: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown model 'fal'; did you mean 'fall'"):
        zoo.model_path("fal")


@pytest.mark.parametrize("name", zoo.zoo_names())
def test_a_model_is_read_once_and_says_what_it_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path.name)
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    card = zoo.open_model(name).card
    assert read == [f"{name}.tflite"]
    assert (card.name, card.input.kind, card.landmarks.still) == (name, "landmarks", False)

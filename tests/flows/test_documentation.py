"""The examples of the documentation, run as a reader would run them, on a clip of one person."""

import re
import shlex
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import laban
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.io import AssumptionWarning, LossWarning

pytestmark = [pytest.mark.network, pytest.mark.enable_socket]

ROOT = Path(__file__).resolve().parents[2]
PYTHON_PAGES = ("README.md", "docs/answers.md", "docs/data-model.md", "docs/python.md", "docs/sources.md")


@pytest.fixture(scope="module")
def clip_and_recording(asset: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with clip.mp4 and clip.parquet."""
    clip = asset("single_person_cam01")
    for name in ("blazepose_detector", "blazepose_landmarker_full"):
        asset(name)
    folder = tmp_path_factory.mktemp("documentation")
    shutil.copy(clip, folder / "clip.mp4")
    laban.extract(folder / "clip.mp4", detector="blazepose").save(folder / "clip.parquet")
    return folder


@pytest.fixture
def workplace(clip_and_recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in clip_and_recording.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(page: str, language: str) -> list[str]:
    """The fenced examples of a page in one language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PYTHON_PAGES)
def test_python_examples_run_in_order(page: str, workplace: Path) -> None:
    names: dict[str, object] = {}
    examples = blocks(page, "python")
    assert examples
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        warnings.simplefilter("ignore", AssumptionWarning)
        for number, example in enumerate(examples, start=1):
            exec(compile(example, f"{page}, example {number}", "exec"), names)


def test_conversions_run_in_order(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for block in blocks("docs/formats.md", "sh") for line in block.splitlines()]
    assert len(lines) > 10
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "laban"
        assert guarded(app, arguments) == 0, f"{line}: {capsys.readouterr().err}"
        assert (workplace / arguments[2]).exists()


def test_the_settings_file_of_the_documentation_is_one(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = blocks("docs/commands.md", "toml")
    (workplace / "laban.toml").write_text(example)
    assert guarded(app, ["draw", "clip.parquet", "--sheet", "--moments", "1"]) == 0, capsys.readouterr().err

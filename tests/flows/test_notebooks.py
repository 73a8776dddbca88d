"""The notebooks of the documentation: committed without output, and executed as a reader would."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
ASSETS = {"first-steps": ("single_person_cam01", "blazepose_detector", "blazepose_landmarker_lite")}
PACKAGES = {"own-dataset": ("torch", "litert_torch")}
NAMES = [one.stem for one in NOTEBOOKS]


def test_there_are_two() -> None:
    assert NAMES == ["first-steps", "own-dataset"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_committed_without_output(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.enable_socket  # a notebook's kernel is talked to over this machine's own ports
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_runs(
    notebook: Path, asset: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("ipykernel", *PACKAGES.get(notebook.stem, ())):
        pytest.importorskip(package, reason=f"this notebook needs {package}; see the extras docs and train")
    client = pytest.importorskip("nbclient", reason="notebooks are run with the extra docs")
    for name in ASSETS.get(notebook.stem, ()):
        asset(name)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    work = tmp_path / "work"
    work.mkdir()
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    client.NotebookClient(
        content, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    ).execute()
    assert any(cell.get("outputs") for cell in content.cells)

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.errors import FormatError, InvalidValueError, MissingExtraError
from laban.io import FORMATS, LossWarning
from laban.io.c3d import points_mm, read
from laban.io.formats import WRITTEN_ONLY, format_for
from laban.sources import SyntheticScene


class File(dict[str, Any]):
    """Stands in for a file of ezc3d: keeps what it is given, and like it writes to names that end in .c3d only."""

    last: "File"

    def __init__(self) -> None:
        point = {"RATE": {}, "LABELS": {}, "UNITS": {}}
        super().__init__(parameters={"POINT": point}, data={"meta_points": {}})
        File.last = self

    def add_parameter(self, group: str, name: str, value: object) -> None:
        self["parameters"][group][name] = {"value": value}

    def write(self, path: str) -> None:
        assert path.endswith(".c3d")
        Path(path).write_bytes(b"\x02\x50")


@pytest.fixture
def walker() -> Recording:
    recording = SyntheticScene(people=1, seconds=1.0).recording()
    sequence = recording.people[0]
    world = np.array(sequence.world_m)
    world[3, 5] = np.nan
    return recording.replace(people={0: sequence.replace(world_m=world)})


def test_points_are_in_millimetres_with_z_up_and_marked_where_unseen() -> None:
    world = np.array([[[0.1, -0.5, 0.2], [np.nan, 0, 0]], [[0, 0, 0], [0, 0.9, -0.1]]])
    points, residuals = points_mm(world)
    assert points.shape == (3, 2, 2)
    assert points[:, 0, 0].tolist() == [100, 200, 500]
    assert points[:, 1].T.tolist() == [[0, 0, 0], [0, -100, -900]]
    assert residuals.tolist() == [[[0, 0], [-1, 0]]]


def test_the_file_has_the_rate_the_names_and_the_unit(
    walker: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", SimpleNamespace(c3d=File))
    with pytest.warns(LossWarning, match="C3D cannot hold: image_px"):
        laban.save(walker, tmp_path / "deep" / "a.c3d")
    about, data = File.last["parameters"]["POINT"], File.last["data"]
    assert about["RATE"]["value"] == [pytest.approx(30)]
    assert about["UNITS"]["value"] == ["mm"]
    assert about["LABELS"]["value"][:2] == ("nose", "left_eye_inner")
    assert data["points"].shape == (3, 33, 30)
    assert data["meta_points"]["residuals"][0, 5, :5].tolist() == [0, 0, 0, -1, 0]
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["a.c3d"]


def test_the_real_library_reads_it_back(walker: Recording, tmp_path: Path) -> None:
    ezc3d = pytest.importorskip("ezc3d", reason="the extra c3d is not installed")
    with pytest.warns(LossWarning):
        laban.save(walker, tmp_path / "a.c3d")
    back = ezc3d.c3d(str(tmp_path / "a.c3d"))
    points = back["data"]["points"]
    world = np.asarray(walker.people[0].world_m)
    assert points.shape == (4, 33, 30)
    assert np.isnan(points[:3, 5, 3]).all()
    assert np.nanmax(np.abs(points[2].T + world[..., 1] * 1000)) < 1e-2


def test_without_the_extra_it_is_named(
    walker: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'laban\[c3d\]'"):
        laban.save(walker, tmp_path / "a.c3d")
    assert list(tmp_path.iterdir()) == []


def test_pixels_alone_are_refused(walker: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", ModuleType("ezc3d"))
    flat = walker.replace(people={0: walker.people[0].replace(world_m=None)})
    with pytest.raises(InvalidValueError, match="C3D holds positions in space"):
        laban.save(flat, tmp_path / "a.c3d")


def test_it_is_written_and_not_read(tmp_path: Path) -> None:
    assert format_for(tmp_path / "a.C3D").name == "c3d"
    assert set(WRITTEN_ONLY).isdisjoint(FORMATS)
    with pytest.raises(FormatError, match="written but not read"):
        read(tmp_path / "a.c3d")

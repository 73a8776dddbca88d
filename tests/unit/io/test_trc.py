"""TRC: markers in metres, y up."""

from pathlib import Path

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33, SKELETONS
from laban.errors import FormatError, InvalidValueError

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")
SETTINGS = (
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
)


def trc(path: Path, markers: list[str], *rows: str, units: str = "m") -> Path:
    axes = "\t".join(f"{axis}{number + 1}" for number in range(len(markers)) for axis in "XYZ")
    head = ["PathFileType\t4\t(X/Y/Z)\tx.trc", SETTINGS, f"30\t30\t2\t{len(markers)}\t{units}\t30\t1\t2"]
    lines = [*head, "Frame#\tTime\t" + "\t\t\t".join(markers) + "\t\t", "\t\t" + axes, "", *rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_y_points_down_and_the_hips_are_the_origin(tmp_path: Path) -> None:
    rows = ["1\t0.0\t1\t1\t0\t3\t1\t0\t2\t1.5\t0.25", "2\t0.04\t1\t1\t0\t3\t1\t0\t\t\t"]
    recording = laban.load(trc(tmp_path / "x.trc", ["RHip", "LHip", "Neck"], *rows))
    sequence = recording.people[0]
    assert sequence.skeleton.names == ("right_hip", "left_hip", "neck")
    np.testing.assert_allclose(sequence.world_m[0], [[-1, 0, 0], [1, 0, 0], [0, -0.5, -0.25]])
    assert np.isnan(sequence.world_m[1, 2]).all()
    np.testing.assert_array_equal(recording.times_s, [0, 0.04])
    assert "mid-hip" in recording.metadata["assumed"]["origin"]


@pytest.mark.parametrize(("units", "factor"), [("m", 1), ("cm", 0.01), ("mm", 0.001)])
def test_units_become_metres(tmp_path: Path, units: str, factor: float) -> None:
    row = "1\t0.0\t0\t0\t0\t0\t200\t0"
    sequence = laban.load(trc(tmp_path / "x.trc", ["Hip", "Nose"], row, units=units)).people[0]
    np.testing.assert_allclose(sequence.world_m[0, 1], [0, -200 * factor, 0], rtol=1e-6)


def test_a_known_set_of_markers_is_a_known_skeleton(tmp_path: Path) -> None:
    row = "1\t0.0" + "\t0" * 3 * 17
    names = ["Nose", *(side + part for part in ("Eye", "Ear", "Shoulder", "Elbow", "Wrist") for side in "LR")]
    names += [side + part for part in ("Hip", "Knee", "Ankle") for side in "LR"]
    sequence = laban.load(trc(tmp_path / "x.trc", names, row)).people[0]
    assert sequence.skeleton is SKELETONS["coco17"]


def test_cells_stripped_from_the_end_are_missing(tmp_path: Path) -> None:
    recording = laban.load(trc(tmp_path / "x.trc", ["Hip", "Nose"], "1\t0.0\t0\t0\t0"))
    assert np.isnan(recording.people[0].world_m[0, 1]).all()


@quiet
def test_written_as_opensim_reads(pair: Recording, tmp_path: Path) -> None:
    lines = pair.save(tmp_path / "x.trc", person=4).read_text().splitlines()
    assert lines[1] == SETTINGS
    assert lines[2].split("\t")[2:5] == ["5", "33", "m"]
    assert lines[3].startswith("Frame#\tTime\tNose\t\t\tleft_eye_inner\t\t\tLEye")
    assert {line.count("\t") for line in (lines[3], lines[4], *lines[6:])} == {100}
    x, y, z = (float(cell) for cell in lines[6].split("\t")[2:5])
    np.testing.assert_allclose([x, -y, -z], pair.people[4].world_m[0, 0])
    back = laban.load(tmp_path / "x.trc").people[0]
    assert back.skeleton is BLAZEPOSE33
    np.testing.assert_allclose(back.world_m, pair.people[4].world_m, rtol=1e-6)
    np.testing.assert_array_equal(back.times_s, pair.people[4].times_s)


def test_needs_metres(alone: Recording, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="no world_m"):
        alone.replace(people={4: alone.people[4].replace(world_m=None)}).save(tmp_path / "x.trc")


@pytest.mark.parametrize(
    ("markers", "row", "units", "message"),
    [
        (["Hip", "Nose"], "1\t0.0\t0\t0\t0\t0\t0\t0", "px", "units are 'px'"),
        (["Hip", "Hip"], "1\t0.0\t0\t0\t0\t0\t0\t0", "m", "unique names"),
        (["Nose", "Neck"], "1\t0.0\t0\t0\t0\t0\t0\t0", "m", "no hips"),
        (["Hip", "Nose"], "1\t0.0" + "\t0" * 9, "m", "11 cells, expected 8"),
        (["Hip", "Nose"], "1\tnow\t0\t0\t0\t0\t0\t0", "m", "line 7 holds 'now'"),
        (["Hip", "Nose"], "1\t0.0\t0\t0\t0\t0\t0\t1e300", "m", "infinite"),
        (["Hip", "Nose"], "", "m", "no rows"),
    ],
)
def test_refuses_what_does_not_fit(
    tmp_path: Path, markers: list[str], row: str, units: str, message: str
) -> None:
    with pytest.raises(FormatError, match=message):
        laban.load(trc(tmp_path / "x.trc", markers, row, units=units))

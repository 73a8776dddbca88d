"""How long dynamic time warping takes, beside the libraries; see ``warping_times``.

The libraries live in an environment of their own, made when it is first needed.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.rows import Row, row

_HOME = ROOT / ".venvs" / "warping"
_PACKAGES = ("aeon==1.6.0", "dtaidistance==2.5.1", "tslearn==0.10.0", "numba==0.63.1", "numpy==2.3.5")
_SCRIPT = ROOT / "benchmarks" / "coaching" / "warping_times.py"
_MOST = 1.2  # times as long as the fastest


def warping_rows() -> list[Row]:
    """The time of distances and paths over that of the fastest library, and each in milliseconds."""
    times = _measured()
    return [line for name, found in times.items() for line in _rows_of(name, found)]


def _rows_of(name: str, found: dict[str, float]) -> list[Row]:
    rows, what, window = name.split()
    within = "a window of 10 %" if window == "window" else "no window"
    others = {library: time_ms for library, time_ms in found.items() if library != "laban"}
    fastest = min(others, key=lambda library: others[library])
    return [
        row(
            f"DTW {rows} × 66, {within}, {what}: time over that of the fastest library ({fastest})",
            found["laban"] / others[fastest],
            "×",
            at_most=_MOST if rows == "300" and window == "window" else None,
            times_ms=found,
        )
    ]


def _measured() -> dict[str, dict[str, float]]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    }
    command = [str(_python()), str(_SCRIPT)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    times: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return times


def _python() -> Path:
    """The interpreter of the libraries' environment."""
    python = _HOME / "bin" / "python"
    if not (_HOME / "made").exists():
        print("making an environment for the libraries", file=sys.stderr)
        venv.create(_HOME, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *_PACKAGES]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (_HOME / "made").touch()
    return python

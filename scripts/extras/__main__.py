"""Installs Laban with each extra alone, and with none, and runs the commands that belong to it.

    python -m scripts.extras [EXTRA ...]     all of them if none is named; ``core`` is no extra

Each has its own environment, deleted afterwards. Failures are listed at the end, and the exit code is then 1.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from scripts.extras.checks import OWN, Check, checks_of

ROOT = Path(__file__).resolve().parents[2]
CORE = "core"
_SECONDS = 600
_AT_ONCE = 2
_NO_USERS = ("dev",)


def main(names: list[str]) -> int:
    """The exit code."""
    known = extras()
    wanted = names or [CORE, *known]
    unknown = sorted(set(wanted) - {CORE, *known})
    if unknown:
        print(f"no such extra: {', '.join(unknown)}; there are {CORE}, {', '.join(known)}", file=sys.stderr)
        return 2
    untested = [name for name in known if name not in OWN]
    wrong = [f"the extra {name} has no command in scripts/extras/checks.py" for name in untested]
    with tempfile.TemporaryDirectory(prefix="laban-extras-") as folder:
        wheel = _wheel(Path(folder))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for found in pool.map(partial(_tried, wheel=wheel, folder=Path(folder)), wanted):
                wrong += found
    for line in wrong:
        print(f"WRONG {line}", flush=True)
    return 1 if wrong else 0


def extras() -> list[str]:
    """The extras that users may ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [name for name in project["optional-dependencies"] if name not in _NO_USERS]


def _wheel(folder: Path) -> Path:
    _run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)])
    return next(folder.glob("*.whl"))


def _tried(name: str, *, wheel: Path, folder: Path) -> list[str]:
    home = folder / name
    began = time.perf_counter()
    python = _installed(name, wheel, home / "venv")
    installed_s = time.perf_counter() - began
    _run([str(python), str(ROOT / "scripts" / "extras" / "inputs.py"), str(home / "inputs")])
    checks = checks_of(None if name == CORE else name)
    wrong = [line for check in checks for line in _checked(check, python, home)]
    print(
        f"{name}: {len(checks) - len(wrong)} of {len(checks)} right; installed in {installed_s:.0f} s, "
        f"{time.perf_counter() - began:.0f} s in all",
        flush=True,
    )
    shutil.rmtree(home, ignore_errors=True)  # keeping an environment for each extra would fill a small disk
    return [f"{name}: {line}" for line in wrong]


def _installed(name: str, wheel: Path, home: Path) -> Path:
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = str(wheel) if name == CORE else f"{wheel}[{name}]"
    _run([str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), wanted])
    return python


def _checked(check: Check, python: Path, home: Path) -> Iterator[str]:
    (home / "out").mkdir(exist_ok=True)
    words = shlex.split(check.words.format(inputs=home / "inputs", out=home / "out"))
    command = [str(python), *words[1:]] if words[0] == "python" else [str(python), "-m", "laban", *words]
    own = {"XDG_DATA_HOME": str(home / "data"), "LABAN_CACHE": str(home / "cache"), "COLUMNS": "200"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=_environment() | own, timeout=_SECONDS, cwd=home
        )
    except subprocess.TimeoutExpired:
        yield f"{check.words}: still running after {_SECONDS} s"
        return
    said = done.stdout + done.stderr
    if done.returncode != check.code:
        yield f"{check.words}: exit code {done.returncode}, expected {check.code}: {said.strip()[-400:]}"
    elif check.says not in said or "Traceback" in said:
        yield f"{check.words}: expected {check.says!r} in: {said.strip()[-400:]}"


def _environment() -> dict[str, str]:
    """The environment without variables that would let this checkout or other packages be imported."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, env=_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

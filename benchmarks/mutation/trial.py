"""A copy of the project in which one fault at a time is planted and the tests are run."""

import contextlib
import importlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.mutants import Mutant, planted

_PARTS = ("src", "tests", "benchmarks", "scripts", "docs", "pyproject.toml", "README.md")
_HEAVY = ("pytest", "numpy", "scipy.signal", "scipy.optimize", "av", "cv2", "pyarrow.parquet", "pydantic")
_NO_TESTS = 5


@dataclass(frozen=True)
class Suite:
    """The tests of a package, quickest first: the files that mirror a module come before all of these."""

    package: str
    tests: tuple[str, ...]

    def rounds(self, mutant: Mutant, *, root: Path) -> list[list[str]]:
        """What pytest is given in turn until a test fails: the file that mirrors the module, its folder, all."""
        folder = _mirror(mutant.path)
        near = [str(folder)] if (root / folder).is_dir() and str(folder) not in self.tests else []
        return [part for part in (_mirrors(mutant.path, root=root), near, self.arguments(root=root)) if part]

    def arguments(self, *, root: Path) -> list[str]:
        """All tests of the package that exist."""
        return [name for name in self.tests if (root / name).exists()]


def _mirror(path: str) -> Path:
    """The folder of tests that mirrors a module's."""
    return Path("tests") / "unit" / Path(path).relative_to("src/laban").parent


def _mirrors(path: str, *, root: Path) -> list[str]:
    """The test file of a module, if its name tells which; it may lie one folder further up."""
    folder, name = root / _mirror(path), f"test*_{Path(path).stem}.py"
    found = [*folder.glob(name), *folder.parent.glob(name)]
    return sorted(str(one.relative_to(root)) for one in found)


@contextlib.contextmanager
def project_copy(root: Path) -> Iterator[Path]:
    """A copy of the project's sources and tests in a folder of its own, which is removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="mutation-"))
    try:
        for part in _PARTS:
            source, target = root / part, home / "project" / part
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "results"))
            else:
                shutil.copy(source, target)
        yield home / "project"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def preload() -> None:
    """Imports what every run needs, once: each run is a fork of this process. Laban itself stays out."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    for name in _HEAVY:
        importlib.import_module(name)


def passes(
    copy: Path, arguments: Sequence[str], *, timeout_s: float, keep_bytecode: bool = False
) -> bool | None:
    """Whether the tests pass in the copy; None where they do not end in time."""
    run = multiprocessing.get_context("fork").Process(
        target=_run_tests, args=(copy, list(arguments), keep_bytecode)
    )
    run.start()
    run.join(timeout_s)
    if run.is_alive():
        run.kill()
        run.join()
        return None
    return run.exitcode == 0


def try_mutant(mutant: Mutant, suite: Suite, *, copy: Path, timeout_s: float) -> str:
    """``killed``, ``survived`` or ``timeout`` of one fault."""
    path = copy / mutant.path
    source = path.read_text(encoding="utf-8")
    path.write_text(planted(source, mutant), encoding="utf-8")
    _forget_bytecode(path)
    try:
        for arguments in suite.rounds(mutant, root=copy):
            outcome = passes(copy, arguments, timeout_s=timeout_s)
            if not outcome:
                return "timeout" if outcome is None else "killed"
        return "survived"
    finally:
        path.write_text(source, encoding="utf-8")
        _forget_bytecode(path)


def baseline_s(suite: Suite, *, copy: Path) -> float:
    """Seconds that the tests take without a fault; raises RuntimeError where they fail."""
    began = time.perf_counter()
    if not passes(copy, suite.arguments(root=copy), timeout_s=3600, keep_bytecode=True):
        raise RuntimeError(f"the tests of {suite.package} fail without a fault; nothing can be measured")
    return time.perf_counter() - began


def _forget_bytecode(path: Path) -> None:
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def _run_tests(copy: Path, arguments: list[str], keep_bytecode: bool) -> None:
    """Ends this process with pytest's answer; what it prints is thrown away."""
    os.chdir(copy)
    sys.dont_write_bytecode = not keep_bytecode
    sys.path[:0] = [str(copy / "src"), str(copy)]
    for name in [name for name in sys.modules if name.split(".")[0] in ("benchmarks", "scripts", "laban")]:
        del sys.modules[name]
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        import pytest

        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
        code = int(pytest.main([*options, *arguments]))
    os._exit(0 if code == _NO_TESTS else code)

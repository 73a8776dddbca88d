"""The package itself: quick, silent and small on import; its public names."""

import subprocess
import sys

import pytest

import laban

HEAVY = (
    "pyarrow",
    "cv2",
    "av",
    "scipy",
    "typer",
    "rich",
    "pydantic",
    "ai_edge_litert",
    "matplotlib",
    "socket",
)


def test_public_names_are_sorted_and_there() -> None:
    assert laban.__all__ == sorted(laban.__all__)
    for name in laban.__all__:
        assert getattr(laban, name) is not None
    assert set(laban.__all__) <= set(dir(laban))


def test_every_lazy_name_is_public() -> None:
    assert set(laban._HOMES) <= set(laban.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'extrakt'"):
        _ = laban.extrakt


def test_importing_is_quick_silent_and_light() -> None:
    code = (
        "import sys, time; start = time.process_time(); import laban; "
        "elapsed = time.process_time() - start; "
        f"print([name for name in {HEAVY!r} if name in sys.modules], elapsed)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
        )
        for _ in range(3)
    ]
    assert all(run.stderr == "" and run.stdout.startswith("[] ") for run in runs), runs[0].stdout
    assert min(float(run.stdout.split()[-1]) for run in runs) < 0.3

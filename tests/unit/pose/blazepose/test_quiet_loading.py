"""LiteRT's notice of its delegate stays off stderr; everything else that is written there arrives."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from laban.runtime.litert import stderr_without

_LOAD = """
import os, sys
from pathlib import Path
from laban.runtime.litert import Network
model = Path(sys.argv[1]).read_bytes()
for name in ("first", "second"):
    Network(model, name=name)
    os.write(2, f"{name} is loaded\\n".encode())
"""


def test_a_process_that_loads_networks_writes_nothing_of_its_own(asset: Callable[[str], Path]) -> None:
    command = [sys.executable, "-c", _LOAD, str(asset("yolox_nano"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.splitlines() == ["first is loaded", "second is loaded"]


def test_only_the_notice_is_kept_back(capfd: pytest.CaptureFixture[str]) -> None:
    with stderr_without(b"Created"):
        os.write(2, b"INFO: Created a delegate\nreal trouble\n")
        assert capfd.readouterr().err == ""
    os.write(2, b"afterwards")
    assert capfd.readouterr().err == "real trouble\nafterwards"


def test_what_was_written_before_an_error_arrives(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with stderr_without(b"Created"):
            os.write(2, b"the reason")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == "the reason"


def test_a_process_without_stderr_loads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_descriptor(descriptor: int) -> int:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", no_such_descriptor)
    reached = []
    with stderr_without(b"Created"):
        reached.append("the block")
    assert reached == ["the block"]

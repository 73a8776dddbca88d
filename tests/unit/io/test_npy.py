"""NumPy arrays that are damaged are refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from laban.errors import FormatError
from laban.io.npy import read


@pytest.mark.parametrize("at", [b"{", b"}", b"(6, 33, 3)"])
@pytest.mark.parametrize("by", [b"[", b"\\", b"'", b"\n"])
def test_a_damaged_header_is_refused(tmp_path: Path, at: bytes, by: bytes) -> None:
    path = tmp_path / "poses.npy"
    np.save(path, np.full((6, 33, 3), 0.5))
    path.write_bytes(path.read_bytes().replace(at, by, 1))
    with pytest.raises(FormatError, match=r"poses\.npy"):
        read(path)

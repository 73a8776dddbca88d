"""What all tests share: the labelled data beside the project, and the weights and samples, where they are."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from laban.assets import find_asset

ROOT = Path(__file__).resolve().parents[1]
_SHARED_ASSETS = ROOT.parent / "shared" / "assets"

if _SHARED_ASSETS.is_dir():
    os.environ.setdefault("LABAN_ASSETS", str(_SHARED_ASSETS))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the project; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the labelled data lies beside the project only on the maintainers' machines")
    return folder


@pytest.fixture(scope="session")
def asset() -> Callable[[str], Path]:
    """The path of an asset by name; a test is skipped where the asset was never fetched."""

    def path_of(name: str) -> Path:
        path = find_asset(name)
        if path is None:
            pytest.skip(f"the asset {name} is not here; `laban assets fetch {name}` brings it")
        return path

    return path_of

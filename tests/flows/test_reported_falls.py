"""Reported clips in which nobody falls, through the models that come with Laban."""

from collections.abc import Callable
from pathlib import Path

import pytest

import laban


@pytest.mark.parametrize("clip", ["lying_still", "getting_up"])
def test_who_lies_or_gets_up_does_not_fall(shared: Path, asset: Callable[[str], Path], clip: str) -> None:
    asset("blazepose_landmarker_full")
    recording = laban.extract(shared / "data" / "reported" / f"{clip}.mp4")
    assert recording.people
    for model in ("fall", "safety"):
        assert not list(laban.predict(model, recording))

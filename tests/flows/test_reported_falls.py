"""Reported clips in which nobody falls or fights, through the models that come with Laban."""

from collections.abc import Callable
from pathlib import Path

import pytest

import laban


@pytest.mark.parametrize("clip", ["lying_still", "getting_up"])
def test_who_lies_or_gets_up_neither_falls_nor_fights(
    shared: Path, asset: Callable[[str], Path], clip: str
) -> None:
    asset("blazepose_landmarker_full")
    recording = laban.extract(shared / "data" / "reported" / f"{clip}.mp4")
    assert recording.people
    for model in ("fall", "fight", "safety"):
        assert not list(laban.predict(model, recording))

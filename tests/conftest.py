"""What all tests share: the labelled data beside the project, and the weights and samples, where they are."""

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from laban.assets import find_asset

ROOT = Path(__file__).resolve().parents[1]
_SHARED_ASSETS = ROOT.parent / "shared" / "assets"
_CODECS = {".ts": "mpeg2video", ".webm": "libvpx"}

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


def _filmed(
    path: Path,
    *,
    frames: int = 12,
    size_wh: tuple[int, int] = (64, 48),
    codec: str | None = None,
    times_ms: Sequence[int] | None = None,
    corner: bool = False,
    streams: int = 1,
    gop: int = 12,
    b_frames: int = 0,
    title: str = "",
    options: dict[str, str] | None = None,
) -> Path:
    """Frames ever brighter at 30 a second, or at ``times_ms``; with ``corner``, black but for white top left."""
    width, height = size_wh
    planes = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    count = frames if times_ms is None else len(times_ms)
    with av.open(str(path), "w", options=options or {}) as out:
        out.metadata["title"] = title
        made = []
        for _ in range(streams):
            stream = out.add_stream(codec or _CODECS.get(path.suffix, "mpeg4"), rate=30)
            stream.width, stream.height, stream.pix_fmt = width, height, planes
            stream.codec_context.time_base = Fraction(1, 1000 if times_ms is not None else 30)
            stream.codec_context.gop_size, stream.codec_context.max_b_frames = gop, b_frames
            made.append(stream)
        for index in range(count):
            image = np.full((height, width, 3), 0 if corner else 20 + index * 200 // count, dtype=np.uint8)
            if corner:
                image[: height // 4, : width // 4] = 255
            picture = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=planes)
            picture.pts = index if times_ms is None else times_ms[index]
            picture.time_base = Fraction(1, 1000 if times_ms is not None else 30)
            for stream in made:
                out.mux(stream.encode(picture))
        for stream in made:
            out.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def film() -> Callable[..., Path]:
    """Makes a small video of any container: see ``_filmed``."""
    return _filmed

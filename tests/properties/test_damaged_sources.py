"""Whatever is done to a file of images: frames come, or one error that says why not; never a crash or a hang."""

import resource
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laban.errors import LabanError
from laban.sources import Limits, open_source

VIDEOS = {
    "plain.mp4": {},
    "first.mp4": {"options": {"movflags": "faststart"}},
    "fragments.mp4": {"options": {"movflags": "frag_keyframe+empty_moov"}, "gop": 2},
    "a.mov": {"codec": "mjpeg"},
    "a.mkv": {"b_frames": 1},
    "a.webm": {},
    "a.avi": {"codec": "mjpeg"},
    "b.avi": {},
    "a.ts": {},
}
IMAGES = ("a.png", "a.jpg", "a.bmp", "a.webp", "a.tif")
LIMITS = Limits(max_pixels=1_000_000, max_frames=10_000, max_frame_wall_s=2.0)
MOST_S, MOST_GROWTH_BYTES = 3.0, 400e6
VALUES = st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]), st.integers(0, 255))
PLACES = st.one_of(st.integers(0, 200), st.integers(-1200, -1), st.integers(0, 8000))


@pytest.fixture(scope="module")
def originals(film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("originals")
    for name, how in VIDEOS.items():
        film(folder / name, frames=6, size_wh=(32, 32), **how)
    for name in IMAGES:
        image = np.random.default_rng(1).integers(0, 255, size=(16, 24, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / name), image)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Bytes changed, runs set to one value, a part taken out or doubled, the end cut off."""
    changes = draw(st.lists(st.tuples(PLACES, st.lists(VALUES, min_size=1, max_size=8)), max_size=6))
    cut = draw(st.one_of(st.none(), st.floats(0.02, 1)))
    moved = draw(st.one_of(st.none(), st.tuples(PLACES, st.integers(1, 300), st.booleans())))

    def apply(data: bytes) -> bytes:
        out = bytearray(data)
        for place, values in changes:
            at = place % len(out)
            out[at : at + len(values)] = bytes(values)[: len(out) - at]
        if moved is not None:
            at = moved[0] % len(out)
            out[at : at + moved[1]] = out[at : at + moved[1]] * 2 if moved[2] else b""
        return bytes(out if cut is None else out[: max(1, int(len(out) * cut))])

    return apply


@pytest.mark.parametrize("name", [*VIDEOS, *IMAGES])
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(harm=damage())
def test_a_damaged_file_gives_frames_or_an_error(
    name: str, harm: Callable[[bytes], bytes], originals: Path, folder: Path
) -> None:
    path = folder / name
    path.write_bytes(harm((originals / name).read_bytes()))
    before, began_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    told: list[str] = []
    try:
        with open_source(path, limits=LIMITS) as source:
            frames = list(source.frames())
            times_s = [frame.time_s for frame in frames]
            assert all(earlier < later for earlier, later in pairwise(times_s))
            assert {frame.image_rgb.shape for frame in frames} <= {(*source.size_wh[::-1], 3)}
    except LabanError as error:
        told.append(str(error))
    assert time.process_time() - began_s < MOST_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_GROWTH_BYTES
    assert all(str(path) in message and "\n" not in message for message in told)


def test_what_was_not_damaged_is_read(originals: Path) -> None:
    for name in (*VIDEOS, *IMAGES):
        with open_source(originals / name, limits=LIMITS) as source:
            assert len(list(source.frames())) == (6 if name in VIDEOS else 1)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.tuples(
            st.sampled_from(
                [b"\0\0\0\x18ftyp", b"\x1aE\xdf\xa3", b"RIFF\0\0\0\0AVI ", b"G" + bytes(187) + b"G"]
            ),
            st.binary(max_size=300),
        ).map(b"".join),
        st.tuples(
            st.sampled_from(
                [b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"BM", b"RIFF\0\0\0\0WEBP", b"II*\0", b"MM\0*"]
            ),
            st.binary(max_size=100),
        ).map(b"".join),
    )
)
def test_bytes_out_of_nowhere_give_an_error_or_frames(content: bytes, folder: Path) -> None:
    path = folder / "any.mp4"
    path.write_bytes(content)
    try:
        with open_source(path, limits=LIMITS) as source:
            frames = list(source.frames())
    except LabanError:
        frames = []
    assert len(frames) <= 1

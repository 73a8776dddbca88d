"""What all tests share: the labelled data beside the project, and the weights and samples, where they are."""

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import settings

from laban.assets import find_asset
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33

ROOT = Path(__file__).resolve().parents[1]
_SHARED_ASSETS = ROOT.parent / "shared" / "assets"
_CODECS = {".ts": "mpeg2video", ".webm": "libvpx"}

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of an example
settings.load_profile("untimed")

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
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=planes)
            frame.pts = index if times_ms is None else times_ms[index]
            frame.time_base = Fraction(1, 1000 if times_ms is not None else 30)
            for stream in made:
                out.mux(stream.encode(frame))
        for stream in made:
            out.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def film() -> Callable[..., Path]:
    """Makes a small video of any container: see ``_filmed``."""
    return _filmed


def _trained(
    exercise: Any,
    *,
    repetitions: int = 3,
    speed: float = 1.0,
    fps: float = 30.0,
    rest_s: float = 0.6,
    hold_s: float = 4.0,
    noise: float = 0.0,
    turn_deg: float = 0.0,
    depth: float = 1.0,
    bent: dict[str, float] | None = None,
    mirrored: bool = False,
    seed: int = 0,
) -> PoseSequence:
    """Somebody who does an exercise as its reference does, seen in metres and pixels.

    ``depth`` is how much of the way to the turn they go, ``bent`` by how many degrees a knee or elbow is bent more
    (in the plane that it moves in), ``noise`` that of landmarks in torso lengths, ``turn_deg`` how far they are
    turned from the camera.
    """
    reference = exercise.reference
    if exercise.is_hold:
        times_s = np.arange(0.0, hold_s, 1 / fps)
        body = np.repeat(np.asarray(reference.body, dtype=np.float64), len(times_s), axis=0)
    else:
        lasting_s = exercise.duration_s / speed
        times_s = np.arange(0.0, rest_s + repetitions * (lasting_s + rest_s), 1 / fps)
        share = np.clip((times_s - rest_s) % (lasting_s + rest_s) / lasting_s, 0.0, 1.0)
        share = np.where(times_s < rest_s, 0.0, share)
        half = 0.5 * depth
        share = np.where(share < 0.5, 2 * share * half, 1 - 2 * (1 - share) * half)
        body = _at_shares(reference, share)
    for joint, degrees in (bent or {}).items():
        _bend(body, joint, degrees)
    if mirrored:
        body = body[:, BLAZEPOSE33.flip] * (-1.0, 1.0, 1.0)
    body = body + np.random.default_rng(seed).normal(0.0, 1.0, body.shape) * noise
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    world = body * 0.5
    world[..., 0], world[..., 2] = (
        cosine * world[..., 0] + sine * world[..., 2],
        cosine * world[..., 2] - sine * world[..., 0],
    )
    seen = np.isfinite(world).all(axis=2)
    return PoseSequence(
        times_s,
        BLAZEPOSE33,
        np.where(seen, 0.95, 0.0).astype(np.float32),
        image_px=(world[..., :2] * 200 + (320, 240)).astype(np.float32),
        world_m=world.astype(np.float32),
        size_wh=(640, 480),
    )


def _at_shares(reference: PoseSequence, share: np.ndarray) -> np.ndarray:
    """(T, 33, 3) the reference at shares of its length."""
    known = reference.times_s / reference.times_s[-1]
    columns = np.asarray(reference.body, dtype=np.float64).reshape(len(known), -1).T
    return np.stack([np.interp(share, known, column) for column in columns], axis=1).reshape(-1, 33, 3)


def _bend(body: np.ndarray, joint: str, degrees: float) -> None:
    """Turns what is below a knee or elbow so that its angle is ``degrees`` less, in place."""
    side, name = joint.split("_")
    above, below = {"elbow": ("shoulder", ("wrist",)), "knee": ("hip", ("ankle", "foot_index"))}[name]
    at, upper = (body[:, BLAZEPOSE33.index(f"{side}_{one}")] for one in (name, above))
    first = BLAZEPOSE33.index(f"{side}_{below[0]}")
    along, back = body[:, first] - at, upper - at
    axis = np.cross(along, back)
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.radians(degrees)
    for one in below:
        index = BLAZEPOSE33.index(f"{side}_{one}")
        arm = body[:, index] - at
        turned = (
            arm * np.cos(angle)
            + np.cross(axis, arm) * np.sin(angle)
            + axis * (axis * arm).sum(axis=1, keepdims=True) * (1 - np.cos(angle))
        )
        body[:, index] = at + turned


@pytest.fixture(scope="session")
def trainee() -> Callable[..., PoseSequence]:
    """Makes somebody who does an exercise; see ``_trained``."""
    return _trained

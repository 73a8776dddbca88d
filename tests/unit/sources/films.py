"""Small films of any container, codec and shape for the tests of what is read."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

CODECS = {
    ".gif": ("gif", "gif", "rgb8"),
    ".wmv": ("asf", "wmv2", "yuv420p"),
    ".flv": ("flv", "flv1", "yuv420p"),
    ".mpg": ("mpeg", "mpeg1video", "yuv420p"),
    ".vob": ("vob", "mpeg2video", "yuv420p"),
    ".m2v": ("mpeg2video", "mpeg2video", "yuv420p"),
    ".apng": ("apng", "apng", "rgb24"),
    ".webp": ("webp", "libwebp_anim", "bgra"),
    ".h264": ("h264", "libx264", "yuv420p"),
    ".hevc": ("hevc", "libx265", "yuv420p"),
    ".mp4": ("mp4", "mpeg4", "yuv420p"),
    ".mkv": ("matroska", "mpeg4", "yuv420p"),
    ".avi": ("avi", "mpeg4", "yuv420p"),
    ".ts": ("mpegts", "mpeg2video", "yuv420p"),
    ".dv": ("dv", "dvvideo", "yuv420p"),
}


def filmed(
    path: Path,
    *,
    frames: int = 12,
    size_wh: tuple[int, int] = (64, 48),
    codec: str | None = None,
    fps: int = 30,
    b_frames: int = 0,
    aspect: Fraction | None = None,
    images: Sequence[np.ndarray] | None = None,
    options: str = "",
) -> Path:
    """Frames ever brighter, or ``images``, in the container that the suffix stands for; ``aspect`` of a pixel."""
    form, usual, pixels = CODECS[path.suffix]
    with av.open(str(path), "w", format=form) as out:
        stream = add_stream(out, codec or usual, size_wh=size_wh, fps=fps, pixels=pixels)
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = 10, b_frames
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if codec == "libx265" or usual == "libx265":
            stream.options = {"x265-params": f"log-level=none{options}"}
        for image in images if images is not None else ramp(frames, size_wh):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)))
        out.mux(stream.encode())
    return path


def add_stream(
    out: Any, codec: str, *, size_wh: tuple[int, int], fps: int = 30, pixels: str = "yuv420p"
) -> Any:
    stream = out.add_stream(codec, rate=fps)
    stream.width, stream.height = size_wh
    stream.pix_fmt = pixels
    return stream


def ramp(frames: int, size_wh: tuple[int, int]) -> list[np.ndarray]:
    """Grey images ever brighter."""
    width, height = size_wh
    return [np.full((height, width, 3), 20 + 200 * k // frames, np.uint8) for k in range(frames)]


def disc(size_wh: tuple[int, int], *, aspect: float) -> np.ndarray:
    """A white disc on black that is round where pixels are ``aspect`` times as wide as high."""
    width, height = size_wh
    across = (np.arange(width) - (width - 1) / 2) * aspect
    down = np.arange(height) - (height - 1) / 2
    radius = 0.4 * min(width * aspect, height)
    inside = np.hypot(across[None, :], down[:, None]) < radius
    return np.where(inside[..., None], 255, 0).astype(np.uint8).repeat(3, axis=2)

"""The image in the README: one frame of the demo with skeletons drawn over it.

    python -m scripts.image demo/demo.parquet

reads the recording made by ``laban demo``.
"""

import argparse
from pathlib import Path

import cv2

from laban.core.arrays import ImageArray
from laban.io import load
from laban.pipeline.recording.draw import draw_frame, joint_angles
from laban.pipeline.recording.video import find_origin, open_frames

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.jpg"
_AT_S = 3.83
_WIDTH_PX = 1120
_QUALITY = 76


def drawn_frame(recording_file: Path, *, at_s: float) -> ImageArray:
    """(H, W, 3) RGB: the first frame of the recording's video at ``at_s`` or later, with skeletons drawn over
    it."""
    recording = load(recording_file)
    with open_frames(find_origin(recording, beside=recording_file)) as frames:
        frame = next(frame for frame in frames if frame.time_s >= at_s)
        return draw_frame(recording, frame, angles=joint_angles(recording))


def write_jpeg(path: Path, image_rgb: ImageArray, *, width_px: int) -> None:
    """Writes an image ``width_px`` wide."""
    height_px = round(image_rgb.shape[0] * width_px / image_rgb.shape[1])
    small = cv2.resize(image_rgb, (width_px, height_px), interpolation=cv2.INTER_AREA)
    settings = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    _, content = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), settings)
    path.write_bytes(content.tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", type=Path, help="the recording that `laban demo` made")
    write_jpeg(TARGET, drawn_frame(parser.parse_args().recording, at_s=_AT_S), width_px=_WIDTH_PX)


if __name__ == "__main__":
    main()

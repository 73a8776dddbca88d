"""A contact sheet: a recording as one image of several moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.checks import in_range
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.render.files import written
from laban.render.instants import people_at
from laban.render.palette import INK, PAPER, WHITE, mix, person_rgb, text_rgb
from laban.render.skeletons import DrawStyle, draw_people
from laban.render.text import text_mask, write, write_pill
from laban.render.words import format_time, short_name, summary_line

_GREY = mix(INK, PAPER, share=0.55)


@dataclass(frozen=True)
class SheetLayout:
    """The layout of a contact sheet: images per row, and the width of each in pixels."""

    columns: int = 3
    image_width_px: int = 560
    gap_px: int = 14

    def __post_init__(self) -> None:
        in_range(self.columns, name="columns", low=1, high=20)
        in_range(self.image_width_px, name="image_width_px", low=64, high=4096)


def sheet_frames(recording: Recording, *, count: int = 9) -> tuple[int, ...]:
    """Up to ``count`` frames spread evenly over the recording, each in the middle of its share.

    >>> sheet_frames(Recording("clip", np.arange(30) / 10, {}), count=3)
    (5, 15, 25)
    """
    in_range(count, name="count", low=1, high=400)
    total = len(recording.times_s)
    middles = (np.arange(count) + 0.5) * total / count
    return tuple(sorted({int(middle) for middle in middles})) if total else ()


def draw_sheet(
    recording: Recording,
    images_rgb: Sequence[ImageArray],
    frames: Sequence[int],
    *,
    layout: SheetLayout | None = None,
) -> ImageArray:
    """One image of several moments, people drawn, with their times and a headline.

    ``images_rgb[i]`` (H, W, 3) uint8 is the recording's frame ``frames[i]``; images may differ in size from
    ``recording.size_wh``. They are not modified. Raises ``InvalidValueError`` if there is nothing to show.
    """
    if not images_rgb or len(images_rgb) != len(frames):
        raise InvalidValueError(
            f"a contact sheet needs an image for each frame, got {len(images_rgb)} for {len(frames)}"
        )
    layout = layout or SheetLayout()
    tiles = [
        _tile(recording, image, frame, layout=layout) for image, frame in zip(images_rgb, frames, strict=True)
    ]
    body = _grid(tiles, layout=layout)
    return np.concatenate([_header(recording, body.shape[1], gap_px=layout.gap_px), body])


def write_png(path: Path | str, image_rgb: ImageArray) -> Path:
    """Writes an image as PNG, completely or not at all; raises ``OutputError`` if the folder is not writable."""
    target = Path(path)
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(image_rgb[..., ::-1]))
    with written(target) as temporary:
        temporary.write_bytes(encoded.tobytes())
    return target


def _tile(recording: Recording, image: ImageArray, frame: int, *, layout: SheetLayout) -> ImageArray:
    drawn = draw_people(image, people_at(recording, frame=frame), style=DrawStyle(thickness=1.3, text=1.5))
    height, width = drawn.shape[:2]
    size = (layout.image_width_px, max(1, round(height * layout.image_width_px / width)))
    way = cv2.INTER_AREA if width > size[0] else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(drawn, size, interpolation=way), np.uint8)
    letters = max(11, size[0] // 32)
    stamp = format_time(float(recording.times_s[frame]))
    mask = text_mask(stamp, height_px=letters, bold=True)
    centre = (mask.shape[1] / 2 + letters, size[1] - letters * 1.3)
    write_pill(small, stamp, centre_xy=centre, height_px=letters, fill=INK, colour=WHITE)
    return small


def _grid(tiles: Sequence[ImageArray], *, layout: SheetLayout) -> ImageArray:
    gap, columns = layout.gap_px, min(layout.columns, len(tiles))
    width, height = layout.image_width_px, max(tile.shape[0] for tile in tiles)
    rows = -(-len(tiles) // columns)
    canvas = np.full((rows * (height + gap), columns * (width + gap) + gap, 3), PAPER, np.uint8)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), gap + column * (width + gap)
        canvas[top : top + tile.shape[0], left : left + width] = tile
    return canvas


def _header(recording: Recording, width: int, *, gap_px: int) -> ImageArray:
    letters = int(np.clip(width // 50, 12, 34))
    canvas = np.full((round(letters * 2.6), width, 3), PAPER, np.uint8)
    top, x = round(letters * 0.7), gap_px
    x += (
        write(canvas, short_name(recording.source), xy=(x, top), height_px=letters, colour=INK, bold=True)
        + letters
    )
    x += write(canvas, summary_line(recording), xy=(x, top), height_px=letters, colour=_GREY) + letters
    for person in recording.people:
        colour = person_rgb(person)
        centre = (x + letters, top + 0.65 * letters)
        if x + 2 * letters > width:
            break
        write_pill(
            canvas, str(person), centre_xy=centre, height_px=letters, fill=colour, colour=text_rgb(colour)
        )
        x += 2 * letters
    return canvas

"""The answers of an image classifier drawn on the image."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.render.palette import INK, PAPER, person_rgb, text_rgb
from laban.render.text import write_pill

_GAP_PX = 10


@dataclass(frozen=True, eq=False)
class Marked:
    """One answer in words, for ``person``: the box (4,) in pixels, or None for the whole image, and the square
    (S, S, 3) that the network was shown, with its class activation."""

    words: str
    person: int
    box_xyxy_px: Float64Array | None = None
    class_activation: ImageArray | None = None


def draw_answers(image_rgb: ImageArray, answers: Sequence[Marked], *, most_px: int = 1280) -> ImageArray:
    """A new image, its longer side at most ``most_px``, with the answers on it and, to the right, the class
    activations."""
    height, width = image_rgb.shape[:2]
    scale = min(1.0, most_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    letters = int(np.clip(min(size) // 22, 14, 34))
    for one in answers:
        _mark(canvas, one, scale, letters)
    seen = [one for one in answers if one.class_activation is not None]
    return np.concatenate([canvas, _column(seen, canvas.shape[0], letters)], axis=1) if seen else canvas


def _mark(canvas: ImageArray, one: Marked, scale: float, letters: int) -> None:
    colour = person_rgb(one.person)
    if one.box_xyxy_px is None:
        centre = (canvas.shape[1] / 2, letters * 1.2)
    else:
        left, top, right, bottom = (round(float(value)) for value in one.box_xyxy_px * scale)
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, max(2, letters // 8), cv2.LINE_AA)
        centre = ((left + right) / 2, max(top - letters * 0.8, letters * 0.9))
    write_pill(canvas, one.words, centre_xy=centre, height_px=letters, fill=colour, colour=text_rgb(colour))


def _column(answers: Sequence[Marked], height: int, letters: int) -> ImageArray:
    """The squares shown to the network, one below the other, as high as the image; as many as are legible."""
    count = max(1, min(len(answers), height // 160))
    side = min((height - (count - 1) * _GAP_PX) // count, max(160, height * 2 // 3))
    column = np.full((height, side + _GAP_PX, 3), PAPER, np.uint8)
    for place, one in enumerate(answers[:count]):
        if one.class_activation is None:
            continue
        tile = np.asarray(
            cv2.resize(one.class_activation, (side, side), interpolation=cv2.INTER_AREA), np.uint8
        )
        colour = person_rgb(one.person) if one.box_xyxy_px is not None else INK
        write_pill(
            tile,
            one.words,
            centre_xy=(side / 2, side - letters),
            height_px=max(12, letters * 3 // 4),
            fill=colour,
            colour=text_rgb(colour),
        )
        top = place * (side + _GAP_PX)
        column[top : top + side, _GAP_PX:] = tile
    return column

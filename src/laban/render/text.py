"""Text on images: sharp at any size, and on a rounded pill over unknown backgrounds."""

from functools import lru_cache

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.palette import Rgb

_PAD_PX = 2
_WIDE_SIZE = (
    0.88  # of the letter height of the wide font: capitals with two diacritics, such as "Ổ", need the space
)


@lru_cache(maxsize=1024)
def text_mask(text: str, *, height_px: int, bold: bool = False) -> ImageArray:
    """The coverage of ``text`` as a (h, w) uint8 image, cropped to its width; read-only, since it is cached."""
    roomy = np.zeros((height_px * 2, height_px * (len(text) + 2), 3), np.uint8)
    _write(roomy, text, origin_xy=(_PAD_PX, round(height_px * 1.35)), height_px=height_px, bold=bold)
    inked = np.flatnonzero(roomy.any(axis=(0, 2)))
    right = int(inked[-1]) + 1 + _PAD_PX if len(inked) else 1
    mask = np.ascontiguousarray(roomy[round(height_px * 0.4) : round(height_px * 1.7), :right, 0])
    mask.flags.writeable = False
    return mask


def stamp(canvas_rgb: ImageArray, mask: ImageArray, *, xy: tuple[int, int], colour: Rgb) -> None:
    """Blends ``colour`` into ``canvas_rgb`` where ``mask`` covers it, clipped to the canvas."""
    x, y = xy
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + mask.shape[1], canvas_rgb.shape[1]), min(y + mask.shape[0], canvas_rgb.shape[0])
    if left >= right or top >= bottom:
        return
    alpha = mask[top - y : bottom - y, left - x : right - x, None].astype(np.uint16)
    patch = canvas_rgb[top:bottom, left:right]
    patch[:] = (patch * (255 - alpha) + np.array(colour, np.uint16) * alpha + 127) // 255


def can_write(text: str) -> bool:
    """Whether every letter of ``text`` can be drawn: OpenCV 5 has fonts for nearly all scripts, OpenCV 4 for ASCII
    only.

    >>> can_write("Straighten your left elbow")
    True
    """
    return text.isascii() or _has_faces()


def write(
    canvas_rgb: ImageArray, text: str, *, xy: tuple[int, int], height_px: int, colour: Rgb, bold: bool = False
) -> int:
    """Writes ``text`` with its top-left corner at ``xy`` onto the canvas; returns its width in pixels."""
    mask = text_mask(text, height_px=height_px, bold=bold)
    stamp(canvas_rgb, mask, xy=xy, colour=colour)
    return int(mask.shape[1])


def write_pill(
    canvas_rgb: ImageArray,
    text: str,
    *,
    centre_xy: tuple[float, float],
    height_px: int,
    fill: Rgb,
    colour: Rgb,
) -> None:
    """Writes ``text`` on a rounded pill centred at ``centre_xy``, moved so that it lies inside the canvas."""
    mask = _pill_masks(text, height_px)
    height, width = mask[0].shape
    high, wide = canvas_rgb.shape[:2]
    x = int(np.clip(centre_xy[0] - width / 2, 0, max(wide - width, 0)))
    y = int(np.clip(centre_xy[1] - height / 2, 0, max(high - height, 0)))
    stamp(canvas_rgb, mask[0], xy=(x, y), colour=fill)
    stamp(canvas_rgb, mask[1], xy=(x, y), colour=colour)


def pill_size(text: str, *, height_px: int) -> tuple[int, int]:
    """Width and height of the pill that ``write_pill`` would draw."""
    height, width = _pill_masks(text, height_px)[0].shape
    return width, height


@lru_cache(maxsize=1024)
def _pill_masks(text: str, height_px: int) -> tuple[ImageArray, ImageArray]:
    words = text_mask(text, height_px=height_px, bold=True)
    pad = max(2, round(height_px * 0.45))
    height, width = words.shape[0] + 2, words.shape[1] + 2 * pad
    ink = np.zeros((height, width), np.uint8)
    low = round(height_px * 0.06)  # capitals sit slightly high between ascenders and descenders
    ink[1 + low : -1, pad : pad + words.shape[1]] = words[: words.shape[0] - low]
    return _rounded(width, height), ink


def _rounded(width: int, height: int) -> ImageArray:
    zoom = 4
    big = np.zeros((height * zoom, width * zoom), np.uint8)
    radius = big.shape[0] // 2
    cv2.rectangle(big, (radius, 0), (max(radius, big.shape[1] - radius), big.shape[0]), (235,), -1)
    for x in (radius, big.shape[1] - radius):
        cv2.circle(big, (x, radius), radius, (235,), -1)
    return np.asarray(cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _has_faces() -> bool:
    return hasattr(cv2, "FontFace")


def _face_of(text: str) -> "cv2.FontFace":
    # Letters missing from the plain font would be taken from the wide one, in a different weight.
    lacks = any(
        "\u0180" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff" or letter >= "\u2e80"
        for letter in text
    )
    return _wide_face() if lacks else _plain_face()


@lru_cache(maxsize=1)
def _plain_face() -> "cv2.FontFace":
    face: cv2.FontFace = getattr(cv2, "FontFace")("sans")  # noqa: B009
    return face


@lru_cache(maxsize=1)
def _wide_face() -> "cv2.FontFace":
    face: cv2.FontFace = getattr(cv2, "FontFace")("uni")  # noqa: B009
    return face


def _write_face(
    canvas: ImageArray, text: str, *, origin_xy: tuple[int, int], height_px: int, bold: bool
) -> None:
    white, face, weight = (255, 255, 255), _face_of(text), 600 if bold else 400
    if face is not _wide_face():
        cv2.putText(canvas, text, origin_xy, white, face, height_px, weight)
        return
    size = round(_WIDE_SIZE * height_px)
    cv2.putText(canvas, text, origin_xy, white, face, size)
    if bold:  # it has only one weight: a second stroke next to the first makes it bold
        again = np.zeros_like(canvas)
        cv2.putText(again, text, (origin_xy[0] + max(1, round(size / 24)), origin_xy[1]), white, face, size)
        np.maximum(canvas, again, out=canvas)


def _write(canvas: ImageArray, text: str, *, origin_xy: tuple[int, int], height_px: int, bold: bool) -> None:
    if _has_faces():
        _write_face(canvas, text, origin_xy=origin_xy, height_px=height_px, bold=bold)
        return
    # OpenCV 4 has stroke fonts only, without letters beyond ASCII.
    plain = text.replace("°", " deg").replace("·", "-").encode("ascii", "replace").decode()
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, max(1, round(height_px * 0.72)), 1)
    cv2.putText(canvas, plain, origin_xy, cv2.FONT_HERSHEY_DUPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA)

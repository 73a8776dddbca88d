"""Two people side by side under a headline, with the table of differences below."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.render.comparison.difference_table import JointRow, draw_difference_table, share_of
from laban.render.importance import around, corner_label, draw_importance
from laban.render.palette import INK, PAPER, mix
from laban.render.text import text_mask, write

_MUTED = mix(INK, PAPER, share=0.45)
_BLANK = (70, 76, 84)
_LEAST_WIDTH_PX = 1000


def joint_shares(pose: Pose, rows: Sequence[JointRow], *, swapped: bool = False) -> Float64Array:
    """(J,) the strength in which each joint of ``pose`` is drawn, 0 to 1; with ``swapped`` a row is that of the
    other side's joint."""
    shares = np.zeros(len(pose.skeleton))
    for row in rows:
        name = _other(row.joint) if swapped else row.joint
        if row.differs and pose.skeleton.has(name):
            shares[pose.skeleton.index(name)] = share_of(row.attempt_deg - row.reference_deg, row.limit_deg)
    return shares


def draw_tile(
    image_rgb: ImageArray | None, pose: Pose, shares: Float64Array, *, label: str, height_px: int = 620
) -> ImageArray:
    """The part of the image around a person, joints drawn by how much they differ, scaled to one height.

    Without an image the background is plain. The tile is at least two fifths as wide as it is high.
    """
    if image_rgb is None:
        pose, image_rgb = _on_blank(pose)
    size_wh = (image_rgb.shape[1], image_rgb.shape[0])
    left, top, right, bottom = around(pose, size_wh, margin=0.14)
    least = round(0.55 * (bottom - top))
    if right - left < least:
        middle = (left + right) // 2
        left, right = max(0, middle - least // 2), min(size_wh[0], middle + least // 2)
    # Scaled before drawing, so that lines are sharp at any size.
    factor = height_px / (bottom - top)
    part = np.ascontiguousarray(image_rgb[top:bottom, left:right])
    wide = max(1, round((right - left) * factor))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    part = np.asarray(cv2.resize(part, (wide, height_px), interpolation=way), np.uint8)
    points = (pose.image_px - np.array([left, top], np.float32)) * np.float32(factor)
    moved = replace(pose, image_px=points)
    tile = draw_importance(part, moved, shares)
    corner_label(tile, label)
    return tile


def draw_pose_pair(
    first: ImageArray,
    second: ImageArray,
    rows: Sequence[JointRow],
    *,
    title: str,
    subtitle: str = "",
    names: tuple[str, str] = ("attempt", "reference"),
) -> ImageArray:
    """(H, W, 3) uint8 RGB: two tiles of the same height side by side, a headline above, the joints below.

    Raises InvalidValueError if the heights of the tiles differ.
    """
    if first.shape[0] != second.shape[0]:
        raise InvalidValueError(
            f"both tiles must be equally high, got {first.shape[0]} and {second.shape[0]}"
        )
    gap = 14
    width = max(_LEAST_WIDTH_PX, first.shape[1] + second.shape[1] + 3 * gap)
    body = np.full((first.shape[0] + gap, width, 3), PAPER, np.uint8)
    spare = (width - first.shape[1] - second.shape[1]) // 3
    x = spare
    for tile in (first, second):
        body[: tile.shape[0], x : x + tile.shape[1]] = tile
        x += tile.shape[1] + spare
    table = draw_difference_table(rows, width_px=width, names=names)
    return np.concatenate([_head(title, subtitle, width), body, table])


def _head(title: str, subtitle: str, width: int) -> ImageArray:
    large, small = 26, 17
    canvas = np.full((86 if subtitle else 56, width, 3), PAPER, np.uint8)
    write(canvas, _cut(title, width - 28, large), xy=(14, 12), height_px=large, colour=INK, bold=True)
    write(canvas, _cut(subtitle, width - 28, small), xy=(14, 52), height_px=small, colour=_MUTED)
    return canvas


def _cut(words: str, room_px: int, letters: int) -> str:
    while len(words) > 4 and text_mask(words, height_px=letters, bold=True).shape[1] > room_px:
        words = words[:-2].rstrip(" …") + "…"
    return words


def _on_blank(pose: Pose) -> tuple[Pose, ImageArray]:
    """The pose moved to a plain image of its own."""
    known = pose.image_px[np.isfinite(pose.image_px).all(axis=1)]
    low = known.min(axis=0) if len(known) else np.zeros(2, np.float32)
    high = known.max(axis=0) if len(known) else np.ones(2, np.float32)
    factor = np.float32(560.0 / max(float((high - low).max()), 1e-6))
    points = (pose.image_px - low) * factor + np.float32(80.0)
    size = np.ceil((high - low) * factor + 160).astype(int)
    image = np.full((int(size[1]), int(size[0]), 3), _BLANK, np.uint8)
    return replace(pose, image_px=points), image


def _other(joint: str) -> str:
    return joint.replace("left", "right") if "left" in joint else joint.replace("right", "left")

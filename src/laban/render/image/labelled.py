"""Labelled people drawn on their image: boxes, and joints coloured by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.pose import Pose
from laban.core.skeleton import COCO17, Skeleton
from laban.render.palette import INK, WHITE, person_rgb, text_rgb
from laban.render.skeletons import DrawStyle, draw_people
from laban.render.text import write_pill

_HIDDEN = 1


@dataclass(frozen=True, eq=False)
class Labelled:
    """One person in pixels of the image: ``box_xyxy_px`` (4,), ``joints_px`` (J, 2) with ``flags`` (J,)."""

    label: str
    box_xyxy_px: Float64Array | None = None
    joints_px: Float64Array | None = None
    flags: IntArray | None = None


def draw_labelled(
    image_rgb: ImageArray, people: Sequence[Labelled], *, width_px: int = 380, names: bool = True
) -> ImageArray:
    """A small new image, ``width_px`` wide, with all people as they are labelled.

    Left limbs are lighter, right ones darker, hidden joints faint; joints of an unknown skeleton are dots.
    ``names`` writes each class at its box.
    """
    height, width = image_rgb.shape[:2]
    scale = width_px / width
    size = (width_px, max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.asarray(cv2.resize(image_rgb, size, interpolation=way), dtype=np.uint8)
    poses = [_pose(one, index, scale) for index, one in enumerate(people)]
    known = [pose for pose in poses if pose is not None]
    canvas = draw_people(
        canvas, known, labels=[""] * len(known), style=DrawStyle(labels=False, thickness=0.8)
    )
    for index, one in enumerate(people):
        _draw_box(canvas, one, index, scale, named=names)
    return canvas


def _pose(one: Labelled, index: int, scale: float) -> Pose | None:
    skeleton = _skeleton(one)
    if skeleton is None or one.joints_px is None or one.flags is None:
        return None
    visibility = np.select([one.flags == 0, one.flags == _HIDDEN], [0.0, 0.3], 1.0).astype(np.float32)
    points = np.where((one.flags == 0)[:, None], np.nan, one.joints_px * scale).astype(np.float32)
    return Pose(skeleton, points, visibility, person=index)


def _skeleton(one: Labelled) -> Skeleton | None:
    return COCO17 if one.joints_px is not None and len(one.joints_px) == len(COCO17) else None


def _draw_box(canvas: ImageArray, one: Labelled, index: int, scale: float, *, named: bool) -> None:
    colour = person_rgb(index)
    if one.box_xyxy_px is not None:
        left, top, right, bottom = (int(value) for value in np.clip(one.box_xyxy_px * scale, -4096, 16384))
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, 2, cv2.LINE_AA)
        if named and one.label:
            write_pill(
                canvas,
                one.label,
                centre_xy=((left + right) / 2, top),
                height_px=13,
                fill=colour,
                colour=text_rgb(colour),
            )
    elif named and one.label:
        write_pill(
            canvas, one.label, centre_xy=(canvas.shape[1] / 2, 16), height_px=13, fill=INK, colour=WHITE
        )
    if _skeleton(one) is None and one.joints_px is not None and one.flags is not None:
        for x, y in np.clip(one.joints_px[one.flags > 0] * scale, -4096, 16384):
            cv2.circle(canvas, (round(float(x)), round(float(y))), 3, colour, -1, cv2.LINE_AA)

"""Draws a classifier's answers on an image: people, classes, and where the evidence is."""

from collections.abc import Sequence

import numpy as np

from laban.core.arrays import ImageArray
from laban.models.image.view import shown
from laban.pipeline.image.prediction import LocatedAnswer
from laban.render.image.answers import Marked, draw_answers
from laban.render.image.heat import draw_evidence

_MOST_PX = 1280


def draw_image_answers(image_rgb: ImageArray, answers: Sequence[LocatedAnswer]) -> ImageArray:
    """A new image (H, W, 3): everybody with box, class and probability, and next to it, for a classifier of
    images, its input for each person, with evidence for the answer in orange and against it in blue."""
    marked = [
        Marked(
            f"{one.label} {one.probability:.0%}",
            0 if one.person is None else one.person,
            one.box_xyxy_px,
            None if one.evidence is None or one.square_xyxy_px is None else _heat(image_rgb, one),
        )
        for one in answers
    ]
    return draw_answers(image_rgb, marked, most_px=_MOST_PX)


def _heat(image_rgb: ImageArray, one: LocatedAnswer) -> ImageArray:
    if one.evidence is None or one.square_xyxy_px is None:
        raise ValueError("nothing is known of what was looked at")
    square = shown(image_rgb, np.asarray(one.square_xyxy_px), side_px=448)
    return draw_evidence(square, one.evidence)

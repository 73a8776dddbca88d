"""The files of a posture: the annotated image, JSON and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from laban.core.answers.posture import ChangeAnswer, PostureAnswer, PostureFile
from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.pipeline.posture.assess import Assessment
from laban.pipeline.posture.marks import drawing_of
from laban.pipeline.posture.schema import values_csv
from laban.render.files import written
from laban.render.posture.image import draw_marks, with_list
from laban.render.posture.page import draw_posture_page
from laban.render.posture.visits import draw_visits_page
from laban.render.words import short_name
from laban.tasks.posture.report import PostureReport
from laban.tasks.posture.settings import PostureSettings

_BLANK_RGB = (70, 76, 84)
_BLANK_PX = 900.0
NO_DIAGNOSIS = "measured from landmarks in an image, not a diagnosis"


@dataclass(frozen=True, eq=False)
class Drawn:
    """``marked_rgb`` is the person with everything drawn where it is measured, ``listed_rgb`` the same above the
    list of values, ``letters`` the letter of each measure."""

    marked_rgb: ImageArray
    listed_rgb: ImageArray
    letters: Mapping[str, str]


def draw_assessment(found: Assessment, *, settings: PostureSettings) -> Drawn:
    """The annotated image; on a plain background where there is no image."""
    report = found.report
    pose, image = (found.pose, found.image) if found.image is not None else _on_blank(found.pose)
    drawing = drawing_of(report, pose, settings=settings, width_px=image.shape[1])
    marked = draw_marks(image, pose, drawing.marks, plumb=drawing.plumb)
    subtitle = " · ".join([short_name(found.side.name), NO_DIAGNOSIS, *report.warnings[:1]])
    listed = with_list(marked, drawing.rows, title=title_of(report), subtitle=subtitle)
    return Drawn(marked, listed, drawing.letters)


def title_of(report: PostureReport) -> str:
    """The stance and view, in a few words.

    The stance is left out where it is unclear.
    """
    stance = "" if report.stance == "unclear" else f"{report.stance}, "
    words = f"{stance}seen {report.view.words}"
    return words[:1].upper() + words[1:]


def write_report(path: Path, answer: PostureFile, drawn: Drawn, *, title: str) -> Path:
    """Writes the page on one posture."""
    text = draw_posture_page(answer, drawn.marked_rgb, title=title, letters=drawn.letters)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def write_visits(
    path: Path, images: Sequence[ImageArray], names: Sequence[str], changes: Sequence[ChangeAnswer]
) -> Path:
    """Writes the page on several visits."""
    with written(path) as temporary:
        temporary.write_text(draw_visits_page(images, names, changes), encoding="utf-8", newline="\n")
    return path


def write_values(path: Path, answers: Sequence[PostureAnswer]) -> Path:
    """Writes every measure of every source as a row of CSV."""
    with written(path) as temporary:
        temporary.write_text(values_csv(answers), encoding="utf-8", newline="\n")
    return path


def _on_blank(pose: Pose) -> tuple[Pose, ImageArray]:
    """The pose moved into a plain image of its own."""
    known = pose.image_px[np.isfinite(pose.image_px).all(axis=1)].astype(np.float64)
    low, high = known.min(axis=0), known.max(axis=0)
    factor = _BLANK_PX / max(float((high - low).max()), 1e-6)
    edge = 0.18 * _BLANK_PX
    points = ((pose.image_px - low) * factor + edge).astype(np.float32)
    wide, tall = np.ceil((high - low) * factor + 2 * edge).astype(int).tolist()
    image = np.full((tall, wide, 3), _BLANK_RGB, np.uint8)
    return replace(pose, image_px=points), image

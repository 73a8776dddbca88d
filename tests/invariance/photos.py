"""The same for photos: one frame of a clip, kept in every way that must not matter, and the posture in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from tests.invariance.answers import ANSWERS, Answer, measured_angles, verdicts
from tests.invariance.films import CLIPS, Clip, shared
from tests.invariance.mapping import Mapping
from tests.invariance.table import Cell

from laban.core.arrays import ImageArray
from laban.errors import LabanError
from laban.pipeline.posture.assess import assess_side
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pipeline.recording.subject import open_side
from laban.pose.blazepose.jitter import JitterSettings
from laban.tasks.posture.report import PostureReport
from laban.tasks.posture.settings import PostureSettings

Draw = Callable[[ImageArray], ImageArray]


@dataclass(frozen=True, eq=False)
class PhotoChange:
    """``draw`` changes the image, ``suffix`` and ``options`` (of OpenCV) how it is kept."""

    name: str
    draw: Draw = lambda image: image
    suffix: str = ".png"
    options: tuple[int, ...] = ()
    mirrored: bool = False


PHOTOS: tuple[Clip, ...] = (
    Clip("at a desk", shared("clips/desk_worker_side.mp4"), 0, 1, 1, (960, 540), {}),
    CLIPS[0],
    Clip("head carried forward", shared("falls/subject_1/ADL/16.mp4"), 72, 1, 1, (1280, 720), {}),
    Clip("from the front", shared("falls/subject_3/ADL/20.mp4"), 98, 1, 1, (640, 480), {}),
)


def _grey(image: ImageArray) -> ImageArray:
    return np.repeat(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)[..., None], 3, axis=2)


def _scaled(image: ImageArray, *, scale: float) -> ImageArray:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def _padded(image: ImageArray, *, share: float) -> ImageArray:
    bars = round(share * image.shape[0]), round(share * image.shape[1])
    return np.asarray(cv2.copyMakeBorder(image, *np.repeat(bars, 2).tolist(), cv2.BORDER_CONSTANT), np.uint8)


def _toned(image: ImageArray, *, gain: float, lift: float) -> ImageArray:
    return np.clip(image * gain + lift, 0, 255).astype(np.uint8)


PHOTO_CHANGES: tuple[PhotoChange, ...] = (
    PhotoChange("JPEG", suffix=".jpg", options=(cv2.IMWRITE_JPEG_QUALITY, 90)),
    PhotoChange("JPEG of low quality", suffix=".jpeg", options=(cv2.IMWRITE_JPEG_QUALITY, 35)),
    PhotoChange("JPEG of middling quality", suffix=".jpg", options=(cv2.IMWRITE_JPEG_QUALITY, 60)),
    PhotoChange("AVIF", suffix=".avif", options=(cv2.IMWRITE_AVIF_QUALITY, 50)),
    PhotoChange("WebP", suffix=".webp", options=(cv2.IMWRITE_WEBP_QUALITY, 90)),
    PhotoChange("BMP", suffix=".bmp"),
    PhotoChange("TIFF", suffix=".tiff"),
    PhotoChange("grey", _grey),
    PhotoChange("brighter", partial(_toned, gain=1.2, lift=25.0)),
    PhotoChange("darker", partial(_toned, gain=0.45, lift=0.0)),
    PhotoChange("half the size", partial(_scaled, scale=0.5)),
    PhotoChange("twice the size", partial(_scaled, scale=2.0)),
    PhotoChange("padded", partial(_padded, share=0.25)),
    PhotoChange("mirrored", lambda image: image[:, ::-1], mirrored=True),
)
_PLAIN = PhotoChange("nothing changed")
_ASKED: dict[str, Callable[[PostureReport], Any]] = {
    "posture": measured_angles,
    "findings": lambda report: frozenset(one.name for one in report.findings),
    "findings denied": verdicts,
}
PHOTO_ANSWERS = tuple(_ASKED)
"""The answers that photos have."""


def photo_cells() -> Iterator[tuple[PhotoChange, Clip, Answer]]:
    """What there is to ask of the photos that are here."""
    for photo in PHOTOS:
        if photo.find() is not None:
            for change in PHOTO_CHANGES:
                yield from ((change, photo, ANSWERS[name]) for name in _ASKED)


def photo_cell(change: PhotoChange, photo: Clip, answer: Answer) -> Cell:
    """One of them, asked."""
    about = change.name, photo.name, answer.name
    ask = _ASKED[answer.name]
    try:
        before, after = (ask(reported(one, photo)) for one in (_PLAIN, change))
    except LabanError as error:
        return Cell(*about, float("inf"), answer.tolerance, answer.unit, refused=str(error))
    mapping = Mapping(mirrored_px=1.0 if change.mirrored else None)
    return Cell(*about, answer.apart(before, after, mapping), answer.tolerance, answer.unit)


@cache
def reported(change: PhotoChange, photo: Clip) -> PostureReport:
    """What ``laban posture`` reports of the photo."""
    settings = ExtractionSettings(model="full")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"photo{change.suffix}"
        image = np.ascontiguousarray(change.draw(photo.film().frames[0]))
        cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), list(change.options))
        side = open_side(str(path), settings=settings, cache=Path(folder))
        found = assess_side(side, settings=PostureSettings(), jitter=JitterSettings(), extraction=settings)
        return found.report

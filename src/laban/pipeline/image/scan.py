"""Scans every image of a set once: whether it can be read, its size, and a small thumbnail."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.progress import Progress
from laban.errors import SourceError
from laban.pipeline.image.values import ImageSet, LabelledImage
from laban.sources import Limits
from laban.sources.image import read_image
from laban.sources.jpeg import JpegNotes, jpeg_notes

LIKENESS_PX = 24


@dataclass(frozen=True, eq=False)
class Seen:
    """One image as it was found: ``refused`` says why it cannot be read, and then nothing else is known.

    ``size_wh`` is upright; ``thumbnail`` (24 * 24,) has no mean and the length 1.
    """

    image: LabelledImage
    refused: str | None = None
    sha256: str = ""
    size_wh: tuple[int, int] = (0, 0)
    notes: JpegNotes = field(default_factory=JpegNotes)
    thumbnail: Float32Array | None = None
    brightness: float = 0.0

    @property
    def pixels(self) -> np.ndarray:
        """(2,) width and height."""
        return np.array(self.size_wh, dtype=np.float64)


def inspect(
    images: ImageSet, *, limits: Limits | None = None, progress: Progress | None = None
) -> tuple[Seen, ...]:
    """The facts of every image, in order; one that cannot be read is reported and does not stop the others."""
    seen = []
    for count, image in enumerate(images.images, 1):
        seen.append(look_at(image, limits=limits or Limits()))
        if progress is not None:
            progress(count, len(images))
    return tuple(seen)


def look_at(image: LabelledImage, *, limits: Limits) -> Seen:
    """One image, read."""
    import cv2

    try:
        digest = _sha256(image.path)
        image_rgb = read_image(image.path, limits=limits)
    except SourceError as error:
        return Seen(image, refused=" ".join(str(error).split()))
    small = cv2.resize(
        cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY), (LIKENESS_PX,) * 2, interpolation=cv2.INTER_AREA
    )
    flat = small.astype(np.float32).ravel()
    centred = flat - flat.mean()
    return Seen(
        image,
        sha256=digest,
        size_wh=(image_rgb.shape[1], image_rgb.shape[0]),
        notes=jpeg_notes(image.path),
        thumbnail=centred / max(float(np.linalg.norm(centred)), 1e-6),
        brightness=float(flat.mean()) / 255,
    )


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error

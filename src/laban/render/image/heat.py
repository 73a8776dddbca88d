"""The evidence of an image classifier's answer, laid over the image."""

import cv2
import numpy as np

from laban.core.arrays import FloatArray, ImageArray

_FOR, _AGAINST = np.array([255, 138, 20], np.float32), np.array([40, 96, 190], np.float32)
_STRONGEST = 0.62
_GREYED = 0.55


def draw_evidence(
    image_rgb: ImageArray, evidence: FloatArray, *, strongest: float | None = None, greyed: float = _GREYED
) -> ImageArray:
    """A new image (H, W, 3) in which orange supports the answer and blue opposes it.

    ``evidence`` (h, w) covers the whole image; the stronger it is, the stronger the colour, which is full at
    ``strongest``, or at the strongest evidence of this image. Where there is none the image is shown paler, by a
    share ``greyed`` of grey.
    """
    height, width = image_rgb.shape[:2]
    most = max(float(np.abs(evidence).max()) if strongest is None else strongest, 1e-9)
    held = np.asarray(evidence, dtype=np.float32) / most
    smooth = cv2.resize(held, (width, height), interpolation=cv2.INTER_CUBIC)
    grey = np.repeat(cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, 2).astype(np.float32)
    base = image_rgb * (1 - greyed) + grey * greyed
    share = np.clip(np.abs(smooth), 0, 1)[..., None] * _STRONGEST
    colour = np.where(smooth[..., None] >= 0, _FOR, _AGAINST)
    return np.asarray(np.clip(base * (1 - share) + colour * share, 0, 255).round(), dtype=np.uint8)

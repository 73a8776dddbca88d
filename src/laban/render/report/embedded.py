"""Images as HTML elements with embedded pixels, so that a page loads nothing."""

import base64
import html
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.report.markup import Markup, tag

FIGURE_STYLE = "img { display: block; width: 100%; height: auto; border-radius: 10px; }"
"""Images as wide as their card, complete on a phone too, where they can be zoomed."""

_QUALITY = 82
_PHOTOGRAPH_QUALITY = 88


def image_element(image_rgb: ImageArray, alt: str) -> Markup:
    """An image (H, W, 3) as a JPEG; ``alt`` describes it to readers who cannot see it."""
    return _element("jpeg", _jpeg(np.ascontiguousarray(image_rgb[..., ::-1]), _QUALITY), alt)


def png_figure(path: Path, alt: str) -> Markup:
    """The PNG at ``path``, unchanged."""
    return tag("figure", _element("png", path.read_bytes(), alt))


def photograph_figure(path: Path, alt: str) -> Markup:
    """The image at ``path`` as a JPEG, a fifth as large: photos need not be lossless."""
    image = np.asarray(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR))
    return tag("figure", _element("jpeg", _jpeg(image, _PHOTOGRAPH_QUALITY), alt))


def gallery(images: Iterable[tuple[ImageArray, Markup]]) -> Markup:
    """Images side by side as space allows, each with its caption below."""
    shown = [
        tag("figure", image_element(image, "image"), tag("figcaption", words)) for image, words in images
    ]
    return tag("div", *shown, class_="gallery")


def _jpeg(image_bgr: ImageArray, quality: int) -> bytes:
    return cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _element(kind: str, data: bytes, alt: str) -> Markup:
    inside = base64.b64encode(data).decode("ascii")
    return Markup(f'<img alt="{html.escape(alt)}" src="data:image/{kind};base64,{inside}">')

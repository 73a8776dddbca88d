"""The shape of a pixel: frames are converted to square pixels, so that angles and lengths are those of the
scene."""

from fractions import Fraction

_LEAST, _MOST = 0.25, 4.0
_SAME = 0.01
# Sizes of television and surveillance whose pixels are not square (ITU-R BT.601, CIF, "960H", single fields).
_HEIGHTS = {
    720: (576, 480, 288, 240),
    704: (576, 480, 288, 240),
    960: (576, 480, 288, 240),
    928: (576, 480),
    480: (576, 480),
    352: (576, 480, 288),
    1920: (540,),
    1280: (360,),
}
_RARELY_SQUARE = frozenset((width, height) for width, heights in _HEIGHTS.items() for height in heights)


def is_plausible(aspect: Fraction) -> bool:
    """Whether a pixel may have this ratio of width to height."""
    return _LEAST <= float(aspect) <= _MOST


def square_size(size_wh: tuple[int, int], aspect: float) -> tuple[int, int]:
    """The size with square pixels: the side whose pixels are longer grows, so that no detail is lost.

    ``aspect`` is the width of a pixel divided by its height. A difference of less than 1 % is ignored.

    >>> square_size((180, 640), 2.0)
    (360, 640)
    >>> square_size((720, 480), 8 / 9)
    (720, 540)
    """
    width, height = size_wh
    if abs(aspect - 1) < _SAME:
        return size_wh
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def aspect_warning(size_wh: tuple[int, int], aspect: Fraction | None) -> str | None:
    """A warning about an impossible aspect ratio, or a missing one where the size suggests one."""
    if aspect is not None and not is_plausible(aspect):
        return (
            f"its pixel aspect ratio of {aspect.numerator}:{aspect.denominator} cannot be right and is ignored; "
            "pixels are taken as square"
        )
    if aspect is None and size_wh in _RARELY_SQUARE:
        width, height = size_wh
        return (
            f"{width}×{height} is a size of television or surveillance, whose pixels are rarely square, and the "
            "file does not give their shape: they are taken as square; if people look too wide or too narrow, "
            "`ffmpeg -i IN -c copy -aspect 4:3 OUT` (or 16:9) adds it"
        )
    return None

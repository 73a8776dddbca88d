"""Colours: one per person, stable and safe for colour-blind eyes, with a lighter left and a darker right.

The hues are those of Okabe and Ito, "Color Universal Design" (2008), without black.
"""

from functools import lru_cache
from typing import Literal

Rgb = tuple[int, int, int]
Side = Literal["left", "right", "middle"]

WHITE: Rgb = (255, 255, 255)
INK: Rgb = (17, 20, 26)
PAPER: Rgb = (250, 250, 248)

_HUES: tuple[Rgb, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (213, 94, 0),
    (240, 228, 66),
    (0, 114, 178),
)
_TINTS: tuple[tuple[Rgb, float], ...] = ((WHITE, 0.0), (WHITE, 0.5), (INK, 0.4))
_SHADES: dict[Side, tuple[Rgb, float]] = {"left": (WHITE, 0.38), "right": (INK, 0.2), "middle": (WHITE, 0.0)}


def mix(base: Rgb, other: Rgb, *, share: float) -> Rgb:
    """``base`` mixed with ``share`` (0 to 1) of ``other``.

    >>> mix((0, 0, 0), (255, 255, 255), share=0.2)
    (51, 51, 51)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(base, other, strict=True))
    return red, green, blue


@lru_cache(maxsize=512)
def person_rgb(person: int) -> Rgb:
    """The colour of a person id: the same in every image; the first 21 ids all differ.

    >>> person_rgb(0) == person_rgb(0) != person_rgb(1)
    True
    """
    tint, share = _TINTS[person // len(_HUES) % len(_TINTS)]
    return mix(_HUES[person % len(_HUES)], tint, share=share)


@lru_cache(maxsize=512)
def side_rgb(colour: Rgb, side: Side) -> Rgb:
    """The shade for a limb: lighter on the person's left, darker on the right."""
    other, share = _SHADES[side]
    return mix(colour, other, share=share)


def side_of(joint: str) -> Side:
    """The side of the body in a joint's name.

    >>> side_of("left_elbow"), side_of("mouth_right"), side_of("nose")
    ('left', 'right', 'middle')
    """
    parts = joint.split("_")
    if "left" in parts:
        return "left"
    return "right" if "right" in parts else "middle"


def text_rgb(background: Rgb) -> Rgb:
    """Ink or white, whichever reads better on ``background`` (relative luminance as in WCAG 2)."""
    light, ink, white = (_luminance(colour) for colour in (background, INK, WHITE))
    return INK if (light + 0.05) / (ink + 0.05) >= (white + 0.05) / (light + 0.05) else WHITE


def hex_of(colour: Rgb) -> str:
    """``#rrggbb``, for pages and plots.

    >>> hex_of((86, 180, 233))
    '#56b4e9'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _luminance(colour: Rgb) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _unit(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _unit(colour: Rgb) -> tuple[float, ...]:
    return tuple(value / 255 for value in colour)

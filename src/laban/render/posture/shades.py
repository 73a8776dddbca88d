"""Colours of severity that colour-blind eyes can distinguish, never used as the only cue."""

from laban.render.palette import Rgb

SHADES: dict[str, Rgb] = {
    "within": (0, 158, 115),
    "slight": (240, 208, 40),
    "moderate": (240, 140, 20),
    "marked": (213, 60, 20),
    "unsure": (160, 168, 178),
    "no rule": (120, 172, 214),
}
"""By severity, or by verdict if there is none; the hues are of Okabe and Ito, "Color Universal Design" (2008)."""

WORDS = {
    "within": "within limits",
    "slight": "slight",
    "moderate": "moderate",
    "marked": "marked",
    "unsure": "not sure",
    "no rule": "no limit",
}


def shade_of(verdict: str, severity: str | None) -> Rgb:
    """The colour of a value.

    >>> shade_of("finding", "marked") == SHADES["marked"]
    True
    """
    return SHADES[severity or verdict]


def word_of(verdict: str, severity: str | None) -> str:
    """The same as text."""
    return WORDS[severity or verdict]

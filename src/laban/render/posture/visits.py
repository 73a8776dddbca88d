"""Visits of one person side by side: images at the same height, and a table of changes."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from laban.core.answers.posture import ChangeAnswer
from laban.core.arrays import ImageArray
from laban.errors import InvalidValueError
from laban.render.importance import corner_label
from laban.render.palette import PAPER
from laban.render.posture.listing import ListRow, draw_list
from laban.render.posture.shades import SHADES
from laban.render.report.cards import card
from laban.render.report.embedded import gallery
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, joined, table, tag

_HEIGHT_PX, _GAP_PX = 900, 16
_STYLE = (
    "img { display: block; width: 100%; height: auto; border-radius: 10px; }\n"
    ".gallery { display: grid; gap: 14px; "
    "grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr)); }\n"
    ".changed { font-weight: 700; } td.num { white-space: normal; }"
)
_FOOT = (
    "A change is marked if it is larger than the combined measurement error of both visits (95 %). The error of "
    "substitute landmarks is the same at each visit and left out. Film from the same position, at the same height. "
    "This is not a diagnosis. Made with Laban. Everything is in this file; nothing is loaded from elsewhere."
)


def draw_visits(
    images_rgb: Sequence[ImageArray], names: Sequence[str], changes: Sequence[ChangeAnswer]
) -> ImageArray:
    """(H, W, 3) uint8 RGB: the annotated images side by side, the changes below. Raises InvalidValueError for fewer
    than two images."""
    if len(images_rgb) < 2:
        raise InvalidValueError(f"expected at least two visits, got {len(images_rgb)}")
    tiles = [_tile(image, name) for image, name in zip(images_rgb, names, strict=True)]
    gap = np.full((_HEIGHT_PX, _GAP_PX, 3), PAPER, np.uint8)
    body = np.concatenate([part for tile in tiles for part in (tile, gap)][:-1], axis=1)
    width = max(1080, body.shape[1])
    canvas = np.full((_HEIGHT_PX, width, 3), PAPER, np.uint8)
    left = (width - body.shape[1]) // 2
    canvas[:, left : left + body.shape[1]] = body
    rows = [_row(one) for one in _sorted(changes)]
    count = sum(any(one.sure) for one in changes)
    title = (
        "Nothing changed by more than the error of measuring" if not count else f"{count} measures changed"
    )
    words = "change since the first visit; marked if beyond the measurement error"
    return np.concatenate([canvas, draw_list(rows, title=title, subtitle=words, width_px=width)])


def draw_visits_page(
    images_rgb: Sequence[ImageArray], names: Sequence[str], changes: Sequence[ChangeAnswer]
) -> str:
    """The same as a page: one string of HTML."""
    count = sum(any(one.sure) for one in changes)
    summary = (
        f"{len(names)} visits · {count or 'no'} measure{'' if count == 1 else 's'} changed beyond the error"
    )
    shown = gallery((image, tag("b", name)) for image, name in zip(images_rgb, names, strict=True))
    sections = [
        card("Visits", shown, wide=True),
        card("What changed", _table(names, _sorted(changes)), wide=True),
    ]
    return framed_page("Visits", summary=summary, sections=sections, footer=_FOOT, own_style=_STYLE)


def _table(names: Sequence[str], changes: Sequence[ChangeAnswer]) -> Markup:
    return table(("measure", *names), (list(_cells(one)) for one in changes))


def _cells(one: ChangeAnswer) -> Iterator[Markup | str]:
    yield one.title
    for words, change, sure in zip(one.words, one.change_words, one.sure, strict=True):
        sign = tag("span", change, class_="changed" if sure else "range") if change else None
        yield joined(part for part in (Markup(words), tag("br") if sign else None, sign) if part is not None)


def _row(one: ChangeAnswer) -> ListRow:
    sure = any(one.sure)
    shade = SHADES["moderate" if sure else "unsure"]
    values = _joined_values(one.words)
    change = next((words for words in reversed(one.change_words) if words), "")
    title = one.title
    return ListRow(
        "", title[:1].upper() + title[1:], values, change, "changed" if sure else "no certain change", shade
    )


def _joined_values(words: Sequence[str]) -> str:
    """Values in order, with their common unit or direction written once.

    >>> _joined_values(["0.21 torso forward", "0.32 torso forward"])
    '0.21 → 0.32 torso forward'
    """
    numbers, rests = zip(*(one.partition(" ")[::2] for one in words), strict=True)
    if len(set(rests)) == 1:
        return f"{' → '.join(numbers)} {rests[0]}".rstrip()
    return " → ".join(words)


def _sorted(changes: Sequence[ChangeAnswer]) -> list[ChangeAnswer]:
    return sorted(changes, key=lambda one: not any(one.sure))


def _tile(image: ImageArray, name: str) -> ImageArray:
    wide = max(1, round(image.shape[1] * _HEIGHT_PX / image.shape[0]))
    tile = np.asarray(cv2.resize(image, (wide, _HEIGHT_PX), interpolation=cv2.INTER_AREA), np.uint8)
    corner_label(tile, name)
    return tile

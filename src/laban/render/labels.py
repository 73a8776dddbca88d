"""Placing labels so that they do not overlap."""

from collections.abc import Sequence

LabelBox = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

_MOST_STEPS = 12
_GAP_PX = 1.0


def free_centre(
    centre_xy: tuple[float, float],
    *,
    size_wh: tuple[int, int],
    taken: Sequence[LabelBox],
    within_wh: tuple[int, int],
) -> tuple[float, float]:
    """The centre nearest to ``centre_xy``, directly above or below it, at which a label of ``size_wh`` overlaps no
    other.

    The label lies inside an image of ``within_wh``. If there is no free space nearby it stays at ``centre_xy``.

    >>> free_centre((50, 50), size_wh=(20, 10), taken=[(40, 45, 60, 55)], within_wh=(100, 100))
    (50.0, 39.0)
    """
    step = size_wh[1] + _GAP_PX
    wanted = _inside(centre_xy, size_wh, within_wh)
    for count in range(2 * _MOST_STEPS):
        # Above first: the body that a label belongs to is below it.
        rise = (count + 1) // 2 * step * (-1 if count % 2 else 1)
        place = _inside((wanted[0], wanted[1] + rise), size_wh, within_wh)
        if not any(_overlap(box_at(place, size_wh), other) for other in taken):
            return place
    return wanted


def box_at(centre_xy: tuple[float, float], size_wh: tuple[int, int]) -> LabelBox:
    """The box of a label of ``size_wh`` at this centre."""
    (x, y), (width, height) = centre_xy, size_wh
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _inside(
    centre_xy: tuple[float, float], size_wh: tuple[int, int], within_wh: tuple[int, int]
) -> tuple[float, float]:
    x, y = (
        min(max(float(place), side / 2), max(whole - side / 2, side / 2))
        for place, side, whole in zip(centre_xy, size_wh, within_wh, strict=True)
    )
    return x, y


def _overlap(one: LabelBox, other: LabelBox) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

"""The heat map shows what it is given, where it is."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.render.heat_map import HeatMapLayout, draw_heat_map

NAMES = ("nose", "left_wrist", "right_ankle")
TIMES = np.arange(60) / 30


def drawn(cells, *, joints=(1.0, 2.0, -1.0), layout=None):
    return draw_heat_map(
        cells,
        TIMES,
        names=NAMES,
        joints=np.array(joints),
        times=np.maximum(cells, 0).sum(axis=1),
        title="wave 0.9",
        subtitle="clip",
        layout=layout,
    )


def cells(*, at=slice(30, 40), joint=1, value=1.0):
    out = np.zeros((60, 3))
    out[at, joint] = value
    return out


def warmth(image):
    return image[..., 0].astype(int) - image[..., 2]


def test_what_speaks_for_is_warm_and_what_speaks_against_is_cold():
    calm, warm, cold = drawn(cells(value=0.0)), drawn(cells()), drawn(cells(value=-1.0))
    changed = warmth(warm) - warmth(calm)
    rows, columns = np.nonzero(changed > 60)
    assert len(rows) > 1000
    assert 0.4 < columns.mean() / warm.shape[1] < 0.65
    assert (warmth(cold) - warmth(calm)).min() < -60


def test_the_image_is_as_wide_as_asked_and_as_high_as_its_rows():
    small = drawn(cells(), layout=HeatMapLayout(width_px=600, row_px=20))
    assert (small.shape[1], small.dtype) == (600, np.uint8)
    fewer = drawn(cells(), layout=HeatMapLayout(width_px=600, row_px=20, joints=2))
    assert small.shape[0] - fewer.shape[0] == 20


def test_joints_that_say_nothing_are_left_out():
    assert drawn(cells()).shape[0] - drawn(cells(), joints=(0.0, 2.0, 0.0)).shape[0] == 2 * 26


def test_nothing_at_all_is_drawn_too():
    assert drawn(np.full((60, 3), np.nan), joints=(0.0, 0.0, 0.0)).std() > 0


@pytest.mark.parametrize("count", [1, 2])
def test_a_single_instant_is_drawn(count):
    image = draw_heat_map(
        np.ones((count, 1)), np.arange(count), names=("nose",), joints=np.ones(1), times=np.ones(count)
    )
    assert image.ndim == 3


@pytest.mark.parametrize(
    "change",
    [
        {"times_s": np.arange(3.0)},
        {"joints": np.ones(2)},
        {"times": np.ones(2)},
        {"importance": np.ones((60, 2))},
        {"importance": np.full((60, 3), np.inf)},
        {"importance": np.ones((0, 3)), "times_s": np.ones(0), "times": np.ones(0)},
    ],
)
def test_what_does_not_fit_is_refused(change):
    given = {"importance": cells(), "times_s": TIMES, "joints": np.ones(3), "times": np.ones(60)} | change
    with pytest.raises(InvalidValueError):
        draw_heat_map(given.pop("importance"), given.pop("times_s"), names=NAMES, **given)

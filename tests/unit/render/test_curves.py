"""Curves: panels by pair, people by colour, gaps where nothing is known."""

import sys

import numpy as np
import pytest

from laban.core.features import Features
from laban.errors import InvalidValueError, MissingExtraError
from laban.render.curves import CurvesLayout, draw_curves, label_of, panels_of
from laban.render.palette import person_rgb

SMALL = CurvesLayout(width_in=6, row_in=1.5, dpi=80)
pytest.importorskip("matplotlib")


def table(values: np.ndarray, *names: str) -> Features:
    times = np.arange(len(values)) / 10
    return Features(times, names, ("deg",) * len(names), np.column_stack([values] * len(names)))


def coloured(image: np.ndarray, person: int) -> np.ndarray:
    return np.abs(image.astype(int) - person_rgb(person)).sum(axis=2) < 60


def test_pairs_share_a_row() -> None:
    names = ["right_knee", "left_knee", "neck", "left_toe"]
    assert panels_of(names) == (("left_knee", "right_knee"), ("neck",), ("left_toe",))


def test_people_are_drawn_in_their_colours_on_both_sides() -> None:
    swing = 120 + 30 * np.sin(np.arange(40) / 5)
    image = draw_curves(
        {1: table(swing, "left_knee", "right_knee"), 2: table(swing + 20, "left_knee", "right_knee")}
    )
    assert image.dtype == np.uint8
    half = image.shape[1] // 2
    for person in (1, 2):
        drawn = coloured(image, person)
        assert drawn[:, :half].sum() > 200
        assert drawn[:, half:].sum() > 200


def test_a_curve_is_broken_where_nothing_is_known() -> None:
    values = np.full(100, 90.0)
    values[40:60] = np.nan
    image = draw_curves({1: table(values, "trunk")}, layout=SMALL)
    columns = np.flatnonzero(coloured(image[60:], 1).any(axis=0))
    gap = np.diff(columns).max()
    assert 0.15 < gap / np.ptp(columns) < 0.25


def test_drawing_leaves_no_figure_behind() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    draw_curves({0: table(np.arange(5.0), "neck")}, layout=SMALL)
    assert plt.get_fignums() == before


def test_more_people_than_a_legend_holds() -> None:
    many = {person: table(np.arange(5.0) + person, "neck") for person in range(15)}
    assert draw_curves(many, layout=SMALL).size


@pytest.mark.parametrize(
    "angles",
    [{}, {1: table(np.arange(3.0), "neck"), 2: table(np.arange(3.0), "trunk")}],
    ids=["nobody", "unlike"],
)
def test_what_cannot_be_compared_is_refused(angles: dict[int, Features]) -> None:
    with pytest.raises(InvalidValueError, match="same columns"):
        draw_curves(angles)


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingExtraError, match=r"laban\[view\]"):
        draw_curves({1: table(np.arange(3.0), "neck")})


def test_labels_are_words() -> None:
    assert label_of("left_elbow_angle_deg") == "Left elbow"


def test_what_is_guessed_is_pale_and_does_not_decide_the_scale() -> None:
    seen = 120 + 10 * np.sin(np.arange(100) / 5)
    swinging = np.where(np.arange(100) < 50, seen, np.resize([30.0, 175.0], 100))
    hidden = np.zeros((100, 1), dtype=bool)
    hidden[50:] = True
    image = draw_curves({1: table(swinging, "trunk")}, guessed={1: hidden}, layout=SMALL)
    plain = draw_curves({1: table(swinging, "trunk")}, layout=SMALL)
    half = image.shape[1] // 2
    strong = [coloured(one[60:], 1) for one in (image, plain)]
    assert strong[0][:, half + 20 :].sum() < 0.1 * strong[1][:, half + 20 :].sum()
    tall = [np.ptp(np.flatnonzero(one[:, : half - 20].any(axis=1))) for one in strong]
    assert tall[0] > 3 * tall[1], "the scale is that of what was seen"

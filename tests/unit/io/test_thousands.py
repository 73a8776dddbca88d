"""Thousands separators are read where certain, else refused; decimals stay decimals."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, standing

import laban
from laban.errors import FormatError
from laban.io import AssumptionWarning

Cell = Callable[[float], str]


def german(text: str) -> str:
    return text.replace(",", "x").replace(".", ",").replace("x", ".")


def written(path: Path, cell: Cell, *, separator: str = ",", large: float = 3.0) -> tuple[Path, np.ndarray]:
    points = np.round(standing() * large, 2)
    lines = [separator.join(f"{name}_{axis}" for name in NAMES for axis in "xy")]
    lines += [separator.join(f'"{cell(one)}"' for one in row) for row in points.reshape(len(points), -1)]
    path.write_text("\n".join(lines))
    return path, points


@pytest.mark.parametrize(
    ("cell", "separator"),
    [
        (lambda one: f"{one:,.2f}", ","),
        (lambda one: german(f"{one:,.2f}"), ";"),
        (lambda one: german(f"{one:,.3f}"), ";"),
        (lambda one: f"{one:,.2f}".replace(",", "\u202f").replace(".", ","), ";"),
        (lambda one: f"{one:,.2f}".replace(",", " "), ";"),
        (lambda one: f"{one:,.2f}".replace(",", "'"), ","),
        (lambda one: f"{round(one):,}", ","),
        (lambda one: german(f"{round(one):,}"), ";"),
    ],
)
def test_separators_that_are_certain_are_left_out(tmp_path: Path, cell: Cell, separator: str) -> None:
    large = 2.0 if "." not in cell(1.5) and "," not in cell(1.5) else 3.0
    path, points = written(tmp_path / "x.csv", cell, separator=separator, large=large)
    with pytest.warns(AssumptionWarning, match="thousands separators, as in"):
        image = laban.load(path, size_wh=(4000, 3000)).people[0].image_px
    np.testing.assert_allclose(image, points, atol=0.51)


@pytest.mark.parametrize(("turn", "separator"), [(str, ","), (german, ";")])
def test_separators_in_every_cell_are_refused(
    tmp_path: Path, turn: Callable[[str], str], separator: str
) -> None:
    path, _ = written(tmp_path / "x.csv", lambda one: turn(f"{1000 + one:,.0f}"), separator=separator)
    with pytest.raises(
        FormatError, match=r"seem to have thousands separators.*export the numbers without them"
    ):
        laban.load(path)


@pytest.mark.parametrize(
    ("cell", "separator", "large"),
    [
        (lambda one: f"{one:.3f}", ",", 1.0),
        (lambda one: f"{one:.3f}".replace(".", ","), ";", 1.0),
        (lambda one: f"{one:.3f}" if one % 3 > 1 else f"{one:.0f}", ",", 1.0),
        (lambda one: f"{one:.3f}", ",", 1 / 1000),
        (lambda one: f"{one:.0f}", ",", 3.0),
    ],
)
def test_decimals_stay_decimals(tmp_path: Path, cell: Cell, separator: str, large: float) -> None:
    path, points = written(tmp_path / "x.csv", cell, separator=separator, large=large)
    image = laban.load(path, size_wh=(4000, 3000)).people[0].image_px
    np.testing.assert_allclose(
        image, points * ((4000, 3000) if large < 1 else 1), atol=0.51 if large >= 1 else 20
    )

"""Angle curves as an image: a row for each pair of joints, left next to right, a colour for each person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import BoolArray, ImageArray
from laban.core.checks import in_range
from laban.core.features import Features
from laban.errors import InvalidValueError, MissingExtraError
from laban.render.palette import INK, PAPER, hex_of, mix, person_rgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
    from numpy.typing import NDArray

_GRID = hex_of(mix(PAPER, INK, share=0.12))
_MUTED = hex_of(mix(INK, PAPER, share=0.4))
_PALE = 0.5
_DEGREES = frozenset({"deg", "degree", "degrees", "°"})


@dataclass(frozen=True)
class CurvesLayout:
    """The image's width and each row's height in inches, and the dots per inch."""

    width_in: float = 12.0
    row_in: float = 1.9
    dpi: int = 120

    def __post_init__(self) -> None:
        in_range(self.width_in, name="width_in", low=2, high=100)
        in_range(self.row_in, name="row_in", low=0.5, high=20)
        in_range(self.dpi, name="dpi", low=20, high=600)


def panels_of(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Columns grouped into rows: (left, right) if both exist, otherwise one alone, in order of appearance.

    >>> panels_of(["left_elbow", "right_elbow", "trunk"])
    (('left_elbow', 'right_elbow'), ('trunk',))
    """
    known = list(names)
    rows: list[tuple[str, ...]] = []
    for name in known:
        other = name.replace("left_", "right_", 1)
        if name.startswith("left_") and other in known:
            rows.append((name, other))
        elif not (name.startswith("right_") and name.replace("right_", "left_", 1) in known):
            rows.append((name,))
    return tuple(rows)


def draw_curves(
    angles: Mapping[int, Features],
    *,
    guessed: Mapping[int, BoolArray] | None = None,
    title: str = "",
    layout: CurvesLayout | None = None,
) -> ImageArray:
    """(H, W, 3) uint8 RGB: the curves of ``angles`` (person id to columns over time).

    A curve is broken where a value is NaN, and a pale dotted line where ``guessed`` (person id to (T, A)) marks
    values from hidden landmarks; these do not set the scale. All people must have the same columns. Raises
    ``InvalidValueError`` for no columns, ``MissingExtraError`` without matplotlib.
    """
    rows = _rows(angles)
    layout = layout or CurvesLayout()
    figure, canvas = _new_figure(layout, count=len(rows))
    axes = figure.subplots(len(rows), 2, sharex=True, squeeze=False)
    for row, names in enumerate(rows):
        _draw_row(figure, axes, row, names, angles, guessed or {})
    for row, names in enumerate(rows):
        if row + 1 == len(rows) or len(rows[row + 1]) != len(names):
            for panel in axes[row]:
                panel.tick_params(labelbottom=True)
                panel.set_xlabel("seconds", color=_MUTED)
    _head(figure, title, people=list(angles))
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


def label_of(name: str) -> str:
    """A column's name for people.

    >>> label_of("left_elbow_deg")
    'Left elbow'
    """
    return name.removesuffix("_deg").removesuffix("_angle").replace("_", " ").capitalize()


def _rows(angles: Mapping[int, Features]) -> tuple[tuple[str, ...], ...]:
    columns = {features.names for features in angles.values()}
    if len(columns) != 1 or not next(iter(columns)):
        raise InvalidValueError(
            f"curves need at least one person, and the same columns for each; got {len(angles)} people "
            f"with {len(columns)} sets of columns"
        )
    return panels_of(next(iter(columns)))


def _new_figure(layout: CurvesLayout, *, count: int) -> "tuple[Figure, FigureCanvasAgg]":
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError as error:
        raise MissingExtraError(
            "angle curves need matplotlib, which is not installed; run: pip install 'laban[view]'"
        ) from error
    size = (layout.width_in, layout.row_in * count + 1.1)
    engine = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    figure = Figure(figsize=size, dpi=layout.dpi, layout=engine, facecolor=hex_of(PAPER))
    return figure, FigureCanvasAgg(figure)


def _draw_row(
    figure: "Figure",
    axes: "NDArray[np.object_]",
    row: int,
    names: tuple[str, ...],
    angles: Mapping[int, Features],
    guessed: Mapping[int, BoolArray],
) -> None:
    if len(names) == 1:
        for panel in axes[row]:
            panel.remove()
        grid = axes[row][0].get_gridspec()
        axes[row][0] = axes[row][1] = figure.add_subplot(grid[row, :], sharex=axes[0][0] if row else None)
    for name, panel in zip(names, axes[row], strict=False):
        _draw_panel(panel, name, angles, guessed)
    if len(names) == 2:
        low, high = np.array([panel.get_ylim() for panel in axes[row]]).T
        for panel in axes[row]:
            panel.set_ylim(low.min(), high.max())


def _draw_panel(
    panel: "Axes", name: str, angles: Mapping[int, Features], guessed: Mapping[int, BoolArray]
) -> None:
    seen_any = False
    for person, features in angles.items():
        colour, values = hex_of(person_rgb(person)), features[name]
        hidden = guessed.get(person, np.zeros(features.values.shape, dtype=bool))[
            :, features.names.index(name)
        ]
        seen = np.where(hidden, np.nan, values)
        panel.plot(features.times_s, seen, color=colour, linewidth=1.6, solid_capstyle="round")
        seen_any = seen_any or bool(np.isfinite(seen).any())
    limits = panel.get_ylim()
    for person, features in angles.items():
        hidden = guessed.get(person, np.zeros(features.values.shape, dtype=bool))[
            :, features.names.index(name)
        ]
        if hidden.any():
            # With its neighbours on either side, so that it joins the visible line.
            wide = hidden | np.roll(hidden, 1) | np.roll(hidden, -1)
            values = np.where(wide, features[name], np.nan)
            pale = hex_of(mix(person_rgb(person), PAPER, share=_PALE))
            panel.plot(features.times_s, values, color=pale, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    if seen_any:
        panel.set_ylim(limits)
    unit = _unit_of(name, next(iter(angles.values())))
    panel.set_title(label_of(name), loc="left", fontsize=10, color=hex_of(INK), fontweight="bold")
    panel.set_facecolor("none")
    panel.grid(visible=True, color=_GRID, linewidth=0.8)
    panel.tick_params(length=0, labelsize=8.5, labelcolor=_MUTED, labelbottom=False)
    panel.yaxis.set_major_locator(_locator())
    panel.yaxis.set_major_formatter((lambda value, _: f"{value:g}°") if unit in _DEGREES else "{x:g}")
    for edge in panel.spines.values():
        edge.set_visible(False)


def _unit_of(name: str, features: Features) -> str:
    return features.units[features.names.index(name)]


def _locator() -> "MaxNLocator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, steps=[1, 1.5, 2, 3, 5, 10], integer=True)


def _head(figure: "Figure", title: str, *, people: list[int]) -> None:
    from matplotlib.lines import Line2D

    figure.suptitle(
        title or "Angles",
        x=0.012,
        y=0.985,
        va="top",
        ha="left",
        fontsize=13,
        fontweight="bold",
        color=hex_of(INK),
    )
    marks = [Line2D([], [], color=hex_of(person_rgb(person)), linewidth=3) for person in people[:12]]
    names = [f"Person {person}" for person in people[:12]]
    figure.legend(marks, names, loc="outside upper right", ncols=6, frameon=False, labelcolor=hex_of(INK))

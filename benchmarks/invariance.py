"""Invariance: the deviation of every answer after each change that must not matter, with its tolerance.

    python -m benchmarks.invariance [--only recordings films photos]

The changes, the answers with their tolerances, and their subjects are in ``tests/invariance``; some of them
are tests. Prints a table on stderr and JSON on stdout, which is also written to
benchmarks/results/invariance.json after every part. Clips that are not here are left out.
"""

from collections.abc import Iterable
from pathlib import Path

from tests.invariance import limits, table
from tests.invariance.film_table import film_cell, film_cells
from tests.invariance.photos import photo_cell, photo_cells
from tests.invariance.table import Cell

from benchmarks.rows import Row, row
from benchmarks.suite import Parts, run_suite

DATA = Path(limits.__file__).parent
_REFUSED = -1.0


def recording_rows() -> list[Row]:
    """Synthetic people, whose recordings are changed."""
    return _rows(table.cell(*one) for one in table.cells())


def film_rows() -> list[Row]:
    """Real clips, which are changed, written, and extracted again."""
    return _rows(film_cell(*one) for one in film_cells())


def _rows(cells: Iterable[Cell]) -> list[Row]:
    """The largest deviation over all subjects of a change, for each answer."""
    worst: dict[tuple[str, str], Cell] = {}
    for one in cells:
        key = one.change, one.answer
        if key not in worst or _badness(one) > _badness(worst[key]):
            worst[key] = one
    return [_row(one) for one in worst.values()]


def _badness(one: Cell) -> float:
    return _REFUSED if one.refused else one.apart


def _row(one: Cell) -> Row:
    """JSON knows no infinity; nothing found at all is a large number, and a refusal is below zero."""
    return row(
        f"{one.change}: {one.answer}",
        _REFUSED if one.refused else min(one.apart, 999.0),
        one.unit,
        at_most=one.tolerance,
        change=one.change,
        answer=one.answer,
        subject=one.subject,
        refused=one.refused,
        limit=limits.LIMITS.get((one.change, one.answer, one.subject), ""),
    )


def photo_rows() -> list[Row]:
    """Photos, and the posture in them."""
    return _rows(photo_cell(*one) for one in photo_cells())


PARTS: Parts = {"recordings": recording_rows, "films": film_rows, "photos": photo_rows}


def main() -> None:
    run_suite("invariance", PARTS, about=__doc__ or "", data=DATA)


if __name__ == "__main__":
    main()

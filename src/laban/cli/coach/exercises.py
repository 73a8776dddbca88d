"""``laban coach exercises``: the exercises that come with Laban."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from laban.cli.options import AsJson
from laban.cli.output import report
from laban.core.answers.coaching import ExerciseAnswer
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises

if TYPE_CHECKING:
    from rich.table import Table


def exercises(*, as_json: AsJson = False) -> None:
    """List the exercises that come with Laban: kind, best view and faults."""
    held = [load_exercise(name).answer() for name in shipped_exercises()]
    report(held, _table(held), as_json=as_json)


def _table(held: Sequence[ExerciseAnswer]) -> "Table":
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("name", "is", "seen best from", "faults it reports"):
        table.add_column(heading, no_wrap=heading == "name")
    for one in held:
        view = "any side" if one.view == "any" else f"the {one.view}"
        faults = ", ".join(fault.replace("_", " ") for fault in one.faults)
        table.add_row(one.name, one.kind, view, faults)
    return table

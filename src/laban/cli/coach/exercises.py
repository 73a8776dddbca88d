"""``laban coach exercises``: what there is to be coached in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from laban.cli.options import AsJson
from laban.cli.output import report
from laban.core.answers.coaching import ExerciseAnswer
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises

if TYPE_CHECKING:
    from rich.table import Table


def exercises(*, as_json: AsJson = False) -> None:
    """List the exercises that come with Laban, what each looks at, and where it is from."""
    held = [load_exercise(name).answer() for name in shipped_exercises()]
    report(held, _table(held), as_json=as_json)


def _table(held: Sequence[ExerciseAnswer]) -> "Table":
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("name", "is", "seen best from", "faults it tells of"):
        table.add_column(heading, no_wrap=heading == "name")
    for one in held:
        view = "any side" if one.view == "any" else f"the {one.view}"
        faults = ", ".join(fault.replace("_", " ") for fault in one.faults)
        table.add_row(one.name, one.kind, view, faults)
    return table

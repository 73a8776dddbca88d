"""``laban coach exercises``: what there is to be coached in."""

from typing import Any

from laban.cli.options import AsJson
from laban.cli.output import report
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises


def exercises(*, as_json: AsJson = False) -> None:
    """List the exercises that come with Laban, what each looks at, and where it is from."""
    held = [load_exercise(name) for name in shipped_exercises()]
    report([_value(one) for one in held], _table(held), as_json=as_json)


def _value(one: Exercise) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "kind": _kind(one),
        "view": one.view,
        "either_side": one.either_side,
        "joints": list(one.joints),
        "faults": [fault.name for fault in one.faults],
        "source": one.source,
    }


def _kind(one: Exercise) -> str:
    return "held" if one.is_hold else "counted"


def _table(held: list[Exercise]) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("name", "is", "seen best from", "faults it tells of"):
        table.add_column(heading, no_wrap=heading == "name")
    for one in held:
        view = "any side" if one.view == "any" else f"the {one.view}"
        faults = ", ".join(fault.name.replace("_", " ") for fault in one.faults)
        table.add_row(one.name, _kind(one), view, faults)
    return table

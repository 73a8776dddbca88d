"""A line of the benchmarks' table."""

from typing import Any

Row = dict[str, Any]


def row(
    what: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    **more: Any,
) -> Row:
    """One line of the table: its value, its target if any, and further details."""
    met = None
    if at_least is not None:
        met = bool(value >= at_least)
    if at_most is not None:
        met = bool(value <= at_most)
    return {
        "what": what,
        "value": float(value),
        "unit": unit,
        "at_least": at_least,
        "at_most": at_most,
        "met": met,
    } | more


def print_table(rows: list[Row]) -> None:
    """Prints the lines on stderr, values next to targets."""
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "figure", "target", "met")
    for one in rows:
        bound = f"≥ {one['at_least']:g}" if one["at_least"] is not None else ""
        bound = f"≤ {one['at_most']:g}" if one["at_most"] is not None else bound
        verdict = {True: "yes", False: "MISSED", None: ""}[one["met"]]
        table.add_row(one["what"], f"{one['value']:.3g} {one['unit']}", bound, verdict)
    Console(stderr=True).print(table)

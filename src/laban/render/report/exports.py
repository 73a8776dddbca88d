"""The exported files of a run with their metrics."""

from collections.abc import Iterable, Sequence

from laban.core.answers.image_metrics import ExportedClassifierAnswer
from laban.core.answers.metrics import ExportedAnswer
from laban.render.report.cards import card
from laban.render.report.markup import Markup, known, number, percent, points, table


def exports_card(rows: Iterable[ExportedAnswer | ExportedClassifierAnswer], *, of: str) -> Markup:
    """One row for each file; ``of`` names what they were compared on: windows or images."""
    shown = [
        (
            one.path,
            one.scheme,
            f"{one.size_bytes / 1e6:.2f} MB",
            f"{one.max_difference:.1e}",
            percent(one.agreement),
            _changes(one.accuracy_change),
            f"{number(one.latency_ms, 1)} ms" if known(one.latency_ms) else "–",
        )
        for one in rows
    ]
    head = ("file", "numbers", "size", "difference", "equal", "accuracy", "time")
    note = (
        f"Compared with the trained network on the same {of}: the largest difference of any probability, the share "
        "of equal answers, the change of accuracy in points, and the median time of one answer on one core."
    )
    return card("Exported", table(head, shown, left=2), note=note, wide=True)


def _changes(value: float | Sequence[float | None] | None) -> str:
    """Of each task, where there are several."""
    return ", ".join(points(one) for one in (value if isinstance(value, Sequence) else [value]))

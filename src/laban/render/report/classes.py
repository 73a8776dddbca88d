"""Tables of the metrics of classes, of clips or images."""

from collections.abc import Iterable

from laban.core.answers.metrics import ClassificationAnswer, SubgroupAnswer
from laban.render.report.cards import card
from laban.render.report.charts import measured
from laban.render.report.markup import Markup, count, percent, span, table


def classes_table(metrics: ClassificationAnswer, *, label: str, of: str) -> Markup:
    """Each class with its metrics; ``label`` heads the column of classes, ``of`` is what was counted."""
    rows = [
        (
            one.label,
            percent(one.precision),
            percent(one.recall),
            measured(one.f1),
            count(one.support),
            count(one.predicted),
        )
        for one in metrics.classes
    ]
    return table((label, "precision", "recall", "F1", of, "said"), rows)


def interval_words(metrics: ClassificationAnswer, name: str, *, of: str) -> str:
    """The interval of a metric, or the count behind it if the interval is unknown."""
    found = span(metrics.intervals.get(name))
    return f"95 %: {found}" if found else f"{count(metrics.count)} {of}"


def subgroups_card(rows: Iterable[SubgroupAnswer], *, of: str) -> Markup:
    """The metrics for each value of each column of subgroups."""
    shown = [
        (
            one.column,
            one.value or "not given",
            count(one.count),
            percent(one.accuracy),
            percent(one.macro_f1),
        )
        for one in rows
    ]
    return card("Subgroups", table(("column", "value", of, "accuracy", "macro F1"), shown, left=2))

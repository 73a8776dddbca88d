"""How far a task's metrics can be relied on: baselines, calibration, open set, events and robustness."""

from collections.abc import Iterator, Sequence

from laban.core.answers.metrics import (
    BaselineAnswer,
    CalibrationAnswer,
    ConditionAnswer,
    EventsAnswer,
    TaskMetrics,
    UnknownAnswer,
)
from laban.render.report.cards import gap_range, tile
from laban.render.report.charts import IntervalRow, change, intervals, measured, reliability
from laban.render.report.markup import Markup, count, known, number, percent, table, tag


def baselines_parts(task: TaskMetrics) -> Iterator[Markup]:
    """The model among the baselines, with intervals."""
    clips = task.clips
    own = IntervalRow("this model", clips.accuracy, clips.intervals.get("accuracy"), is_model=True)
    others = (IntervalRow(one.name, one.accuracy, one.interval) for one in task.baselines)
    yield intervals([own, *others])
    rows = [
        (
            one.name,
            percent(one.accuracy),
            percent(one.macro_f1),
            gap_range(one.difference),
            _time(one),
        )
        for one in task.baselines
    ]
    yield table(("baseline", "accuracy", "macro F1", "this model is better by", "time"), rows)
    for one in task.baselines:
        if one.note:
            yield tag("p", tag("b", one.name), ": ", one.note, class_="note after")
    yield tag(
        "p",
        "Lines and ranges: 95 % of resamples by group; differences in percentage points.",
        class_="note after",
    )


def _time(row: BaselineAnswer) -> str:
    return f"{row.seconds:.1f} s" if known(row.seconds) else "–"


def calibration_parts(held: CalibrationAnswer) -> Iterator[Markup]:
    """The reliability diagram before and after scaling."""
    sides = [
        tag(
            "figure",
            tag(
                "figcaption",
                f"{title}: error {percent(one.ece)}",
                tag("small", f" {percent(one.ece_mass)} in bins of equal mass"),
            ),
            reliability(one.bins, label=title),
            class_="square",
        )
        for title, one in (("Before", held.before), ("After scaling", held.after))
    ]
    yield tag("div", *sides, class_="pair")
    words = (
        f"Logits are divided by a temperature of {number(held.temperature)}. A bar shows the accuracy of "
        "answers with about this confidence; on the dashed line accuracy equals confidence. "
        "Faint bars have few answers."
    )
    yield tag("p", words, class_="note after")


def open_set_parts(task: TaskMetrics, unknown: UnknownAnswer) -> Iterator[Markup]:
    """What is refused as unknown, and the results for labels held out of training."""
    if known(unknown.threshold):
        words = (
            f"Below a score of {number(unknown.threshold, 3)} the answer is “unknown”. "
            f"Of windows of known labels {percent(unknown.answered)} are answered, "
            f"{percent(unknown.accuracy_of_answered)} of them rightly."
        )
        yield tag("p", words, class_="note")
    if task.held_out:
        rows = [
            (
                one.score,
                ", ".join(one.classes),
                number(one.auroc, 3),
                percent(one.fpr_at_95),
                count(one.known),
                count(one.unknown),
            )
            for one in task.held_out
        ]
        yield table(("score", "labels held out", "AUROC", "pass at 95 %", "known", "unknown"), rows, left=2)


def events_parts(held: EventsAnswer) -> Iterator[Markup]:
    """Events detected, false alarms and delays."""
    facts = [
        tile("Events found", f"{held.found} of {held.events}", percent(held.recall)),
        tile(
            "False alarms",
            f"{number(held.false_alarms_per_hour, 1)} an hour",
            f"{held.false_alarms} in {number(held.hours, 2)} h",
        ),
        tile(
            "Delay from onset",
            f"{number(held.delay_median_s)} s",
            f"95 % within {number(held.delay_p95_s)} s",
        ),
        tile("F1 by overlap", percent(held.f1_at_iou), f"{held.repeats} repeated alarms"),
    ]
    yield tag("div", *facts, class_="tiles inner")
    for title, names in (("Missed", held.false_negatives), ("False alarms", held.false_positives)):
        if names:
            yield tag("p", tag("b", f"{title}: "), "; ".join(names), class_="note after")


def robustness_parts(rows: Sequence[ConditionAnswer]) -> Markup:
    """The metrics under each disturbance, and the loss."""
    base = rows[0].accuracy
    shown = []
    for one in rows:
        lost = one.accuracy - base if known(one.accuracy) and known(base) else None
        moved = Markup("") if one is rows[0] else change(lost)
        held = measured(one.accuracy)
        shown.append((one.name, held, moved, percent(one.macro_f1), one.note))
    noted = any(row[-1] for row in shown)
    head = ("disturbance", "accuracy", "points", "macro F1", *(("",) if noted else ()))
    return table(head, shown if noted else [row[:-1] for row in shown])

"""The sections of one task."""

from collections.abc import Iterator, Sequence

from laban.core.answers.metrics import (
    BaselineAnswer,
    HardClipAnswer,
    LabelCountAnswer,
    LabelErrorAnswer,
    TaskMetrics,
)
from laban.render.report.cards import card, gap_range, tile
from laban.render.report.classes import classes_table, interval_words, subgroups_card
from laban.render.report.confusion import confusion
from laban.render.report.markup import Markup, count, known, number, percent, points, table, tag
from laban.render.report.strips import skeleton_strip
from laban.render.report.trust import (
    baselines_parts,
    calibration_parts,
    events_parts,
    open_set_parts,
    robustness_parts,
)

_MANY = 6  # from this many labels the confusion matrix needs the page's width


def task_sections(task: TaskMetrics) -> Iterator[Markup]:
    """All cards of one task; unknown parts are left out."""
    yield tag("h2", "Task ", tag("em", task.task), class_="task")
    yield tiles(task)
    yield card(
        "Each label",
        classes_table(task.clips, label="label", of="clips"),
        _level(task),
        wide=len(task.labels) > _MANY,
    )
    yield card(
        "Confusion matrix",
        confusion(task.labels, task.clips.confusion),
        note="Rows: true labels. Columns: predictions. The shade is the share of the row.",
        wide=len(task.labels) > _MANY,
    )
    if task.baselines:
        yield card("Compared with baselines", *baselines_parts(task))
    yield card("Calibration", *calibration_parts(task.calibration))
    yield from _when(task)
    yield card("Clips for each label", _coverage(task.coverage), wide=len(task.labels) > _MANY)
    if task.hardest:
        yield card("The hardest clips", *(_hard(one) for one in task.hardest), note=_HARDEST, wide=True)
    if task.label_errors:
        yield card("Possible label errors", _label_errors(task.label_errors), note=_LABEL_ERRORS)


_HARDEST = (
    "The clips whose true label was least probable, with eight instants of the window that supported the answer "
    "most, from left to right. Left limbs are lighter, right limbs darker."
)
_LABEL_ERRORS = (
    "By confident learning: the model predicts another label as confidently as for clips that have it. Check these "
    "clips: some of the labels are probably wrong."
)


def scored_words(task: TaskMetrics) -> str:
    """How many of the clips the metrics cover."""
    scored, count = task.scored, task.clips.count
    if not scored:
        return f"{count} clips"
    words = f"{scored.clips} of {scored.of} clips"
    missing = scored.of - scored.clips
    unused = scored.unused
    return words if unused <= missing else f"{words} ({unused} of all the data give nothing)"


def tiles(task: TaskMetrics) -> Markup:
    """The main metrics."""
    clips, calibration = task.clips, task.calibration.after
    held = [
        tile("Accuracy, clips", percent(clips.accuracy), interval_words(clips, "accuracy", of="clips")),
        tile("Macro F1, clips", percent(clips.macro_f1), interval_words(clips, "macro_f1", of="clips")),
        tile(
            "Accuracy, windows",
            percent(task.windows.accuracy),
            f"{count(task.windows.count)} windows",
        ),
        tile(
            "Calibration error",
            percent(calibration.ece),
            f"before: {percent(task.calibration.before.ece)}",
        ),
    ]
    best = max(
        ((one.accuracy, one) for one in task.baselines if known(one.accuracy)),
        key=lambda pair: pair[0],
        default=None,
    )
    if best is not None and known(clips.accuracy):
        held.append(_above(clips.accuracy - best[0], best[1]))
    if task.random is not None:
        words = f"points: it reports {percent(task.random.accuracy)}"
        held.append(tile("Random split inflates by", points(task.random.gap), words))
    return tag("div", *held, class_="tiles")


def _above(gap: float, best: BaselineAnswer) -> Markup:
    words = f"points; 95 %: {gap_range(best.difference)}"
    return tile(f"Above {best.name}", points(gap), words, bad=gap <= 0)


def _level(task: TaskMetrics) -> Markup:
    clips = task.clips
    words = (
        f"{scored_words(task)}. Macro averages: precision {percent(clips.macro_precision)}, "
        f"recall {percent(clips.macro_recall)}, F1 {percent(clips.macro_f1)}."
    )
    return tag("p", words, class_="note after")


def _when(task: TaskMetrics) -> Iterator[Markup]:
    """The cards that only some tasks have."""
    unknown = task.unknown
    if known(unknown.threshold) or task.held_out:
        yield card("Open set", *open_set_parts(task, unknown))
    if task.events:
        yield card("Events in time", *events_parts(task.events))
    if len(task.robustness) > 1:
        yield card(
            "Robustness",
            robustness_parts(task.robustness),
            note="The same clips with added disturbances.",
        )
    if task.subgroups:
        yield subgroups_card(task.subgroups, of="clips")


def _coverage(rows: Sequence[LabelCountAnswer]) -> Markup:
    shown = [
        (
            one.label or "without label",
            count(one.clips),
            count(one.groups),
            count(one.people),
            count(one.windows),
            count(one.seconds),
            percent(one.known),
        )
        for one in rows
    ]
    return table(("label", "clips", "groups", "people", "windows", "seconds", "known values"), shown)


def _hard(one: HardClipAnswer) -> Markup:
    right = one.predicted == one.label
    said = tag(
        "span",
        one.predicted,
        " ",
        tag("b", percent(one.probability, 0)),
        class_="pill right" if right else "pill wrong",
    )
    so = tag("span", one.label, " ", tag("b", percent(one.label_probability, 0)), class_="pill")
    words = f"person {one.person} from {number(one.start_s, 1)} s"
    facts = tag(
        "div",
        tag("b", one.clip, class_="clip"),
        tag("span", words, class_="range"),
        tag("span", "is ", so, " said ", said, class_="answer"),
        class_="facts",
    )
    strip = skeleton_strip(one.figures, one.skeleton)
    return tag("div", facts, strip or tag("span", "no coordinates to draw", class_="range"), class_="hard")


def _label_errors(rows: Sequence[LabelErrorAnswer]) -> Markup:
    shown = [(one.clip, one.label, one.likely, points(one.margin)) for one in rows[:30]]
    return table(("clip", "is called", "is probably", "more probable by"), shown, left=3)

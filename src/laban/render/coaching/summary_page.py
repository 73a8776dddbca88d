"""A self-contained HTML page on one workout, in the trainee's language; it loads nothing and has no script."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from laban.core.answers.coaching import DoneRepetitionAnswer, WorkoutAnswer
from laban.render.coaching.columns import Column, columns, line_over
from laban.render.files import written
from laban.render.report.cards import card, tile
from laban.render.report.charts import measured
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, known, number, table, tag
from laban.render.words import format_time

Say = Callable[[str], str]
"""The text of a page by key, in one language."""

_STYLE = ".bar.back { fill: var(--fourth); }"
_MOST_POINTS = 240


@dataclass(frozen=True)
class SummaryMessages:
    """The text of the page: the exercise's ``title``; the date and time (``when``); ``faults`` from the name of a
    fault to its title and advice; a ``warning`` if the count may be wrong; ``say`` for everything else.
    """

    language: str
    title: str
    say: Say
    when: str = ""
    faults: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    warning: str = ""


@dataclass(frozen=True)
class Course:
    """The course of the workout.

    ``scores`` (time_s, percent) over time, NaN where nothing was scored; each hint as a sentence with how often it
    was given (``hints``); the ``joints`` that differed, by name with the share of the time and the mean degrees.
    """

    scores: Sequence[tuple[float, float]] = ()
    hints: Mapping[str, int] = field(default_factory=dict)
    joints: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def draw_summary_page(workout: WorkoutAnswer, words: SummaryMessages, *, course: Course | None = None) -> str:
    """The page as one string of HTML. ``workout`` is what ``workout.json`` holds."""
    watched = f"{words.say('duration')} {_watched(workout)}"
    summary = " · ".join(part for part in (words.say("summary"), words.when, watched) if part)
    return framed_page(
        words.title,
        summary=summary,
        sections=_sections(workout, words, course or Course()),
        footer=words.say("made"),
        own_style=_STYLE,
        language=words.language,
    )


def write_summary_page(
    path: Path, workout: WorkoutAnswer, words: SummaryMessages, *, course: Course | None = None
) -> Path:
    """Writes ``draw_summary_page`` to ``path``, completely or not at all."""
    text = draw_summary_page(workout, words, course=course)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def _watched(workout: WorkoutAnswer) -> str:
    minutes, rest = divmod(round(workout.seconds), 60)
    return f"{minutes}:{rest:02d}"


def _sections(workout: WorkoutAnswer, words: SummaryMessages, course: Course) -> Iterator[Markup]:
    say, done = words.say, workout.repetitions
    nothing = "" if done or workout.held_s > 0 else say("nothing")
    notes = [tag("li", note) for note in (nothing, words.warning) if note]
    if notes:
        yield tag("section", tag("ul", *notes), class_="notes")
    yield tag("div", *_tiles(workout, say), class_="tiles")
    if done:
        yield card(say("score_each"), _score_columns(done, say), note=say("of_hundred"))
        yield card(say("tempo_each"), _tempo_columns(done, say), _tempo_keys(say))
    if len(course.scores) > 1:
        yield card(say("score_time"), _score_line(course.scores, say), note=say("of_hundred"))
    yield card(say("faults"), _faults(workout, words))
    if course.joints:
        yield card(say("joints"), _joints(course.joints, say))
    if course.hints:
        yield card(say("hints"), _hints(course.hints, say))
    if done:
        yield card(say("each"), _repetitions(done, words), wide=True)


def _tiles(workout: WorkoutAnswer, say: Say) -> Iterator[Markup]:
    done = workout.repetitions
    if done or not workout.held_s > 0:
        yield tile(say("repetitions"), str(workout.count), "")
    if workout.held_s > 0:
        yield tile(say("held"), f"{workout.held_s:.0f}", say("seconds"))
    yield tile(say("score"), _percent(workout.score_percent), "")
    scored = [
        (one.score_percent, place) for place, one in enumerate(done, 1) if one.score_percent is not None
    ]
    if scored:
        best, place = max(scored)
        yield tile(say("best"), _percent(best), f"{say('number')} {place}")
    if done:
        mean_s = sum(one.end_s - one.start_s for one in done) / len(done)
        yield tile(say("tempo"), number(mean_s, 1), say("seconds"))


def _score_columns(done: Sequence[DoneRepetitionAnswer], say: Say) -> Markup:
    held = [
        Column(
            str(place),
            (("bar", _share(one.score_percent)),),
            f"{say('number')} {place}: {_percent(one.score_percent)}",
        )
        for place, one in enumerate(done, 1)
    ]
    return columns(held, high=1.0, unit="share", label=say("score_each"))


def _tempo_columns(done: Sequence[DoneRepetitionAnswer], say: Say) -> Markup:
    held = []
    for place, one in enumerate(done, 1):
        out_s, back_s = one.turn_s - one.start_s, one.end_s - one.turn_s
        words = (
            f"{say('number')} {place}: {say('out')} {out_s:.1f}, {say('back')} {back_s:.1f} {say('seconds')}"
        )
        held.append(Column(str(place), (("bar", out_s), ("bar back", back_s)), words))
    return columns(held, label=say("tempo_each"))


def _tempo_keys(say: Say) -> Markup:
    keys = (
        tag("span", say(name), class_=f"key {kind}") for name, kind in (("out", "second"), ("back", "fourth"))
    )
    return tag("p", *keys, f" · {say('seconds')}", class_="note after")


def _score_line(scores: Sequence[tuple[float, float]], say: Say) -> Markup:
    step = -(-len(scores) // _MOST_POINTS)
    places = [time_s for time_s, _ in scores[::step]]
    values = [_share(percent) for _, percent in scores[::step]]
    ends = [(places[0], format_time(places[0])[:-3]), (places[-1], format_time(places[-1])[:-3])]
    return line_over(places, values, ends, high=1.0, unit="share", label=say("score_time"))


def _faults(workout: WorkoutAnswer, words: SummaryMessages) -> Markup:
    say = words.say
    if not workout.faults:
        return tag("p", say("no_faults"), class_="note after")
    rows = []
    for name, times in workout.faults.items():
        title, advice = words.faults.get(name, (name, ""))
        rows.append((title, advice, str(times)))
    return table((say("fault"), say("advice"), say("in_repetitions")), rows, left=2)


def _joints(joints: Mapping[str, tuple[float, float]], say: Say) -> Markup:
    ordered = sorted(joints.items(), key=lambda one: -one[1][0])
    rows = [(name, measured(share), f"{degrees:.0f}°") for name, (share, degrees) in ordered]
    return table((say("joint"), say("of_time"), say("mean")), rows)


def _hints(hints: Mapping[str, int], say: Say) -> Markup:
    ordered = sorted(hints.items(), key=lambda one: -one[1])
    return table((say("hint"), say("times")), [(sentence, str(times)) for sentence, times in ordered])


def _repetitions(done: Sequence[DoneRepetitionAnswer], words: SummaryMessages) -> Markup:
    say = words.say
    rows = [
        (
            str(place),
            ", ".join(words.faults.get(fault, (fault, ""))[0] for fault in one.faults) or "–",
            format_time(one.start_s),
            number(one.turn_s - one.start_s, 1),
            number(one.end_s - one.turn_s, 1),
            f"{one.range_deg:.0f}°" if known(one.range_deg) else "–",
            _percent(one.score_percent),
        )
        for place, one in enumerate(done, 1)
    ]
    head = (say(key).lower() for key in ("number", "fault", "at", "out", "back", "range", "score"))
    return table(tuple(head), rows, left=2)


def _share(percent: float | None) -> float:
    return percent / 100 if known(percent) else float("nan")


def _percent(value: float | None) -> str:
    return f"{value:.0f} %" if known(value) else "–"

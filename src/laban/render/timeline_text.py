"""Timelines as files for other programs: JSON, CSV and WebVTT."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from laban.core.answers import json_text
from laban.core.answers.timeline import span_answer, timeline_answer
from laban.core.checks import choose
from laban.core.spans import Span, Timeline
from laban.errors import InvalidValueError
from laban.render.files import written

Timelines = Sequence[tuple[str, Timeline]]
"""Each source's name with its timeline."""

_COLUMNS = ("source", "task", "person", "label", "start_s", "end_s", "score")


def span_words(span: Span) -> str:
    """A span's label and probability for people.

    >>> span_words(Span(1.0, 2.5, "fall", 0.914))
    'fall 91 %'
    """
    return f"{span.label} {round(100 * span.score)} %"


def timelines_json(timelines: Timelines) -> str:
    """A list of sources, each with its spans."""
    return json_text([timeline_answer(*one) for one in timelines], indent=2) + "\n"


def timelines_csv(timelines: Timelines) -> str:
    """A row for each span, with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for source, timeline in timelines:
        writer.writerows({"source": source, **span_answer(span).to_json()} for span in timeline)
    return out.getvalue()


def timelines_webvtt(timelines: Timelines) -> str:
    """Subtitles with each person's action, for one source; W3C WebVTT, with the times of the source."""
    if len(timelines) != 1:
        raise InvalidValueError(f"subtitles belong to one source, got {len(timelines)}; write .json or .csv")
    (_, timeline) = timelines[0]
    tasks = {span.task for span in timeline}
    cues = [
        f"{_clock(span.start_s)} --> {_clock(span.end_s)}\n{_cue(span, named=len(tasks) > 1)}\n"
        for span in timeline
    ]
    return "\n".join(["WEBVTT\n", *cues])


WRITERS: Mapping[str, Callable[[Timelines], str]] = MappingProxyType(
    {".json": timelines_json, ".csv": timelines_csv, ".vtt": timelines_webvtt}
)
"""The writers of timelines by file suffix."""


def write_timelines(path: Path, timelines: Timelines) -> Path:
    """Writes timelines in the format of the suffix, one of ``WRITERS``, completely or not at all."""
    text = choose(path.suffix.lower(), WRITERS, what="suffix for a timeline")(timelines)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def write_timelines_to(targets: Mapping[str, Path], timelines: Mapping[str, Timeline]) -> None:
    """Writes each source's timeline to its target, in one file those of several with the same; a source without a
    target is left out."""
    by_target: dict[Path, list[tuple[str, Timeline]]] = {}
    for source, timeline in timelines.items():
        if source in targets:
            by_target.setdefault(targets[source], []).append((source, timeline))
    for target, held in by_target.items():
        write_timelines(target, held)


def _cue(span: Span, *, named: bool) -> str:
    who = "" if span.person is None else f"person {span.person}: "
    task = f"{span.task}: " if named else ""
    words = f"{who}{task}{span_words(span)}"
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _clock(seconds: float) -> str:
    """Hours, minutes, seconds and thousandths; a source's first frame is at 0, so none is below."""
    thousandths = max(0, round(seconds * 1000))
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"

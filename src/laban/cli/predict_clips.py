"""``laban predict`` with a recogniser from pixels: what happens in each video, and when."""

from collections.abc import Sequence
from pathlib import Path

import typer

from laban.cli.inputs import Input
from laban.cli.output import Item, Outcome, for_each, progress_bar, report, say, warn
from laban.core.answers.outcomes import PredictionDetails
from laban.core.answers.timeline import span_answer
from laban.core.spans import Timeline
from laban.errors import InvalidValueError, SourceError
from laban.pipeline.video.prediction import ClipRecogniser
from laban.render.timeline_text import write_timelines_to
from laban.render.words import format_time
from laban.sources.containers import absence
from laban.tasks.action.timeline import ActionSettings


def predict_clips(
    model: ClipRecogniser,
    inputs: Sequence[Input],
    *,
    settings: ActionSettings,
    targets: dict[str, Path],
    overlay: Path | None,
    fps: float | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Answers every video; one that cannot be read is skipped, with the reason."""
    if overlay is not None:
        raise InvalidValueError(
            "a recogniser from pixels answers for the whole scene and has no skeletons to draw; leave out --overlay"
        )
    timelines: dict[str, Timeline] = {}

    def work(one: Input) -> Item:
        if not one.path.exists():
            raise SourceError(absence(one.path))
        with progress_bar(one.path.name, quiet=quiet) as advance:
            found = model.predict(one.path, settings=settings, fps=fps, progress=advance)
        for warning in found.warnings:
            warn(f"{one}: {warning}", quiet=quiet)
        timelines[str(one)] = found.timeline
        spans = tuple(map(span_answer, found.timeline))
        made = (str(targets[str(one)]),) if str(one) in targets else ()
        details = PredictionDetails(model.name, 0, spans, found.warnings)
        return Item(str(one), "done", made, details=details, words=timeline_words(found.timeline))

    outcome = for_each(inputs, work, name=str)
    write_timelines_to(targets, timelines)
    report_clips(outcome, as_json=as_json, quiet=quiet)
    raise typer.Exit(outcome.exit_code)


def timeline_words(timeline: Timeline) -> str:
    """Every span in order of time: label, start, end and probability."""
    spans = [
        f"{span.label} {format_time(span.start_s)}-{format_time(span.end_s)} {span.score:.2f}"
        for span in timeline
    ]
    return ", ".join(spans) or "no events"


def report_clips(outcome: Outcome, *, as_json: bool, quiet: bool) -> None:
    """A line for each source, and the files that were written; or JSON."""
    if as_json:
        report(outcome.answers(), "", as_json=True)
        return
    done = [item for item in outcome.items if item.reason is None]
    for item in done:
        report(None, f"{item.source}: {item.words}", as_json=False)
    for path in dict.fromkeys(path for item in done for path in item.outputs):
        report(None, path, as_json=False)
    if len(outcome.items) > 1:
        say(outcome.headline(), quiet=quiet)

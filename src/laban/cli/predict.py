"""``laban predict``: a timeline of actions for every person in a source."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from laban.cli.actions import ActionOptions, ModelName
from laban.cli.inputs import Input, expand_inputs, output_paths
from laban.cli.options import AsJson, Quiet, Sources, with_options
from laban.cli.output import Item, Outcome, for_each, progress_bar, report, say, warn
from laban.cli.pixel_options import ENGINE, refuse_pose_options
from laban.cli.pose_options import PoseOptions
from laban.cli.predict_clips import predict_clips
from laban.cli.predict_fused import predict_fused
from laban.cli.predict_images import predict_images
from laban.core.answers.outcomes import PredictionDetails
from laban.core.answers.timeline import span_answer
from laban.core.progress import Progress, unheard
from laban.core.spans import Timeline
from laban.errors import InvalidValueError, SourceError
from laban.models.deploy.zoo import open_model as open_exported
from laban.models.protocol import SequenceModel
from laban.pipeline.action.predict import open_model, write_action_overlay
from laban.pipeline.action.predict_files import FilePrediction, FileResult, PredictionTask, predict_files
from laban.pipeline.fusion.prediction import fused_recogniser
from laban.pipeline.image.prediction import image_model
from laban.pipeline.recording.open import FoundPoses, has_images
from laban.pipeline.recording.warnings import doubts_of, lost_words
from laban.pipeline.video.prediction import clip_recogniser
from laban.render.timeline_text import WRITERS, write_timelines_to
from laban.render.words import count_people, format_time

OVERLAY_SUFFIX = ".overlay.mp4"
TIMELINE_SUFFIX = ".timeline.json"


@dataclass(frozen=True)
class PredictOptions(ActionOptions, PoseOptions):
    """The options of ``laban predict``."""

    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A .json, .csv or .vtt file, or a folder.")
    ] = None
    overlay: Annotated[
        Path | None,
        typer.Option(help="Write the video with each person labelled: an .mp4 file, or a folder."),
    ] = None


@with_options("predict")
def predict(
    model: ModelName,
    sources: Sources,
    *,
    options: PredictOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Recognise what each person in videos or recordings does, and when, as a timeline per person.

    Poses are extracted once and kept. For a task with a background class, such as fall or no fall, only the events
    are reported. Movement that the model does not know is reported as unknown. A source that cannot be read is
    skipped, with the reason. With several sources, one line is printed for each source with events.

    A model made by `laban train-video` answers from the pixels, for the whole scene; a run of `laban train --inputs
    pose,video` answers for the scene from poses and pixels. A model made by
    `laban train-image` classifies images: each person in them, or the whole image. --overlay then draws what the
    answer was based on.
    """
    inputs = expand_inputs(sources, notify=partial(warn, quiet=quiet))
    fused = fused_recogniser(model)
    if fused is not None:
        predict_fused(
            fused,
            inputs,
            options,
            settings=options.settings(),
            targets=_targets(options.output, inputs, suffix=TIMELINE_SUFFIX, known=tuple(WRITERS)),
            overlay=options.overlay,
            as_json=as_json,
            quiet=quiet,
        )
    opened = open_exported(model)
    classifier = image_model(opened)
    if classifier is not None:
        predict_images(
            classifier,
            inputs,
            options,
            output=options.output,
            overlay=options.overlay,
            as_json=as_json,
            quiet=quiet,
        )
    recogniser = clip_recogniser(opened)
    if recogniser is not None:
        refuse_pose_options(options, *ENGINE, "size", "cache", model=recogniser.name)
        predict_clips(
            recogniser,
            inputs,
            settings=options.settings(),
            targets=_targets(options.output, inputs, suffix=TIMELINE_SUFFIX, known=tuple(WRITERS)),
            overlay=options.overlay,
            fps=options.fps,
            as_json=as_json,
            quiet=quiet,
        )
    job = _Job(open_model(opened), options, inputs, quiet=quiet)
    with job.counted():
        outcome = for_each(inputs, job.work, name=str)
    job.write()
    _report(outcome, job, as_json=as_json)
    raise typer.Exit(outcome.exit_code)


class _Job:
    """One model and many sources; collects each source's timeline."""

    def __init__(
        self, model: SequenceModel, options: PredictOptions, inputs: Sequence[Input], *, quiet: bool
    ) -> None:
        self.model, self.options, self.quiet = model, options, quiet
        self.timelines: dict[str, Timeline] = {}
        self.several = len(inputs) > 1
        self._begun, self._inputs = 0, inputs
        self._advance: Progress = unheard
        self.targets = _targets(options.output, inputs, suffix=TIMELINE_SUFFIX, known=tuple(WRITERS))
        self.overlays = _targets(options.overlay, inputs, suffix=OVERLAY_SUFFIX, known=(".mp4",))
        if len(inputs) > 1 and options.overlay is not None and options.overlay.suffix:
            raise InvalidValueError(f"--overlay must be a folder for several sources, got {options.overlay}")
        if len(inputs) > 1 and options.output is not None and options.output.suffix.lower() == ".vtt":
            raise InvalidValueError(
                f"subtitles belong to one source, got {len(inputs)} for {options.output}; write .json or .csv, "
                "or give one source at a time"
            )
        shown = any(_is_shown(one.path) for one in inputs)
        self.extraction = options.extraction(quiet=quiet) if shown else None
        task = PredictionTask(model, options.settings(), self.extraction, options.cache, options.pose_file())
        self._results = predict_files(task, [one.path for one in inputs], progress=self._show_frames)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """With several sources, one progress bar counts them and estimates the time left."""
        with closing(self._results):
            if not self.several:
                yield
                return
            with progress_bar(
                "predict", total=len(self._inputs), unit="files/s", quiet=self.quiet
            ) as advance:
                self._advance = advance
                yield

    def work(self, one: Input) -> Item:
        result = self._result(one)
        if not isinstance(result, FilePrediction):
            raise result
        found, predicted = result.poses, result.predictions
        timeline = predicted.timeline
        more = (*doubts_of(found.recording), *lost_words(found.recording))
        warnings = (*found.warnings, *predicted.warnings, *more)
        for warning in warnings:
            warn(f"{one}: {warning}", quiet=self.quiet)
        self.timelines[str(one)] = timeline
        made = [
            target for target in (self.targets.get(str(one)), self._overlay(one, found, timeline)) if target
        ]
        people = len(found.recording.people)
        spans = tuple(map(span_answer, timeline))
        details = PredictionDetails(self.model.card.name, people, spans, tuple(warnings))
        words = f"{count_people(people)}, {_spans_words(len(timeline))}"
        return Item(str(one), "done", tuple(map(str, made)), details=details, words=words)

    def write(self) -> None:
        """Writes the timelines: one file for all, or one for each."""
        write_timelines_to(self.targets, self.timelines)

    def _result(self, one: Input) -> FileResult:
        if self.several:
            self._advance(self._begun, None)
            self._begun += 1
            return next(self._results)
        with progress_bar(one.path.name, quiet=self.quiet) as self._advance:
            return next(self._results)

    def _show_frames(self, done: float, total: float | None) -> None:
        """Frames move the bar of a single source; the bar of several counts sources."""
        if not self.several:
            self._advance(done, total)

    def _overlay(self, one: Input, found: FoundPoses, timeline: Timeline) -> Path | None:
        target = self.overlays.get(str(one))
        if target is None:
            return None
        from laban.pipeline.recording.video import find_origin, open_frames, origin_doubt, rate_given

        origin = found.images or find_origin(found.recording, beside=one.path)
        warning = None if found.images else origin_doubt(found.recording, origin)
        if warning is not None:
            warn(f"{one}: {warning}", quiet=self.quiet)
        total = len(found.recording.times_s)
        with (
            progress_bar(f"drawing {target.name}", total=total, quiet=self.quiet or self.several) as advance,
            open_frames(origin, fps=rate_given(found.recording)) as frames,
        ):
            write_action_overlay(
                target, found.recording, timeline, frames, card=self.model.card, progress=advance
            )
        return target


def _is_shown(path: Path) -> bool:
    """Whether poses must be extracted from it; a file that cannot be read is refused later, on its own."""
    with suppress(SourceError):
        return path.exists() and has_images(path)
    return False


def _targets(
    output: Path | None, inputs: Sequence[Input], *, suffix: str, known: Sequence[str]
) -> dict[str, Path]:
    """The path of each source's result: the file ``output`` for all, or a file for each in that folder."""
    if output is None:
        return {}
    if not output.suffix or output.is_dir():
        paths = output_paths(inputs, output, suffix=suffix)
        return {str(one): path for one, path in zip(inputs, paths, strict=True)}
    if output.suffix.lower() not in known:
        raise InvalidValueError(f"expected a folder or a file ending in {', '.join(known)}, got {output}")
    return {str(one): output for one in inputs}


def _report(outcome: Outcome, job: _Job, *, as_json: bool) -> None:
    if as_json:
        report(outcome.answers(), "", as_json=True)
    elif job.several:
        _report_several(outcome, job)
    else:
        for item in (one for one in outcome.items if one.reason is None):
            say(f"{item.source}: {item.words}", quiet=job.quiet)
            if len(job.timelines[item.source]):
                report(None, _table(job.timelines[item.source]), as_json=False)
            for path in item.outputs:
                report(None, path, as_json=False)


def _report_several(outcome: Outcome, job: _Job) -> None:
    """One line for each source with events, and a summary."""
    done = [item for item in outcome.items if item.reason is None]
    for item in done:
        if len(job.timelines[item.source]):
            report(None, f"{item.source}: {_line(job.timelines[item.source])}", as_json=False)
    for path in dict.fromkeys(path for item in done for path in item.outputs):
        report(None, path, as_json=False)
    silent = sum(not len(job.timelines[item.source]) for item in done)
    say(f"{outcome.headline()}; no events in {silent}", quiet=job.quiet)


def _line(timeline: Timeline) -> str:
    """Every span in order of time: label, start and end, person and probability."""
    return ", ".join(
        f"{span.label} {format_time(span.start_s)}-{format_time(span.end_s)} person {span.person} {span.score:.2f}"
        for span in sorted(timeline, key=lambda one: (one.start_s, one.person or 0, one.task))
    )


def _table(timeline: Timeline) -> Any:
    from rich.table import Table
    from rich.text import Text

    several = len({span.task for span in timeline}) > 1
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    columns = ("person", *(("task",) if several else ()), "label", "from", "to", "probability")
    for name in columns:
        table.add_column(name, justify="right" if name in ("from", "to", "probability") else "left")
    for span in sorted(timeline, key=lambda one: (one.person or 0, one.task, one.start_s)):
        cells = [
            str(span.person),
            *([span.task] if several else []),
            span.label,
            format_time(span.start_s),
            format_time(span.end_s),
            f"{span.score:.2f}",
        ]
        table.add_row(*map(Text, cells))
    return table


def _spans_words(count: int) -> str:
    return {0: "no events", 1: "1 span"}.get(count, f"{count} spans")

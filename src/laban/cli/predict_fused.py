"""``laban predict`` with a run of poses and pixels: what happens in each video, and when."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from laban.cli.inputs import Input
from laban.cli.output import Item, for_each, progress_bar, warn
from laban.cli.pose_options import PoseOptions
from laban.cli.predict_clips import report_clips, timeline_words
from laban.core.answers.outcomes import PredictionDetails
from laban.core.answers.timeline import span_answer
from laban.core.spans import Timeline
from laban.errors import InvalidValueError, SourceError
from laban.pipeline.fusion.prediction import FusedRecogniser
from laban.pipeline.recording.open import poses_of
from laban.pipeline.recording.warnings import doubts_of, lost_words
from laban.pipeline.video.prediction import check_video
from laban.render.timeline_text import write_timelines_to
from laban.render.words import count_people
from laban.sources.containers import absence
from laban.tasks.action.timeline import ActionSettings


def predict_fused(
    model: FusedRecogniser,
    inputs: Sequence[Input],
    options: PoseOptions,
    *,
    settings: ActionSettings,
    targets: dict[str, Path],
    overlay: Path | None,
    as_json: bool,
    quiet: bool,
) -> NoReturn:
    """Answers every video; one that cannot be read is skipped, with the reason."""
    if overlay is not None:
        raise InvalidValueError(
            "a recogniser from poses and pixels answers for the whole scene; leave out --overlay, or give the "
            "folder pose of its run"
        )
    extraction = options.extraction(quiet=quiet)
    timelines: dict[str, Timeline] = {}

    def work(one: Input) -> Item:
        if not one.path.exists():
            raise SourceError(absence(one.path))
        check_video(one.path)
        with progress_bar(f"poses of {one.path.name}", quiet=quiet) as advance:
            poses = poses_of(
                one.path,
                settings=extraction,
                cache=options.cache,
                progress=advance,
                pose_file=options.pose_file(),
            )
        with progress_bar(one.path.name, quiet=quiet) as advance:
            found = model.predict(
                one.path, poses.recording, settings=settings, fps=options.fps, progress=advance
            )
        warnings = (
            *poses.warnings,
            *found.warnings,
            *doubts_of(poses.recording),
            *lost_words(poses.recording),
        )
        for warning in warnings:
            warn(f"{one}: {warning}", quiet=quiet)
        timelines[str(one)] = found.timeline
        people = len(poses.recording.people)
        details = PredictionDetails(model.name, people, tuple(map(span_answer, found.timeline)), warnings)
        made = (str(targets[str(one)]),) if str(one) in targets else ()
        words = f"{count_people(people)}, {timeline_words(found.timeline)}"
        return Item(str(one), "done", made, details=details, words=words)

    outcome = for_each(inputs, work, name=str)
    write_timelines_to(targets, timelines)
    report_clips(outcome, as_json=as_json, quiet=quiet)
    raise typer.Exit(outcome.exit_code)

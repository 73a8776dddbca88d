"""``laban explain``: which joints or pixels, and when, decided a model's answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import Field

from laban.cli.actions import ModelName
from laban.cli.explain_clips import explain_clip_of
from laban.cli.inputs import check_output_folder
from laban.cli.options import INTO_FOLDER, AsJson, Quiet, with_options
from laban.cli.output import progress_bar, report, warn
from laban.cli.pose_options import PoseOptions, whom
from laban.cli.pose_taking import take_poses
from laban.errors import SourceError
from laban.models.deploy.zoo import open_model
from laban.models.prototypes import with_prototypes
from laban.pipeline.action.explain import (
    headline,
    key_instants,
    write_explained_video,
    write_heat_map,
    write_instants,
)
from laban.pipeline.action.predict import open_model as open_model_of_poses
from laban.pipeline.action.schema import explanation_answer
from laban.pipeline.recording.open import FoundPoses
from laban.pipeline.recording.video import find_origin, open_frames, origin_doubt, rate_given
from laban.pipeline.video.prediction import clip_recogniser
from laban.render.words import format_time
from laban.tasks.action.attributions import Attributions, reasons_for
from laban.tasks.action.frame_rates import frame_rate_warnings

HEAT_MAP_SUFFIX, INSTANTS_SUFFIX, VIDEO_SUFFIX = ".heatmap.png", ".instants.png", ".explained.mp4"

_LISTED_JOINTS = 6
_SPANS = 3


@dataclass(frozen=True)
class ExplainOptions(PoseOptions):
    """The options of ``laban explain``."""

    output: Annotated[Path, INTO_FOLDER] = Path()
    task: Annotated[
        str | None, typer.Option(help="The task to explain. [the one with the most certain answer]")
    ] = None
    label: Annotated[str | None, typer.Option(help="The answer to explain. [the model's own]")] = None
    person: Annotated[int | None, whom("The person to explain. [the one whose answer it is]")] = None
    method: Annotated[
        Literal["occlusion", "gradients"],
        typer.Option(help="How importance is measured: occlusion or gradients."),
    ] = "occlusion"
    instants: Annotated[
        int, Field(ge=1, le=20), typer.Option(metavar="N", help="How many key instants to draw.")
    ] = 5
    video: Annotated[bool, typer.Option("--video", help="Also draw the explanation over the whole clip.")] = (
        False
    )
    source: Annotated[Path | None, typer.Option(help="The video, if it was moved.")] = None


@with_options("explain")
def explain(
    model: ModelName,
    clip: Annotated[
        Path, typer.Argument(metavar="CLIP", help="A video, or a recording.", show_default=False)
    ],
    *,
    options: ExplainOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show which joints and moments decided a model's answer, as a heat map and drawn on the clip.

    Joints and time spans are hidden from the model in turn; the more its answer changes, the more they matter.
    Without --label the model's own answer is explained: the event it is most certain of, if there is one.

    Of a model made by `laban train-video`, frames and places in them are hidden instead. The result is a strip of
    the frames that it was shown, with the evidence over each; of a long video those of the event.
    """
    check_output_folder(options.output)
    opened = open_model(model)
    recogniser = clip_recogniser(opened)
    if recogniser is not None:
        suffixes = INSTANTS_SUFFIX, VIDEO_SUFFIX
        explain_clip_of(recogniser, clip, options, suffixes=suffixes, as_json=as_json, quiet=quiet)
        return
    known = with_prototypes(open_model_of_poses(opened))
    found = _poses(clip, options, quiet=quiet)
    attributions = reasons_for(
        known,
        found.recording,
        task=options.task,
        label=options.label,
        person=options.person,
        method=options.method,
    )
    warnings = frame_rate_warnings(known.card, found.recording.times_s, task=attributions.explanation.task)
    for warning in warnings:
        warn(f"{clip}: {warning}", quiet=quiet)
    files = _drawn(clip, found, attributions, options, quiet=quiet)
    value = explanation_answer(
        attributions, source=str(clip), model=known.card.name, files=files, warnings=warnings
    )
    report(value, _words(clip, attributions, files), as_json=as_json)


def _poses(clip: Path, options: ExplainOptions, *, quiet: bool) -> FoundPoses:
    return take_poses(clip, options, quiet=quiet)


def _drawn(
    clip: Path, found: FoundPoses, attributions: Attributions, options: ExplainOptions, *, quiet: bool
) -> list[Path]:
    folder, stem = options.output, clip.stem
    files = [write_heat_map(folder / (stem + HEAT_MAP_SUFFIX), attributions, source=found.recording.source)]
    origin = _origin(clip, found, options, quiet=quiet)
    if origin is None:
        return files
    at_s = key_instants(attributions, count=options.instants)
    fps = rate_given(found.recording)
    with open_frames(origin, at_s=at_s, fps=fps) as frames:
        path = folder / (stem + INSTANTS_SUFFIX)
        files.append(write_instants(path, found.recording, attributions, frames, at_s=at_s))
    if options.video:
        path, total = folder / (stem + VIDEO_SUFFIX), len(found.recording.times_s)
        with (
            progress_bar("drawing", total=total, quiet=quiet) as advance,
            open_frames(origin, fps=fps) as frames,
        ):
            write_explained_video(path, found.recording, attributions, frames, progress=advance)
        files.append(path)
    return files


def _origin(clip: Path, found: FoundPoses, options: ExplainOptions, *, quiet: bool) -> Path | None:
    """The images, or None if there are none: the heat map can be drawn without, unless more was asked for."""
    if found.images is not None:
        return found.images
    try:
        origin = find_origin(found.recording, beside=clip, given=options.source)
    except SourceError as error:
        if options.video or options.source is not None:
            raise
        warn(f"{error}; only the heat map is drawn", quiet=quiet)
        return None
    warning = origin_doubt(found.recording, origin)
    if warning is not None:
        warn(warning, quiet=quiet)
    return origin


def _words(clip: Path, attributions: Attributions, files: list[Path]) -> str:
    title, where = headline(attributions, source=str(clip))
    found = attributions.explanation
    joints = [f"{name.replace('_', ' ')} {value:.2f}" for name, value in found.top(_LISTED_JOINTS)]
    limbs = [f"{name} {value:.2f}" for name, value in found.limbs.items() if value > 0]
    spans = [f"{format_time(start)} to {format_time(end)}" for start, end in attributions.spans_s()[:_SPANS]]
    lines = {
        "joints": ", ".join(joints) or "none speaks for it by itself",
        "limbs": ", ".join(limbs) or "none speaks for it by itself",
        "when": ", ".join(spans) or "at no time more than at others",
    }
    rows = [f"{key:<8}{value}" for key, value in lines.items()]
    return "\n".join([title, where, *rows, *map(str, files)])

"""``laban compare``: how close a pose or movement is to another, and where it differs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer
from pydantic import Field

from laban.cli.comparison_text import movement_words, pose_words
from laban.cli.inputs import check_output_folder
from laban.cli.options import AsJson, OutputFolder, Quiet, part_of, with_options
from laban.cli.output import progress_bar, report, say, warn
from laban.cli.pose_options import PoseOptions, whom
from laban.cli.sides import opened
from laban.cli.standard_input import STDIN
from laban.errors import InvalidValueError
from laban.pipeline.comparison.compare import Comparison, compare_sides
from laban.pipeline.comparison.files import (
    write_difference_curves,
    write_difference_map,
    write_moments,
    write_pose_pair,
    write_side_by_side,
)
from laban.pipeline.comparison.schema import compared, movements_file, poses_answer
from laban.pipeline.comparison.viewer import write_pair_page
from laban.pipeline.recording.subject import Side, parse_source
from laban.render.comparison.page import write_comparison_page
from laban.render.files import write_json
from laban.render.words import short_name
from laban.sources.containers import read_head
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import PoseComparison
from laban.tasks.comparison.settings import NOISE_FLOOR_DEG, MovementSettings

_KINDS = "an image, a moment (clip.mp4@2.5s), a video or a recording."

Attempt = Annotated[str, typer.Argument(help=f"The attempt: {_KINDS}", metavar="ATTEMPT", show_default=False)]
Reference = Annotated[
    str, typer.Argument(help=f"The reference: {_KINDS}", metavar="REFERENCE", show_default=False)
]


@dataclass(frozen=True)
class CompareOptions(PoseOptions):
    """The options of ``laban compare``."""

    output: OutputFolder = None
    person: Annotated[int | None, whom("The person in the attempt. [the largest]")] = None
    reference_person: Annotated[int | None, whom("The person in the reference. [the largest]")] = None
    space: Annotated[
        Literal["auto", "pixel", "world"],
        typer.Option(help="auto, pixel (the image's plane) or world (metres)."),
    ] = "auto"
    ignore_turn: Annotated[
        bool, typer.Option("--ignore-turn/--turn", help="Ignore which way the body faces.")
    ] = False
    mirror: Annotated[
        Literal["auto", "never", "always"],
        typer.Option(help="Compare with the mirrored attempt: auto (and say so), never or always."),
    ] = "auto"
    noise_floor_deg: Annotated[
        float,
        Field(ge=0, le=180),
        typer.Option(metavar="DEG", help="Differences below this are never faults."),
    ] = NOISE_FLOOR_DEG
    window_s: Annotated[
        float | None,
        Field(gt=0),
        typer.Option(
            metavar="S", help="How far timing may depart from an even pace. [a quarter of the duration]"
        ),
    ] = None
    open_begin: Annotated[
        bool, typer.Option("--open-begin", help="The attempt may begin before the movement.")
    ] = False
    open_end: Annotated[bool, typer.Option("--open-end", help="The attempt may end after the movement.")] = (
        False
    )
    moments: Annotated[
        int,
        Field(ge=0, le=20),
        typer.Option(metavar="N", help="How many of the moments that differ most to show."),
    ] = 3
    video: Annotated[
        bool,
        typer.Option("--video/--no-video", help="With -o, a video of both side by side, in step. [video]"),
    ] = True

    def settings(self) -> MovementSettings:
        """The settings that decide how the two are compared."""
        return part_of(self, MovementSettings)


@with_options("compare")
def compare(
    attempt: Attempt,
    reference: Reference,
    *,
    options: CompareOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare an attempt with a reference, joint by joint: two poses, or two movements.

    Images and moments of videos are compared as poses, videos and recordings as movements, aligned by dynamic time
    warping. -o writes images of both with coloured joints, a 3D page and JSON; for movements also a report with
    curves, a heat map and the moments that differ most, and a video of both in step. Differences within the noise
    are never reported as faults, and a mirrored match is named.
    """
    if options.output is not None:
        check_output_folder(options.output)
    _check_there(attempt, reference)
    first = opened(attempt, options.person, options, quiet=quiet)
    second = opened(reference, options.reference_person, options, quiet=quiet, flag="--reference-person")
    found = compare_sides(first, second, settings=options.settings())
    files = _written(found, first, second, options, quiet=quiet)
    value = compared(found, attempt=first.name, reference=second.name, files=files)
    text = pose_words(found) if isinstance(found, PoseComparison) else movement_words(found)
    report(value, text, as_json=as_json)
    if not as_json:
        for path in files:
            say(str(path), quiet=quiet)


def _check_there(*sources: str) -> None:
    """Raises SourceError for a source that is missing or empty, before any work is done."""
    if sources.count(STDIN) > 1:
        raise InvalidValueError("only one of the two can be standard input; name a file for the other")
    for path in (parse_source(source)[0] for source in sources if source != STDIN):
        if not path.is_dir():
            read_head(path)


def _written(
    found: Comparison, first: Side, second: Side, options: CompareOptions, *, quiet: bool
) -> list[Path]:
    folder = options.output
    if folder is None:
        return []
    if isinstance(found, PoseComparison):
        moment_s = np.zeros(1)
        sides = (one.sequence.replace(times_s=moment_s) for one in (first, second))
        return [
            write_pose_pair(folder / "comparison.png", found, first, second),
            write_pair_page(folder / "view.html", *sides, attempt_s=moment_s, times_s=moment_s),
            write_json(folder / "comparison.json", poses_answer(found)),
        ]
    return _movement_files(folder, found, first, second, video=options.video, quiet=quiet)


def _movement_files(
    folder: Path, found: MovementComparison, first: Side, second: Side, *, video: bool, quiet: bool
) -> list[Path]:
    title = f"{short_name(first.name)} and {short_name(second.name)}"
    moments = write_moments(folder, found, first, second)
    curves = write_difference_curves(folder / "curves.png", found, title=title)
    heat_map = write_difference_map(folder / "heatmap.png", found, title=title)
    answer = movements_file(found)
    files = [*moments, curves, heat_map, write_json(folder / "comparison.json", answer)]
    page = write_comparison_page(
        folder / "report.html",
        answer,
        title=title,
        moments=moments,
        curves=curves,
        heat_map=heat_map,
    )
    view = write_pair_page(
        folder / "view.html",
        first.sequence,
        second.sequence,
        attempt_s=found.attempt_s,
        times_s=found.times_s,
    )
    files[:0] = [page, view]
    if video:
        files += _video(folder / "side_by_side.mp4", found, first, second, quiet=quiet)
    return files


def _video(path: Path, found: MovementComparison, first: Side, second: Side, *, quiet: bool) -> list[Path]:
    if first.images is None or second.images is None:
        missing = first.name if first.images is None else second.name
        warn(f"the images of {missing} are not available, so there is no video", quiet=quiet)
        return []
    with progress_bar("drawing", total=len(second.recording.times_s), quiet=quiet) as advance:
        try:
            write_side_by_side(path, found, first, second, progress=advance)
        except InvalidValueError as error:
            warn(f"there is no video: {error}", quiet=quiet)
            return []
    return [path]

"""``laban reps``: the repetitions in a clip, counted and compared."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import Field

from laban.cli.comparison_text import repetitions_words
from laban.cli.inputs import check_output_folder
from laban.cli.options import AsJson, OutputFolder, Quiet, part_of, with_options
from laban.cli.output import report, say
from laban.cli.pose_options import PoseOptions, whom
from laban.cli.sides import opened
from laban.core.answers.comparison import CountedRepetitions, RepetitionsAnswer
from laban.errors import InvalidValueError
from laban.pipeline.comparison.repetition_files import write_repetitions
from laban.pipeline.comparison.schema import repetitions_answer
from laban.pipeline.recording.subject import Side
from laban.render.files import write_json
from laban.tasks.comparison.repetitions import Repetitions, find_repetitions
from laban.tasks.comparison.settings import ComparisonSettings, RepetitionSettings


@dataclass(frozen=True)
class RepsOptions(PoseOptions):
    """The options of ``laban reps``."""

    output: OutputFolder = None
    person: Annotated[int | None, whom("The person to count. [the largest]")] = None
    joint: Annotated[
        str | None, typer.Option(help="Count by this angle alone, such as left_knee. [the whole body]")
    ] = None
    low_deg: Annotated[
        float | None,
        Field(ge=0, le=180),
        typer.Option(metavar="DEG", help="With --joint and --high-deg: the lower threshold."),
    ] = None
    high_deg: Annotated[
        float | None,
        Field(ge=0, le=180),
        typer.Option(metavar="DEG", help="With --joint and --low-deg: the upper threshold."),
    ] = None
    min_s: Annotated[
        float, Field(ge=0.1, le=60), typer.Option(metavar="S", help="The shortest repetition, in seconds.")
    ] = 0.3
    max_s: Annotated[
        float, Field(ge=0.1, le=600), typer.Option(metavar="S", help="The longest repetition, in seconds.")
    ] = 15.0
    min_range_deg: Annotated[
        float,
        Field(ge=1, le=180),
        typer.Option(metavar="DEG", help="The least range of the angle that moves most, in degrees."),
    ] = 15.0
    space: Annotated[
        Literal["auto", "pixel", "world"], typer.Option(help="The space to measure in: auto, pixel or world.")
    ] = "auto"

    def settings(self) -> RepetitionSettings:
        """The settings that decide what counts as a repetition."""
        return part_of(self, RepetitionSettings)


@with_options("reps")
def reps(
    clip: Annotated[str, typer.Argument(help="A video or a recording.", metavar="CLIP", show_default=False)],
    *,
    options: RepsOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find and count the repetitions of any movement in a clip.

    Each repetition is reported with its range, its tempo and its similarity to the median repetition. No training
    is needed and the exercise need not be named; with --joint and two thresholds, repetitions are counted as an
    exercise defines them. No movement is 0 repetitions, not an error. -o writes an image of the movement with the
    repetitions marked, one of their turning points, a page with both, and JSON.
    """
    settings = options.settings()
    if options.output is not None:
        check_output_folder(options.output)
    side = opened(clip, options.person, options, quiet=quiet)
    if side.is_pose:
        raise InvalidValueError(f"{clip} is one image, expected a movement; give a video or a recording")
    found = find_repetitions(
        side.sequence, settings=settings, comparison=ComparisonSettings(space=options.space)
    )
    found = replace(found, warnings=(*found.warnings, *side.doubts))
    answer = repetitions_answer(found)
    files = _written(found, answer, side, options)
    value = CountedRepetitions.extending(
        answer, source=clip, person=side.person, files=tuple(map(str, files))
    )
    report(value, repetitions_words(found), as_json=as_json)
    if not as_json:
        for path in files:
            say(str(path), quiet=quiet)


def _written(found: Repetitions, answer: RepetitionsAnswer, side: Side, options: RepsOptions) -> list[Path]:
    folder = options.output
    if folder is None:
        return []
    return [
        *write_repetitions(folder, found, side, answer),
        write_json(folder / "repetitions.json", answer),
    ]

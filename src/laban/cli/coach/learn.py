"""``laban coach learn``: an exercise from one good example."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import report
from laban.cli.pose_options import PoseOptions, whom
from laban.cli.sides import opened
from laban.errors import InvalidValueError
from laban.render.words import short_name
from laban.tasks.coaching.exercise_file import SUFFIX, save_exercise
from laban.tasks.coaching.exercise_parts import ExercisePart, LearntExercise
from laban.tasks.coaching.learn_exercise import learn_exercise


@dataclass(frozen=True, kw_only=True)
class LearnOptions(PoseOptions):
    """The options of ``laban coach learn``."""

    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The exercise file to write, such as squat.toml."
        ),
    ]
    title: Annotated[str, typer.Option(help="The title of the exercise. [the file's name]")] = ""
    person: Annotated[int | None, whom("The person who demonstrates it. [the largest]")] = None
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False


@with_options("coach_learn")
def learn(
    reference: Annotated[
        str,
        typer.Argument(
            help="One good example: a clip, a recording, an image, or a moment (clip.mp4@2.5s).",
            metavar="REFERENCE",
            show_default=False,
        ),
    ],
    *,
    options: LearnOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make an exercise from one good example, as a short file that a coach can read and edit.

    The repetitions are found, and from all of them the joints that matter, how far they may differ, the tempo, and
    what counts as one repetition. An image, or a person who holds still, makes a pose to be held.
    """
    output = options.output
    if output.suffix != SUFFIX:
        raise InvalidValueError(
            f"an exercise is written as {SUFFIX}, got {output.name!r}; name it so with -o"
        )
    if output.exists() and not options.overwrite:
        # It may hold a coach's edits.
        raise InvalidValueError(f"{output} exists already; give another name, or --overwrite to replace it")
    side = opened(reference, options.person, options, quiet=quiet)
    part = learn_exercise(
        side.sequence,
        name=name_from(output),
        title=options.title,
        source=f"learnt from {short_name(side.name)}",
    )
    save_exercise(part, output)
    learnt = LearntExercise(**part.model_dump(), file=str(output))
    report(learnt.model_dump(), _words(part, output), as_json=as_json)


def name_from(path: Path) -> str:
    """The name of an exercise, made from its file's name.

    >>> name_from(Path("My Squat-2.toml"))
    'my_squat_2'
    """
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return name if name[:1].isalpha() else f"exercise_{name}".rstrip("_")


def _words(part: ExercisePart, path: Path) -> Any:
    kind = "a pose to be held" if len(part.keyframes) == 1 else f"{len(part.keyframes)} keyframes"
    lines = [
        f"{part.title}: {kind}, best seen from {'any side' if part.view == 'any' else f'the {part.view}'}"
    ]
    if part.count:
        lines.append(
            f"counts when {part.count.measure.replace('_', ' ')} goes from {part.count.rest:.0f}° "
            f"to {part.count.turn:.0f}° and back"
        )
    if part.tempo:
        (fast_out, slow_out), (fast_back, slow_back) = part.tempo.out_s, part.tempo.back_s
        lines.append(f"out in {fast_out:g}-{slow_out:g} s, back in {fast_back:g}-{slow_back:g} s")
    if part.either_side:
        lines.append("may be done on either side")
    return Group(
        *lines, _joints_table(part), f"written to {path}; try it: laban coach {shlex.quote(str(path))} 0"
    )


def _joints_table(part: ExercisePart) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("joint")
    table.add_column("may differ by", justify="right")
    table.add_column("weight", justify="right")
    for name, rule in part.joints.items():
        table.add_row(name.replace("_", " "), f"{rule.tolerance_deg:.0f}°", f"{rule.weight:g}")
    return table

"""``laban features``: angles, inclinations and kinematics of every person as a table."""

from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import Annotated, Literal

import typer

from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import report, say
from laban.cli.pose_options import PoseOptions, whom
from laban.cli.pose_taking import take_poses
from laban.core.answers import known_each
from laban.core.answers.recording import ColumnAnswer, FeaturesAnswer
from laban.core.features import Features
from laban.core.sequence import Recording
from laban.errors import InvalidValueError, SourceError
from laban.features.sets import MEASURES, measure
from laban.io.feature_table import csv_text, people_rows, save_people_features, table_path
from laban.render.words import count_people

_SETS = ", ".join(MEASURES)


@dataclass(frozen=True)
class FeaturesOptions(PoseOptions):
    """The options of ``laban features``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="TABLE", help="A .csv or .parquet to write. [CSV to stdout]"),
    ] = None
    sets: Annotated[
        tuple[str, ...], typer.Option("--set", help=f"May be repeated: {_SETS}. [angles, inclinations]")
    ] = ()
    columns: Annotated[
        tuple[str, ...],
        typer.Option(
            "--column",
            metavar="PATTERN",
            help="Only columns with this name, such as left_knee or 'left_*'; may be repeated. [all of the sets]",
        ),
    ] = ()
    person: Annotated[int | None, whom("Only this person. [all]")] = None
    space: Annotated[
        Literal["auto", "pixel", "world", "body"],
        typer.Option(help="The space to measure in: auto, pixel, world or body."),
    ] = "auto"


@with_options("features")
def features(
    source: Annotated[
        Path,
        typer.Argument(
            help="A video, image, recording, or any file of poses.", metavar="FILE", show_default=False
        ),
    ],
    *,
    options: FeaturesOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write joint angles, inclinations and kinematics as a table: one row for each person and instant.

    Each column is headed by its name and unit, such as `left_elbow [deg]`; missing values are left empty. Angles,
    inclinations and lengths are measured in metres if the poses have them, otherwise in pixels; velocity,
    acceleration and jerk in pixels, so that they include travel through the image, unless --space says otherwise.
    """
    if options.output is not None:
        table_path(options.output)
    people = _measured(_opened(source, options, quiet=quiet), source, options)
    _deliver(people, source, options, as_json=as_json, quiet=quiet)


def _opened(source: Path, options: FeaturesOptions, *, quiet: bool) -> Recording:
    return take_poses(source, options, quiet=quiet).recording


def _measured(recording: Recording, source: Path, options: FeaturesOptions) -> dict[int, Features]:
    if not recording.people:
        raise SourceError(f"nobody was found in {source}; choose an image or clip that shows a person")
    if options.person is not None and options.person not in recording.people:
        known = ", ".join(map(str, recording.people))
        raise InvalidValueError(f"there is no person {options.person} in {source}, only {known}")
    space = None if options.space == "auto" else options.space
    return {
        person: measure(sequence, sets=options.sets or None, columns=options.columns, space=space)
        for person, sequence in recording.people.items()
        if options.person in (None, person)
    }


def _deliver(
    people: dict[int, Features], source: Path, options: FeaturesOptions, *, as_json: bool, quiet: bool
) -> None:
    heads, rows = people_rows(people)
    if options.output is not None:
        save_people_features(people, options.output)
    if not as_json and options.output is None:
        typer.echo(csv_text(heads, rows, whole=("person",)), nl=False)
        return
    report(_answer(people, source, options.output), str(options.output), as_json=as_json)
    if not as_json:
        words = f"{count_people(len(people))}, {len(rows)} rows, {len(heads) - 2} measurements"
        say(words, quiet=quiet)


def _answer(people: dict[int, Features], source: Path, output: Path | None) -> FeaturesAnswer:
    """The JSON answer: the columns, and the values themselves if they were not written to a file."""
    table = next(iter(people.values()))
    return FeaturesAnswer(
        source=str(source),
        output=None if output is None else str(output),
        rows=sum(map(len, people.values())),
        columns=tuple(starmap(ColumnAnswer, zip(table.names, table.units, strict=True))),
        people={str(person): _values(one) for person, one in people.items()}
        if output is None
        else tuple(people),
    )


def _values(table: Features) -> dict[str, tuple[float | None, ...]]:
    columns = {name: known_each(table[name]) for name in table.names}
    return {"times_s": known_each(table.times_s), **columns}

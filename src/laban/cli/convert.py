"""``laban convert``: from one file format of poses to another."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from laban.cli.inputs import check_poses
from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import report, warn
from laban.cli.pose_options import AxisOptions, parse_size
from laban.core.answers.outcomes import ConversionAnswer
from laban.core.checks import unknown_message
from laban.core.json_values import object_at
from laban.core.sequence import Recording
from laban.errors import UnknownNameError
from laban.io import FORMATS, AssumptionWarning, LossWarning, format_for, format_of, load, save
from laban.sequences.continuity import breaks_words, find_breaks

_NAMES = ", ".join(FORMATS)


@dataclass(frozen=True)
class ConvertOptions(AxisOptions):
    """The options of ``laban convert``."""

    from_: Annotated[
        str | None, typer.Option("--from", metavar="FORMAT", help=f"The format of IN: {_NAMES}.")
    ] = None
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help="The format of OUT.")] = None
    fps: Annotated[float | None, typer.Option(help="Frames per second, if IN has no times.")] = None
    size: Annotated[
        str | None, typer.Option(metavar="WxH", help="Size of the image, if IN does not give it.")
    ] = None
    skeleton: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The skeleton of IN, if it does not give one; otherwise the skeleton to write.",
        ),
    ] = None
    index: Annotated[
        int | None, Field(ge=0), typer.Option(metavar="N", help="Which clip to read, if IN holds several.")
    ] = None
    person: Annotated[int | None, Field(ge=0), typer.Option(help="Convert only this person.")] = None
    identities: Annotated[
        str | None, typer.Option(help="How people are identified if IN has no ids: auto, order or each.")
    ] = None


@with_options("convert")
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A file or folder of poses.", show_default=False)
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.", show_default=False)],
    *,
    options: ConvertOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Convert poses between file formats, and report what the new one cannot hold."""
    written = format_for(target, name=options.to)
    check_poses(source)
    read = format_of(source, name=options.from_)
    size_wh = None if options.size is None else parse_size(options.size)
    reads_size, reads_skeleton = (name in read.read_options for name in ("size_wh", "skeleton"))
    with _said_aloud(quiet=quiet):
        recording = load(
            source,
            format=read.name,
            fps=options.fps,
            size_wh=size_wh if reads_size else None,
            skeleton=options.skeleton if reads_skeleton else None,
            index=options.index,
            identities=options.identities,
            flip_y=options.flip_y,
            swap_xy=options.swap_xy,
        )
        _tell_assumed(recording, quiet=quiet)
        for words in breaks_words(find_breaks(recording)):
            warn(words, quiet=quiet)
        if options.person is not None:
            recording = only_person(recording, options.person)
        save(
            recording,
            target,
            format=written.name,
            size_wh=None if reads_size else size_wh,
            skeleton=None if reads_skeleton else options.skeleton,
        )
    result = ConversionAnswer(
        source=str(source),
        output=str(target),
        from_=read.name,
        to=written.name,
        people=len(recording.people),
        frames=len(recording.times_s),
    )
    report(result, f"{target}", as_json=as_json)


def only_person(recording: Recording, person: int) -> Recording:
    """The recording with only this person."""
    if person not in recording.people:
        ids = [str(one) for one in recording.people]
        raise UnknownNameError(unknown_message(str(person), ids, what="person"))
    return recording.replace(people={person: recording.people[person]})


def _tell_assumed(recording: Recording, *, quiet: bool) -> None:
    """One line on what was assumed because the file does not say it; the image size has a warning of its own."""
    assumed = object_at(recording.metadata, "assumed")
    listed = [f"{name} {value}" for name, value in assumed.items() if name != "size_wh"]
    if listed and not quiet:
        warn(f"assumed: {'; '.join(listed)}", quiet=quiet)


@contextmanager
def _said_aloud(*, quiet: bool) -> Iterator[None]:
    """Prints losses and assumptions of the block to stderr, one line each; other warnings pass unchanged."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for one in caught:
        if issubclass(one.category, LossWarning | AssumptionWarning):
            warn(str(one.message), quiet=quiet)
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)

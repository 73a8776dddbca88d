"""``laban extract``: videos in, recordings out."""

from functools import partial
from typing import Annotated

import typer

from laban.cli.extract_job import extract_all
from laban.cli.extract_options import ExtractOptions
from laban.cli.inputs import expand_inputs
from laban.cli.options import AsJson, OutputFolder, Quiet, Sources, settle
from laban.cli.output import report_outcome, warn
from laban.cli.source_options import Detector, MaxPeople


def extract(
    sources: Sources,
    *,
    output: OutputFolder = None,
    model: Annotated[
        str | None, typer.Option(help="lite, full or heavy: faster or more exact. [full]")
    ] = None,
    detector: Detector = None,
    max_people: MaxPeople = None,
    every: Annotated[int | None, typer.Option(metavar="N", help="Look at every Nth frame only. [1]")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Networks side by side. [one a core]")
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(metavar="HZ", help="Frames per second of numbered images or a raw stream. [30]"),
    ] = None,
    overlay: Annotated[
        bool | None, typer.Option(help="Also write the video with skeletons drawn over it.")
    ] = None,
    photos: Annotated[
        bool | None,
        typer.Option("--photos/--frames", help="What the images of a folder are. [by their content]"),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the people in videos, follow them, and save their movement, one recording for each video.

    What an earlier run has finished with the same options is kept, so that a run that was stopped continues
    where it was. A video that cannot be read is skipped, with the reason.
    """
    options = settle(
        ExtractOptions,
        section="extract",
        output=output,
        model=model,
        detector=detector,
        max_people=max_people,
        every=every,
        workers=workers,
        fps=fps,
        overlay=overlay,
        photos=photos,
    )
    outcome = extract_all(expand_inputs(sources, tell=partial(warn, quiet=quiet)), options, quiet=quiet)
    report_outcome(outcome, as_json=as_json)
    raise typer.Exit(outcome.exit_code)

"""``laban extract``: videos in, recordings out."""

from functools import partial

import typer

from laban.cli.extract_job import extract_all
from laban.cli.extract_options import ExtractOptions
from laban.cli.inputs import expand_inputs
from laban.cli.options import AsJson, Quiet, Sources, with_options
from laban.cli.output import report_outcome, warn


@with_options("extract")
def extract(
    sources: Sources, *, options: ExtractOptions, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Find and track the people in videos, and save their movement, one recording per video.

    What an earlier run finished with the same options is kept, so a stopped run continues where it was. A video
    that cannot be read is skipped, with the reason.
    """
    outcome = extract_all(expand_inputs(sources, notify=partial(warn, quiet=quiet)), options, quiet=quiet)
    report_outcome(outcome, as_json=as_json)
    raise typer.Exit(outcome.exit_code)

"""Opening one side of a comparison for a command: a person's movement, and its source."""

from dataclasses import replace

from laban.cli.output import progress_bar, say, warn
from laban.cli.pose_options import PoseOptions
from laban.cli.standard_input import NAME, STDIN, read_or_given
from laban.pipeline.recording.open import has_images
from laban.pipeline.recording.subject import Side, open_side, parse_source


def opened(
    source: str,
    person: int | None,
    poses: PoseOptions,
    *,
    quiet: bool,
    flag: str = "--person",
) -> Side:
    """One side, its poses extracted if there are only images, with its warnings printed."""
    read = read_or_given(source)
    path, _ = parse_source(read)
    settings = poses.extraction(quiet=quiet) if path.exists() and has_images(path) else None
    with progress_bar(path.name, quiet=quiet) as advance:
        side = open_side(
            read,
            person=person,
            settings=settings,
            cache=poses.cache,
            progress=advance,
            pose_file=poses.pose_file(),
        )
    if source == STDIN:
        side = replace(side, name=NAME)
    for warning in side.warnings:
        warn(f"{source}: {warning}", quiet=quiet)
    if person is None and len(side.recording.people) > 1:
        count = len(side.recording.people)
        say(
            f"{source}: {count} people, took the biggest, {side.person}; {flag} chooses another",
            quiet=quiet,
        )
    return side

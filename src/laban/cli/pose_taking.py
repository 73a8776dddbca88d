"""The poses of one source of a command, extracted or read, with its warnings printed."""

from pathlib import Path

from laban.cli.output import progress_bar, warn
from laban.cli.pose_options import PoseOptions
from laban.cli.standard_input import read_or_given
from laban.errors import SourceError
from laban.pipeline.recording.open import FoundPoses, has_images, poses_of
from laban.sources.containers import absence


def take_poses(source: Path, options: PoseOptions, *, quiet: bool) -> FoundPoses:
    """The recording of ``source``; - is standard input. Raises SourceError if there is no such file."""
    path = Path(read_or_given(str(source)))
    if not path.exists():
        raise SourceError(absence(path))
    settings = options.extraction(quiet=quiet) if has_images(path) else None
    with progress_bar(path.name, quiet=quiet) as advance:
        found = poses_of(
            path, settings=settings, cache=options.cache, progress=advance, pose_file=options.pose_file()
        )
    for warning in found.warnings:
        warn(f"{source}: {warning}", quiet=quiet)
    return found

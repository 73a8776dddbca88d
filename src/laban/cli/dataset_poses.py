"""Extracting the poses of a dataset's clips, with progress and errors reported."""

from laban.cli.dataset_options import ClipOptions
from laban.cli.extract_options import ExtractOptions, ModelName, with_weights
from laban.cli.output import progress_bar, say, warn
from laban.pipeline.dataset import (
    Dataset,
    Recordings,
    recordings_of,
)


def poses_of_dataset(dataset: Dataset, options: ClipOptions, *, model: ModelName, quiet: bool) -> Recordings:
    """The poses of a dataset, with a progress bar for videos and a line for each file that is left out."""
    settings = None
    if dataset.videos:
        chosen = ExtractOptions(model=model, detector=options.detector)
        settings = with_weights(chosen, quiet=quiet).settings()
    for one in dataset.skipped:
        say(f"laban: left out {one.name}: {one.reason}", quiet=quiet)
    with progress_bar(f"{len(dataset.videos)} videos", quiet=quiet) as advance:
        recordings = recordings_of(
            dataset, cache=options.cache, settings=settings, workers=options.workers, progress=advance
        )
    for one in recordings.failed:
        warn(f"{one.name}: {one.reason}" if one.name not in one.reason else one.reason, quiet=quiet)
    for note in recordings.notes:
        say(f"laban: {note}", quiet=quiet)
    return recordings

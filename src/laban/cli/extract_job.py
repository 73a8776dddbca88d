"""Extraction of several sources one by one, each saved as soon as it is done."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from laban.cli.extract_options import ExtractOptions, with_weights
from laban.cli.inputs import Input, check_output_folder, output_paths
from laban.cli.output import Item, Outcome, for_each, progress_bar, say, warn
from laban.cli.video_or_photos import numbered_alone, split_photos
from laban.core.answers.outcomes import ExtractionDetails
from laban.core.sequence import Recording
from laban.errors import OutputError, SourceError
from laban.pipeline.recording.extract import Extraction, extract_file
from laban.render.words import count_people
from laban.sources.containers import absence

RECORDING_SUFFIX = ".parquet"


OVERLAY_SUFFIX = ".overlay.mp4"


PHOTO_OVERLAY_SUFFIX = ".overlay.png"


def extract_all(inputs: list[Input], options: ExtractOptions, *, quiet: bool) -> Outcome:
    """Extracts every input to its file in the output folder; one that fails does not stop the others."""
    lone = numbered_alone(inputs)
    if lone is not None:
        say(lone, quiet=quiet)
    inputs = split_photos(inputs, photos=options.photos, notify=partial(say, quiet=quiet))
    targets = _targets(inputs, options.output)
    if any(one.path.exists() for one in inputs):
        options = with_weights(options, quiet=quiet)
    pairs: Iterable[tuple[Input, Path]] = zip(inputs, targets, strict=True)
    return for_each(pairs, partial(_item, options=options, quiet=quiet), name=lambda pair: str(pair[0]))


def _targets(inputs: list[Input], output: Path) -> list[Path]:
    """The path of each recording: in the folder ``output``, or, for one input, the .parquet file of that name."""
    if len(inputs) == 1 and output.suffix.lower() == RECORDING_SUFFIX and not output.is_dir():
        check_output_folder(output.parent)
        return [output]
    check_output_folder(output)
    return output_paths(inputs, output, suffix=RECORDING_SUFFIX)


def _item(pair: tuple[Input, Path], *, options: ExtractOptions, quiet: bool) -> Item:
    one, target = pair
    if not one.path.exists():
        raise SourceError(_absent(one.path))
    if one.ambiguity is not None:
        raise SourceError(one.ambiguity)
    if target.is_dir():
        raise OutputError(f"{target} is a folder, expected a file for the recording; name another with -o")
    with progress_bar(one.path.name, quiet=quiet) as advance:
        found = extract_file(one.path, target, settings=options.settings(), progress=advance, name=one.given)
    for warning in found.warnings:
        warn(f"{one}: {warning}", quiet=quiet)
    if found.kept:
        say(f"{one}: kept {target}, made before with the same options", quiet=quiet)
    drawn = [_overlay(one.path, target, found.recording, quiet=quiet)] if options.overlay else []
    outputs = tuple(str(path) for path in (target, *drawn))
    details = _details(found, options)
    return Item(
        str(one), "kept" if found.kept else "done", outputs, details=details, words=extraction_words(details)
    )


def _absent(path: Path) -> str:
    if str(path).isdecimal():
        return f"camera {path} has no end, and a recording needs one; record it to a video file first"
    return absence(path)


def _details(found: Extraction, options: ExtractOptions) -> ExtractionDetails:
    speed = None if found.kept else round(found.frames / max(found.elapsed_s, 1e-9), 1)
    return ExtractionDetails(found.people, found.frames, speed, options.detector)


def extraction_words(found: ExtractionDetails) -> str:
    """What was found, for people."""
    speed = [f"{found.fps} fps"] if found.fps else []
    return " · ".join([count_people(found.people), _counted_frames(found.frames), *speed, found.detector])


def _counted_frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _overlay(source: Path, target: Path, recording: Recording, *, quiet: bool) -> Path:
    """The overlay next to the recording, drawn unless there is one that is at least as new."""
    from laban.pipeline.recording.draw import is_photo, joint_angles, write_overlay, write_photo_overlay
    from laban.pipeline.recording.video import open_frames, rate_given

    photo = is_photo(recording)
    path = target.with_suffix(PHOTO_OVERLAY_SUFFIX if photo else OVERLAY_SUFFIX)
    if path.exists() and path.stat().st_mtime >= target.stat().st_mtime:
        return path
    total = len(recording.times_s)
    with (
        progress_bar(f"drawing {path.name}", total=total, quiet=quiet) as advance,
        open_frames(source, fps=rate_given(recording)) as frames,
    ):
        angles = joint_angles(recording)
        if photo:
            write_photo_overlay(path, recording, frames, angles=angles)
        else:
            write_overlay(path, recording, frames, angles=angles, progress=advance)
    return path

"""``laban extract``: videos in, recordings out."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import Field

from laban.assets import find_asset
from laban.cli.assets import fetch_asset
from laban.cli.film_or_photos import numbered_alone, split_photos
from laban.cli.inputs import Input, check_output_folder, expand_inputs, output_paths
from laban.cli.options import AsJson, OutputFolder, Quiet, Sources, settle
from laban.cli.output import Item, Outcome, for_each, progress_bar, report_outcome, say, warn
from laban.cli.source_options import Detector, MaxPeople
from laban.core.sequence import Recording
from laban.errors import AssetError, OutputError, SourceError
from laban.pipeline.recording.extract import Extraction, ExtractionSettings, extract_file
from laban.render.words import count_people
from laban.sources.containers import absence

RECORDING_SUFFIX = ".parquet"
OVERLAY_SUFFIX = ".overlay.mp4"
PHOTO_OVERLAY_SUFFIX = ".overlay.png"

_DETECTORS = {"blazepose": "blazepose_detector", "yolox": "yolox_nano"}


@dataclass(frozen=True)
class ExtractOptions(ExtractionSettings):
    """What ``laban extract`` can be told by flag, LABAN_EXTRACT_ variable or laban.toml."""

    model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    precision: Literal["mixed", "float"] = "mixed"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20
    output: Path = field(default_factory=Path)
    overlay: bool = False
    photos: bool | None = None
    fps: Annotated[float | None, Field(gt=0, le=1e6)] = None

    def settings(self) -> ExtractionSettings:
        """Those of the options that decide what is found."""
        return ExtractionSettings(**{one.name: getattr(self, one.name) for one in fields(ExtractionSettings)})


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
        typer.Option(metavar="HZ", help="Frames per second of numbered pictures or a raw stream. [30]"),
    ] = None,
    overlay: Annotated[
        bool | None, typer.Option(help="Also write the video with skeletons drawn over it.")
    ] = None,
    photos: Annotated[
        bool | None,
        typer.Option("--photos/--frames", help="What the pictures of a folder are. [by their content]"),
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


def extract_all(inputs: list[Input], options: ExtractOptions, *, quiet: bool) -> Outcome:
    """Extracts every input to its place below the output folder; one that fails does not stop the others."""
    lone = numbered_alone(inputs)
    if lone is not None:
        say(lone, quiet=quiet)
    inputs = split_photos(inputs, photos=options.photos, tell=partial(say, quiet=quiet))
    targets = _targets(inputs, options.output)
    if any(one.path.exists() for one in inputs):
        options = with_weights(options, quiet=quiet)
    pairs: Iterable[tuple[Input, Path]] = zip(inputs, targets, strict=True)
    return for_each(pairs, partial(_item, options=options, quiet=quiet), name=lambda pair: str(pair[0]))


def _targets(inputs: list[Input], output: Path) -> list[Path]:
    """Where each recording goes: into the folder ``output``, or, of one input, to the .parquet of that name."""
    if len(inputs) == 1 and output.suffix.lower() == RECORDING_SUFFIX and not output.is_dir():
        check_output_folder(output.parent)
        return [output]
    check_output_folder(output)
    return output_paths(inputs, output, suffix=RECORDING_SUFFIX)


def with_weights(options: ExtractOptions, *, quiet: bool) -> ExtractOptions:
    """The options with the detector settled, its weights and the model's fetched."""
    detector = _auto(quiet=quiet) if options.detector == "auto" else options.detector
    for name in (_DETECTORS[detector], f"blazepose_landmarker_{options.model}"):
        fetch_asset(name, quiet=quiet)
    return replace(options, detector=detector)


def _auto(*, quiet: bool) -> Literal["blazepose", "yolox"]:
    """The better detector where it can be had. The network is asked once: not when the other is here instead."""
    try:
        if find_asset(_DETECTORS["yolox"]) or not find_asset(_DETECTORS["blazepose"]):
            fetch_asset(_DETECTORS["yolox"], quiet=quiet)
            return "yolox"
    except AssetError as error:
        say(f"laban: {error}", quiet=quiet)
    say(
        "using the detector blazepose; for the better one, yolox, run `laban assets fetch yolox_nano`",
        quiet=quiet,
    )
    return "blazepose"


def _item(pair: tuple[Input, Path], *, options: ExtractOptions, quiet: bool) -> Item:
    one, target = pair
    if not one.path.exists():
        raise SourceError(_absent(one.path))
    if one.doubt is not None:
        raise SourceError(one.doubt)
    if target.is_dir():
        raise OutputError(f"{target} is a folder, expected a place for the recording; name another with -o")
    named = {} if one.given is None else {"name": one.given}
    with progress_bar(one.path.name, quiet=quiet) as advance:
        found = extract_file(one.path, target, settings=options.settings(), progress=advance, **named)
    for warning in found.warnings:
        warn(f"{one}: {warning}", quiet=quiet)
    if found.kept:
        say(f"{one}: kept {target}, made before with the same options", quiet=quiet)
    drawn = [_overlay(one.path, target, found.recording, quiet=quiet)] if options.overlay else []
    outputs = tuple(str(path) for path in (target, *drawn))
    figures = _figures(found, options)
    return Item(str(one), "kept" if found.kept else "done", outputs, details=figures, words=_words(figures))


def _absent(path: Path) -> str:
    if str(path).isdecimal():
        return f"camera {path} has no end, and recordings are made of what has one; record it to a file first"
    return absence(path)


def _figures(found: Extraction, options: ExtractOptions) -> dict[str, Any]:
    speed = None if found.kept else round(found.frames / max(found.elapsed_s, 1e-9), 1)
    return {"people": found.people, "frames": found.frames, "fps": speed, "detector": options.detector}


def _words(figures: dict[str, Any]) -> str:
    speed = [f"{figures['fps']} fps"] if figures["fps"] else []
    return " · ".join(
        [count_people(figures["people"]), _counted_frames(figures["frames"]), *speed, figures["detector"]]
    )


def _counted_frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _overlay(source: Path, target: Path, recording: Recording, *, quiet: bool) -> Path:
    """The overlay beside the recording, drawn unless there is one that is not older."""
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

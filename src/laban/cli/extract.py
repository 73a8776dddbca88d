"""``laban extract``: videos in, recordings out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import typer
from pydantic import Field

from laban.cli.assets import fetch_asset
from laban.cli.inputs import Input, check_output_folder, expand_inputs, output_paths
from laban.cli.options import AsJson, OutputFolder, Quiet, Sources, settle
from laban.cli.output import Advance, Item, Outcome, for_each, progress_bar, report, say, warn
from laban.errors import AssetError

RECORDING_SUFFIX = ".parquet"
OVERLAY_SUFFIX = ".overlay.mp4"

_DETECTORS = {"blazepose": "blazepose_detector", "yolox": "yolox_nano"}


@dataclass(frozen=True)
class ExtractOptions:
    """What ``laban extract`` can be told by flag, LABAN_EXTRACT_ variable or laban.toml."""

    output: Path = field(default_factory=Path)
    model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20
    every: Annotated[int, Field(ge=1, le=1000)] = 1
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    overlay: bool = False


class Extraction(Protocol):
    """What one extraction came to. ``kept`` says that an earlier run had done it already."""

    @property
    def frames(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def elapsed_s(self) -> float: ...
    @property
    def kept(self) -> bool: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


class ExtractFile(Protocol):
    """The pipeline's whole job on one source, with the options it is told."""

    def __call__(
        self, source: Path, output: Path, *, settings: Any, progress: Callable[[float, float | None], None]
    ) -> Extraction: ...


def extract(
    sources: Sources,
    *,
    output: OutputFolder = None,
    model: Annotated[
        str | None, typer.Option(help="lite, full or heavy: faster or more exact. [full]")
    ] = None,
    detector: Annotated[str | None, typer.Option(help="auto, blazepose or yolox. [auto]")] = None,
    max_people: Annotated[
        int | None, typer.Option(metavar="N", help="The most people to follow. [20]")
    ] = None,
    every: Annotated[int | None, typer.Option(metavar="N", help="Look at every Nth frame only. [1]")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Networks side by side. [one a core]")
    ] = None,
    overlay: Annotated[bool | None, typer.Option(help="Draw everybody over the video too.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find everybody in videos, follow them, and save their movement, one recording for each video.

    What an earlier run has finished with the same options is kept, so that a run that was stopped goes on
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
        overlay=overlay,
    )
    outcome = extract_all(expand_inputs(sources), options, quiet=quiet)
    report(outcome.items, outcome.table(), as_json=as_json)
    raise typer.Exit(outcome.exit_code)


def extract_all(inputs: list[Input], options: ExtractOptions, *, quiet: bool) -> Outcome:
    """Extracts every input to its place below the output folder; one that fails does not stop the others."""
    check_output_folder(options.output)
    targets = output_paths(inputs, options.output, suffix=RECORDING_SUFFIX)
    options = with_weights(options, quiet=quiet)
    pairs: Iterable[tuple[Input, Path]] = zip(inputs, targets, strict=True)
    return for_each(pairs, partial(_item, options=options, quiet=quiet), name=lambda pair: str(pair[0]))


def with_weights(options: ExtractOptions, *, quiet: bool) -> ExtractOptions:
    """The options with the detector settled, its weights and the model's fetched."""
    fetch_asset(f"blazepose_landmarker_{options.model}", quiet=quiet)
    if options.detector != "auto":
        fetch_asset(_DETECTORS[options.detector], quiet=quiet)
        return options
    try:
        fetch_asset(_DETECTORS["yolox"], quiet=quiet)
    except AssetError:
        warn(
            "the detector yolox cannot be had, using blazepose (`laban assets fetch yolox_nano` tells why)",
            quiet=quiet,
        )
        return with_weights(replace(options, detector="blazepose"), quiet=quiet)
    return replace(options, detector="yolox")


def _item(pair: tuple[Input, Path], *, options: ExtractOptions, quiet: bool) -> Item:
    one, target = pair
    with progress_bar(one.path.name, quiet=quiet) as advance:
        found = extract_one(one.path, target, options=options, progress=advance)
    for warning in found.warnings:
        warn(f"{one}: {warning}", quiet=quiet)
    if found.kept:
        say(f"{one}: kept {target}, made before with the same options", quiet=quiet)
    outputs = [target, *([_overlay(one.path, target, quiet=quiet)] if options.overlay else [])]
    figures = {"people": found.people, "frames": found.frames}
    speed = {} if found.kept else {"fps": round(found.frames / max(found.elapsed_s, 1e-9), 1)}
    status: Literal["kept", "done"] = "kept" if found.kept else "done"
    return Item(str(one), status, tuple(map(str, outputs)), details={**figures, **speed})


def extract_one(source: Path, target: Path, *, options: ExtractOptions, progress: Advance) -> Extraction:
    """Extracts one source with the pipeline."""
    pipeline = import_module("laban.pipeline.extraction")
    chosen = ("model", "detector", "max_people", "every", "workers")
    settings = pipeline.ExtractionSettings(**{name: getattr(options, name) for name in chosen})
    extract_file: ExtractFile = pipeline.extract_file
    return extract_file(source, target, settings=settings, progress=progress)


def _overlay(source: Path, target: Path, *, quiet: bool) -> Path:
    """The overlay beside the recording, drawn unless there is one that is not older."""
    from laban.pipeline.drawing import joint_angles, write_overlay
    from laban.pipeline.origin import open_frames
    from laban.sequences.io import load

    path = target.with_suffix(OVERLAY_SUFFIX)
    if path.exists() and path.stat().st_mtime >= target.stat().st_mtime:
        return path
    recording = load(target)
    total = len(recording.times_s)
    with (
        progress_bar(f"drawing {path.name}", total=total, quiet=quiet) as advance,
        open_frames(source) as frames,
    ):
        write_overlay(path, recording, frames, angles=joint_angles(recording), progress=advance)
    return path

"""``laban show``, ``draw`` and ``view``: looking at a recording."""

import warnings
import webbrowser
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from laban.cli.inputs import check_poses
from laban.cli.options import AsJson, Described, Quiet, with_options
from laban.cli.output import Item, for_each, progress_bar, report, warn
from laban.cli.pose_options import AxisOptions, PoseFileOptions
from laban.cli.summary_table import summary_words
from laban.core.answers.outcomes import PageAnswer
from laban.core.arrays import Float64Array
from laban.core.frame import Frame
from laban.core.json_values import texts_at
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.io import load
from laban.pipeline.recording.draw import (
    DrawingSettings,
    is_photo,
    joint_angles,
    write_curves,
    write_overlay,
    write_photo_overlay,
    write_sheet,
    write_view,
)
from laban.pipeline.recording.open import PoseFile
from laban.pipeline.recording.summary import summarise
from laban.pipeline.recording.video import find_origin, open_frames, origin_doubt, rate_given
from laban.render.sheet import sheet_frames

RecordingFile = Annotated[Path, typer.Argument(help="A recording, or any file of poses.", metavar="FILE")]

_SUFFIXES = {"overlay": ".overlay.mp4", "sheet": ".sheet.png", "curves": ".curves.png"}


@dataclass(frozen=True)
class ShowOptions(PoseFileOptions, AxisOptions):
    """The options of ``laban show``."""

    def pose_file(self) -> PoseFile:
        """The properties that a file of poses may lack."""
        return replace(super().pose_file(), flip_y=self.flip_y, swap_xy=self.swap_xy)


@dataclass(frozen=True)
class DrawOptions(DrawingSettings):
    """The options of ``laban draw``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A folder, or a file for a single result. [next to FILE]"),
    ] = None
    described: ClassVar[Described] = {
        "source": typer.Option(help="The video, if it was moved."),
        "overlay": typer.Option(help="Draw skeletons over the video."),
        "sheet": typer.Option(help="Draw a contact sheet of a few moments."),
        "curves": typer.Option(help="Draw curves of the joint angles."),
        "angles": typer.Option(help="Write joint angles into the overlay."),
        "moments": typer.Option(help="How many images the contact sheet has."),
    }


@dataclass(frozen=True)
class ViewOptions:
    """The options of ``laban view``."""

    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The page to write. [next to FILE]")
    ] = None
    open: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False


@with_options("show")
def show(file: RecordingFile, *, options: ShowOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Summarise the people in a recording, their time ranges and visibility, and warnings."""
    summary = summarise(_loaded(file, options.pose_file(), quiet=quiet, is_shown=True))
    report(summary.answer(), summary_words(summary), as_json=as_json)


@with_options("draw")
def draw(file: RecordingFile, *, options: DrawOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Draw a recording over its video, as a contact sheet and as angle curves; all three unless some are chosen."""
    recording = _loaded(file, quiet=quiet)
    wanted = options.chosen(nobody=not recording.people)
    paths = _paths(file, options.output, wanted, photo=is_photo(recording))
    job = _Job(recording, file, options, quiet=quiet)
    outcome = for_each(wanted, lambda name: _made(name, job, paths[name]), name=lambda name: str(paths[name]))
    made = {
        name: paths[name] for name, item in zip(wanted, outcome.items, strict=True) if item.reason is None
    }
    if made or as_json:
        report(made, "\n".join(map(str, made.values())), as_json=as_json)
    raise typer.Exit(outcome.exit_code)


@with_options("view")
def view(file: RecordingFile, *, options: ViewOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Make a page that shows a recording in 3D, with angle curves. The page needs no network and no other files."""
    path = _one_path(file, options.output, suffix=".html")
    write_view(path, _loaded(file, quiet=quiet))
    report(PageAnswer(str(path)), str(path), as_json=as_json)
    if options.open:
        webbrowser.open(path.resolve().as_uri())


@dataclass(frozen=True)
class _Job:
    recording: Recording
    file: Path
    settings: DrawingSettings
    quiet: bool

    @cached_property
    def origin(self) -> Path:
        """The video, with a warning if it is not the one that the recording was made from."""
        found = find_origin(self.recording, beside=self.file, given=self.settings.source)
        warning = origin_doubt(self.recording, found)
        if warning is not None:
            warn(warning, quiet=self.quiet)
        return found

    def frames(self, at_s: Float64Array | None = None) -> AbstractContextManager[Iterable[Frame]]:
        origin = self.origin
        return open_frames(origin, at_s=at_s, fps=rate_given(self.recording))


def _draw_overlay(job: _Job, path: Path) -> None:
    angles = joint_angles(job.recording) if job.settings.angles else None
    total = len(job.recording.times_s)
    with progress_bar("drawing", total=total, quiet=job.quiet) as advance, job.frames() as frames:
        if is_photo(job.recording):
            write_photo_overlay(path, job.recording, frames, angles=angles)
        else:
            write_overlay(path, job.recording, frames, angles=angles, progress=advance)


def _draw_sheet(job: _Job, path: Path) -> None:
    count = job.settings.moments
    at_s = job.recording.times_s[list(sheet_frames(job.recording, count=count))]
    with job.frames(at_s) as frames:
        write_sheet(path, job.recording, frames, count=count)


def _draw_curves(job: _Job, path: Path) -> None:
    write_curves(path, job.recording, angles=joint_angles(job.recording))


_DRAWERS: dict[str, Callable[[_Job, Path], None]] = {
    "overlay": _draw_overlay,
    "sheet": _draw_sheet,
    "curves": _draw_curves,
}


def _made(name: str, job: _Job, path: Path) -> Item:
    _DRAWERS[name](job, path)
    return Item(source=str(path), status="done", outputs=(str(path),))


def _paths(
    file: Path, output: Path | None, wanted: tuple[str, ...], *, photo: bool = False
) -> dict[str, Path]:
    """The path of each result: in the folder ``output``, or, for a single one, the file of that name."""
    suffixes = {**_SUFFIXES, "overlay": ".overlay.png"} if photo else _SUFFIXES
    if output is not None and output.suffix and not output.is_dir():
        return {wanted[0]: _fitting_file(output, wanted, suffix=Path(suffixes[wanted[0]]).suffix)}
    folder = output or file.parent
    return {name: folder / (file.stem + suffixes[name]) for name in wanted}


def _fitting_file(output: Path, wanted: tuple[str, ...], *, suffix: str) -> Path:
    if len(wanted) > 1 or output.suffix.lower() != suffix:
        needs = "a folder for several results" if len(wanted) > 1 else f"a {suffix} file for --{wanted[0]}"
        raise InvalidValueError(f"-o must be {needs}, got {output}")
    return output


def _one_path(file: Path, output: Path | None, *, suffix: str) -> Path:
    if output is None:
        return file.with_suffix(suffix)
    return output / (file.stem + suffix) if output.is_dir() else output


def _loaded(file: Path, said: PoseFile | None = None, *, quiet: bool, is_shown: bool = False) -> Recording:
    """The recording, with a warning for each assumption, except (``is_shown``) those that are printed as notes
    anyway."""
    check_poses(file)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recording = load(file, **(said or PoseFile()).options())
    notes = texts_at(recording.metadata, "notes")
    for warning in caught:
        if not is_shown or str(warning.message) not in notes:
            warn(str(warning.message), quiet=quiet)
    return recording

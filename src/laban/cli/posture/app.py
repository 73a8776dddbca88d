"""``laban posture``: alignment of a body in an image, a video or a recording, or live."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import typer

from laban.cli.inputs import Input, check_output_folder, expand_inputs
from laban.cli.options import AsJson, Quiet, Sources, with_options
from laban.cli.output import Item, for_each, report, say, warn
from laban.cli.posture.live import watch_posture
from laban.cli.posture.options import PostureOptions
from laban.cli.posture.text import headline, posture_words, visits_words
from laban.cli.sides import opened
from laban.core.answers.posture import ChangeAnswer, PostureAnswer, VisitsAnswer, VisitsFile
from laban.errors import SourceError
from laban.pipeline.posture.assess import Assessment, assess_side
from laban.pipeline.posture.files import (
    draw_assessment,
    title_of,
    write_report,
    write_values,
    write_visits,
)
from laban.pipeline.posture.schema import change_answer, posture_answer, posture_file, posture_series
from laban.pipeline.recording.subject import parse_source
from laban.pose.blazepose.jitter import JitterSettings
from laban.render.files import write_json
from laban.render.posture.visits import draw_visits
from laban.render.sheet import write_png
from laban.render.words import short_name
from laban.sources.containers import read_head
from laban.sources.exif_roll import noted_roll_deg
from laban.sources.headers import is_image
from laban.sources.image import images_in
from laban.tasks.posture.camera_roll import Level, sensed_level
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.visits import compare_visits


@with_options("posture")
def posture(
    sources: Sources, *, options: PostureOptions, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Measure the alignment of head, neck, trunk and legs, with intervals, and report what the image cannot show.

    Side view: head and neck relative to the trunk, the trunk relative to the vertical, the plumb line. Front or
    back view: tilts, knees, the weight line, left compared with right. The view is detected. A measure is a finding
    only if its whole 95 % interval lies beyond a limit. This is not a diagnosis.
    """
    if options.live:
        watch_posture(sources, options, quiet=quiet)
        return
    if options.output is not None:
        check_output_folder(options.output)
    inputs = list(_each_image(expand_inputs(sources, notify=partial(warn, quiet=quiet), both=True)))
    job = _Job(options, inputs, quiet=quiet)
    outcome = for_each(inputs, job.work)
    job.report(as_json=as_json)
    raise typer.Exit(outcome.exit_code)


class _Job:
    """The posture of one person in each of several sources."""

    def __init__(self, options: PostureOptions, inputs: Sequence[Input], *, quiet: bool) -> None:
        self.options, self.quiet = options, quiet
        self.rules = options.chosen_rules()
        self.settings: list[PostureSettings] = []
        self.found: list[Assessment] = []
        self.answers: list[PostureAnswer] = []
        self._folders = _folders(options.output, inputs)

    def work(self, one: Input) -> Item:
        """Measures a source and writes its files."""
        options = self.options
        if str(one).isdecimal() and not one.path.exists():
            raise SourceError(f"{one} is a camera, which has no end; watch it with --live")
        side = opened(str(one.path), options.person, options, quiet=self.quiet)
        if one.given is not None:
            side = replace(side, name=one.given)
        tta = options.tta_samples and (side.images is not None or side.image is not None)
        settings = options.settings(sensed=_sensed(one.path))
        found = assess_side(
            side,
            settings=settings,
            holding=options.holding(),
            rules=self.rules,
            jitter=JitterSettings(count=options.tta_samples) if tta else None,
            extraction=options.extraction(quiet=self.quiet) if tta else None,
        )
        self.found.append(found)
        self.settings.append(settings)
        self.answers.append(posture_answer(found, rules=self.rules))
        files = self._written(found, self._folders.get(one))
        return Item(str(one), "done", tuple(str(path) for path in files), words=headline(found.report))

    def report(self, *, as_json: bool) -> None:
        """Prints a report for each source that could be measured, and the changes between visits."""
        changes = self._changes() if self.options.visits and len(self.found) > 1 else []
        if as_json:
            visits = VisitsAnswer(tuple(self.answers), tuple(changes))
            report(visits if self.options.visits else self.answers, "", as_json=True)
            return
        for found in self.found:
            report(None, posture_words(found.report, name=found.side.name), as_json=False)
        if changes:
            report(None, visits_words(changes), as_json=False)

    def _changes(self) -> list[ChangeAnswer]:
        changes = [change_answer(one) for one in compare_visits([found.report for found in self.found])]
        folder = self.options.output
        if folder is not None:
            images = [
                draw_assessment(found, settings=settings).marked_rgb
                for found, settings in zip(self.found, self.settings, strict=True)
            ]
            names = [short_name(found.side.name) for found in self.found]
            for path in (
                write_png(folder / "visits.png", draw_visits(images, names, changes)),
                write_visits(folder / "visits.html", images, names, changes),
                write_json(folder / "visits.json", VisitsFile(tuple(names), tuple(changes))),
            ):
                say(str(path), quiet=self.quiet)
        return changes

    def _written(self, found: Assessment, folder: Path | None) -> list[Path]:
        if folder is None:
            return []
        answer, settings = self.answers[-1], self.settings[-1]
        full = posture_file(answer, posture_series(found, settings=settings, rules=self.rules))
        drawn = draw_assessment(found, settings=settings)
        files = [
            write_png(folder / "posture.png", drawn.listed_rgb),
            write_report(folder / "report.html", full, drawn, title=title_of(found.report)),
            write_json(folder / "posture.json", full),
            write_values(folder / "posture.csv", [answer]),
        ]
        for path in files:
            say(str(path), quiet=self.quiet)
        return files


def _each_image(inputs: Iterable[Input]) -> Iterator[Input]:
    """A folder of images as its images: each is a posture of its own, not a frame of a video."""
    for one in inputs:
        if one.path.is_dir():
            yield from (Input(path, one.relative / path.name) for path in images_in(one.path))
        else:
            yield one


def _sensed(path: Path) -> Level | None:
    """The camera roll that an image file itself notes, whatever its suffix."""
    noted = noted_roll_deg(path) if path.is_file() and is_image(read_head(path)) else None
    return None if noted is None else sensed_level(noted)


def _folders(output: Path | None, inputs: Sequence[Input]) -> dict[Input, Path]:
    """The folder for the files of each source: the output folder itself for one source, otherwise one below it."""
    if output is None:
        return {}
    if len(inputs) == 1:
        return {inputs[0]: output}
    names = [_folder_name(one) for one in inputs]
    numbered = len(set(names)) < len(names)
    return {
        one: output / (f"{number}_{name}" if numbered else name)
        for number, (one, name) in enumerate(zip(inputs, names, strict=True), start=1)
    }


def _folder_name(one: Input) -> str:
    path, moment_s = parse_source(str(one.path))
    return path.stem if moment_s is None else f"{path.stem}_{moment_s:g}s"

"""``laban posture``: how a body is aligned, from a picture, a video, a recording, or live."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from laban.cli.compare import opened
from laban.cli.inputs import Input, check_output_folder, expand_inputs, output_paths
from laban.cli.options import AsJson, OutputFolder, Quiet, Sources, settle
from laban.cli.output import Item, for_each, plain, report, say, write_json
from laban.cli.pose_options import Cache, Detector, MaxPeople, PoseModel, PoseOptions
from laban.cli.posture_words import headline, posture_words
from laban.errors import InvalidValueError
from laban.pipeline.assessing import Assessment, assess_side
from laban.pipeline.posture_files import draw_assessment, title_of, write_report, write_values
from laban.pipeline.posture_json import assessment_json, series_json
from laban.pose.blazepose.looks import LookSettings
from laban.render.sheet import write_png
from laban.tasks.posture.level import Level, given_level, plumb_level
from laban.tasks.posture.rules import Rules, default_rules, load_rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings


@dataclass(frozen=True)
class PostureOptions(PoseOptions):
    """What ``laban posture`` can be told by flag, LABAN_POSTURE_ variable or laban.toml."""

    output: Path | None = None
    person: int | None = None
    height_cm: Annotated[float | None, Field(ge=40, le=260)] = None
    roll_deg: Annotated[float | None, Field(ge=-180, le=180)] = None
    plumb_line: str | None = None
    mirrored: bool = False
    rules: Path | None = None
    looks: Annotated[int, Field(ge=0, le=200)] = 16
    visits: bool = False
    live: bool = False
    remind_after_s: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    remind_every_s: Annotated[float, Field(ge=0, le=86_400)] = 600.0
    cache: Path | None = None

    def settings(self, sensed: Level | None = None) -> PostureSettings:
        """Those that decide what is measured; ``sensed`` is the level that the picture itself tells."""
        return PostureSettings(
            level=self._level() or sensed or Level(), body_height_cm=self.height_cm, mirrored=self.mirrored
        )

    def holding(self) -> HoldingSettings:
        """Those that decide how posture is followed over time."""
        return HoldingSettings(remind_after_s=self.remind_after_s, remind_every_s=self.remind_every_s)

    def judged_by(self) -> Rules:
        """The rules that were named, or those that come along."""
        return default_rules() if self.rules is None else load_rules(self.rules)

    def _level(self) -> Level | None:
        if self.roll_deg is not None and self.plumb_line is not None:
            raise InvalidValueError("--roll-deg and --plumb-line both tell the camera's roll; give one")
        if self.plumb_line is not None:
            return plumb_level(*_points(self.plumb_line))
        return None if self.roll_deg is None else given_level(self.roll_deg)


def posture(
    sources: Sources,
    *,
    output: OutputFolder = None,
    person: Annotated[int | None, typer.Option(metavar="ID", help="Whom to measure. [the biggest]")] = None,
    height_cm: Annotated[
        float | None, typer.Option(metavar="CM", help="The body's height, for lengths in centimetres.")
    ] = None,
    roll_deg: Annotated[
        float | None,
        typer.Option(metavar="DEG", help="The camera's roll: how far true up leans right in the picture."),
    ] = None,
    plumb_line: Annotated[
        str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Two pixels on something plumb in the picture.")
    ] = None,
    mirrored: Annotated[
        bool | None, typer.Option("--mirrored", help="The picture was taken in a mirror.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Limits of your own, in TOML. [those that come along]")
    ] = None,
    looks: Annotated[
        int | None,
        typer.Option(metavar="N", help="How often to look again for the intervals; 0 assumes. [16]"),
    ] = None,
    pose_model: PoseModel = None,
    detector: Detector = None,
    max_people: MaxPeople = None,
    cache: Cache = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say how head, neck, trunk and legs are aligned, how sure that is, and what the picture cannot show.

    From the side: head and neck against the trunk, the trunk against the vertical, the plumb line. From the front
    or back: tilts, knees, the weight line, left against right. The view is recognised. Only what lies beyond a
    limit with all of its 95 % interval is told as a finding. Never a diagnosis.
    """
    options = settle(
        PostureOptions,
        section="posture",
        output=output,
        person=person,
        height_cm=height_cm,
        roll_deg=roll_deg,
        plumb_line=plumb_line,
        mirrored=mirrored,
        rules=rules,
        looks=looks,
        pose_model=pose_model,
        detector=detector,
        max_people=max_people,
        cache=cache,
    )
    if options.output is not None:
        check_output_folder(options.output)
    inputs = expand_inputs(sources)
    job = _Job(options, inputs, quiet=quiet)
    outcome = for_each(inputs, job.work)
    job.tell(as_json=as_json)
    raise typer.Exit(outcome.exit_code)


class _Job:
    """One person in each of some sources."""

    def __init__(self, options: PostureOptions, inputs: Sequence[Input], *, quiet: bool) -> None:
        self.options, self.quiet = options, quiet
        self.rules, self.settings = options.judged_by(), options.settings()
        self.found: list[Assessment] = []
        self.contents: list[dict[str, Any]] = []
        self._folders = _folders(options.output, inputs)

    def work(self, one: Input) -> Item:
        """Measures a source and writes what is wanted of it."""
        options = self.options
        side = opened(str(one.path), options.person, options, cache=options.cache, quiet=self.quiet)
        looks = options.looks and (side.pictures is not None or side.picture is not None)
        found = assess_side(
            side,
            settings=self.settings,
            holding=options.holding(),
            rules=self.rules,
            looks=LookSettings(count=options.looks) if looks else None,
            extraction=options.extraction(quiet=self.quiet) if looks else None,
        )
        self.found.append(found)
        self.contents.append(assessment_json(found, rules=self.rules))
        files = self._written(found, self._folders.get(one))
        return Item(str(one), "done", tuple(str(path) for path in files), words=headline(found.report))

    def tell(self, *, as_json: bool) -> None:
        """Prints what was found, a report for each source that could be measured."""
        if as_json:
            report(self.contents, "", as_json=True)
            return
        for found in self.found:
            report(None, posture_words(found.report, name=found.side.name), as_json=False)

    def _written(self, found: Assessment, folder: Path | None) -> list[Path]:
        if folder is None:
            return []
        content = self.contents[-1]
        series = series_json(found, settings=self.settings, rules=self.rules)
        full = plain({**content, "series": series})
        picture = draw_assessment(found, settings=self.settings)
        files = [
            write_png(folder / "posture.png", picture),
            write_report(folder / "report.html", full, picture, title=title_of(found.report)),
            write_json(folder / "posture.json", full),
            write_values(folder / "posture.csv", [content]),
        ]
        for path in files:
            say(str(path), quiet=self.quiet)
        return files


def _folders(output: Path | None, inputs: Sequence[Input]) -> dict[Input, Path]:
    """Where the files of each source go: into the folder itself where there is one source, else below it."""
    if output is None:
        return {}
    if len(inputs) == 1:
        return {inputs[0]: output}
    return dict(zip(inputs, output_paths(inputs, output, suffix=""), strict=True))


def _points(text: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points from ``x1,y1,x2,y2``."""
    try:
        x1, y1, x2, y2 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidValueError(f"--plumb-line must be four numbers X1,Y1,X2,Y2, got {text!r}") from error
    return (x1, y1), (x2, y2)

"""``laban audit``: the contents and the faults of a dataset."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from laban.cli.audit_images import audit_of_images
from laban.cli.dataset_options import ClipOptions, opened
from laban.cli.dataset_poses import poses_of_dataset
from laban.cli.dataset_tables import coverage_table, findings_table
from laban.cli.extract_options import ExtractOptions, ModelName
from laban.cli.options import AsJson, Quiet, part_of, with_options
from laban.cli.output import DONE, PARTLY, report
from laban.errors import InvalidValueError
from laban.pipeline.dataset import (
    AuditSettings,
    audit_answer,
    coverage_of,
)
from laban.pipeline.dataset import (
    audit as audit_dataset,
)
from laban.pipeline.image.open import holds_images


@dataclass(frozen=True)
class AuditOptions(ClipOptions):
    """The options of ``laban audit``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="HTML", help="For images: also write the findings as a page."),
    ] = None
    model: Annotated[ModelName, typer.Option(help="For videos: lite, full or heavy.")] = "full"
    fps: Annotated[
        float | None,
        Field(gt=0, le=1000),
        typer.Option(metavar="F", help="Frames per second of files without times. [30]"),
    ] = None
    split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The split of a pickle or of lists to use, such as xsub."),
    ] = None
    window_s: Annotated[
        float,
        Field(gt=0, le=3600),
        typer.Option(metavar="S", help="The window length in seconds that clips should fill."),
    ] = 2.0
    doubts: Annotated[
        bool, typer.Option(help="Look for labels that the movement or the image contradicts.")
    ] = True

    def settings(self) -> AuditSettings:
        """The settings that decide the findings."""
        return part_of(self, AuditSettings)


@with_options("audit")
def audit(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="A folder of classes, a table, landmarks, a PYSKL pickle, YOLO-pose, or COCO keypoints.",
            show_default=False,
        ),
    ],
    *,
    options: AuditOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check labelled clips or images before training: what the dataset holds, and what is wrong with it.

    Clips: exact and near duplicates, one person or scene on both sides of a split, clips without people, mixed
    frame rates, classes that are too small, clips that are too short, and labels that the movement contradicts.
    Poses are extracted from videos once and kept; a second run starts at once.

    Images (a folder for each class, a table, YOLO-pose, COCO keypoints): images that cannot be read, missing and
    duplicate labels, wrong counts and flags, misplaced joints and boxes, left and right exchanged, duplicates
    across splits. The exit code is 3 if a file could not be read, otherwise 0, whatever is found.
    """
    if holds_images(data):
        engine = ExtractOptions(model=options.model, detector=options.detector) if options.doubts else None
        audit_of_images(data, engine=engine, page=options.output, as_json=as_json, quiet=quiet)
    if options.output is not None:
        raise InvalidValueError(f"{options.output}: a page is made of images only; for clips, use --json")
    dataset = opened(data, options, fps=options.fps, split=options.split)
    recordings = poses_of_dataset(dataset, options, model=options.model, quiet=quiet)
    findings = audit_dataset(dataset, recordings, settings=options.settings())
    coverage = coverage_of(dataset, recordings)
    splits = dict(sorted(Counter(item.clip.split for item in dataset.items if item.clip.split).items()))
    if as_json:
        report(audit_answer(dataset, recordings, findings, coverage, splits), "", as_json=True)
    else:
        report(None, coverage_table(dataset, coverage), as_json=False)
        if splits:
            report(
                None,
                "splits: " + ", ".join(f"{name} {count}" for name, count in splits.items()),
                as_json=False,
            )
        report(None, findings_table(findings), as_json=False)
    raise typer.Exit(PARTLY if recordings.failed else DONE)

"""``laban audit`` of images: their contents, and the faults of their labels."""

from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.cli.dataset_tables import findings_table
from laban.cli.extract_options import ExtractOptions, with_weights
from laban.cli.output import DONE, PARTLY, progress_bar, report, warn
from laban.errors import AssetError
from laban.pipeline.image.audit import ImageAudit, audit_images
from laban.pipeline.image.audit_files import audit_answer, write_audit_page
from laban.pipeline.image.gathering import Finder, people_finder
from laban.pipeline.image.open import open_images


def audit_of_images(
    data: Path, *, engine: ExtractOptions | None, page: Path | None, as_json: bool, quiet: bool
) -> None:
    """Checks the images at ``data``, prints the findings, and writes a page if asked.

    With ``engine`` left and right are also checked against the images, if its weights are available.
    """
    images = open_images(data)
    labelled = any(person.joints is not None for one in images.images for person in one.people)
    with ExitStack() as stack:
        find = _finder(engine, stack, quiet=quiet) if engine is not None and labelled else None
        bar = progress_bar(f"{len(images)} images", unit="images/s", quiet=quiet)
        found = audit_images(images, find=find, progress=stack.enter_context(bar))
    if page is not None:
        write_audit_page(page, found)
    if as_json:
        report(audit_answer(found), "", as_json=True)
    else:
        report(None, image_coverage_table(found), as_json=False)
        report(None, findings_table(found.findings), as_json=False)
        if page is not None:
            report(None, str(page), as_json=False)
    unread = any(one.refused for one in found.seen)
    raise typer.Exit(PARTLY if unread else DONE)


def _finder(engine: ExtractOptions, stack: ExitStack, *, quiet: bool) -> Finder | None:
    try:
        chosen = with_weights(engine, quiet=quiet)
        return stack.enter_context(people_finder(model=chosen.model, detector=chosen.detector))
    except AssetError as error:
        warn(f"left and right are checked by the labels alone: {error.brief}", quiet=quiet)
        return None


def image_coverage_table(found: ImageAudit) -> Group:
    """How many examples of each class there are."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in ("class", "images", "people", "groups", "splits"):
        table.add_column(heading, overflow="fold")
    for one in found.coverage:
        splits = ", ".join(f"{name} {count}" for name, count in one.splits)
        table.add_row(Text(one.label), str(one.images), str(one.people), str(one.groups), Text(splits))
    head = Text(f"{found.images.name} ({found.images.form}, {len(found.images)} images)", style="bold")
    return Group(head, Padding(table, (1, 0, 1, 0)))

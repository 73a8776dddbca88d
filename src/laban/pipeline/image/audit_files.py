"""An audit of images as values for programs, and as a page with the images in it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from laban.core.answers.audit import ImageAuditAnswer, ImageClassAnswer
from laban.core.arrays import ImageArray
from laban.errors import SourceError
from laban.pipeline.image.audit import ImageAudit
from laban.pipeline.image.scan import Seen
from laban.pipeline.image.values import HIDDEN, MISSING, SEEN, Person
from laban.render.image.audit_page import Shown, draw_audit_page
from laban.render.image.labelled import Labelled, draw_labelled
from laban.render.report.document import write_document
from laban.sources import Limits
from laban.sources.image import read_image

_EACH, _SAMPLES = 4, 12
_PLACES_PX = 240
_BLUE, _PALE = np.array([0, 114, 178], float), np.array([244, 243, 238], float)


def audit_answer(audit: ImageAudit) -> ImageAuditAnswer:
    """All findings, for programs and for the page."""
    people = [person for one in audit.images.images for person in one.people]
    read = [one for one in audit.seen if one.refused is None]
    return ImageAuditAnswer(
        dataset=audit.images.name,
        form=audit.images.form,
        images=len(audit.images),
        people=len(people),
        unreadable=len(audit.seen) - len(read),
        coverage=tuple(
            ImageClassAnswer(one.label, one.images, one.people, one.groups, one.splits)
            for one in audit.coverage
        ),
        findings=tuple(one.answer() for one in audit.findings),
        sizes=tuple(one.size_wh for one in read),
        heights_px=tuple(height for one in read for height in _heights_px(one)),
        joints=tuple(_joints(audit, people)),
        notes=audit.images.notes,
    )


def write_audit_page(path: Path, audit: ImageAudit) -> Path:
    """Writes the page: numbers, findings with some of their images, and images from the whole set."""
    by_name = {one.image.name: one for one in audit.seen if one.refused is None}
    findings = {
        one.kind: [
            shown for name in one.items if name in by_name and (shown := _drawn(by_name[name])) is not None
        ][:_EACH]
        for one in audit.findings
        if one.severity != "note"
    }
    read = list(by_name.values())
    step = max(1, -(-len(read) // _SAMPLES))
    samples = [shown for one in read[::step] if (shown := _drawn(one)) is not None]
    text = draw_audit_page(audit_answer(audit), findings=findings, samples=samples, places=_places(read))
    return write_document(path, text)


def labelled_people(seen: Seen) -> list[Labelled]:
    """All people in an image, in its pixels."""
    found = [_labelled(person, seen) for person in seen.image.people]
    return found or ([Labelled(seen.image.label)] if seen.image.label else [])


def _labelled(person: Person, seen: Seen) -> Labelled:
    box = None if person.box_xyxy is None else person.box_xyxy * np.tile(seen.pixels, 2)
    joints = None if person.joints is None else person.joints * seen.pixels
    return Labelled(person.label or "", box, joints, person.flags)


def _drawn(seen: Seen) -> Shown | None:
    try:
        image = read_image(seen.image.path, limits=Limits())
    except SourceError:
        return None
    return draw_labelled(image, labelled_people(seen)), seen.image.name


def _heights_px(seen: Seen) -> list[float]:
    boxes = [person.box_xyxy for person in seen.image.people if person.box_xyxy is not None]
    return [float((box[3] - box[1]) * seen.size_wh[1]) for box in boxes]


def _joints(audit: ImageAudit, people: Sequence[Person]) -> list[tuple[str, float, float, float]]:
    """Each joint's name and in which shares of people it is seen, hidden and missing."""
    flags = [person.flags for person in people if person.flags is not None]
    if not flags or len({len(one) for one in flags}) != 1:
        return []
    held = np.stack(flags)
    names = audit.images.joints or tuple(f"joint {index}" for index in range(held.shape[1]))
    seen, hidden, missing = ((held == flag).mean(axis=0).tolist() for flag in (SEEN, HIDDEN, MISSING))
    return list(zip(names, seen, hidden, missing, strict=False))


def _places(seen: Sequence[Seen]) -> ImageArray | None:
    """(240, 240, 3) how many people's boxes cover each place; None without boxes."""
    total = np.zeros((_PLACES_PX, _PLACES_PX))
    for one in seen:
        for person in one.image.people:
            if person.box_xyxy is not None:
                left, top, right, bottom = (np.clip(person.box_xyxy, 0, 1) * _PLACES_PX).astype(int)
                total[top:bottom, left:right] += 1
    if not total.any():
        return None
    share = (total / total.max())[..., None]
    return np.asarray(_PALE + (_BLUE - _PALE) * share).round().astype(np.uint8)

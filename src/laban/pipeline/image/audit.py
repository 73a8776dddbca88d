"""The audit of labelled images: faults that spoil models or make metrics too optimistic."""

from dataclasses import dataclass

from laban.core.progress import Progress
from laban.pipeline.dataset.findings import Finding
from laban.pipeline.image.checks import class_counts, doubled, of_classes, of_images, of_people
from laban.pipeline.image.findings import ImageAuditSettings, findings_of
from laban.pipeline.image.near_duplicates import duplicates
from laban.pipeline.image.scan import Seen, inspect
from laban.pipeline.image.side_checks import Finder, sides
from laban.pipeline.image.values import ImageSet, Problem


@dataclass(frozen=True)
class ImageCoverage:
    """The data of one class: its images, people and groups, and how many are in each part of the data's split."""

    label: str
    images: int
    people: int
    groups: int
    splits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class ImageAudit:
    """The audit of ``images``: single problems, findings by kind, and facts about each image."""

    images: ImageSet
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[ImageCoverage, ...]


def audit_images(
    images: ImageSet,
    *,
    settings: ImageAuditSettings | None = None,
    find: Finder | None = None,
    progress: Progress | None = None,
) -> ImageAudit:
    """All faults of labelled images, the most severe first; the kinds are in ``findings.KINDS``.

    Every image is read once; one that cannot be read is reported. Left and right are checked where joints are
    COCO's 17; for a person seen from the side a single image does not show which is which.
    """
    chosen = settings or ImageAuditSettings()
    seen = inspect(images, progress=progress)
    problems = (
        *images.problems,
        *of_images(seen, chosen),
        *of_people(seen, chosen),
        *doubled(seen, chosen),
        *sides(seen, chosen, find=find, progress=progress if find is not None else None),
        *duplicates(seen, chosen),
        *of_classes(images, chosen),
    )
    return ImageAudit(images, seen, problems, findings_of(problems), coverage_of(images))


def coverage_of(images: ImageSet) -> tuple[ImageCoverage, ...]:
    """The data of each class, in the order of the classes."""
    return tuple(_covered(images, label) for label in class_counts(images))


def _covered(images: ImageSet, label: str) -> ImageCoverage:
    held = [
        image
        for image in images.images
        if image.label == label or any(person.label == label for person in image.people)
    ]
    people = sum(person.label == label for image in held for person in image.people)
    splits: dict[str, int] = {}
    for image in held:
        splits[image.split or ""] = splits.get(image.split or "", 0) + 1
    told = tuple((name, count) for name, count in splits.items() if name)
    return ImageCoverage(label, len(held), people, len({image.group for image in held}), told)

"""Labelled pictures looked over for what spoils models and flatters figures."""

from dataclasses import dataclass

from laban.core.progress import Progress
from laban.pipeline.dataset.findings import Finding
from laban.pipeline.image.checks import class_counts, doubled, of_classes, of_people, of_pictures
from laban.pipeline.image.findings import PictureAuditSettings, findings_of
from laban.pipeline.image.near_duplicates import duplicates
from laban.pipeline.image.scan import Seen, inspect
from laban.pipeline.image.side_checks import Finder, sides
from laban.pipeline.image.values import PictureSet, Problem


@dataclass(frozen=True)
class PictureCoverage:
    """What there is of one class: pictures with it, people of it, the groups they come from, and how many are
    in each split the data names."""

    label: str
    pictures: int
    people: int
    groups: int
    splits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class PictureAudit:
    """Everything found in ``pictures``: problems one by one, findings by kind, and what each picture is."""

    pictures: PictureSet
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[PictureCoverage, ...]


def audit_pictures(
    pictures: PictureSet,
    *,
    settings: PictureAuditSettings | None = None,
    find: Finder | None = None,
    progress: Progress | None = None,
) -> PictureAudit:
    """Everything that is wrong with labelled pictures, the gravest first; the kinds are in ``findings.KINDS``.

    Every picture is read once; one that cannot be is told of. Left and right are judged where joints are
    COCO's 17; of a person seen from the side nothing in a single picture tells which is which.
    """
    chosen = settings or PictureAuditSettings()
    seen = inspect(pictures, progress=progress)
    problems = (
        *pictures.problems,
        *of_pictures(seen, chosen),
        *of_people(seen, chosen),
        *doubled(seen, chosen),
        *sides(seen, chosen, find=find, progress=progress if find is not None else None),
        *duplicates(seen, chosen),
        *of_classes(pictures, chosen),
    )
    return PictureAudit(pictures, seen, problems, findings_of(problems), coverage_of(pictures))


def coverage_of(pictures: PictureSet) -> tuple[PictureCoverage, ...]:
    """What there is of each class, in the order of the classes."""
    return tuple(_covered(pictures, label) for label in class_counts(pictures))


def _covered(pictures: PictureSet, label: str) -> PictureCoverage:
    held = [
        picture
        for picture in pictures.pictures
        if picture.label == label or any(person.label == label for person in picture.people)
    ]
    people = sum(person.label == label for picture in held for person in picture.people)
    splits: dict[str, int] = {}
    for picture in held:
        splits[picture.split or ""] = splits.get(picture.split or "", 0) + 1
    told = tuple((name, count) for name, count in splits.items() if name)
    return PictureCoverage(label, len(held), people, len({picture.group for picture in held}), told)

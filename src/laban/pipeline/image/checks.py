"""The checks of labels in an audit of images, one function each: from labelled images to problems."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from laban.core.arrays import Float64Array
from laban.pipeline.dataset.similar_labels import spelt_alike
from laban.pipeline.image.findings import ImageAuditSettings
from laban.pipeline.image.scan import Seen
from laban.pipeline.image.values import MISSING, ImageSet, Person, Problem
from laban.pose.blazepose.detection import box_iou

Check = Callable[[Seen, Person, ImageAuditSettings], Iterator[str]]

_SLACK = 1e-3
"""The distance beyond the edge that counts as rounding, as a share of the image."""
_ALIKE_JOINTS = 0.02
_FEW = 2


def of_images(seen: Sequence[Seen], settings: ImageAuditSettings) -> Iterator[Problem]:
    """Images that cannot be read, are turned, in print colours, tiny, or without labels."""
    for one in seen:
        name = one.image.name
        if one.refused is not None:
            kind = "unreadable-image" if one.image.path.exists() else "missing-image"
            yield Problem(kind, name, one.refused)
            continue
        if not one.image.labelled:
            yield Problem("missing-labels", name, name)
        if one.notes.sideways:
            yield Problem("turned", name, f"{name} (orientation {one.notes.orientation})")
        if one.notes.cmyk:
            yield Problem("cmyk", name, name)
        if min(one.size_wh) < settings.tiny_px:
            yield Problem("tiny", name, f"{name} is {one.size_wh[0]}×{one.size_wh[1]}")


def of_people(seen: Sequence[Seen], settings: ImageAuditSettings) -> Iterator[Problem]:
    """The problems of single people, by every check of ``CHECKS``."""
    for one in seen:
        for person in one.image.people if one.refused is None else ():
            for kind, check in CHECKS.items():
                for words in check(one, person, settings):
                    yield Problem(kind, one.image.name, f"{person.where or one.image.name}: {words}")


def doubled(seen: Sequence[Seen], settings: ImageAuditSettings) -> Iterator[Problem]:
    """People who are labelled twice in one image."""
    for one in seen:
        people = [person for person in one.image.people if person.box_xyxy is not None]
        for at, first in enumerate(people):
            for second in people[at + 1 :]:
                if _same(first, second, settings):
                    words = f"{first.where} and {second.where} are one person"
                    yield Problem("doubled-label", one.image.name, words)


def _same(first: Person, second: Person, settings: ImageAuditSettings) -> bool:
    """Boxes that cover each other, and joints, where both have some, that lie close to each other."""
    if first.box_xyxy is None or second.box_xyxy is None:
        return False
    if box_iou(first.box_xyxy, second.box_xyxy) < settings.doubled_iou:
        return False
    one, other = first.known_joints, second.known_joints
    both = (
        None
        if one is None or other is None
        else np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
    )
    if both is None or one is None or other is None or not both.any():
        return True
    size = np.ptp(first.box_xyxy.reshape(2, 2), axis=0)
    return bool(np.median(np.abs(one - other)[both] / np.maximum(size, 1e-9)) < _ALIKE_JOINTS)


def _box_outside(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:  # noqa: ARG001
    box = person.box_xyxy
    if box is not None and ((box < -_SLACK).any() or (box > 1 + _SLACK).any()):
        yield f"box from {_at(box[:2], seen)} to {_at(box[2:], seen)} in {seen.size_wh[0]}×{seen.size_wh[1]}"


def _box_empty(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:  # noqa: ARG001
    box = person.box_xyxy
    if box is not None and (np.ptp(box.reshape(2, 2), axis=0) * seen.pixels < 1.0).any():
        yield "the box is less than a pixel wide or high"
    elif box is not None and (box[2:] <= box[:2]).any():
        yield "the box ends before it begins"


def _joints_outside(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:  # noqa: ARG001
    for index, joint in _labelled(person):
        if (joint < -_SLACK).any() or (joint > 1 + _SLACK).any():
            yield f"joint {index} at {_at(joint, seen)} in {seen.size_wh[0]}×{seen.size_wh[1]}"


def _joints_outside_box(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:
    if person.box_xyxy is None:
        return
    corners = person.box_xyxy.reshape(2, 2) * seen.pixels
    if np.ptp(corners, axis=0).min() < 1.0:
        return  # a box without extent says nothing about the joints
    room = settings.outside_box * float(np.ptp(corners, axis=0).max())
    for index, joint in _labelled(person):
        beyond = np.maximum(corners[0] - joint * seen.pixels, joint * seen.pixels - corners[1]).max()
        if beyond > room and (joint >= -_SLACK).all() and (joint <= 1 + _SLACK).all():
            yield f"joint {index} lies {beyond:.0f} px outside its box"


def _flags(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:  # noqa: ARG001
    if person.joints is None or person.flags is None:
        return
    at_corner = (person.joints == 0).all(axis=1)
    for index in np.flatnonzero((person.flags == MISSING) & ~at_corner):
        yield f"joint {index} is flagged missing and lies at {_at(person.joints[index], seen)}"
    for index in np.flatnonzero((person.flags != MISSING) & at_corner):
        yield f"joint {index} is flagged {person.flags[index]} and has no place"


def _nothing(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:  # noqa: ARG001
    if person.flags is not None and (person.flags == MISSING).all():
        yield "no joint is labelled"


def _tiny(seen: Seen, person: Person, settings: ImageAuditSettings) -> Iterator[str]:
    if person.box_xyxy is not None:
        height = float((person.box_xyxy[3] - person.box_xyxy[1]) * seen.size_wh[1])
        if 1.0 <= height < settings.tiny_px:
            yield f"{height:.0f} px tall"


CHECKS: dict[str, Check] = {
    "box-outside": _box_outside,
    "empty-box": _box_empty,
    "joint-outside-image": _joints_outside,
    "joint-outside-box": _joints_outside_box,
    "flag-contradicts": _flags,
    "no-joints": _nothing,
    "tiny": _tiny,
}
"""The checks of every person, by the kind of problem."""


def of_classes(images: ImageSet, settings: ImageAuditSettings) -> Iterator[Problem]:
    """Single, rare or far too large classes; groups in several splits."""
    counts = class_counts(images)
    if len(counts) == 1:
        yield Problem("one-class", next(iter(counts)), f"everything is {next(iter(counts))!r}")
    elif counts:
        largest, smallest = max(counts, key=lambda k: counts[k]), min(counts, key=lambda k: counts[k])
        if counts[largest] > settings.imbalance * counts[smallest]:
            words = f"{counts[largest]} of {largest!r} and {counts[smallest]} of {smallest!r}"
            yield Problem("imbalance", smallest, words)
        for label in sorted(label for label, count in counts.items() if count < _FEW):
            yield Problem("single-image", label, f"{label!r} has {counts[label]}")
    for alike in spelt_alike(counts):
        likely = max(alike, key=lambda label: counts[label])
        others = " and ".join(repr(label) for label in alike if label != likely)
        yield Problem("similar-labels", likely, f"{others}, did you mean {likely!r}?")
    yield from _groups(images)


def class_counts(images: ImageSet) -> Counter[str]:
    """How many people, or images where these have the label, there are of each class."""
    counts = Counter(dict.fromkeys(images.labels, 0))
    for image in images.images:
        counts.update([image.label] if image.label else [])
        counts.update(person.label for person in image.people if person.label)
    return counts


def _groups(images: ImageSet) -> Iterator[Problem]:
    splits: dict[str, set[str]] = {}
    for image in images.images:
        if image.split:
            splits.setdefault(image.group, set()).add(image.split)
    for group, held in splits.items():
        if len(held) > 1:
            yield Problem("group-across-splits", group, f"{group!r} is in {', '.join(sorted(held))}")


def _labelled(person: Person) -> Iterator[tuple[int, Float64Array]]:
    if person.joints is not None and person.flags is not None:
        for index in np.flatnonzero((person.flags != MISSING) & (person.joints != 0).any(axis=1)):
            yield int(index), person.joints[index]


def _at(point: Float64Array, seen: Seen) -> str:
    x, y = point * seen.pixels
    return f"({x:.0f}, {y:.0f})"

"""The kinds of problems in labelled images, with severity and advice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from laban.core.checks import in_range, positive
from laban.pipeline.dataset.findings import SEVERITIES, Finding, Severity
from laban.pipeline.image.values import Problem

_SHOWN = 3


class Kind(NamedTuple):
    """The severity of a kind of problem, a short description, and advice."""

    severity: Severity
    what: str
    advice: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "missing-folder": Kind("fault", "a folder of images is not there", "correct data.yaml"),
        "missing-image": Kind("fault", "labels without an image", "bring the image back or remove them"),
        "missing-labels": Kind(
            "warning", "images without labels", "label them; an image without labels is learnt as empty"
        ),
        "shared-labels": Kind("fault", "images that share one file of labels", "rename one of them"),
        "unreadable-image": Kind("fault", "images that cannot be read", "copy or export them again"),
        "unreadable-labels": Kind("fault", "files of labels that cannot be read", "export them again"),
        "wrong-description": Kind("fault", "data.yaml contradicts itself", "correct data.yaml"),
        "wrong-flip": Kind(
            "fault", "flip_idx does not mirror", "correct flip_idx, or mirrored images teach wrong sides"
        ),
        "wrong-count": Kind(
            "fault", "labels with a wrong count of numbers", "make lines and kpt_shape agree"
        ),
        "not-a-number": Kind("fault", "labels that are no numbers", "export them again"),
        "unknown-class": Kind("fault", "labels of an unknown class", "correct the number or names"),
        "unknown-flag": Kind("fault", "joints with an unknown flag", "use 0 missing, 1 hidden, 2 seen"),
        "flag-contradicts": Kind(
            "fault", "joints whose flag and place contradict", "flag 0 goes with 0, 0 and no other does"
        ),
        "doubled-label": Kind("fault", "people labelled twice", "remove one of the two"),
        "empty-box": Kind("fault", "boxes without extent", "draw them again"),
        "box-outside": Kind("fault", "boxes beyond the image", "draw them again within the image"),
        "joint-outside-image": Kind("fault", "joints beyond the image", "correct them, or flag them 0"),
        "joint-outside-box": Kind("warning", "joints well outside their box", "correct the joint or the box"),
        "sides-swapped": Kind("warning", "left and right seem exchanged", "look, and exchange them back"),
        "no-joints": Kind("note", "people without any joint", "nothing, if they are far away"),
        "turned": Kind(
            "warning",
            "images stored turned (EXIF)",
            "make sure they were labelled upright; save them upright to be sure",
        ),
        "similar-labels": Kind(
            "warning",
            "classes that differ in spelling alone",
            "give them one spelling; they are learned as classes of their own",
        ),
        "cmyk": Kind("warning", "images in print colours (CMYK)", "save them as RGB; colours are guessed"),
        "tiny": Kind("note", "very small people or images", "leave them out, or film nearer"),
        "duplicate": Kind("note", "the same image more than once", "keep one of them"),
        "near-duplicate": Kind("note", "nearly the same image", "nothing, if they are frames of one video"),
        "duplicate-across-splits": Kind("fault", "one image in several splits", "keep it in one split"),
        "near-duplicate-across-splits": Kind(
            "fault", "nearly one image in several splits", "keep all frames of a scene in one split"
        ),
        "duplicate-labels-differ": Kind("fault", "one image with two labels", "keep the one that is right"),
        "group-across-splits": Kind(
            "fault", "a group in several splits", "put all images of a person or scene in one split"
        ),
        "one-class": Kind("note", "a single class", "a classifier needs a second one"),
        "imbalance": Kind("warning", "classes of very different size", "add images of the small ones"),
        "single-image": Kind("warning", "classes with a single image", "add images"),
    }
)


@dataclass(frozen=True)
class ImageAuditSettings:
    """The limits of an audit.

    ``outside_box`` how far a joint may lie outside its box, as a share of the box's longer side;
    ``doubled_iou`` from which overlap two boxes of one image are one; ``tiny_px`` the least height of a
    person or side of an image; ``alike`` from which correlation two images are nearly one; ``imbalance``
    the largest class by the smallest; ``side_torso`` how clearly, in torso lengths, sides must contradict each
    other.
    """

    outside_box: float = 0.1
    doubled_iou: float = 0.9
    tiny_px: int = 48
    alike: float = 0.998
    imbalance: float = 5.0
    side_torso: float = 0.25

    def __post_init__(self) -> None:
        for name in ("outside_box", "side_torso"):
            positive(getattr(self, name), name=name)
        for name in ("doubled_iou", "alike"):
            in_range(getattr(self, name), name=name, low=0.0, high=1.0)
        in_range(self.imbalance, name="imbalance", low=1.0)


def findings_of(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """One finding for each kind of problem, the most severe first."""
    by_kind: dict[str, list[Problem]] = {}
    for one in problems:
        by_kind.setdefault(one.kind, []).append(one)
    found = [_finding(kind, held) for kind, held in by_kind.items()]
    places = list(KINDS)
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), places.index(one.kind))))


def _finding(kind: str, held: Sequence[Problem]) -> Finding:
    about = KINDS[kind]
    shown = "; ".join(one.words for one in held[:_SHOWN])
    more = f"; and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
    items = tuple(dict.fromkeys(one.item for one in held))
    return Finding(kind, about.severity, items, f"{len(held)}× {about.what}: {shown}{more}", about.advice)

"""Labelled images, and the problems found while reading them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, IntArray, frozen
from laban.errors import InvalidValueError

Form = Literal["yolo-pose", "coco", "folders", "table"]
MISSING, HIDDEN, SEEN = 0, 1, 2
"""The flags of a joint, as COCO defines them."""


@dataclass(frozen=True)
class Problem:
    """A problem of one image or file, by its ``kind`` in ``findings.KINDS`` and in a few words."""

    kind: str
    item: str
    words: str


@dataclass(frozen=True, eq=False)
class Person:
    """One labelled person in shares of the image's width and height, 0 to 1 from the upper left corner.

    ``box_xyxy`` (4,), or None; ``joints`` (J, 2) as they stand in the file, and ``flags`` (J,) 0 missing, 1
    hidden, 2 seen, or both None. ``label`` is the class; ``where`` is the file and line of the
    label.
    """

    label: str | None
    box_xyxy: Float64Array | None = None
    joints: Float64Array | None = None
    flags: IntArray | None = None
    where: str = ""

    def __post_init__(self) -> None:
        if (self.joints is None) != (self.flags is None):
            raise InvalidValueError("joints and flags come together")
        if self.box_xyxy is not None:
            box = frozen(self.box_xyxy, shape=(4,), name="box_xyxy", dtype=np.float64)
            object.__setattr__(self, "box_xyxy", box)
        if self.joints is not None and self.flags is not None:
            joints = frozen(self.joints, shape=("J", 2), name="joints", dtype=np.float64)
            object.__setattr__(self, "joints", joints)
            flags = frozen(self.flags, shape=(len(joints),), name="flags", dtype=np.int64)
            object.__setattr__(self, "flags", flags)

    @property
    def known_joints(self) -> Float64Array | None:
        """(J, 2) the joints, NaN where the flag says that there is none."""
        if self.joints is None or self.flags is None:
            return None
        return np.where((self.flags == MISSING)[:, None], np.nan, self.joints)


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One image: ``name`` below the data's folder, its file, the people labelled in it, and the ``label`` of
    the whole image, where there is one.

    ``group`` (person, scene) must not be split; ``split`` is the data's own; ``labelled`` is False where a
    file of labels was expected and is not there.
    """

    name: str
    path: Path
    label: str | None = None
    people: tuple[Person, ...] = ()
    group: str = ""
    split: str | None = None
    subgroups: Mapping[str, str] = field(default_factory=dict)
    labelled: bool = True

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.name)


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images of one form.

    ``labels`` are the classes in their order; ``joints`` the names of the joints, or None where there are none;
    ``flip`` what the data says each joint becomes in a mirror; ``problems`` those found while reading;
    ``notes`` remarks as sentences.
    """

    name: str
    root: Path
    form: Form
    labels: tuple[str, ...]
    images: tuple[LabelledImage, ...]
    joints: tuple[str, ...] | None = None
    flip: tuple[int, ...] | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

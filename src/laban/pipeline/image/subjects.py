"""The subjects of a classifier in labelled images: one for each labelled person or image."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.examples import Clip
from laban.pipeline.image.values import ImageSet, LabelledImage, Person

TASK = "class"
_LEAST_CLASSES = 2


@dataclass(frozen=True, eq=False)
class Subject:
    """One example: an image, its class or that of a person in it, and that person's box in shares of the image, if
    known."""

    image: LabelledImage
    label: str
    person: Person | None = None
    number: int = 0

    @property
    def name(self) -> str:
        """The image's name, and which person where there are several."""
        return self.image.name if not self.number else f"{self.image.name}#{self.number}"

    @property
    def clip(self) -> Clip:
        """Its source, for splits and metrics."""
        image = self.image
        return Clip(self.name, image.group, image.split, image.subgroups)

    def box_px(self, size_wh: tuple[int, int]) -> Float64Array | None:
        """(4,) the person's box in pixels of an image of ``size_wh``."""
        if self.person is None or self.person.box_xyxy is None:
            return None
        return np.asarray(self.person.box_xyxy * np.tile(np.array(size_wh, dtype=np.float64), 2))


def subjects_of(images: ImageSet) -> tuple[Subject, ...]:
    """Everything that has a class, in order."""
    found: list[Subject] = []
    for image in images.images:
        if image.label:
            found.append(Subject(image, image.label))
        several = len(image.people) > 1
        for number, person in enumerate(image.people, 1):
            if person.label:
                found.append(Subject(image, person.label, person, number if several else 0))
    return tuple(found)


def task_of(images: ImageSet, subjects: Sequence[Subject]) -> Task:
    """The classes that occur, in the data's order; raises InvalidValueError where there are fewer than two."""
    if not subjects:
        first = (
            f"; the first of {len(images.problems)} problems: {images.problems[0].words}"
            if images.problems
            else ""
        )
        raise InvalidValueError(f"{images.name}: none of {len(images)} images has a class{first}")
    held = {subject.label for subject in subjects}
    labels = tuple(label for label in images.labels if label in held)
    if len(labels) < _LEAST_CLASSES:
        raise InvalidValueError(
            f"{images.name} has the one class {labels[0] if labels else 'none'}, expected at least "
            f"{_LEAST_CLASSES}; a classifier needs several: name them in data.yaml, or use a folder for each"
        )
    return Task(TASK, labels)


def labels_of(task: Task, subjects: Sequence[Subject]) -> IntArray:
    """(N,) the position of each subject's class."""
    return np.array([task.index(subject.label) for subject in subjects], dtype=np.int64)


def data_hash(subjects: Sequence[Subject], contents: Sequence[str]) -> str:
    """SHA-256 of the training data: the contents of all images, and their labels."""
    digest = hashlib.sha256()
    for subject, content in zip(subjects, contents, strict=True):
        box = (
            b""
            if subject.person is None or subject.person.box_xyxy is None
            else subject.person.box_xyxy.tobytes()
        )
        words = (content, subject.name, subject.label, subject.image.group, subject.image.split or "")
        digest.update("\0".join(words).encode() + box)
    return digest.hexdigest()

"""Predictions of an exported image classifier, for people or whole images; needs only the core install."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from laban.core.answers.image import Box, ImageAnswer
from laban.core.arrays import Float32Array, Float64Array, ImageArray
from laban.core.pose import Pose
from laban.errors import ModelError
from laban.models.card import Head
from laban.models.evaluation.calibration import softmax
from laban.models.image.class_activation import evidence
from laban.models.image.instant import values_of
from laban.models.image.view import View, shown
from laban.models.inputs import ImageInput, LandmarkInput
from laban.models.protocol import Model
from laban.pipeline.image.people import pose_box

Finder = Callable[[ImageArray], list[Pose]]


@dataclass(frozen=True, eq=False)
class LocatedAnswer:
    """The answer for one person, or with ``person`` None for the whole image.

    ``box_xyxy_px`` (4,) is that person's; ``probabilities`` those of all classes by name. ``square_xyxy_px``
    (4,) is the classifier's input and ``evidence`` (h, w) the evidence for the answer at each position, for a
    classifier of images.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    person: int | None = None
    box_xyxy_px: Float64Array | None = None
    square_xyxy_px: Float64Array | None = None
    evidence: Float32Array | None = None

    def answer(self) -> ImageAnswer:
        """The answer, without the evidence, which is for drawing."""
        return ImageAnswer(
            person=self.person,
            box_xyxy_px=None if self.box_xyxy_px is None else _tenths(self.box_xyxy_px),
            label=self.label,
            probability=self.probability,
            probabilities=self.probabilities,
        )


class ImageModel(Protocol):
    """An exported classifier of images or of landmarks in them."""

    @property
    def name(self) -> str: ...

    @property
    def needs_people(self) -> bool: ...

    def answers(self, image_rgb: ImageArray, people: Sequence[Pose]) -> list[LocatedAnswer]: ...


@dataclass(frozen=True)
class LookingModel:
    """A classifier of image pixels."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.card.name

    @property
    def needs_people(self) -> bool:
        return self._view.whose == "person"

    def answers(self, image_rgb: ImageArray, people: Sequence[Pose]) -> list[LocatedAnswer]:
        """One answer per person, or one for the whole image where there are no people or none are needed."""
        head, view = self.model.card.heads[0], self._view
        size_wh = (image_rgb.shape[1], image_rgb.shape[0])
        boxes = [pose_box(pose) for pose in people] if self.needs_people else []
        found: list[tuple[int | None, Float64Array | None]] = [*enumerate(boxes)] or [(None, None)]
        out = []
        for person, box in found:
            square = view.square(size_wh, box)
            said = self.model.run(shown(image_rgb, square, side_px=view.side_px)[None])
            told = softmax(said.logits[0], temperature=head.temperature)[0]
            held = None if said.places is None else evidence(said.places[0], int(told.argmax()))
            out.append(_answer(head, told, person=person, box=box, square=square, held=held))
        return out

    @property
    def _view(self) -> View:
        given = self.model.card.input
        if not isinstance(given, ImageInput):
            raise ModelError(f"{self.name} is a model of {given.words}, expected one of {ImageInput.words}")
        return given.view


@dataclass(frozen=True)
class LandmarkModel:
    """A head on the landmarks of people."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.card.name

    @property
    def needs_people(self) -> bool:
        return True

    def answers(self, image_rgb: ImageArray, people: Sequence[Pose]) -> list[LocatedAnswer]:  # noqa: ARG002
        """One answer per person; none without people."""
        if not people:
            return []
        card = self.model.card
        logits = self.model.run(values_of(people, card.spec)).logits[0]
        told = softmax(logits, temperature=card.heads[0].temperature)
        return [
            _answer(card.heads[0], row, person=person, box=pose_box(pose))
            for person, (row, pose) in enumerate(zip(told, people, strict=True))
        ]


def image_model(model: Model) -> ImageModel | None:
    """``model`` as a classifier of images, as its card says it is; None for a model of movements."""
    given = model.card.input
    if isinstance(given, ImageInput):
        return LookingModel(model)
    return LandmarkModel(model) if isinstance(given, LandmarkInput) and given.still else None


def _tenths(box_xyxy_px: Float64Array) -> Box:
    left, top, right, bottom = (round(float(value), 1) for value in box_xyxy_px)
    return left, top, right, bottom


def _answer(
    head: Head,
    told: Float64Array,
    *,
    person: int | None,
    box: Float64Array | None,
    square: Float64Array | None = None,
    held: Float32Array | None = None,
) -> LocatedAnswer:
    labels = head.task.labels
    best = int(np.argmax(told))
    by_name = {label: float(value) for label, value in zip(labels, told, strict=True)}
    return LocatedAnswer(labels[best], float(told[best]), by_name, person, box, square, held)

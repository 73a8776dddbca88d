"""A model's card: the tasks it answers, the input it needs, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from laban.core.answers.metrics import CardAnswer, HeadAnswer
from laban.core.checks import positive, unknown_message
from laban.core.clock import Clock
from laban.errors import FormatError, InvalidValueError, LabanError, ModelError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.inputs import (
    ClipInput,
    ImageInput,
    LandmarkInput,
    ModelInput,
    Shape,
    clock_answer,
    input_from_json,
)

_VERSION = 2


@dataclass(frozen=True)
class Task:
    """A task and its labels, in the order of a model's outputs.

    ``background`` is the label for "nothing happened", where there is one: the others are events.
    """

    name: str
    labels: tuple[str, ...]
    background: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        if len(set(self.labels)) != len(self.labels) or not self.labels:
            raise InvalidValueError(f"task {self.name!r} needs labels, each once, got {self.labels}")
        if self.background is not None:
            self.index(self.background)

    def index(self, label: str) -> int:
        """The position of ``label``; an unknown one raises with the nearest name."""
        if label not in self.labels:
            raise UnknownNameError(unknown_message(label, self.labels, what=f"{self.name} label"))
        return self.labels.index(label)


@dataclass(frozen=True)
class Head:
    """How the outputs for one task are read: logits are divided by ``temperature``, and an example whose
    known-score is below ``ood_threshold`` has the answer "unknown" (None: every example is answered)."""

    task: Task
    temperature: float = 1.0
    ood_threshold: float | None = None

    def __post_init__(self) -> None:
        positive(self.temperature, name="temperature")


@dataclass(frozen=True)
class ModelCard:
    """Everything about a model but its weights: its ``input`` and the tasks it answers (``heads``).

    ``about`` is anything that JSON holds: resolved settings, data hash, versions, seeds, figures, licence, limits.
    """

    name: str
    architecture: str
    input: ModelInput
    heads: tuple[Head, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", tuple(self.heads))
        names = [head.task.name for head in self.heads]
        if not names or len(set(names)) != len(names):
            raise InvalidValueError(f"a model answers tasks, each named once, got {names}")

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks, in the order of the outputs."""
        return tuple(head.task for head in self.heads)

    @property
    def landmarks(self) -> LandmarkInput:
        """The input of a model of landmarks; raises ModelError for a model of another kind."""
        if not isinstance(self.input, LandmarkInput):
            hint = (
                "; use it with laban predict, watch, evaluate, explain or add-class"
                if isinstance(self.input, ClipInput)
                else ""
            )
            raise ModelError(
                f"{self.name} is a model of {self.input.words}, expected one of {LandmarkInput.words}{hint}"
            )
        return self.input

    @property
    def spec(self) -> FeatureSpec:
        """The features that a model of landmarks takes."""
        return self.landmarks.spec

    @property
    def clock(self) -> Clock:
        """The clock of a model of landmarks."""
        return self.landmarks.clock

    @property
    def outputs(self) -> dict[str, Shape]:
        """The tensors that the network returns for one example."""
        return self.input.outputs(sum(len(task.labels) for task in self.tasks))

    def head(self, task: str) -> Head:
        """The head of ``task``; an unknown one raises with the nearest name."""
        for head in self.heads:
            if head.task.name == task:
                return head
        names = [head.task.name for head in self.heads]
        raise UnknownNameError(unknown_message(task, names, what="task"))

    def answer(self) -> CardAnswer:
        """The answer that is printed and written."""
        given = self.input
        landmarks = given if isinstance(given, LandmarkInput) else None
        return CardAnswer(
            version=_VERSION,
            name=self.name,
            architecture=self.architecture,
            input=given.kind,
            features=None if landmarks is None else landmarks.spec.answer(),
            clock=None if isinstance(given, ImageInput) else clock_answer(given.clock),
            still=None if landmarks is None else landmarks.still,
            view=given.view.answer() if isinstance(given, ImageInput) else None,
            size_wh=given.size_wh if isinstance(given, ClipInput) else None,
            heads=tuple(map(_head_answer, self.heads)),
            about=dict(self.about),
        )

    def to_json(self) -> dict[str, object]:
        """The card as a model's file holds it."""
        return {
            "version": _VERSION,
            "name": self.name,
            "architecture": self.architecture,
            "input": self.input.kind,
            **self.input.to_json(),
            "heads": [_head_to_json(head) for head in self.heads],
            "about": dict(self.about),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ModelCard":
        """The card from ``to_json``'s value; raises FormatError where it is none."""
        try:
            if value["version"] != _VERSION:
                raise FormatError(
                    f"model card of version {value['version']}, expected {_VERSION}; export again"
                )
            return cls(
                name=str(value["name"]),
                architecture=str(value["architecture"]),
                input=input_from_json(str(value["input"]), value),
                heads=tuple(_head_from_json(head) for head in value["heads"]),
                about=dict(value["about"]),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not a model card: {str(value)[:80]}") from error


def _head_answer(head: Head) -> HeadAnswer:
    return HeadAnswer(
        task=head.task.name,
        labels=head.task.labels,
        background=head.task.background,
        temperature=head.temperature,
        ood_threshold=head.ood_threshold,
    )


def _head_to_json(head: Head) -> dict[str, object]:
    return {
        "task": head.task.name,
        "labels": list(head.task.labels),
        "background": head.task.background,
        "temperature": head.temperature,
        "ood_threshold": head.ood_threshold,
    }


def _head_from_json(value: Mapping[str, Any]) -> Head:
    task = Task(str(value["task"]), tuple(str(label) for label in value["labels"]), value["background"])
    return Head(task, value["temperature"], value["ood_threshold"])

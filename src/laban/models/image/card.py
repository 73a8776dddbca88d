"""What a classifier of pictures says of itself: its classes, what it must be shown, and where it comes from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from laban.errors import FormatError, LabanError
from laban.models.card import Head, Task
from laban.models.image.view import View

KIND = "pictures"
_VERSION = 1


@dataclass(frozen=True)
class PictureCard:
    """Everything about a classifier of pictures but its weights; ``about`` is anything that JSON holds."""

    name: str
    architecture: str
    view: View
    head: Head
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        """The question and its classes."""
        return self.head.task

    def to_json(self) -> str:
        """The card as text, for a model's file."""
        return json.dumps(
            {
                "version": _VERSION,
                "kind": KIND,
                "name": self.name,
                "architecture": self.architecture,
                "view": self.view.to_json(),
                "task": self.task.name,
                "labels": list(self.task.labels),
                "temperature": self.head.temperature,
                "about": dict(self.about),
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> "PictureCard":
        """The card from ``to_json``'s text; raises FormatError where it is none."""
        try:
            value = json.loads(text)
            if (value["version"], value["kind"]) != (_VERSION, KIND):
                raise FormatError(f"a card of {value['kind']} {value['version']}, expected {KIND} {_VERSION}")
            task = Task(str(value["task"]), tuple(str(label) for label in value["labels"]))
            view = View(**value["view"])
            head = Head(task, float(value["temperature"]))
            return cls(str(value["name"]), str(value["architecture"]), view, head, dict(value["about"]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not a card of a classifier: {text[:80]!r}") from error


def is_picture_card(text: str) -> bool:
    """Whether a card's text is that of a classifier of pictures; raises nothing."""
    try:
        return bool(json.loads(text).get("kind") == KIND)
    except (ValueError, AttributeError, RecursionError):
        return False

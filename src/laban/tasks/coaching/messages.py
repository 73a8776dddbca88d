"""Messages in the language of the trainee: one file of texts per language."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from laban.core.checks import choose
from laban.errors import UnknownNameError
from laban.tasks.coaching.exercise import Exercise, Fault
from laban.tasks.coaching.feedback import Feedback, Hint

ENGLISH = "en"
_FAULT = "fault:"
_STEP_DEG = 5
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACE = re.compile(r"\{(\w+)\}")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True)
class Messages:
    """The texts of one language, by keys such as ``hints.bend.elbow``.

    ``advice`` are sentences of an exercise for its own faults; they take precedence over the language's.
    """

    language: str
    texts: Mapping[str, str]
    advice: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """The text under ``key`` with its placeholders filled; a part in brackets is left out where a value is
        None.

        Raises UnknownNameError, with the key, where the language lacks it.
        """
        text = self._text(key)
        return _PLACE.sub(lambda place: str(values[place[1]]), _OPTIONAL.sub(_kept(values), text))

    def hint(self, hint: Hint) -> str:
        """One thing to change, as a sentence: "Straighten your left elbow, about 20°"."""
        if hint.key.startswith(_FAULT):
            return self.fault_advice(hint.key.removeprefix(_FAULT))
        side, part = _parted(hint.joint or "")
        key = f"hints.{hint.key}"
        if key not in self.texts and part:
            key = f"{key}.{part}"
        return self.say(key, side=self._side(side), amount=self.amount(hint.amount_deg))

    def situation(self, feedback: Feedback) -> str:
        """The current sentence: the hint where there is one, else the next step."""
        return self.say(f"states.{feedback.state}") if feedback.hint is None else self.hint(feedback.hint)

    def too_few_frames(self, needed_fps: float) -> str:
        """The warning that a count may be wrong, with the frame rate it needs."""
        return self.say("page.too_few_frames", fps=f"{needed_fps:g}")

    def level(self, level: str) -> str:
        """The word for a level, such as PERFECT; empty for none."""
        return self.say(f"levels.{level}") if level else ""

    def joint(self, name: str) -> str:
        """The name of a joint, with the trainee's own left and right."""
        side, part = _parted(name)
        joint = self.say(f"joints.{part}")
        return self.say("joints.named", side=self._side(side), joint=joint) if side else joint

    def amount(self, degrees: float | None) -> str | None:
        """Degrees in steps of five, at least five; None where there is no amount."""
        if degrees is None:
            return None
        number = max(_STEP_DEG, _STEP_DEG * round(abs(degrees) / _STEP_DEG))
        return self.say("amounts.degrees", number=number)

    def fault(self, name: str) -> str:
        """A short title of a fault; its name where the language has none."""
        key = f"faults.{name}.title"
        return name.replace("_", " ") if key not in self.texts and name in self.advice else self._text(key)

    def fault_advice(self, name: str) -> str:
        """The advice on a fault: the exercise's, else the language's."""
        return self.advice.get(name) or self._text(f"faults.{name}.advice")

    def title(self, exercise: Exercise) -> str:
        """The exercise's title."""
        return self.texts.get(f"exercises.{exercise.name}", exercise.title)

    def with_advice(self, faults: Iterable[Fault]) -> "Messages":
        """The same with the advice of an exercise on its own faults.

        Raises UnknownNameError for a fault without any text.
        """
        ours = tuple(faults)
        words = replace(self, advice={fault.name: fault.advice for fault in ours if fault.advice})
        silent = [fault.name for fault in ours if not words._advises(fault.name)]
        if silent:
            raise UnknownNameError(
                f"there is no text for the fault {silent[0]!r} in language {self.language!r}; "
                "give it a sentence as advice in the exercise's file"
            )
        return words

    def _advises(self, fault: str) -> bool:
        return fault in self.advice or f"faults.{fault}.advice" in self.texts

    def _side(self, side: str) -> str | None:
        return self.say(f"sides.{side}") if side else None

    def _text(self, key: str) -> str:
        if key not in self.texts:
            near = get_close_matches(key, self.texts, n=1)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise UnknownNameError(f"the texts of language {self.language!r} have no {key!r}{hint}")
        return self.texts[key]


def languages() -> tuple[str, ...]:
    """The languages with texts.

    >>> languages()
    ('en', 'id', 'ko', 'vi')
    """
    folder = files(__package__) / "locales"
    return tuple(
        sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))
    )


@lru_cache(maxsize=8)
def load_messages(language: str = ENGLISH) -> Messages:
    """The messages of a language. Raises UnknownNameError, with the known languages, for another one.

    >>> load_messages("en").hint(Hint("straighten", "left_elbow", 18.0))
    'Straighten your left elbow, about 20°'
    """
    name = choose(language, dict.fromkeys(languages(), language), what="language")
    content = (files(__package__) / "locales" / f"{name}.toml").read_text(encoding="utf-8")
    return Messages(name, MappingProxyType(dict(_flat(tomllib.loads(content)))))


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the system, or English where it has no texts.

    >>> language_of({"LANG": "ko_KR.UTF-8"}), language_of({"LANG": "C"})
    ('ko', 'en')
    """
    named = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    code = re.split(r"[_.@-]", named.lower())[0]
    return code if code in languages() else ENGLISH


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flat(value, f"{prefix}{key}.")


def _kept(values: Mapping[str, object]) -> Any:
    def part(match: re.Match[str]) -> str:
        known = all(values.get(place) is not None for place in _PLACE.findall(match[1]))
        return match[1] if known else ""

    return part


def _parted(joint: str) -> tuple[str, str]:
    side, _, part = joint.partition("_")
    return (side, part) if side in ("left", "right") else ("", joint)

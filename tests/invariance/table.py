"""The table: every change against every answer of every subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.invariance.answers import ANSWERS, Answer
from tests.invariance.changes import CHANGES, Change, Changed
from tests.invariance.subjects import EXERCISES, SUBJECTS, Subject

from laban.errors import LabanError


@dataclass(frozen=True)
class Cell:
    """How far an answer is from what it was: within ``tolerance`` or not, or ``refused`` with a word."""

    change: str
    subject: str
    answer: str
    apart: float
    tolerance: float
    unit: str
    refused: str = ""

    def __str__(self) -> str:
        return (
            f"{self.subject}, {self.change}: {self.answer} is {self.apart:.3g} {self.unit} off, "
            f"expected at most {self.tolerance:g}"
        )

    @property
    def holds(self) -> bool:
        return bool(self.refused) or self.apart <= self.tolerance


def cells() -> Iterator[tuple[Change, Subject, Answer]]:
    """What there is to ask: each change of each subject, and each answer that it has."""
    for change in CHANGES:
        for subject in SUBJECTS:
            yield from ((change, subject, answer) for answer in asked(change, subject))


def asked(change: Change, subject: Subject) -> Iterator[Answer]:
    """The answers of a subject that a change can be asked of."""
    if change.alone and len(subject.make().people) > 1:
        return
    for name in subject.answers:
        if not change.streamed or ANSWERS[name].streamed is not None:
            yield ANSWERS[name]


def cell(change: Change, subject: Subject, answer: Answer) -> Cell:
    """One of them, asked."""
    about = change.name, subject.name, answer.name
    exercise = EXERCISES.get(subject.name, "")
    ask = answer.streamed if change.streamed and answer.streamed is not None else answer.of
    try:
        recording, mapping = _changed(change, subject)  # a format may need what the subject lacks
        after = ask(recording, exercise)
        apart = answer.apart(_before(answer, subject), after, mapping)
    except LabanError as error:
        return Cell(*about, float("inf"), answer.tolerance, answer.unit, refused=str(error))
    return Cell(*about, apart, answer.tolerance_of(mapping), answer.unit)


def first_value(answer: Answer, subject: Subject) -> Any:
    """The answer with nothing changed, as a subject states it."""
    return answer.known(_before(answer, subject))


_BEFORE: dict[tuple[str, str], Any] = {}


def _before(answer: Answer, subject: Subject) -> Any:
    key = answer.name, subject.name
    if key not in _BEFORE:
        _BEFORE[key] = answer.of(subject.make(), EXERCISES.get(subject.name, ""))
    return _BEFORE[key]


@cache
def _changed(change: Change, subject: Subject) -> Changed:
    return change.make(subject.make())

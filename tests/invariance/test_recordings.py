"""Answers about synthetic people stay what they are, whatever is done to the recording that must not matter.

These are a part of the changes; all of them are measured by ``python -m benchmarks.invariance``.
"""

import pytest
from tests.invariance.answers import ANSWERS
from tests.invariance.changes import CHANGES, Change
from tests.invariance.limits import LIMITS, is_limit
from tests.invariance.photos import PHOTO_ANSWERS
from tests.invariance.subjects import SUBJECTS, Subject
from tests.invariance.table import asked, cell, first_value

_QUICK = (
    "5 frames a second",
    "15 frames a second",
    "uneven frames",
    "half of the frames dropped",
    "somebody sits there",
    "mirrored",
    "letterboxed",
    "twice the size",
    "still for 2 s before and after",
    "hands missing",
    "not found in 1 frame of 10",
    "through a file, parquet",
    "through a file, coco",
    "streamed",
)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.name)
def test_the_answers_are_right_before_anything_is_changed(subject: Subject) -> None:
    known = {name: value for name, value in subject.answers.items() if value is not None}
    assert {name: first_value(ANSWERS[name], subject) for name in known} == known


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("change", [one for one in CHANGES if one.name in _QUICK], ids=lambda one: one.name)
def test_nothing_that_must_not_matter_changes_an_answer(change: Change, subject: Subject) -> None:
    cells = [
        cell(change, subject, answer)
        for answer in asked(change, subject)
        if not is_limit(change.name, answer.name, subject.name)
    ]
    assert [str(one) for one in cells if not one.holds] == []


def test_every_answer_is_asked_and_every_limit_is_of_something_that_is() -> None:
    asked_names = {name for subject in SUBJECTS for name in subject.answers}
    assert asked_names.union(PHOTO_ANSWERS) == set(ANSWERS)
    assert {name for _, name, _ in LIMITS} <= set(ANSWERS)
    assert set(_QUICK) <= {one.name for one in CHANGES}

"""Answers about real clips stay what they are, however they are written, named and worked on: a few of the changes.

All of them are measured by ``python -m benchmarks.invariance``.
"""

from pathlib import Path

import pytest
from tests.invariance.answers import ANSWERS
from tests.invariance.film_changes import FILM_CHANGES, FilmChange
from tests.invariance.film_table import film_cell, first_film_value
from tests.invariance.films import CLIPS, Clip
from tests.invariance.limits import is_limit

_QUICK = (
    "5 frames a second",
    "pixels 2:1",
    "mirrored",
    "VP9 in webm",
    "HEVC of 10 bit",
    "another name and folder",
    "cut in two and joined",
)


@pytest.fixture(params=CLIPS[:1], ids=lambda one: one.name)
def clip(request: pytest.FixtureRequest) -> Clip:
    one: Clip = request.param
    path = one.find()
    if path is None or not Path(path).exists():
        pytest.skip(f"the clip {one.name} is not here; `laban assets fetch --all` brings the samples")
    return one


def test_the_changes_have_the_names_that_are_tested() -> None:
    assert set(_QUICK) <= {one.name for one in FILM_CHANGES}


def test_the_answers_are_right_before_anything_is_changed(clip: Clip) -> None:
    known = {name: value for name, value in clip.answers.items() if value is not None}
    assert {name: first_film_value(ANSWERS[name], clip) for name in known} == known


@pytest.mark.parametrize(
    "change", [one for one in FILM_CHANGES if one.name in _QUICK], ids=lambda one: one.name
)
def test_nothing_that_must_not_matter_changes_an_answer(change: FilmChange, clip: Clip) -> None:
    cells = [
        film_cell(change, clip, ANSWERS[name])
        for name in clip.answers
        if not is_limit(change.name, name, clip.name)
    ]
    assert [str(one) for one in cells if not one.holds] == []

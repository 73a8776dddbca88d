"""A part of the table of photos: the same photo in another file is the same posture."""

import pytest
from tests.invariance.answers import ANSWERS
from tests.invariance.films import Clip
from tests.invariance.limits import is_limit
from tests.invariance.photos import PHOTO_ANSWERS, PHOTO_CHANGES, PHOTOS, PhotoChange, photo_cell

_QUICK = ("AVIF", "JPEG of low quality", "grey")
_CHANGES = [one for one in PHOTO_CHANGES if one.name in _QUICK]


@pytest.mark.parametrize("photo", [PHOTOS[0], PHOTOS[2]], ids=lambda one: one.name)
@pytest.mark.parametrize("change", _CHANGES, ids=lambda one: one.name)
def test_another_file_of_a_photo_changes_no_answer(change: PhotoChange, photo: Clip) -> None:
    if photo.find() is None:
        pytest.skip(f"the photo {photo.name} is not here")
    cells = [
        photo_cell(change, photo, ANSWERS[name])
        for name in PHOTO_ANSWERS
        if not is_limit(change.name, name, photo.name)
    ]
    assert [str(one) for one in cells if not one.holds] == []


def test_the_changes_have_the_names_that_are_tested() -> None:
    assert {one.name for one in _CHANGES} == set(_QUICK)

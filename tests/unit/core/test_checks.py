import math
from typing import Any

import pytest

from laban.core.checks import choose, in_range, positive, unknown_message
from laban.errors import InvalidValueError, LabanError, UnknownNameError

_TABLE = {"walk": 1, "run": 2}


def test_a_known_name_gives_its_entry() -> None:
    assert choose("run", _TABLE, what="gait") == 2


def test_an_unknown_name_tells_the_nearest_and_all() -> None:
    with pytest.raises(UnknownNameError) as refused:
        choose("wakl", _TABLE, what="gait")
    assert str(refused.value) == "unknown gait 'wakl'; did you mean 'walk'? Known: run, walk"
    assert isinstance(refused.value, KeyError)
    assert isinstance(refused.value, LabanError)


def test_a_name_like_no_other_gets_no_hint() -> None:
    assert unknown_message("x", _TABLE, what="gait") == "unknown gait 'x'. Known: run, walk"


def test_a_name_that_is_no_word_is_unknown() -> None:
    name: Any = 17
    with pytest.raises(UnknownNameError, match="unknown gait 17"):
        choose(name, _TABLE, what="gait")


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_both_ends_are_in_range(value: float) -> None:
    assert in_range(value, name="score", low=0, high=1) == value


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf, -math.inf, "half", None, 10**400])
def test_what_is_out_of_range_or_no_number_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValueError, match="score must be a finite number from 0 to 1, got "):
        in_range(value, name="score", low=0, high=1)


def test_without_ends_any_finite_number_is_in_range() -> None:
    assert in_range(-1e300, name="start_s") == -1e300
    with pytest.raises(InvalidValueError, match="got inf"):
        in_range(math.inf, name="start_s")


def test_positive_is_above_zero() -> None:
    assert positive(1e-12, name="fps") == 1e-12


@pytest.mark.parametrize("value", [0, -1.0, math.nan, math.inf, "30", None])
def test_what_is_not_positive_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValueError, match="fps must be a finite number above zero, got "):
        positive(value, name="fps")

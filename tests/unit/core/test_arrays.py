import numpy as np
import pytest

from laban.core.arrays import frozen, same_content
from laban.errors import InvalidValueError


def test_the_caller_keeps_an_array_of_their_own() -> None:
    mine = np.zeros((2, 3), dtype=np.float32)
    theirs = frozen(mine, shape=("T", 3), name="points")
    mine[0, 0] = 7
    assert theirs[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        theirs[0, 0] = 1


def test_a_read_only_view_of_what_can_be_written_is_copied() -> None:
    mine = np.zeros((4, 3), dtype=np.float32)
    view = mine[:2]
    view.flags.writeable = False
    theirs = frozen(view, shape=(2, 3), name="points")
    mine[:] = 7
    assert theirs.max() == 0


def test_what_is_frozen_already_is_shared() -> None:
    once = frozen([1.0, 2.0], shape=("T",), name="times_s")
    assert frozen(once, shape=("T",), name="times_s") is once


def test_the_result_is_contiguous_and_of_the_type() -> None:
    across = np.arange(6, dtype=np.int64).reshape(2, 3).T
    array = frozen(across, shape=(3, 2), name="points", dtype=np.float64)
    assert array.flags.c_contiguous
    assert array.dtype == np.float64
    assert np.array_equal(array, across)


def test_missing_passes_and_infinity_does_not() -> None:
    assert np.isnan(frozen([np.nan, None], shape=("T",), name="score")).all()
    for value in (np.inf, -np.inf, 1e300):
        with pytest.raises(
            InvalidValueError, match="score holds infinite values; missing values must be NaN"
        ):
            frozen([value], shape=("T",), name="score")


@pytest.mark.parametrize(
    ("values", "got"), [(np.zeros((4, 2)), "(4, 2)"), (np.zeros(3), "(3,)"), (1.0, "()"), ([], "(0,)")]
)
def test_another_shape_is_refused_with_both(values: object, got: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        frozen(values, shape=("T", 3), name="world_m")
    assert str(refused.value) == f"world_m must have shape (T, 3), got {got}"


def test_a_number_alone_is_no_row() -> None:
    with pytest.raises(InvalidValueError, match=r"shape \(T\), got \(\)"):
        frozen(5.0, shape=("T",), name="times_s")


@pytest.mark.parametrize(
    "values",
    [["left"], ["1.5"], [1 + 2j], np.zeros(2, "datetime64[s]"), [[1.0], [2.0, 3.0]], [{}], [10**400]],
)
def test_what_are_no_numbers_is_refused_with_the_type_asked_for(values: object) -> None:
    with pytest.raises(InvalidValueError, match="score must be an array of float32; "):
        frozen(values, shape=("T",), name="score")


def test_same_content_takes_nan_for_equal_to_nan() -> None:
    first, second = np.array([1.0, np.nan]), np.array([1.0, np.nan])
    assert same_content(first, second)
    assert same_content(np.array([1, 2]), np.array([1, 2]))
    assert same_content(None, None)


@pytest.mark.parametrize("other", [None, np.array([1.0, 2.0]), np.array([1.0]), np.array([[1.0, np.nan]])])
def test_other_content_is_not_the_same(other: np.ndarray | None) -> None:
    one = np.array([1.0, np.nan])
    assert not same_content(one, other)
    assert not same_content(other, one)

import numpy as np
import pytest

from laban.core.space import Space, denormalise_px, normalise_px
from laban.errors import InvalidValueError


def test_the_corners_of_the_image_are_the_corners_of_the_square() -> None:
    corners = np.array([[0.0, 0.0], [1920.0, 1080.0], [1920.0, 0.0]])
    square = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    assert np.array_equal(normalise_px(corners, size_wh=(1920, 1080)), square)
    assert np.array_equal(denormalise_px(square, size_wh=(1920, 1080)), corners)


@pytest.mark.parametrize("convert", [normalise_px, denormalise_px])
def test_missing_stays_missing_and_the_type_stays(convert: object) -> None:
    given = np.array([[np.nan, 10.0]], dtype=np.float32)
    found = convert(given, size_wh=(20, 20))  # type: ignore[operator]
    assert found.dtype == np.float32
    assert np.isnan(found).tolist() == [[True, False]]


@pytest.mark.parametrize("convert", [normalise_px, denormalise_px])
@pytest.mark.parametrize("size_wh", [(0, 480), (640, -1), (np.nan, 480)])
def test_an_image_has_a_size(convert: object, size_wh: tuple[int, int]) -> None:
    with pytest.raises(InvalidValueError, match="size_wh must be a finite number above zero"):
        convert(np.zeros((1, 2)), size_wh=size_wh)  # type: ignore[operator]


def test_spaces_are_known_by_their_words() -> None:
    assert [str(space) for space in Space] == ["pixel", "normalised", "world", "body"]
    assert Space("world") is Space.WORLD

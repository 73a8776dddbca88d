"""Colours stay with people and stay apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from laban.render.palette import INK, WHITE, hex_of, mix, person_rgb, side_of, side_rgb, text_rgb

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def test_the_first_people_have_colours_of_their_own() -> None:
    assert len({person_rgb(person) for person in range(21)}) == 21


def test_a_colour_does_not_depend_on_who_else_is_there() -> None:
    person_rgb.cache_clear()
    later = person_rgb(5)
    person_rgb.cache_clear()
    assert [person_rgb(person) for person in range(6)][5] == later


def test_neighbouring_people_differ_clearly_even_without_red_and_green() -> None:
    # Blue to yellow and light to dark are what a red-green blind eye keeps.
    def kept(person: int) -> np.ndarray:
        red, green, blue = person_rgb(person)
        return np.array([(red + green) / 2 - blue, (red + green + blue) / 3])

    for person in range(6):
        assert np.linalg.norm(kept(person) - kept(person + 1)) > 25, person


def test_left_is_lighter_than_right() -> None:
    for person in range(21):
        left, right = (sum(side_rgb(person_rgb(person), side)) for side in ("left", "right"))
        assert left > right


def test_sides_come_from_words_and_not_from_letters() -> None:
    assert [side_of(name) for name in ("left_hip", "mouth_right", "cleft", "neck")] == [
        "left",
        "right",
        "middle",
        "middle",
    ]


@given(COLOURS)
def test_text_on_any_colour_can_be_read(colour: tuple[int, int, int]) -> None:
    assert _contrast(colour, text_rgb(colour)) >= 4.0


@given(COLOURS, COLOURS)
def test_mixing_goes_from_one_colour_to_the_other(
    first: tuple[int, int, int], second: tuple[int, int, int]
) -> None:
    assert mix(first, second, share=0) == first
    assert mix(first, second, share=1) == second
    assert hex_of(first) == "#" + bytes(first).hex()


def _contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    def luminance(colour: tuple[int, int, int]) -> float:
        unit = np.array(colour) / 255
        linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    assert {WHITE, INK} >= {second}
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

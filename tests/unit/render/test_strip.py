import numpy as np

from laban.core.spans import Span, Timeline
from laban.render.labels import box_at, free_centre
from laban.render.palette import person_rgb
from laban.render.strip import draw_strip

SPANS = Timeline((Span(2.0, 5.0, "fall", 0.9, 1, "fall"), Span(0.0, 10.0, "unknown", 0.4, 2, "fall")))


def share_of(strip: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """(W,) how much of each column has the colour."""
    return (strip == np.array(colour)).all(axis=2).mean(axis=0)


def test_bars_lie_where_their_spans_do() -> None:
    strip = draw_strip(SPANS, width_px=640, start_s=0.0, end_s=10.0, greyed=("unknown",))
    bar = strip.left + np.flatnonzero(share_of(strip.image, person_rgb(1))[strip.left :] > 0.2)
    width = strip.right - strip.left
    assert abs(bar[0] - (strip.left + 0.2 * width)) <= 2
    assert abs(bar[-1] - (strip.left + 0.5 * width)) <= 3
    assert share_of(strip.image, person_rgb(2))[strip.left :].max() == 0
    assert strip.image.shape[1] == 640


def test_now_is_a_line_and_the_strip_stays_as_it_was() -> None:
    strip = draw_strip(SPANS, width_px=640, start_s=0.0, end_s=10.0)
    before = strip.image.copy()
    lines = [np.flatnonzero(share_of(strip.at(time_s), (255, 255, 255)) == 1) for time_s in (0.0, 5.0, 99.0)]
    assert np.array_equal(strip.image, before)
    assert lines[0].max() <= strip.left + 1
    assert abs(lines[1].mean() - (strip.left + strip.right) / 2) <= 2
    assert lines[2].max() < strip.right + 1
    assert all(len(line) in (1, 2) for line in lines)


def test_nothing_and_crowds_have_a_strip_too() -> None:
    empty = draw_strip(Timeline(()), width_px=64, start_s=0.0, end_s=0.0)
    crowd = Timeline(tuple(Span(0, 1, "x", person=person) for person in range(30)))
    assert 0 < empty.image.shape[0] < draw_strip(crowd, width_px=64, start_s=0, end_s=9).image.shape[0] < 200
    assert empty.at(3.0).shape == empty.image.shape


def test_labels_find_a_place_of_their_own_inside_the_image() -> None:
    taken: list[tuple[float, float, float, float]] = []
    for wanted in [(50.0, 40.0)] * 4 + [(-5.0, 1.0), (99.0, 99.0)]:
        place = free_centre(wanted, size_wh=(30, 12), taken=taken, within_wh=(100, 100))
        box = box_at(place, (30, 12))
        assert all(
            box[2] <= one[0] or box[0] >= one[2] or box[3] <= one[1] or box[1] >= one[3] for one in taken
        )
        assert min(box) >= 0
        assert max(box) <= 100
        taken.append(box)


def test_a_label_without_any_room_stays() -> None:
    everywhere = [(0.0, 0.0, 100.0, 100.0)]
    assert free_centre((50, 50), size_wh=(20, 10), taken=everywhere, within_wh=(100, 100)) == (50, 50)

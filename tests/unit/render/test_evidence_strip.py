"""Frames in a row, with evidence over them and bars below."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.render.evidence_strip import FrameEvidence, StripLayout, draw_evidence_strip, shown_rows
from laban.render.importance import AGAINST, FOR

COUNT, GRID = 6, (3, 4)


def evidence(*, weights=None, at=(2, 0, 0), nats=1.0, count=COUNT, always=0.0):
    images = np.full((count, 30, 40, 3), 128, np.uint8)
    held = np.zeros((count, *GRID))
    held[at] = nats
    places = np.zeros(GRID)
    places[-1, -1] = always
    given = np.arange(count) / count if weights is None else np.asarray(weights, float)
    return FrameEvidence(images, np.arange(count) / 10, held, given, places, aspect=4 / 3)


def is_orange(pixel) -> bool:
    red, _, blue = (int(one) for one in pixel)
    return red > blue + 40


def test_the_evidence_is_drawn_in_its_frame_and_place_only() -> None:
    shown = evidence()
    drawn = [shown.drawn(row, width_px=80) for row in range(COUNT)]
    assert drawn[2].shape == (60, 80, 3)
    assert is_orange(drawn[2][2, 2])
    assert not is_orange(drawn[2][-3, -3])
    assert not any(is_orange(one[2, 2]) for row, one in enumerate(drawn) if row != 2)


def test_the_shape_of_the_video_is_kept() -> None:
    wide = evidence()
    wide = FrameEvidence(wide.images, wide.times_s, wide.map, wide.weights, wide.always, aspect=2.0)
    assert wide.drawn(0, width_px=100).shape == (50, 100, 3)


def test_a_moment_that_is_little_beside_all_the_time_stays_pale() -> None:
    assert is_orange(evidence(nats=0.05).drawn(2, width_px=80)[2, 2])
    pale = evidence(nats=0.05, always=8.0)
    assert not is_orange(pale.drawn(2, width_px=80)[2, 2])
    assert is_orange(pale.overall(width_px=80)[-3, -3])


def test_noise_is_not_drawn_as_evidence() -> None:
    assert not is_orange(evidence(nats=1e-4).drawn(2, width_px=80)[2, 2])


def test_bars_are_as_long_as_the_weights_and_blue_against_the_answer() -> None:
    layout = StripLayout(columns=4, image_width_px=80)
    strip = draw_evidence_strip(evidence(weights=[0, 1, 0.5, -1, 0, 0]), title="a", layout=layout)
    counts = {
        colour: int((strip == np.array(colour, np.uint8)).all(axis=2).sum()) for colour in (FOR, AGAINST)
    }
    assert counts[FOR] > counts[AGAINST] > 0.5 * counts[FOR]


def test_frames_wrap_and_long_clips_show_the_heaviest_of_each_part() -> None:
    layout = StripLayout(columns=4, image_width_px=80)
    few, many = (draw_evidence_strip(evidence(count=count), layout=layout) for count in (6, 11))
    assert few.shape[1] == many.shape[1]
    assert few.shape[0] < many.shape[0]
    weights = np.zeros(100)
    weights[37] = 1.0
    rows = shown_rows(weights, most=10)
    assert len(rows) == 10
    assert 37 in rows


def test_mismatched_parts_are_refused() -> None:
    good = evidence()
    with pytest.raises(InvalidValueError):
        FrameEvidence(good.images, good.times_s, good.map[:-1], good.weights, good.always, aspect=1.0)
    with pytest.raises(InvalidValueError, match="no frames"):
        FrameEvidence(
            good.images[:0], good.times_s[:0], good.map[:0], good.weights[:0], good.always, aspect=1.0
        )

"""Windows at their limits: which rows, which times, and what starts them again."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.sequences.windows import WindowStream, cut_windows, windows

SPEC = WindowSpec(length_s=0.4, hop_s=0.2, fps=10.0)
TIMES_S = np.arange(9) / 10


def rows(count: int) -> np.ndarray:
    return np.arange(count * 2.0).reshape(count, 2)


def test_the_rows_and_times_of_each_window() -> None:
    found = cut_windows(rows(9), TIMES_S, spec=SPEC)
    assert len(found) == 3
    assert [one.tolist() for one in found.values[:, :, 0]] == [[0, 2, 4, 6], [4, 6, 8, 10], [8, 10, 12, 14]]
    assert found.start_s == pytest.approx([0.0, 0.2, 0.4])
    assert found.end_s == pytest.approx([0.3, 0.5, 0.7])


@pytest.mark.parametrize(("count", "made"), [(0, 0), (3, 0), (4, 1), (5, 1), (6, 2)])
def test_only_whole_windows_count(count: int, made: int) -> None:
    found = cut_windows(rows(count), TIMES_S[:count], spec=SPEC)
    assert (len(found), found.values.shape) == (made, (made, 4, 2))
    assert found.known.shape == (made, 4)
    assert len(found.start_s) == len(found.end_s) == made


def test_a_row_is_known_when_anything_in_it_is() -> None:
    values = rows(9)
    values[1] = np.nan
    values[2, 0] = np.nan
    found = cut_windows(values, TIMES_S, spec=SPEC)
    assert found.known[0].tolist() == [True, False, True, True]
    assert found.known[1].all()


@pytest.mark.parametrize(("step_s", "fits"), [(0.1, True), (0.10009, True), (0.1002, False), (0.09, False)])
def test_the_clock_must_be_that_of_the_windows(step_s: float, fits: bool) -> None:
    times_s = np.arange(9) * step_s
    if fits:
        assert len(cut_windows(rows(9), times_s, spec=SPEC)) == 3
        return
    with pytest.raises(InvalidValueError, match=r"windows need times 0.1000 s apart, got about 0\.[01]\d+ s"):
        cut_windows(rows(9), times_s, spec=SPEC)


def test_uneven_times_are_refused_even_where_their_mean_fits() -> None:
    times_s = TIMES_S.copy()
    times_s[4] += 0.03
    with pytest.raises(InvalidValueError, match="resample first"):
        cut_windows(rows(9), times_s, spec=SPEC)
    with pytest.raises(InvalidValueError, match="resample first"):
        cut_windows(rows(2), np.array([0.0, 0.5]), spec=SPEC)


def test_windows_of_a_sequence_are_of_the_space_that_is_named() -> None:
    times_s = np.arange(60) / 30
    shape = (60, len(COCO17))
    one = PoseSequence(
        times_s, COCO17, np.ones(shape), image_px=np.ones((*shape, 2)), body=np.zeros((*shape, 2))
    )
    assert windows(one).values.shape == (1, 60, 17, 2)
    assert windows(one).values.max() == 0
    assert windows(one, space=Space.PIXEL).values.min() == 1
    assert len(windows(one, spec=WindowSpec(length_s=1.0, hop_s=0.5))) == 3


def streamed(times_s: list[float]) -> list[tuple[float, float]]:
    stream = WindowStream(SPEC)
    made = [stream.update(np.zeros(2), time_s=time_s) for time_s in times_s]
    return [(float(one.start_s[0]), float(one.end_s[0])) for one in made if one is not None]


def test_a_gap_starts_the_stream_again_and_jitter_below_half_a_step_does_not() -> None:
    assert streamed([0.0, 0.1, 0.2, 0.3, 0.4, 0.5]) == [(0.0, 0.3), (0.2, 0.5)]
    assert streamed([0.0, 0.1, 0.2, 0.34, 0.4]) == [(0.0, 0.34)]
    assert streamed([0.0, 0.1, 0.2, 0.36, 0.46, 0.56, 0.66]) == [(0.36, 0.66)]
    assert streamed([0.0, 0.1, 0.2, 0.24, 0.34, 0.44]) == []


def test_a_streamed_window_is_kept_from_changes() -> None:
    stream = WindowStream(SPEC)
    made = [stream.update(row, time_s=float(time)) for row, time in zip(rows(4), TIMES_S, strict=False)][-1]
    assert made is not None
    assert made.values.shape == (1, 4, 2)
    assert made.known.tolist() == [[True] * 4]
    with pytest.raises(ValueError, match="read-only"):
        made.values[0, 0, 0] = 1

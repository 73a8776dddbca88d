import time
from collections.abc import Iterator

import pytest

from laban.errors import InvalidValueError, LimitError
from laban.sources.limits import Limits, timely


@pytest.mark.parametrize("name", list(Limits.__dataclass_fields__))
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_limit_is_a_number_above_zero(name: str, value: float) -> None:
    with pytest.raises(InvalidValueError, match=name):
        Limits(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("size_wh", [(0, 5), (5, 0), (-5, 5), (101, 100)])
def test_sizes_beyond_the_limit(size_wh: tuple[int, int]) -> None:
    limits = Limits(max_pixels=10_000)
    limits.check_size((100, 100), name="clip")
    with pytest.raises(LimitError, match="clip"):
        limits.check_size(size_wh, name="clip")


def test_lengths_at_and_beyond_the_limit() -> None:
    limits = Limits(max_frames=100, max_duration_s=10.0, max_fps=50.0)
    limits.check_length(frames=100, duration_s=10.0, name="clip")
    limits.check_length(frames=1, duration_s=0.0, name="clip")
    limits.check_length(frames=51, duration_s=1.0, name="clip")
    for frames, duration_s in [(101, 10.0), (100, 10.1), (52, 1.0), (2, 0.0)]:
        with pytest.raises(LimitError, match="clip"):
            limits.check_length(frames=frames, duration_s=duration_s, name="clip")


def test_wall_time_is_counted_for_each_item_and_not_for_their_sum() -> None:
    def items() -> Iterator[int]:
        yield 1
        time.sleep(0.02)
        yield 2
        time.sleep(0.2)
        yield 3

    assert list(timely(iter([1, 2, 3]), limits=Limits(max_frame_wall_s=0.1), name="clip")) == [1, 2, 3]
    slow = timely(items(), limits=Limits(max_frame_wall_s=0.1), name="clip")
    assert next(slow) == 1
    time.sleep(0.2)
    assert next(slow) == 2
    with pytest.raises(LimitError, match=r"clip: a frame took longer than 0\.1 s"):
        next(slow)

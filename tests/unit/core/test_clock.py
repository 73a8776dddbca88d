import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.errors import InvalidValueError


def test_windows_are_two_seconds_every_half_at_thirty_a_second() -> None:
    spec = WindowSpec()
    assert (spec.length_s, spec.hop_s, spec.fps) == (2.0, 0.5, 30.0)
    assert (spec.length, spec.hop) == (60, 15)


@pytest.mark.parametrize(
    ("length_s", "hop_s", "fps", "rows"),
    [(0.5, 0.25, 10.0, (5, 2)), (0.01, 0.01, 10.0, (1, 1)), (1.06, 0.96, 10.0, (11, 10))],
)
def test_seconds_become_rows_and_never_none(
    length_s: float, hop_s: float, fps: float, rows: tuple[int, int]
) -> None:
    spec = WindowSpec(length_s=length_s, hop_s=hop_s, fps=fps)
    assert (spec.length, spec.hop) == rows


@pytest.mark.parametrize(("rows", "count"), [(0, 0), (3, 0), (4, 1), (5, 1), (6, 2), (7, 2), (8, 3)])
def test_how_many_whole_windows_there_are(rows: int, count: int) -> None:
    assert WindowSpec(length_s=0.4, hop_s=0.2, fps=10.0).count(rows) == count


@pytest.mark.parametrize("name", ["length_s", "hop_s", "fps"])
def test_a_window_lasts(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{name} must be a finite number above zero"):
        WindowSpec(**{name: 0.0})


def test_a_whole_clip_has_at_least_two_rows() -> None:
    assert WholeClip().length == 60
    assert WholeClip(2).length == 2
    for length in (1, 0, -3, 2.5, None):
        with pytest.raises(InvalidValueError, match="length must be at least 2 rows"):
            WholeClip(length)  # type: ignore[arg-type]

import pytest

from laban.models.frame_rates import least_rate, trained_rates


def test_the_least_is_what_all_but_a_few_clips_have() -> None:
    held = trained_rates({"wave": [30.0] * 99 + [5.0], "jump": [10.0] * 50 + [30.0] * 50})
    assert held == {"wave": least_rate(30.0), "jump": least_rate(10.0)}


def test_tasks_without_a_known_rate_are_left_out() -> None:
    assert trained_rates({"wave": [], "jump": [float("nan")]}) == {}
    assert trained_rates({"wave": [float("nan"), 29.97]})["wave"]["least_fps"] == pytest.approx(29.97)

"""Times are told in whatever unit they are written."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.io.frame_times import seconds_of

USUAL = {
    "s": (1.0, 2, 900),
    "ms": (1e3, 3, 200),
    "us": (1e6, 8, 200),
    "100 ns": (1e7, 17, 45),
    "ns": (1e9, 6, 200),
    "days": (1 / 86_400, 30, 200),
}
"""How many make a second, and rates well within those that tell each unit from the others."""


@st.composite
def clocks(draw: st.DrawFn) -> tuple[str, np.ndarray]:
    """A unit, and uneven times in seconds at a rate that is usual in it."""
    unit = draw(st.sampled_from(sorted(USUAL)))
    _, low, high = USUAL[unit]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = 1 + draw(st.floats(0, 0.1)) * rng.uniform(-1, 1, 30)
    steps[rng.integers(0, 30, 3)] += draw(st.floats(0, 100))  # gaps
    return unit, draw(st.floats(0, 1e4)) + np.cumsum(steps) / draw(st.floats(low, high))


@settings(max_examples=200, deadline=None)
@given(clock=clocks(), whole=st.booleans())
def test_usual_rates_are_told_in_every_unit(clock: tuple[str, np.ndarray], whole: bool) -> None:
    unit, times_s = clock
    per_s = USUAL[unit][0]
    values = np.round(times_s * per_s) if whole and per_s > 1 else times_s * per_s
    found, note = seconds_of(values, name="timestamp")
    np.testing.assert_allclose(found, times_s, atol=0.51 / max(per_s, 1e3))
    assert note.get("time_unit", "s").startswith(unit)


@settings(max_examples=60, deadline=None)
@given(unit=st.sampled_from(["s", "ms", "us", "ns"]), fps=st.floats(5, 240), start_s=st.floats(0, 1e4))
def test_a_name_decides_between_units(unit: str, fps: float, start_s: float) -> None:
    times_s = start_s + np.arange(20) / fps
    found, note = seconds_of(times_s * USUAL[unit][0], name=f"time_{unit}")
    np.testing.assert_allclose(found, times_s, rtol=1e-9)
    assert note == {}

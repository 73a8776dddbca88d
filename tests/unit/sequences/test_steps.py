"""The steps on sequences: what they must keep, and cases by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.errors import InvalidValueError, UnknownNameError
from laban.sequences.clean import CleanSettings, clean, fill_columns, fill_gaps
from laban.sequences.normalize import NormalizeSettings, normalize
from laban.sequences.resample import is_uniform, resample, resample_recording, uniform_times_s
from laban.sequences.smooth import OneEuro, SmoothSettings, smooth
from laban.sequences.windows import WindowSpec, WindowStream, cut_windows, windows

SEED = st.integers(0, 2**32 - 1)


def uneven_s(rng: np.random.Generator, rows: int = 40) -> np.ndarray:
    return np.cumsum(rng.uniform(0.01, 0.08, rows))


def walker(seed: int = 0, *, rows: int = 40, even: bool = False, missing: float = 0.0) -> PoseSequence:
    rng = np.random.default_rng(seed)
    times = np.arange(rows) / 30 if even else uneven_s(rng, rows)
    rest = rng.uniform(0, 100, (33, 2))
    points = rest + 20 * np.sin(2 * times)[:, None, None] + 50 * times[:, None, None]
    points[rng.uniform(size=points.shape[:2]) < missing] = np.nan
    return PoseSequence(
        times, BLAZEPOSE33, np.full(points.shape[:2], 0.9), image_px=points, size_wh=(640, 480)
    )


def pixels(sequence: PoseSequence) -> np.ndarray:
    assert sequence.image_px is not None
    return sequence.image_px


def test_a_jump_there_and_back_is_taken_out_and_filled() -> None:
    sequence = walker(even=True)
    broken = np.array(pixels(sequence))
    broken[20, 15] += 500
    mended = clean(sequence.replace(image_px=broken))
    assert pixels(mended)[20, 15] == pytest.approx(pixels(sequence)[20, 15], abs=2.0)


def test_what_is_seen_unsurely_is_missing_and_long_gaps_stay() -> None:
    sequence = walker(even=True)
    visibility = np.array(sequence.visibility)
    visibility[5:25, 3] = 0.1
    cleaned = clean(sequence.replace(visibility=visibility), settings=CleanSettings(max_gap_s=0.25))
    assert np.isnan(pixels(cleaned)[5:25, 3]).all()
    assert np.isfinite(pixels(cleaned)[:, 4]).all()


def test_a_clean_sequence_is_left_as_it_is() -> None:
    sequence = walker(even=True)
    assert np.array_equal(pixels(clean(sequence)), pixels(sequence))


@settings(max_examples=40, deadline=None)
@given(SEED, st.floats(0.0, 0.8), st.floats(0.0, 0.5))
def test_filling_never_changes_what_is_known_nor_makes_up_ends(
    seed: int, missing: float, gap_s: float
) -> None:
    sequence = walker(seed, missing=missing)
    filled = pixels(fill_gaps(sequence, max_gap_s=gap_s))
    known = np.isfinite(pixels(sequence))
    assert np.array_equal(filled[known], pixels(sequence)[known])
    for joint in range(33):
        rows = np.flatnonzero(known[:, joint, 0])
        outside = np.r_[0 : rows[0], rows[-1] + 1 : len(filled)] if len(rows) else np.arange(len(filled))
        assert np.isnan(filled[outside, joint]).all()


def test_filling_is_a_straight_line_in_time_within_the_limit() -> None:
    times = np.array([0.0, 0.1, 0.4, 0.5, 2.0, 2.1])
    column = np.array([[0.0], [np.nan], [4.0], [5.0], [np.nan], [9.0]])
    filled = fill_columns(column, times, max_gap_s=0.5)
    assert filled[1, 0] == pytest.approx(1.0)
    assert np.isnan(filled[4, 0])


@settings(max_examples=25, deadline=None)
@given(SEED, st.floats(0.0, 0.4))
def test_one_euro_streaming_equals_offline(seed: int, missing: float) -> None:
    sequence = walker(seed, missing=missing)
    offline = smooth(sequence)
    twin = OneEuro()
    flat = pixels(sequence).reshape(len(sequence), -1)
    rows = [twin.update(row, time_s=float(time)) for row, time in zip(flat, sequence.times_s, strict=True)]
    assert np.array_equal(
        np.stack(rows).astype(np.float32), pixels(offline).reshape(len(sequence), -1), equal_nan=True
    )


@settings(max_examples=25, deadline=None)
@given(SEED, st.integers(1, 39))
def test_one_euro_never_reads_the_future(seed: int, row: int) -> None:
    sequence = walker(seed)
    changed = np.array(pixels(sequence))
    changed[row:] += 1000
    first, second = smooth(sequence), smooth(sequence.replace(image_px=changed))
    assert np.array_equal(pixels(first)[:row], pixels(second)[:row])


def test_smoothing_quietens_noise_and_keeps_the_movement() -> None:
    times = np.arange(300) / 30
    truth = np.sin(2 * np.pi * 0.5 * times)[:, None, None] * 50 + np.zeros((1, 33, 2))
    noisy = truth + np.random.default_rng(0).normal(0, 3, truth.shape)
    sequence = PoseSequence(times, BLAZEPOSE33, np.ones((300, 33)), image_px=noisy)
    for method, at_most in (("one_euro", 1.0), ("savitzky_golay", 0.75), ("butterworth", 0.55)):
        smoothed = smooth(sequence, settings=SmoothSettings(method=method, cutoff_hz=3.0, beta=0.05))
        error = np.abs(pixels(smoothed) - truth)[30:-30].mean()
        assert error < at_most * np.abs(noisy - truth).mean()


def test_filters_that_need_an_even_clock_say_so() -> None:
    for method in ("savitzky_golay", "butterworth"):
        with pytest.raises(InvalidValueError, match="resample"):
            smooth(walker(), settings=SmoothSettings(method=method))
    with pytest.raises(UnknownNameError, match="one_euro"):
        SmoothSettings(method="one_eurp")
    with pytest.raises(InvalidValueError, match="below half"):
        smooth(walker(even=True), settings=SmoothSettings(method="butterworth", cutoff_hz=20))


@settings(max_examples=20, deadline=None)
@given(SEED, st.floats(0.0, 0.5))
def test_missing_stays_missing_when_smoothed(seed: int, missing: float) -> None:
    sequence = walker(seed, even=True, missing=missing)
    for method in ("one_euro", "savitzky_golay", "butterworth"):
        smoothed = smooth(sequence, settings=SmoothSettings(method=method))
        assert np.array_equal(np.isnan(pixels(smoothed)), np.isnan(pixels(sequence)))


@settings(max_examples=25, deadline=None)
@given(SEED, st.floats(0.0, 0.5))
def test_resampling_at_the_same_times_changes_nothing(seed: int, missing: float) -> None:
    sequence = walker(seed, missing=missing)
    assert resample(sequence, times_s=sequence.times_s) == sequence


def test_resampling_gives_an_even_clock_on_straight_lines() -> None:
    times = np.array([0.0, 0.05, 0.1, 0.4])
    points = np.repeat((100 * times)[:, None, None], 33, axis=1).repeat(2, axis=2)
    sequence = PoseSequence(times, BLAZEPOSE33, np.ones((4, 33)), image_px=points)
    even = resample(sequence, fps=40, max_gap_s=0.25)
    assert is_uniform(even.times_s)
    assert pixels(even)[:5, 0, 0] == pytest.approx(100 * even.times_s[:5])
    assert np.isnan(pixels(even)[5:-1]).all()


def test_a_recording_is_resampled_onto_one_clock() -> None:
    first = walker(1)
    second = first.take(slice(10, 30))
    recording = Recording("x", first.times_s, {0: first, 1: second}, size_wh=(640, 480))
    even = resample_recording(recording, fps=25)
    assert is_uniform(even.times_s)
    assert list(even.people) == [0, 1]
    assert np.isin(even.people[1].times_s, even.times_s).all()


def test_uniform_clocks() -> None:
    assert len(uniform_times_s(0.0, 1.0, fps=30)) == 31
    assert not is_uniform(np.array([1.0]))
    assert not is_uniform(np.array([0.0, 1.0, 2.5]))


def test_normalised_bodies_have_the_hips_at_the_origin_and_a_torso_of_one() -> None:
    body = normalize(walker()).body
    assert body is not None
    hips, shoulders = body[:, [23, 24]].mean(axis=1), body[:, [11, 12]].mean(axis=1)
    assert hips == pytest.approx(0.0, abs=1e-5)
    assert np.linalg.norm(shoulders, axis=1) == pytest.approx(1.0, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(SEED, st.floats(-3, 3), st.floats(0.3, 3), st.floats(-200, 200))
def test_turned_bodies_do_not_depend_on_place_size_or_turn(
    seed: int, turn: float, scale: float, shift: float
) -> None:
    sequence = walker(seed, rows=3)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = sequence.replace(image_px=pixels(sequence) @ rotation.T * scale + shift)
    chosen = NormalizeSettings(turn=True)
    first, second = (normalize(one, settings=chosen).body for one in (sequence, moved))
    assert first is not None
    assert first == pytest.approx(second, abs=2e-2, rel=1e-3)
    assert (first[:, [11, 12], 1].mean(axis=1) < 0).all()


def test_mirroring_twice_is_nothing() -> None:
    chosen = NormalizeSettings(mirror=True)
    once = normalize(walker(), settings=chosen).body
    plain = normalize(walker()).body
    assert once is not None
    assert plain is not None
    back = once[:, BLAZEPOSE33.flip] * (-1, 1)
    assert back == pytest.approx(plain)


def test_in_three_dimensions_the_body_is_turned_to_face_the_viewer() -> None:
    points = np.random.default_rng(4).uniform(-1, 1, (2, 33, 3))
    sequence = PoseSequence(np.array([0.0, 1.0]), BLAZEPOSE33, np.ones((2, 33)), world_m=points)
    body = normalize(sequence, settings=NormalizeSettings(space=Space.WORLD, turn=True)).body
    assert body is not None
    line = body[:, 11] - body[:, 12]
    assert line[:, 2] == pytest.approx(0.0, abs=1e-5)
    assert (line[:, 0] > 0).all()


def test_a_body_without_a_torso_is_missing() -> None:
    body = normalize(
        PoseSequence(np.zeros(1), BLAZEPOSE33, np.ones((1, 33)), image_px=np.zeros((1, 33, 2)))
    ).body
    assert body is not None
    assert np.isnan(body).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 200), st.integers(1, 40), st.integers(1, 30))
def test_windows_streaming_equal_offline(rows: int, length: int, hop: int) -> None:
    spec = WindowSpec(length_s=length / 30, hop_s=hop / 30)
    values = np.random.default_rng(rows).normal(size=(rows, 4))
    times = np.arange(rows) / 30
    offline = cut_windows(values, times, spec=spec)
    stream = WindowStream(spec)
    made = [stream.update(row, time_s=float(time)) for row, time in zip(values, times, strict=True)]
    streamed = [one for one in made if one is not None]
    assert len(streamed) == len(offline) == spec.count(rows)
    for index, one in enumerate(streamed):
        assert np.array_equal(one.values[0], offline.values[index])
        assert (one.start_s[0], one.end_s[0]) == (offline.start_s[index], offline.end_s[index])


def test_windows_are_views_and_know_what_was_seen() -> None:
    sequence = normalize(walker(even=True, rows=120))
    found = windows(sequence)
    assert found.values.shape == (5, 60, 33, 2)
    assert np.shares_memory(found.values, sequence.body)
    assert found.known.all()
    with pytest.raises(InvalidValueError, match="resample"):
        windows(normalize(walker(rows=120)))

"""The pages on a workout and on progress: every figure, in every language, safe whatever a name holds."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.render.coaching.columns import Column, columns, line_over
from laban.render.coaching.progress import (
    ExerciseProgress,
    Mark,
    draw_progress,
    draw_progress_page,
    write_progress_page,
)
from laban.render.coaching.summary_page import Course, SummaryMessages, draw_summary_page, write_summary_page
from laban.tasks.coaching.feedback import DoneRepetition, Workout
from laban.tasks.coaching.messages import languages, load_messages

NAN = float("nan")
SQUATS = Workout(
    "squat",
    41.0,
    (DoneRepetition(1.0, 2.2, 3.0, 88.0, 81.0), DoneRepetition(4.0, 5.0, 6.0, NAN, NAN, ("x<y",))),
    0.0,
    86.4,
).answer()
PLANK = Workout("plank", 75.0, (), 62.0, 91.0).answer()
NOTHING = Workout("plank", 5.0).answer()
COURSE = Course(
    ((0.0, 80.0), (0.1, NAN), (0.2, 90.0), (0.3, 91.0)),
    {"Bend your <knee>": 3, "Slow down": 7},
    {"left <b>knee": (0.31, 24.4)},
)
BEGAN = datetime(2026, 9, 1, 18, tzinfo=UTC)


def words_of(language: str) -> SummaryMessages:
    words = load_messages(language)
    return SummaryMessages(
        language,
        "Squat & more",
        lambda key: words.say(f"page.{key}"),
        "2026-09-01",
        {"x<y": ("x<y", "Do <b>this</b>")},
    )


@pytest.mark.parametrize("language", languages())
def test_a_workout_is_told_whole_and_in_one_language(language: str) -> None:
    words = load_messages(language)
    page = draw_summary_page(SQUATS, words_of(language), course=COURSE)
    assert f'<html lang="{language}">' in page
    assert "<h1>Squat &amp; more</h1>" in page
    for key in (
        "summary",
        "repetitions",
        "score_each",
        "tempo_each",
        "score_time",
        "faults",
        "hints",
        "each",
        "made",
    ):
        assert words.say(f"page.{key}") in page
    assert "<b>2</b>" in page
    assert "<b>86 %</b>" in page
    assert page.index("Slow down") < page.index("Bend your &lt;knee&gt;")
    assert "Do &lt;b&gt;this&lt;/b&gt;" in page
    assert "left &lt;b&gt;knee" in page
    assert "31.0 %" in page
    assert "24°" in page
    assert not re.search(r"<script|https?://|src=|NaN|nan", page)


def test_a_held_pose_has_seconds_instead_of_repetitions() -> None:
    page = draw_summary_page(PLANK, words_of("en"), course=COURSE)
    assert "<b>62</b>" in page
    assert "Repetitions" not in page
    assert "Each repetition" not in page
    assert "No fault was seen" in page


def test_nothing_done_is_said() -> None:
    page = draw_summary_page(NOTHING, words_of("en"))
    assert "Nothing was done that could be counted." in page
    assert "<b>–</b>" in page


def test_pages_are_written_whole(tmp_path: Path) -> None:
    path = write_summary_page(tmp_path / "summary.html", SQUATS, words_of("vi"), course=COURSE)
    assert path.read_text(encoding="utf-8") == draw_summary_page(SQUATS, words_of("vi"), course=COURSE)
    page = write_progress_page(tmp_path / "progress.html", [progress(3)])
    assert page.read_text(encoding="utf-8") == draw_progress_page([progress(3)])
    assert {one.name for one in tmp_path.iterdir()} == {"summary.html", "progress.html"}


def progress(count: int, *, title: str = "Squat") -> ExerciseProgress:
    marks = (Mark(BEGAN + timedelta(days=one), 10.0 + one, 70.0 + one, "a<b 2×") for one in range(count))
    return ExerciseProgress(title, "repetitions", tuple(marks))


def test_progress_shows_every_workout_the_newest_first() -> None:
    page = draw_progress_page([progress(5), progress(1, title="Plank")])
    assert "6 workouts · 2026-09-01 to 2026-09-05" in page
    assert page.index("2026-09-05 18:00") < page.index("2026-09-01 18:00")
    assert page.count('class="spot own"') == 6
    assert "a&lt;b 2×" in page
    assert not re.search(r"<script|https?://|NaN|nan", page)


def test_the_image_of_progress_has_a_row_for_each_exercise() -> None:
    one, two = draw_progress([progress(5)]), draw_progress([progress(5), progress(1)])
    assert two.shape == (2 * one.shape[0], one.shape[1], 3)
    np.testing.assert_array_equal(two[: one.shape[0]], one)
    better = draw_progress([ExerciseProgress("Squat", "repetitions", (Mark(BEGAN, 5.0, 95.0),))])
    worse = draw_progress([ExerciseProgress("Squat", "repetitions", (Mark(BEGAN, 5.0, 20.0),))])
    half = one.shape[1] // 2
    heights = [
        np.nonzero((image[90:, :half] == (0, 114, 178)).all(axis=2))[0].mean() for image in (better, worse)
    ]
    assert heights[0] < heights[1] - 100
    unscored = ExerciseProgress("Squat", "repetitions", (Mark(BEGAN, 5.0, NAN),))
    assert not (draw_progress([unscored])[90:, :half] == (0, 114, 178)).all(axis=2).any()


def test_no_workouts_are_refused() -> None:
    for draw in (draw_progress, draw_progress_page):
        with pytest.raises(InvalidValueError, match="no workouts to draw yet"):
            draw([])


def test_columns_are_as_high_as_their_values() -> None:
    chart = columns(
        [Column("1", (("bar", 1.0), ("bar back", 3.0))), Column("2", (("bar", NAN),))], label="tempo"
    )
    first, second = (float(value) for value in re.findall(r'<rect[^>]* height="([\d.]+)"', chart))
    assert second == pytest.approx(3 * first, rel=0.01)


def test_a_line_is_broken_where_nothing_is_known() -> None:
    chart = line_over(
        [0, 1, 2, 3], [0.5, NAN, 0.7, 0.9], [(0, "0:00")], high=1.0, unit="share", label="score"
    )
    assert chart.count("<polyline") == 2
    assert "0:00" in chart


@pytest.mark.parametrize("language", languages())
def test_a_count_that_may_be_wrong_says_so_and_what_to_do(language: str) -> None:
    words = words_of(language)
    warning = load_messages(language).too_few_frames(14.0)
    assert re.findall(r"\d+", warning) == ["14"]
    doubted = draw_summary_page(SQUATS, replace(words, warning=warning))
    assert f"<li>{warning}</li>" in doubted
    assert warning not in draw_summary_page(SQUATS, words)

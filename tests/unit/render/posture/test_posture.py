"""Posture as images and pages."""

import re
from typing import Any

import numpy as np
import pytest
from tests.answers import answer

from laban.core.answers.posture import ChangeAnswer, MeasureAnswer, PostureFile
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.render.posture.charts import gauge, trend
from laban.render.posture.image import WIDTH_PX, Mark, draw_marks, with_list
from laban.render.posture.listing import ListRow, draw_list
from laban.render.posture.page import draw_posture_page
from laban.render.posture.shades import SHADES, shade_of, word_of
from laban.render.posture.visits import draw_visits, draw_visits_page

RED, GREEN = SHADES["marked"], SHADES["within"]


def one_measure(**changes: Any) -> dict[str, Any]:
    return {
        "name": "trunk_inclination", "title": "trunk <inclination>", "about": "about it", "unit": "deg",
        "verdict": "finding", "value": 31.0, "low": 24.0, "high": 38.0, "meaning": "31° forward",
        "range_words": "24° to 38°",
        "severity": "slight",
        "finding": "the trunk leans forward", "source": "a book", "reason": "", "in_cm": None,
        "limits": [
            {"direction": "above", "bands": {"slight": 20.0, "moderate": 40.0}, "source": "a book"},
            {"direction": "below", "bands": {"slight": -10.0}, "source": "a book"},
        ],
        **changes,
    }  # fmt: skip


def content(**changes: Any) -> dict[str, Any]:
    withheld = one_measure(
        name="shoulder_tilt", title="tilt", verdict="withheld", value=None, low=None, high=None, severity=None,
        reason="seen from the front only", limits=[],
    )  # fmt: skip
    return {
        "source": "<clip>.mp4", "view": {"words": "from the left side"},
        "level": {"origin": "given", "sd_deg": 0.3},
        "noise": "from looks", "rules": "mine.toml", "warnings": ["a <warning>"], "unseen": ["the spine"],
        "findings": ["trunk_inclination"], "measures": [one_measure(), withheld], "over_time": None, "repeated": [],
        **changes,
    }  # fmt: skip


def mark(anchor: tuple[float, float], letter: str = "A", colour: tuple[int, int, int] = RED) -> Mark:
    line = np.array([[100.0, 100.0], [100.0, 300.0]])
    return Mark(
        letter,
        "31°",
        colour,
        np.array(anchor),
        (line,),
        (line + 20,),
        (np.array([100.0, 200.0]), -90.0, -45.0),
    )


def share_of(image: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((np.abs(image.astype(int) - colour).sum(axis=2) < 30).mean())


def test_the_image_is_as_wide_as_a_phone_and_its_input_stays(pose: Pose) -> None:
    image = np.full((720, 1280, 3), 200, np.uint8)
    before = image.copy()
    drawn = draw_marks(image, pose, [mark((640.0, 360.0))], plumb=np.array([[640.0, 0.0], [640.0, 700.0]]))
    assert drawn.shape[1] == WIDTH_PX
    assert drawn.dtype == np.uint8
    assert np.array_equal(image, before)


def test_marks_have_their_colour_and_do_not_cover_each_other(pose: Pose) -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    none = draw_marks(image, pose, [])
    one = draw_marks(image, pose, [mark((640.0, 360.0))])
    two = draw_marks(image, pose, [mark((640.0, 360.0)), mark((640.0, 360.0), "B", GREEN)])
    assert share_of(none, RED) == 0 < share_of(one, RED)
    assert share_of(two, RED) > 0.9 * share_of(one, RED)
    assert share_of(two, GREEN) > 0.5 * share_of(one, RED)


def test_letters_are_large_enough_for_a_phone(pose: Pose) -> None:
    """A phone shows 1080 pixels on about 390 points: letters of 34 pixels are 12 points high."""
    row = ListRow("A", "Trunk inclination", "31° forward", "95 %: 24° to 38°", "slight", RED)
    listed = draw_list([row], title="Seen from the left side", subtitle="", width_px=WIDTH_PX)
    dark = (listed < 90).all(axis=2)
    assert dark.any(axis=1).sum() > 34


def test_long_words_are_folded_and_nothing_runs_out(pose: Pose) -> None:
    long = "the right knee is outward of the line from hip to ankle and a good deal more than that, moderate"
    row = ListRow(
        "", "Alignment of the right knee " * 3, "12° outward", "95 %: 9° to 15° · 3.1 cm", long, RED
    )
    listed = draw_list([row], title="A title " * 20, subtitle="words " * 40, width_px=WIDTH_PX)
    assert not (listed[:, -20:] < 90).all(axis=2).any()
    short = draw_list([ListRow("", "a", "b", "c", "d", RED)], title="A", subtitle="", width_px=WIDTH_PX)
    assert listed.shape[0] > short.shape[0]


def test_the_list_lies_below_the_image(pose: Pose) -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    drawn = draw_marks(image, pose, [])
    both = with_list(drawn, [], title="T", subtitle="s")
    assert np.array_equal(both[: drawn.shape[0]], drawn)


def test_another_kind_of_image_is_refused(pose: Pose) -> None:
    with pytest.raises(InvalidValueError, match="image_rgb"):
        draw_marks(np.zeros((10, 10), np.uint8), pose, [])


def test_every_severity_has_a_colour_and_a_word() -> None:
    shades = {shade_of("finding", name) for name in ("slight", "moderate", "marked")}
    assert len(shades) == 3
    assert word_of("unsure", None) == "not sure"
    assert shade_of("within", None) == GREEN


def test_the_page_holds_everything_and_loads_nothing(pose: Pose) -> None:
    page = draw_posture_page(
        answer(PostureFile, content()),
        np.zeros((20, 20, 3), np.uint8),
        title="Standing",
        letters={"trunk_inclination": "A"},
    )
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "&lt;clip&gt;.mp4" in page
    assert "<clip>" not in page
    assert "trunk &lt;inclination&gt;" in page
    for words in (
        "The trunk leans forward, slight.",
        "seen from the front only",
        "not a diagnosis",
        "The spine.",
        "mine.toml",
    ):
        assert words in page


def test_the_page_tells_what_became_over_time() -> None:
    held = {
        "watched_s": 100.0, "seen_s": 90.0, "slump_s": 30.0, "slumps": [],
        "longest_slump": {"start_s": 10.0, "end_s": 40.0, "duration_s": 30.0}, "breaks": [{"duration_s": 10.0}],
        "sides": [{"measure": "trunk_shift", "left_s": 60.0, "right_s": 0.0, "known_s": 90.0, "habitual": "left"}],
        "bands": [{"measure": "trunk_inclination", "direction": "above", "known_s": 90.0, "share_beyond": 0.5,
                   "seconds": {"within": 45.0, "slight": 45.0, "moderate": 0.0, "marked": 0.0}}],
    }  # fmt: skip
    series = {"times_s": [0.0, 1.0, 2.0, 3.0], "values": {"trunk_inclination": [1.0, None, 30.0, 31.0]}}
    page = draw_posture_page(
        answer(PostureFile, content(over_time=held, series=series)),
        np.zeros((20, 20, 3), np.uint8),
        title="T",
        letters={},
    )
    for words in ("Slumped for 30.0 s", "1 break, 10.0 s", "to the left for 67 % of the time", "50 %"):
        assert words in page


def test_a_gauge_shows_bands_interval_and_value_in_order() -> None:
    drawing = gauge(answer(MeasureAnswer, one_measure()))
    assert drawing.count('class="band') == 4
    x1, x2, value = (
        float(re.search(pattern, drawing)[1])  # type: ignore[index]
        for pattern in (r'x1="([\d.]+)" x2', r'x2="([\d.]+)"', r'cx="([\d.]+)"')
    )
    assert x1 < value < x2


def test_a_trend_breaks_where_nothing_was_measured() -> None:
    drawing = trend(
        [0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 2.0, None, 30.0, 31.0], answer(MeasureAnswer, one_measure())
    )
    assert drawing.count("<polyline") == 2


def test_visits_stand_side_by_side_with_what_changed() -> None:
    changes = [
        answer(
            ChangeAnswer,
            {"title": title, "words": words, "change_words": ["", told], "sure": [False, sure]},
        )
        for title, words, told, sure in (
            ("trunk", ["1° forward", "9° forward"], "+8° (±3°)", True),
            ("neck", ["1° forward", "2° forward"], "+1° (±3°)", False),
        )
    ]
    images = [np.full((300, 200, 3), shade, np.uint8) for shade in (50, 150)]
    drawn = draw_visits(images, ["one", "two"], changes)
    assert drawn.shape[1] >= 1080
    page = draw_visits_page(images, ["<one>", "two"], changes)
    assert 'class="changed">+8° (±3°)' in page
    assert 'class="range">+1° (±3°)' in page
    assert "&lt;one&gt;" in page
    with pytest.raises(InvalidValueError, match="at least two visits"):
        draw_visits(images[:1], ["one"], changes)

import csv
import io
import json
from pathlib import Path

import pytest

from laban.core.spans import Span, Timeline
from laban.errors import InvalidValueError, OutputError, UnknownNameError
from laban.render.timeline_text import timelines_csv, timelines_json, timelines_webvtt, write_timelines

ONE = Timeline((Span(3671.25, 3672.0, "fall", 0.9449, 2, "fall"), Span(0.0, 1.5, "unknown", 0.4, 1, "move")))
BOTH = [("a.mp4", ONE), ("b, c.mp4", Timeline(()))]


def test_json_lists_every_source() -> None:
    first, second = json.loads(timelines_json(BOTH))
    assert second == {"source": "b, c.mp4", "spans": []}
    assert first["spans"][0]["label"] == "unknown"
    assert first["spans"][1] == {
        "task": "fall", "person": 2, "label": "fall", "start_s": 3671.25, "end_s": 3672.0, "score": 0.9449,
    }  # fmt: skip


def test_csv_has_a_row_for_each_span() -> None:
    rows = list(csv.DictReader(io.StringIO(timelines_csv([("x, y.mp4", ONE)]))))
    assert [(row["source"], row["person"], row["label"]) for row in rows] == [
        ("x, y.mp4", "1", "unknown"),
        ("x, y.mp4", "2", "fall"),
    ]
    assert list(rows[0]) == ["source", "task", "person", "label", "start_s", "end_s", "score"]


def test_subtitles_have_clocks_and_no_marks_of_their_own() -> None:
    odd = Timeline((Span(0.0, 1.0, "a <b> & c\nd", 1.0, 3),))
    assert timelines_webvtt([("x", ONE)]).split("\n") == [
        "WEBVTT", "",
        "00:00:00.000 --> 00:00:01.500", "person 1: move: unknown 40 %", "",
        "01:01:11.250 --> 01:01:12.000", "person 2: fall: fall 94 %", "",
    ]  # fmt: skip
    assert "person 3: a &lt;b&gt; &amp; c d 100 %\n" in timelines_webvtt([("x", odd)])
    with pytest.raises(InvalidValueError, match="one source, got 2"):
        timelines_webvtt(BOTH)


def test_the_suffix_decides_and_unknown_ones_are_told(tmp_path: Path) -> None:
    for suffix, start in ((".json", "["), (".csv", "source,"), (".VTT", "WEBVTT")):
        path = write_timelines(tmp_path / "new" / f"x{suffix}", BOTH[:1])
        assert path.read_text(encoding="utf-8").startswith(start)
    with pytest.raises(UnknownNameError, match=r"did you mean '.vtt'"):
        write_timelines(tmp_path / "x.wvtt", BOTH)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_timelines(tmp_path / "file" / "x.csv", BOTH)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["x.VTT", "x.csv", "x.json"]

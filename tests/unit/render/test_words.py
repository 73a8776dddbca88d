"""Words for people."""

from laban.core.sequence import Recording
from laban.render.words import format_duration, format_time, short_name, summary_line


def test_names_lose_their_folders_and_their_middle() -> None:
    assert short_name("/a/b\\c.mp4") == "c.mp4"
    assert short_name("folder/") == "folder"
    assert short_name("") == "recording"
    long = short_name("a" * 100 + "b" * 100 + ".mp4")
    assert len(long) == 48
    assert long.startswith("aaa")
    assert long.endswith("bbb.mp4")


def test_a_line_says_what_is_known(two_walkers: Recording) -> None:
    assert summary_line(two_walkers) == "3.0 s · 1280×720 · 2 people"


def test_times_are_rounded_as_a_whole() -> None:
    assert format_duration(59.94) == "59.9 s"
    assert format_duration(59.96) == "1 min 0 s"
    assert format_duration(3599.6) == "60 min 0 s"
    assert format_time(59.999) == "1:00.00"

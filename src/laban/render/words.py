"""Names, numbers and times formatted for people."""

import math

from laban.core.sequence import Recording

_LONGEST = 48


def short_name(source: str) -> str:
    """A source's name without its folders, shortened in the middle if it is very long.

    >>> short_name("/videos/2026/walk.mp4")
    'walk.mp4'
    """
    name = source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "recording"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 + 1 :]}"


def count_people(count: int) -> str:
    """How many people, in words.

    >>> count_people(0), count_people(1), count_people(7)
    ('nobody', '1 person', '7 people')
    """
    return {0: "nobody", 1: "1 person"}.get(count, f"{count} people")


def count_breaks(count: int) -> str:
    """How many breaks, in words.

    >>> count_breaks(0), count_breaks(1), count_breaks(2)
    ('no breaks', '1 break', '2 breaks')
    """
    return {0: "no breaks", 1: "1 break"}.get(count, f"{count} breaks")


def summary_line(recording: Recording) -> str:
    """Duration, image size and the number of people, in words."""
    size = [] if recording.size_wh is None else ["{}×{}".format(*recording.size_wh)]
    return " · ".join([format_duration(recording.duration_s), *size, count_people(len(recording.people))])


def format_duration(seconds: float) -> str:
    """A duration formatted for people.

    >>> format_duration(9.3), format_duration(605)
    ('9.3 s', '10 min 5 s')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def format_time(seconds: float) -> str:
    """A time in a video as minutes and seconds.

    >>> format_time(75.25)
    '1:15.25'
    """
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths % 6000 / 100:05.2f}"


def percent_words(value: float | None) -> str:
    """A percentage; a dash if it is unknown.

    >>> percent_words(81.4), percent_words(None)
    ('81 %', '–')
    """
    return _unit_words(value, " %")


def degrees_words(value: float | None) -> str:
    """An angle in degrees; a dash if it is unknown.

    >>> degrees_words(81.4), degrees_words(None)
    ('81°', '–')
    """
    return _unit_words(value, "°")


def _unit_words(value: float | None, unit: str) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.0f}{unit}"

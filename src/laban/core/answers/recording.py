"""Who is in a recording, and what was measured of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from laban.core.answers.base import Answer


@dataclass(frozen=True)
class PersonAnswer(Answer):
    """One person of a recording: when they were seen, and how well."""

    person: int
    """The person's id."""
    spans: tuple[tuple[float, float], ...]
    """From when to when they were seen, in seconds; short gaps are bridged."""
    frames_seen: int
    """In how many frames they were seen."""
    coverage: float
    """Share of the frames between the first and the last sight in which they were seen, 0 to 1."""
    visibility: float | None
    """Mean visibility of their landmarks, 0 to 1; null where they were never seen."""
    height_share: float | None
    """Median height of the figure as a share of the image's height; null without pixels."""
    tremble: float | None
    """Noise of shoulders and hips from frame to frame, in torso lengths; null where it cannot be estimated."""
    warnings: tuple[str, ...]
    """What to be wary of with this person."""
    seen_s: float
    """How long they were seen in all, in seconds."""


@dataclass(frozen=True)
class RecordingAnswer(Answer):
    """Who is in a recording, when, and how well seen."""

    source: str
    """What the recording was made from."""
    duration_s: float
    """Its length in seconds."""
    frames: int
    """How many frames it has."""
    rate_hz: float | None
    """Frames a second; null for fewer than two frames."""
    size_wh: tuple[int, int] | None
    """Width and height of the image in pixels; null where they are not known."""
    coverage: float
    """Share of the frames in which anybody was seen, 0 to 1."""
    people: tuple[PersonAnswer, ...]
    """Everybody in it."""
    warnings: tuple[str, ...]
    """What to be wary of with the recording."""
    notes: tuple[str, ...]
    """What had to be assumed when it was read."""


@dataclass(frozen=True)
class ColumnAnswer(Answer):
    """A column of measurements."""

    name: str
    """What is measured, such as left_elbow."""
    unit: str
    """Its unit; empty for a plain number."""


@dataclass(frozen=True)
class FeaturesAnswer(Answer):
    """Joint angles, inclinations and kinematics of everybody in a source."""

    source: str
    """The source, as it was given."""
    output: str | None
    """The table that was written; null where the values are in ``people``."""
    rows: int
    """How many rows the table has: one for each person and instant."""
    columns: tuple[ColumnAnswer, ...]
    """What was measured."""
    people: tuple[int, ...] | Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """The ids of the people in the written table; without one, by the id the values of each column, and
    ``times_s``, the time of each in seconds. What is not known is null."""

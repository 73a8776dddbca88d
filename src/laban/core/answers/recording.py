"""The people in a recording, and their measurements."""

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
    """The number of frames in which they were seen."""
    coverage: float
    """Share of the frames from the first to the last appearance in which they were seen, 0 to 1."""
    visibility: float | None
    """Mean visibility of their landmarks, 0 to 1; null where they were never seen."""
    height_share: float | None
    """Median height of the figure, or width if that is larger, as a share of the image's height; null without
    pixels."""
    tremble: float | None
    """Noise of shoulders and hips from frame to frame, in torso lengths; null where it cannot be estimated."""
    warnings: tuple[str, ...]
    """Warnings about this person."""
    seen_s: float
    """How long they were seen in all, in seconds."""


@dataclass(frozen=True)
class RecordingAnswer(Answer):
    """The people in a recording: when and how well they were seen."""

    source: str
    """The source of the recording."""
    duration_s: float
    """Its length in seconds."""
    frames: int
    """How many frames it has."""
    rate_hz: float | None
    """Frames a second; null for fewer than two frames."""
    size_wh: tuple[int, int] | None
    """Width and height of the image in pixels; null where they are not known."""
    coverage: float
    """Share of the frames in which anyone was seen, 0 to 1."""
    people: tuple[PersonAnswer, ...]
    """Everybody in it."""
    warnings: tuple[str, ...]
    """Warnings about the recording."""
    notes: tuple[str, ...]
    """Assumptions made when it was read."""


@dataclass(frozen=True)
class ColumnAnswer(Answer):
    """A column of measurements."""

    name: str
    """The measurement, such as left_elbow."""
    unit: str
    """Its unit; empty for a plain number."""


@dataclass(frozen=True)
class FeaturesAnswer(Answer):
    """Joint angles, inclinations and kinematics of all people in a source."""

    source: str
    """The source, as it was given."""
    output: str | None
    """The table that was written; null where the values are in ``people``."""
    rows: int
    """How many rows the table has: one for each person and instant."""
    columns: tuple[ColumnAnswer, ...]
    """What was measured."""
    people: tuple[int, ...] | Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """The ids of the people in the written table; without a table, for each id the values of each column, and
    ``times_s``, their times in seconds. Unknown values are null."""

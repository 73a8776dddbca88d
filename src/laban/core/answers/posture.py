"""The alignment of a body: measures with their intervals, and their course over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer

ViewName = Literal["front", "back", "left side", "right side", "oblique", "unknown"]
Stance = Literal["standing", "sitting", "lying", "unclear"]
Unit = Literal["deg", "torso", "%", "cm"]
Verdict = Literal["within", "finding", "unsure", "no rule", "withheld"]
Severity = Literal["slight", "moderate", "marked"]
Direction = Literal["above", "below"]
Band = Literal["unknown", "within", "slight", "moderate", "marked"]


@dataclass(frozen=True)
class ViewAnswer(Answer):
    """The view of a body."""

    name: ViewName
    """The view."""
    yaw_deg: float | None
    """How far the body is turned, in degrees: 0 faces the camera, 90 the right edge of the image, -90 the left,
    ±180 away from the camera; null where unknown."""
    words: str
    """The same in words."""
    shares: Mapping[str, float]
    """Share of the time in each view, by its name."""


@dataclass(frozen=True)
class LevelAnswer(Answer):
    """The camera's roll."""

    roll_deg: float
    """Angle from the image's upward direction clockwise to the true one, in degrees."""
    sd_deg: float
    """Its standard uncertainty, in degrees."""
    origin: str
    """Its source, in words."""


@dataclass(frozen=True)
class PartsAnswer(Answer):
    """Half widths that make up a 95 % interval, in the value's unit; their squares add up."""

    noise: float
    """The noise of the landmarks: how far another measurement would differ."""
    roll: float
    """The effect of an uncertain vertical."""
    proxy: float
    """The effect of substituting a landmark."""
    turn: float
    """The effect of a body turned slightly from the view."""


@dataclass(frozen=True)
class IntervalAnswer(Answer):
    """A value with its 95 % interval."""

    value: float | None
    """The value; null where it was not measured."""
    low: float | None
    """Lower end of its 95 % interval."""
    high: float | None
    """Upper end of its 95 % interval."""
    parts: PartsAnswer | None
    """The parts of the interval."""


@dataclass(frozen=True)
class RuleAnswer(Answer):
    """The limits of a measure."""

    direction: Direction
    """The side of the limits on which a finding lies."""
    bands: Mapping[Severity, float]
    """The limit of each severity, in the measure's unit, the least severe first."""
    finding: str
    """The name of the finding beyond it."""
    source: str
    """The source of the limits."""


@dataclass(frozen=True)
class MeasureAnswer(Answer):
    """One measure of one person."""

    name: str
    """Its name."""
    title: str
    """Its title."""
    about: str
    """What it measures, in a sentence."""
    unit: Unit
    """Unit of the value, its interval and its limits; torso is torso lengths."""
    verdict: Verdict
    """The value compared with its limits; ``unsure`` where its interval crosses a limit, ``withheld`` where it was
    not measured."""
    value: float | None
    """The value, over time the median; null where it was not measured."""
    low: float | None
    """Lower end of its 95 % interval."""
    high: float | None
    """Upper end of its 95 % interval."""
    parts: PartsAnswer | None
    """The parts of the interval."""
    meaning: str
    """The value in words, with its direction."""
    range_words: str
    """Its interval in words."""
    severity: Severity | None
    """How severe a finding is; null where there is none."""
    finding: str
    """The finding in words; empty where there is none."""
    source: str
    """The source of the limits that decided."""
    reason: str
    """Why it was not measured, or is unsure; else empty."""
    in_cm: IntervalAnswer | None
    """The value in centimetres, where the body's height is known."""
    share_of_time: float
    """Share of the instants at which it could be measured, 0 to 1."""
    spread: tuple[float, float] | None
    """The 5th and the 95th percentile over time, in its unit; null for a single image."""
    limits: tuple[RuleAnswer, ...]
    """The limits it is held against."""


@dataclass(frozen=True)
class BandTimesAnswer(Answer):
    """The time that a measure spent in each band of a rule."""

    measure: str
    """The measure."""
    direction: Direction
    """The name of the rule."""
    seconds: Mapping[Band, float]
    """Seconds in each band."""
    known_s: float
    """How long the band was known, in seconds."""
    share_beyond: float | None
    """Share of the known time beyond the first limit, 0 to 1."""


@dataclass(frozen=True)
class SideTimesAnswer(Answer):
    """The time that a left-right measure was clearly on either side."""

    measure: str
    """The measure."""
    left_s: float
    """Seconds to the left."""
    right_s: float
    """Seconds to the right."""
    known_s: float
    """Seconds for which it was known."""
    habitual: Literal["left", "right"] | None
    """The side for more than half of the time; null where there is none."""


@dataclass(frozen=True)
class StretchAnswer(Answer):
    """A stretch of time."""

    start_s: float
    """When it begins, in seconds."""
    end_s: float
    """When it ends, in seconds."""
    duration_s: float
    """How long it lasts, in seconds."""


@dataclass(frozen=True)
class HoldingAnswer(Answer):
    """A posture over time."""

    watched_s: float
    """How long the person was watched, in seconds."""
    seen_s: float
    """How long the person was in the image, in seconds."""
    bands: tuple[BandTimesAnswer, ...]
    """Time in each band, rule by rule."""
    sides: tuple[SideTimesAnswer, ...]
    """Time to either side, measure by measure."""
    slumps: tuple[StretchAnswer, ...]
    """When head or trunk were beyond their limits for long enough to count."""
    slump_s: float
    """How long all slumps lasted together, in seconds."""
    longest_slump: StretchAnswer | None
    """The longest without interruption; null where there was none."""
    breaks: tuple[StretchAnswer, ...]
    """When the person was away or off the seat."""


@dataclass(frozen=True)
class SideIndexAnswer(Answer):
    """Left compared with right in a repeated movement."""

    joint: str
    """The joint without its side."""
    left_deg: float
    """Mean range on the left, in degrees."""
    right_deg: float
    """Mean range on the right, in degrees."""
    left_count: int
    """Repetitions on the left."""
    right_count: int
    """Repetitions on the right."""
    index_percent: float
    """Symmetry index of Robinson, Herzog and Nigg, in percent: positive where the left goes further."""
    low: float
    """Lower end of its 95 % interval, in percent."""
    high: float
    """Upper end of its 95 % interval, in percent."""
    further: Literal["left", "right"] | None
    """The side that certainly goes further; null where neither does."""
    space: str
    """The space in which the angles were measured: metres or pixels."""


@dataclass(frozen=True)
class ReportAnswer(Answer):
    """The posture of one person. Intervals are of 95 %."""

    person: int
    """The person's id."""
    view: ViewAnswer
    """The view of the person."""
    stance: Stance
    """The most frequent stance."""
    level: LevelAnswer
    """The camera's roll."""
    body_height_cm: float | None
    """The body's height in centimetres, where it was given."""
    mirrored: bool
    """Whether the image was taken in a mirror."""
    findings: tuple[str, ...]
    """Names of the measures that are certainly beyond a limit, the most severe first."""
    measures: tuple[MeasureAnswer, ...]
    """All measures, including those that were not taken."""
    unseen: tuple[str, ...]
    """What this view cannot show."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong."""
    noise: str
    """The source of the landmarks' noise."""
    rules: str
    """The source of the limits."""
    over_time: HoldingAnswer | None
    """The posture over time; null for a single image."""
    repeated: tuple[SideIndexAnswer, ...]
    """Left compared with right in repeated movement."""


@dataclass(frozen=True)
class Assessed(Answer):
    """What was measured."""

    version: Literal[1]
    """Version of this layout."""
    source: str
    """The image, video or recording."""
    time_s: float
    """The instant that is drawn, in seconds; for a single image or moment, the one that was measured."""
    other_people: tuple[int, ...]
    """Ids of the other people."""


@dataclass(frozen=True)
class PostureAnswer(ReportAnswer, Assessed):
    """The posture of one person in one source."""


@dataclass(frozen=True)
class PostureSeries(Answer):
    """The measures that have limits, over time."""

    times_s: tuple[float, ...]
    """Times in seconds."""
    values: Mapping[str, tuple[float | None, ...]]
    """Each measure's value at each time, in its unit; null where it was not measured."""


@dataclass(frozen=True)
class PostureFile(PostureAnswer):
    """The content of posture.json: the answer, and the measures over time."""

    series: PostureSeries | None
    """The measures over time; null for a single image."""


@dataclass(frozen=True)
class ChangeAnswer(Answer):
    """One measure over several visits, in its unit."""

    name: str
    """The measure."""
    title: str
    """Its title."""
    unit: Unit
    """Unit of values, changes and errors."""
    values: tuple[float | None, ...]
    """Its value at each visit; null where it was not measured."""
    changes: tuple[float | None, ...]
    """Each later value minus the first."""
    errors: tuple[float | None, ...]
    """Half widths within which 95 of 100 such differences fall if nothing has changed."""
    sure: tuple[bool, ...]
    """Whether each change exceeds the measurement error."""
    words: tuple[str, ...]
    """The values in words."""
    change_words: tuple[str, ...]
    """The changes in words, with their errors."""


@dataclass(frozen=True)
class VisitsAnswer(Answer):
    """The answer of ``laban posture --visits`` for several visits of one person."""

    visits: tuple[PostureAnswer, ...]
    """Each visit."""
    changes: tuple[ChangeAnswer, ...]
    """The changes since the first visit."""


@dataclass(frozen=True)
class VisitsFile(Answer):
    """What visits.json holds."""

    visits: tuple[str, ...]
    """Short names of the sources."""
    changes: tuple[ChangeAnswer, ...]
    """The changes since the first visit."""


@dataclass(frozen=True)
class PostureEventLine(Answer):
    """A line of ``laban posture --live``: something changed. Fields of other kinds are omitted."""

    kind: Literal["band", "slump", "slump_end", "break", "break_end", "remind"]
    """``band``: a measure went from one band to another; ``slump`` and ``slump_end``, ``break`` and ``break_end``:
    one began or ended; ``remind``: a slump has lasted for long enough."""
    time_s: float
    """When that became known, in seconds."""
    since_s: float
    """When it began, in seconds."""
    measure: str | None = None
    """The measure."""
    direction: Direction | None = None
    """The name of the rule."""
    band: Band | None = None
    """The band that it is in now."""
    before: Band | None = None
    """The band that it was in."""
    words: str | None = None
    """The same in words."""
    value: float | None = None
    """The measure's value, in its unit."""


@dataclass(frozen=True)
class LastLine(Answer):
    """The kind of the last line."""

    kind: Literal["sum"]
    """The sum of what was watched."""


@dataclass(frozen=True)
class HeldPostureLine(HoldingAnswer, LastLine):
    """The last line of ``laban posture --live``."""

"""The summary of a recording, with warnings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laban.core.answers import known
from laban.core.answers.recording import PersonAnswer, RecordingAnswer
from laban.core.arrays import BoolArray, Float64Array
from laban.core.body import torso_length
from laban.core.checks import in_range
from laban.core.sequence import PoseSequence, Recording
from laban.core.space import Space
from laban.core.spans import Span, Timeline
from laban.io.assumptions import assumed_words
from laban.sequences.continuity import breaks_words, find_breaks

_JITTER_JOINTS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


@dataclass(frozen=True)
class QualityLimits:
    """The limits of values that cause a warning."""

    visibility: float = 0.5
    seen_s: float = 1.0
    height_share: float = 0.12
    coverage: float = 0.6
    tremble: float = 0.04
    bridge_s: float = 0.2

    def __post_init__(self) -> None:
        for name in ("visibility", "height_share", "coverage", "tremble"):
            in_range(getattr(self, name), name=name, low=0.0, high=1.0)
        for name in ("seen_s", "bridge_s"):
            in_range(getattr(self, name), name=name, low=0.0)


@dataclass(frozen=True)
class PersonSummary:
    """One person: when it was seen, and how well.

    ``spans`` are the times seen, with gaps of up to ``bridge_s`` bridged, and ``seen_s`` their sum. ``coverage`` is
    the share of frames between the first and the last sight in which the person was seen, ``visibility`` the mean
    over its joints. ``height_share`` is the median height of the figure, or width if that is larger, ÷ the image's
    height, NaN without pixels.
    ``tremble`` is the noise of shoulders and hips from frame to frame ÷ torso length (a standard deviation,
    estimated robustly from second differences), NaN where no three frames in a row are seen.
    """

    person: int
    spans: Timeline
    frames_seen: int
    coverage: float
    visibility: float
    height_share: float
    tremble: float
    warnings: tuple[str, ...] = ()

    @property
    def seen_s(self) -> float:
        return sum(span.duration_s for span in self.spans)

    def answer(self) -> PersonAnswer:
        """The answer that is printed and written."""
        return PersonAnswer(
            person=self.person,
            spans=tuple((span.start_s, span.end_s) for span in self.spans),
            frames_seen=self.frames_seen,
            coverage=self.coverage,
            visibility=known(self.visibility),
            height_share=known(self.height_share),
            tremble=known(self.tremble),
            warnings=self.warnings,
            seen_s=self.seen_s,
        )


@dataclass(frozen=True)
class RecordingSummary:
    """A whole recording. ``coverage`` is the share of frames with anybody; ``rate_hz`` NaN for fewer than two.

    ``notes`` say what had to be assumed when it was read.
    """

    source: str
    duration_s: float
    frames: int
    rate_hz: float
    size_wh: tuple[int, int] | None
    coverage: float
    people: tuple[PersonSummary, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def answer(self) -> RecordingAnswer:
        """The answer that is printed and written."""
        return RecordingAnswer(
            source=self.source,
            duration_s=self.duration_s,
            frames=self.frames,
            rate_hz=known(self.rate_hz),
            size_wh=self.size_wh,
            coverage=self.coverage,
            people=tuple(one.answer() for one in self.people),
            warnings=self.warnings,
            notes=self.notes,
        )


def summarise(recording: Recording, *, limits: QualityLimits | None = None) -> RecordingSummary:
    """Who is in a recording, when, how visible, and warnings."""
    limits = limits or QualityLimits()
    step_s = _step_s(recording.times_s)
    people = tuple(
        _summarise_person(person, sequence, step_s=step_s, limits=limits)
        for person, sequence in recording.people.items()
    )
    anybody = _anybody(recording)
    return RecordingSummary(
        source=recording.source,
        duration_s=recording.duration_s,
        frames=len(recording.times_s),
        rate_hz=1 / step_s if step_s > 0 else float("nan"),
        size_wh=recording.size_wh,
        coverage=float(anybody.mean()) if len(anybody) else 0.0,
        people=people,
        warnings=_recording_warnings(recording, anybody),
        notes=assumed_words(recording.metadata),
    )


def seen_spans(sequence: PoseSequence, *, person: int, step_s: float, bridge_s: float = 0.0) -> Timeline:
    """The times at which a person was seen; a frame lasts ``step_s``, gaps up to ``bridge_s`` are bridged."""
    times = sequence.times_s[sequence.seen]
    if not len(times):
        return Timeline(())
    breaks = np.flatnonzero(np.diff(times) > max(1.5 * step_s, bridge_s + step_s)) + 1
    runs = np.split(times, breaks)
    return Timeline(tuple(Span(float(run[0]), float(run[-1]) + step_s, "seen", 1.0, person) for run in runs))


def _summarise_person(
    person: int, sequence: PoseSequence, *, step_s: float, limits: QualityLimits
) -> PersonSummary:
    seen = sequence.seen
    visibility = sequence.visibility[seen]
    bare = PersonSummary(
        person=int(person),
        spans=seen_spans(sequence, person=int(person), step_s=step_s, bridge_s=limits.bridge_s),
        frames_seen=int(seen.sum()),
        coverage=float(seen.mean()),
        visibility=_mean(visibility.astype(np.float64)),
        height_share=_height_share(sequence),
        tremble=_tremble(sequence),
    )
    return PersonSummary(**{**bare.__dict__, "warnings": _person_warnings(bare, limits)})


def _person_warnings(one: PersonSummary, limits: QualityLimits) -> tuple[str, ...]:
    checks: tuple[tuple[bool, str], ...] = (
        (one.frames_seen == 0, "never seen"),
        (0 < one.seen_s < limits.seen_s, f"seen for {one.seen_s:.1f} s only"),
        (0 < one.coverage < limits.coverage, f"missing in {1 - one.coverage:.0%} of the frames in between"),
        (one.visibility < limits.visibility, f"half hidden (visibility {one.visibility:.2f})"),
        (
            one.height_share < limits.height_share,
            f"small in the image ({one.height_share:.0%} of its height)",
        ),
        (one.tremble > limits.tremble, f"trembles ({one.tremble:.1%} of the torso from frame to frame)"),
    )
    return tuple(words for is_so, words in checks if is_so)


def _recording_warnings(recording: Recording, anybody: BoolArray) -> tuple[str, ...]:
    checks: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: not len(anybody), "the recording has no frames"),
        (lambda: len(anybody) > 0 and not anybody.any(), "nobody was found"),
        (
            lambda: _is_uneven(recording.times_s),
            "frames come at uneven times; resample before counting frames",
        ),
    )
    told = tuple(words for is_so, words in checks if is_so())
    return told + breaks_words(find_breaks(recording)) + _own_warnings(recording)


def _own_warnings(recording: Recording) -> tuple[str, ...]:
    own = recording.metadata.get("warnings", ())
    return tuple(str(words) for words in own) if isinstance(own, list | tuple) else (str(own),)


def _is_uneven(times_s: Float64Array) -> bool:
    steps = np.diff(times_s)
    return len(steps) > 1 and float(np.ptp(steps)) > 0.2 * float(np.median(steps))


def _step_s(times_s: Float64Array) -> float:
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0


def _anybody(recording: Recording) -> BoolArray:
    anybody = np.zeros(len(recording.times_s), dtype=np.bool_)
    for person, sequence in recording.people.items():
        start = recording.start_of(person)
        anybody[start : start + len(sequence)] |= sequence.seen
    return anybody


def _height_share(sequence: PoseSequence) -> float:
    if sequence.image_px is None or sequence.size_wh is None:
        return float("nan")
    xy_px = sequence.image_px[sequence.seen].astype(np.float64)
    high, low = (np.where(np.isfinite(xy_px), xy_px, side) for side in (-np.inf, np.inf))
    sides = high.max(axis=1) - low.min(axis=1)
    return float(np.median(sides.max(axis=1))) / sequence.size_wh[1] if len(sides) else float("nan")


def _tremble(sequence: PoseSequence) -> float:
    skeleton = sequence.skeleton
    if not skeleton.has(*_JITTER_JOINTS) or len(sequence) < 3:
        return float("nan")
    space = Space.PIXEL if sequence.image_px is not None else sequence.spaces[0]
    body = sequence.coordinates(space).astype(np.float64)
    points = body[:, [skeleton.index(joint) for joint in _JITTER_JOINTS]]
    torso = torso_length(body, skeleton)
    torso[torso <= 0] = np.nan
    # White noise of standard deviation s has second differences of standard deviation s·√6.
    bends = np.diff(points, n=2, axis=0)[..., :2] / np.sqrt(6)
    share = np.abs(bends).reshape(len(bends), -1) / torso[1:-1, None]
    known = share[np.isfinite(share)]
    return 1.4826 * float(np.median(known)) if len(known) else float("nan")


def _mean(values: Float64Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")

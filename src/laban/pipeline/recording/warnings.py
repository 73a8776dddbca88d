"""Warnings about a recording: impossible movements, bodies upside down, and people lost from sight."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.io.upright import MOST_UPSIDE_DOWN, upside_down
from laban.sequences.continuity import breaks_words, find_breaks

_LEAST_LOST_S: Final = 1.0
_BORDER: Final = 0.05
_NEAR_HEIGHTS: Final = 0.5
_MOST_WORDS: Final = 3


@dataclass(frozen=True)
class Loss:
    """A time, in seconds, in which a person is lost who did not leave through the border of the image."""

    person: int
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """The duration in seconds."""
        return self.end_s - self.start_s


def doubts_of(recording: Recording, *, person: int | None = None) -> tuple[str, ...]:
    """Warnings where bodies jump, or people or sides change places; only for ``person`` where given.

    Of more than three kinds and people the first are named and the others counted.
    """
    breaks = [one for one in find_breaks(recording) if person is None or person in one.people]
    words = breaks_words(breaks)
    if len(words) <= _MOST_WORDS:
        return words
    rest = len(words) - _MOST_WORDS + 1
    return (*words[: _MOST_WORDS - 1], f"{rest} more of this kind; `laban show` lists them")


def upside_down_words(recording: Recording) -> tuple[str, ...]:
    """A warning where bodies are upside down in most frames, as those of a camera mounted upside down are."""
    share = upside_down(recording)
    if share < MOST_UPSIDE_DOWN:
        return ()
    return (
        f"bodies stand on their heads in {share:.0%} of the frames; unless they really do, the camera was upside "
        "down: turn the video first (ffmpeg -display_rotation 180 -i IN -c copy OUT)",
    )


def lost_words(recording: Recording) -> tuple[str, ...]:
    """A warning with the longest time in which a person was lost in mid-image, and the number of other times."""
    losses = find_losses(recording)
    if not losses:
        return ()
    longest = max(losses, key=lambda one: one.duration_s)
    more = f", and {len(losses) - 1} more such times" if len(losses) > 1 else ""
    when = f"from {longest.start_s:.2f} to {longest.end_s:.2f} s{more}"
    return (
        f"person {longest.person} is lost in mid-image {when}; their movement meanwhile is not evaluated",
    )


def find_losses(recording: Recording) -> tuple[Loss, ...]:
    """The times, of a second or more, in which a person who was not near the border is lost, in order.

    A person who continues under another id at the same place is not lost. None without the size of the image.
    """
    size_wh = recording.size_wh
    if size_wh is None:
        return ()
    boxes = {person: _boxes(sequence) for person, sequence in recording.people.items()}
    found = [
        loss
        for person in recording.people
        for loss in _gaps(recording, person)
        if loss.duration_s >= _LEAST_LOST_S
        and not _at_border(box := boxes[person][_row_at(recording, loss)], size_wh)
        and not _goes_on(recording, boxes, box, loss)
    ]
    return tuple(sorted(found, key=lambda one: (one.start_s, one.person)))


def _row_at(recording: Recording, loss: Loss) -> int:
    """The row in which the person was seen last."""
    return int(np.searchsorted(recording.people[loss.person].times_s, loss.start_s))


def _gaps(recording: Recording, person: int) -> Iterator[Loss]:
    """From when to when the person is not seen, each time, until they are again or the recording ends."""
    sequence = recording.people[person]
    rows = np.flatnonzero(sequence.seen)
    if not len(rows):
        return
    for row, after in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
        if after > row + 1:
            yield Loss(person, float(sequence.times_s[row]), float(sequence.times_s[after]))
    yield Loss(person, float(sequence.times_s[rows[-1]]), float(recording.times_s[-1]))


def _goes_on(recording: Recording, boxes: Mapping[int, Float64Array], box: Float64Array, loss: Loss) -> bool:
    """Whether another person is seen at the same place within a second after the last sighting."""
    for person, sequence in recording.people.items():
        since_s = sequence.times_s - loss.start_s
        soon = (since_s > 0) & (since_s <= _LEAST_LOST_S) & sequence.seen
        if person != loss.person and bool(_is_near(boxes[person][soon], box).any()):
            return True
    return False


def _is_near(boxes: Float64Array, box: Float64Array) -> BoolArray:
    """(N,) whether the middles of boxes (N, 4) lie within half of a box's height of its own."""
    apart = (boxes[:, :2] + boxes[:, 2:] - box[:2] - box[2:]) / 2
    near: BoolArray = np.linalg.norm(apart, axis=1) < _NEAR_HEIGHTS * (box[3] - box[1])
    return near


def _boxes(sequence: PoseSequence) -> Float64Array:
    """(T, 4) left, top, right and bottom of a body's known landmarks, in pixels; NaN where none is known."""
    if sequence.image_px is None:
        return np.full((len(sequence), 4), np.nan)
    points = sequence.image_px.astype(np.float64)
    known = np.isfinite(points).all(axis=2, keepdims=True)
    low, high = (np.where(known, points, fill) for fill in (np.inf, -np.inf))
    boxes = np.concatenate([low.min(axis=1), high.max(axis=1)], axis=1)
    return np.where(np.isfinite(boxes), boxes, np.nan)


def _at_border(box: Float64Array, size_wh: tuple[int, int]) -> bool:
    """Whether a body may have left the image from there: unknown bodies may."""
    if not np.isfinite(box).all():
        return True
    size = np.array(size_wh, dtype=np.float64)
    inside: BoolArray = np.concatenate([box[:2] > _BORDER * size, box[2:] < (1 - _BORDER) * size])
    return not bool(inside.all())

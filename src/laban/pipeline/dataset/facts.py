"""Facts about each clip for an audit, so that its poses are read once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.sequence import PoseSequence, Recording
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.tracks import Track, tracks_of
from laban.pipeline.dataset.values import Item
from laban.sequences.continuity import breaks_words, find_breaks
from laban.tasks.action.windows import visits_of


@dataclass(frozen=True, eq=False)
class Facts:
    """One clip. ``content`` is equal where the file or all poses are; ``longest_s`` is the longest time that one
    person is in view; ``fps`` is None where there are too few frames; ``breaks`` says where people jump or change
    places.
    """

    index: int
    item: Item
    content: str
    fps: float | None
    people: int
    seen_share: float
    longest_s: float
    skeletons: frozenset[str]
    tracks: tuple[Track, ...]
    breaks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.item.clip.name

    @property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """The labels of each task."""
        return {task: frozenset(span.label for span in spans) for task, spans in self.item.labels.items()}


def facts_of(recordings: Recordings) -> tuple[Facts, ...]:
    """The facts of every clip that could be read."""
    return tuple(
        _facts(index, item, recording, recordings)
        for index, (item, recording) in enumerate(recordings)
        if recording is not None
    )


def _facts(index: int, item: Item, recording: Recording, recordings: Recordings) -> Facts:
    steps = np.diff(recording.times_s)
    visits = [visit for one in recording.people.values() for visit in visits_of(one)]
    step_s = float(np.median(steps)) if len(steps) else 0.0
    return Facts(
        index=index,
        item=item,
        content=_content(item, recording, recordings),
        fps=1.0 / step_s if step_s > 0 else None,
        people=sum(bool(one.seen.any()) for one in recording.people.values()),
        seen_share=_seen_share(recording),
        longest_s=max((_lasts_s(visit) + step_s for visit in visits), default=0.0),
        skeletons=frozenset(one.skeleton.name for one in recording.people.values()),
        tracks=tracks_of(recording),
        breaks=breaks_words(find_breaks(recording)),
    )


def _lasts_s(visit: PoseSequence) -> float:
    return float(visit.times_s[-1] - visit.times_s[0])


def _seen_share(recording: Recording) -> float:
    seen = np.zeros(len(recording.times_s), dtype=bool)
    for person, sequence in recording.people.items():
        start = recording.start_of(person)
        seen[start : start + len(sequence)] |= sequence.seen
    return float(seen.mean()) if len(seen) else 0.0


def _content(item: Item, recording: Recording, recordings: Recordings) -> str:
    """Videos of equal content share a file in the cache; otherwise the poses decide."""
    if item.kind == "video" and item.path is not None:
        return str(recordings.places[item.path])
    digest = hashlib.sha256()
    for sequence in recording.people.values():
        digest.update(np.ascontiguousarray(sequence.coordinates(sequence.spaces[0])).tobytes())
        digest.update(sequence.times_s.tobytes())
    return digest.hexdigest() if recording.people else f"nobody in {item.clip.name}"

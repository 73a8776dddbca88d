"""How a change moves an answer: what is known of it, and the way back."""

from dataclasses import dataclass

import numpy as np

from laban.core.sequence import PoseSequence, Recording


@dataclass(frozen=True)
class Mapping:
    """Where things are after a change: pixels ``scale`` times as far and ``offset_px`` further on, everything
    ``shift_s`` later, left and right exchanged in an image ``mirrored_px`` wide, ``strangers`` more people.

    ``unseen`` is the share of instants at which people were taken away. What is ``poorer`` has fewer landmarks or
    no metres, so that a measure may be withheld, with a reason, but not be another.
    """

    scale: tuple[float, float] = (1.0, 1.0)
    offset_px: tuple[float, float] = (0.0, 0.0)
    shift_s: float = 0.0
    mirrored_px: float | None = None
    strangers: int = 0
    unseen: float = 0.0
    poorer: bool = False

    @property
    def mirrored(self) -> bool:
        return self.mirrored_px is not None


def undone(recording: Recording, mapping: Mapping) -> Recording:
    """What was found after a change, where and when it was before: pixels and times alone, the rest as it is."""
    times_s = recording.times_s - mapping.shift_s
    people = {
        person: _undone(sequence, sequence.times_s - mapping.shift_s, mapping)
        for person, sequence in recording.people.items()
    }
    return Recording(recording.source, times_s, people)


def _undone(sequence: PoseSequence, times_s: np.ndarray, mapping: Mapping) -> PoseSequence:
    if sequence.image_px is None:
        return sequence.replace(times_s=times_s, size_wh=None)
    points = (sequence.image_px - np.array(mapping.offset_px)) / np.array(mapping.scale)
    visibility = sequence.visibility
    if mapping.mirrored_px is not None:
        flip = sequence.skeleton.flip
        points = (points * (-1.0, 1.0) + (mapping.mirrored_px, 0.0))[:, flip]
        visibility = visibility[:, flip]
    return sequence.replace(
        times_s=times_s, image_px=points, visibility=visibility, world_m=None, depth_px=None, size_wh=None
    )

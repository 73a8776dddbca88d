"""Short hashes of clips, by which a model recognises its training clips."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from laban.core.sequence import Recording
from laban.pipeline.dataset import Recordings
from laban.pipeline.training.learned_from import fingerprint

_BLOCK = 1 << 20


def fingerprints(recordings: Recordings, index: int) -> frozenset[str]:
    """The fingerprints of one clip: of its video's bytes, and of its poses; a copy has the same, whatever its
    name."""
    item = recordings.dataset.items[index]
    held = set()
    if item.kind == "video" and item.path is not None and item.path.is_file():
        held.add(_of_file(item.path))
    recording = recordings.of(index)
    if recording is not None and recording.people:
        held.add(_of_poses(recording))
    return frozenset(held)


def fingerprints_of(recordings: Recordings, indices: Iterable[int]) -> list[str]:
    """The fingerprints of several clips, sorted."""
    return sorted({one for index in indices for one in fingerprints(recordings, index)})


def _of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return fingerprint(digest.hexdigest())


def _of_poses(recording: Recording) -> str:
    digest = hashlib.sha256()
    for person in sorted(recording.people):
        sequence = recording.people[person]
        points = sequence.coordinates(sequence.spaces[0]).astype(np.float32)
        digest.update(np.where(np.isnan(points), np.float32(np.nan), points).tobytes())
        digest.update(np.round(sequence.times_s, 6).tobytes())
    return fingerprint(digest.hexdigest())

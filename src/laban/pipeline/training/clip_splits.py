"""One split of clips that several recognisers of the same clips are trained and tested on."""

from dataclasses import dataclass

import numpy as np

from laban.models.examples import Examples
from laban.models.training.split import PARTS, Split


@dataclass(frozen=True, eq=False)
class ClipSplits:
    """Positions of clips: ``held_out`` one split, or one for each fold; ``random`` the same where clips of one
    group may lie on both sides, empty where ``held_out`` is random itself. ``notes`` are remarks, as sentences."""

    held_out: tuple[Split, ...]
    random: tuple[Split, ...] = ()
    notes: tuple[str, ...] = ()


def of_windows(split: Split, examples: Examples) -> Split:
    """The positions of the windows of the clips in each part of ``split``."""
    rows = {name: np.flatnonzero(np.isin(examples.clip, getattr(split, name))) for name in PARTS}
    return Split(split.by, rows["train"], rows["validation"], rows["test"], split.notes)

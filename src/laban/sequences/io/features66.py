"""The 66-feature CSV: one person, one row a frame, x and y of BlazePose's 33 landmarks, normalised.

A header row (``nose_x,nose_y,…``, or column numbers) and an index column may be there or not. An empty cell is
NaN. x and y are pixels ÷ width and height.
"""

from pathlib import Path
from typing import Final

import numpy as np

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.sequences.io.assumptions import clock_of, noted, picture_of
from laban.sequences.io.files import read_text, reading, write_text
from laban.sequences.io.loss import (
    field_losses,
    lost_times,
    metadata_losses,
    skeleton_losses,
    warn_of_loss,
)
from laban.sequences.io.normalised_table import numbers_of, written_size
from laban.sequences.io.people import chosen_person, pixels_of
from laban.sequences.io.text_table import row_text

COLUMNS: Final = len(BLAZEPOSE33) * 2
LOSS: Final = (
    "other people, times, picture size, visibility, depth_px, world_m, body, score, metadata; "
    "joints outside blazepose33"
)


def read(path: Path, *, fps: float | None = None, size_wh: tuple[int, int] | None = None) -> Recording:
    """The one person of a file, as person 0, with visibility unknown (NaN).

    Without ``fps`` it is 30, without ``size_wh`` 1280×720 with an ``AssumptionWarning``;
    ``metadata["assumed"]`` says which were taken.
    """
    with reading(path, form="66-feature CSV"):
        table = numbers_of(read_text(path), columns=COLUMNS)
        clock, picture = clock_of(fps), picture_of(size_wh, form="the 66-feature CSV")
        times_s = clock.times_s(len(table))
        with np.errstate(over="ignore"):
            pixels = table.reshape(len(table), -1, 2) * np.array(picture.size_wh)
        visibility = np.full(pixels.shape[:2], np.nan, dtype=np.float32)
        sequence = PoseSequence(times_s, BLAZEPOSE33, visibility, image_px=pixels, size_wh=picture.size_wh)
        metadata = noted("features66", clock.note, picture.note)
        return Recording(path.name, times_s, {0: sequence}, picture.size_wh, metadata)


def write(
    recording: Recording,
    path: Path,
    *,
    person: int | None = None,
    size_wh: tuple[int, int] | None = None,
    header: bool = True,
) -> None:
    """Writes one person, by default the one seen in most frames; a frame without them is a row of empty cells.

    ``size_wh`` is needed where the recording does not know its picture's size.
    """
    original, losses = chosen_person(recording, person)
    sequence = original.to_skeleton(BLAZEPOSE33)
    pixels = pixels_of(sequence).astype(np.float64)
    table = (pixels / np.array(written_size(recording, size_wh))).reshape(len(sequence), COLUMNS)
    names = [f"{joint}_{axis}" for joint in BLAZEPOSE33.names for axis in "xy"]
    lines = [",".join(names)] if header else []
    lines += [row_text(values) for values in table]
    write_text(path, "\n".join(lines) + "\n")
    losses += [*skeleton_losses([original], BLAZEPOSE33), *lost_times(sequence.times_s), "picture size"]
    losses += ["visibility", *field_losses([original], kept=("image_px",)), *metadata_losses(recording)]
    warn_of_loss(losses, form="the 66-feature CSV")

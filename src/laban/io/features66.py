"""The 66-feature CSV: one person, one row per frame, x and y of BlazePose's 33 landmarks, normalised.

A header row (``nose_x,nose_y,…``, or column numbers) and an index column may be present or not. An empty cell is
NaN. x and y are pixels ÷ width and height.
"""

from pathlib import Path
from typing import Final

import numpy as np

from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.io.files import reading, write_text
from laban.io.landmark_table import read_table
from laban.io.loss import (
    field_losses,
    lost_times,
    metadata_losses,
    skeleton_losses,
    warn_of_loss,
)
from laban.io.normalised_table import written_size
from laban.io.people import chosen_person, pixels_of
from laban.io.text_table import row_text

AXES: Final = ("x", "y")
COLUMNS: Final = len(BLAZEPOSE33) * 2
LOSS: Final = (
    "other people, times, image size, visibility, depth_px, world_m, body, score, metadata; "
    "joints outside blazepose33"
)


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
) -> Recording:
    """The people of a file, one as person 0 where no column tells them apart, with visibility unknown (NaN).

    Without a column of times ``fps`` (30) gives them. Without ``size_wh`` the image is taken for 1280×720 with an
    ``AssumptionWarning``; ``metadata["assumed"]`` says what was assumed. ``skeleton`` names the joints where they
    are only numbered and not 33.
    """
    with reading(path, form="66-feature CSV"):
        return read_table(
            path,
            form="features66",
            words="the 66-feature CSV",
            axes=AXES,
            fps=fps,
            size_wh=size_wh,
            skeleton=skeleton,
        )


def write(
    recording: Recording,
    path: Path,
    *,
    person: int | None = None,
    size_wh: tuple[int, int] | None = None,
    header: bool = True,
) -> None:
    """Writes one person, by default the one seen in most frames; a frame without them is a row of empty cells.

    ``size_wh`` is needed where the recording does not know its image's size.
    """
    original, losses = chosen_person(recording, person)
    sequence = original.to_skeleton(BLAZEPOSE33)
    pixels = pixels_of(sequence).astype(np.float64)
    table = (pixels / np.array(written_size(recording, size_wh))).reshape(len(sequence), COLUMNS)
    names = [f"{joint}_{axis}" for joint in BLAZEPOSE33.names for axis in "xy"]
    lines = [",".join(names)] if header else []
    lines += [row_text(values) for values in table]
    write_text(path, "\n".join(lines) + "\n")
    losses += [*skeleton_losses([original], BLAZEPOSE33), *lost_times(sequence.times_s), "image size"]
    losses += ["visibility", *field_losses([original], kept=("image_px",)), *metadata_losses(recording)]
    warn_of_loss(losses, form="the 66-feature CSV")

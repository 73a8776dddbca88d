"""The layout of the tutorials on action recognition with MediaPipe: text or CSV, one person, one row per frame.

A header row of numbers (first cell empty), an index column, then x, y, z and visibility of BlazePose's 33
landmarks. x and y are pixels ÷ width and height, z is pixels ÷ width. An empty cell is NaN, and a z that is
always empty means there is no depth. Files without the index column or the header load too.
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

AXES: Final = ("x", "y", "z", "v")
COLUMNS: Final = len(BLAZEPOSE33) * 4
LOSS: Final = "other people, times, image size, world_m, body, score, metadata; joints outside blazepose33"


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
) -> Recording:
    """The people of a file, one as person 0 where no column tells them apart.

    Without a column of times ``fps`` (30) gives them. Without ``size_wh`` the image is taken for 1280×720 with an
    ``AssumptionWarning``; ``metadata["assumed"]`` says what was assumed. ``skeleton`` names the joints where they
    are only numbered and not 33.
    """
    with reading(path, form="tutorial layout"):
        return read_table(
            path,
            form="tutorial",
            words="the tutorial layout",
            axes=AXES,
            fps=fps,
            size_wh=size_wh,
            skeleton=skeleton,
        )


def write(
    recording: Recording, path: Path, *, person: int | None = None, size_wh: tuple[int, int] | None = None
) -> None:
    """Writes one person, by default the one seen in most frames; a frame without them is a row of empty cells.

    ``size_wh`` is needed where the recording does not know its image's size.
    """
    original, losses = chosen_person(recording, person)
    sequence = original.to_skeleton(BLAZEPOSE33)
    width, height = written_size(recording, size_wh)
    pixels = pixels_of(sequence).astype(np.float64)
    depth = np.full(pixels.shape[:2], np.nan) if sequence.depth_px is None else sequence.depth_px
    columns = (pixels[..., 0] / width, pixels[..., 1] / height, depth.astype(np.float64) / width)
    table = np.stack([*columns, sequence.visibility], axis=2).reshape(len(sequence), COLUMNS)
    lines = ["," + ",".join(str(column) for column in range(COLUMNS))]
    lines += [f"{row},{row_text(values)}" for row, values in enumerate(table)]
    write_text(path, "\n".join(lines) + "\n")
    losses += [*skeleton_losses([original], BLAZEPOSE33), *lost_times(sequence.times_s), "image size"]
    losses += [*field_losses([original], kept=("image_px", "depth_px")), *metadata_losses(recording)]
    warn_of_loss(losses, form="the tutorial layout")

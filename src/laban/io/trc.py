"""TRC, the marker file of OpenSim, Pose2Sim and Sports2D: one person in metres, x right, y up, z to the viewer.

Tab-separated: a line with the file type, names and values of the settings, marker names, axes, then frame, time
in seconds and x, y, z of each marker. An empty cell and ``nan`` are NaN; decimals may have a comma. Units may
be m, cm or mm. Markers with the names that Pose2Sim gives (``RHip``, ``LBigToe``) or Laban's own
(``right_hip``) become joints; where they match no known skeleton, they form one without bones. Flat bodies of
many metres are the pixels that Sports2D writes under the unit m.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, to_float32
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import SKELETONS, Skeleton
from laban.errors import FormatError, InvalidValueError
from laban.io.assumptions import checked_size, noted
from laban.io.files import read_text, reading, write_text
from laban.io.limits import MAX_JOINTS, MAX_LANDMARKS, at_most
from laban.io.loss import field_losses, mean_fps, metadata_losses, warn_of_loss
from laban.io.people import chosen_person
from laban.io.text_table import cell_of, parse_rows, row_text
from laban.io.world import hip_centred

LOSS: Final = (
    "other people, frames outside the person's own, image_px, depth_px, body, score, visibility, metadata"
)
METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_TO_TRC: Final = np.array([1.0, -1.0, -1.0])
_LARGEST_BODY_M: Final = 10.0
_MARKERS_OF_A_BODY: Final = 8
_PARTS: Final = (
    "shoulder",
    "elbow",
    "wrist",
    "hip",
    "knee",
    "ankle",
    "big_toe",
    "small_toe",
    "heel",
    "eye",
    "ear",
)
_MARKERS: Final = {
    "nose": "Nose",
    "neck": "Neck",
    "head_top": "Head",
    "mid_hip": "Hip",
    **{
        f"{side}_{part}": side[0].upper() + part.title().replace("_", "")
        for side in ("left", "right")
        for part in _PARTS
    },
}
_JOINTS: Final = {marker.lower(): joint for joint, marker in _MARKERS.items()}


def read(path: Path, *, size_wh: tuple[int, int] | None = None) -> Recording:
    """The person of a file, as person 0, with ``world_m`` and unknown visibility.

    If the markers are not centred on the hips, each row is moved there, which is noted in
    ``metadata["assumed"]``. ``size_wh`` is the size of the image if the file holds pixels.
    """
    with reading(path, form="TRC"):
        lines = read_text(path).splitlines()
        skeleton, table = _skeleton(lines), _table(lines)
        at_most(len(table) * len(skeleton), MAX_LANDMARKS, what="landmarks")
        if table.shape[1] != 2 + 3 * len(skeleton):
            raise FormatError(
                f"it names {len(skeleton)} markers, its rows hold {table.shape[1] - 2} coordinates"
            )
        points = table[:, 2:].reshape(len(table), len(skeleton), 3)
        fields, note = _fields(points, skeleton, metres=_metres(lines))
        visibility = np.full(points.shape[:2], np.nan, dtype=np.float32)
        size = checked_size(size_wh) if size_wh is not None and "image_px" in fields else None
        sequence = PoseSequence(table[:, 1], skeleton, visibility, size_wh=size, **fields)
        return Recording(path.name, table[:, 1], {0: sequence}, size, noted("trc", note))


def _fields(
    points: Float64Array, skeleton: Skeleton, *, metres: float
) -> tuple[dict[str, Float32Array], dict[str, object]]:
    """The coordinates of the file as those of a sequence, and what had to be assumed."""
    if len(skeleton) >= _MARKERS_OF_A_BODY and _extent(points) * metres > _LARGEST_BODY_M:
        note: dict[str, object] = {"unit": "pixels: no body is that large in metres"}
        return {"image_px": to_float32(_flat(points, skeleton))}, note
    world, moved = hip_centred(points * _TO_TRC * metres, skeleton)
    return {"world_m": to_float32(world)}, moved


def _extent(points: Float64Array) -> float:
    """The median of the bodies' largest sides."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        sides = np.nanmax(points, axis=1) - np.nanmin(points, axis=1)
        return float(np.nan_to_num(np.nanmedian(sides.max(axis=1))))


def _flat(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T, J, 2) pixels, y down, or an error where they are something else."""
    head = next((joint for joint in ("nose", "head_top", "neck") if skeleton.has(joint)), None)
    foot = next((joint for joint in ("mid_hip", "left_hip", "left_ankle") if skeleton.has(joint)), None)
    is_flat = not np.nan_to_num(points[..., 2]).any()
    if not is_flat or head is None or foot is None:
        raise FormatError("its bodies measure many metres, which no body does; check the unit in its header")
    if np.nanmedian(points[:, skeleton.index(head), 1] - points[:, skeleton.index(foot), 1]) > 0:
        raise FormatError(
            "its bodies measure many metres, and its y points up, so they are not pixels either"
        )
    return points[..., :2]


def write(recording: Recording, path: Path, *, person: int | None = None) -> None:
    """Writes the world landmarks of one person in metres, by default the one seen in most frames."""
    sequence, losses = chosen_person(recording, person)
    if sequence.world_m is None:
        raise InvalidValueError("TRC holds metres, the sequence has no world_m")
    points = sequence.world_m.astype(np.float64) * _TO_TRC
    lines = _header(sequence, name=path.name)
    for row, (time_s, values) in enumerate(zip(sequence.times_s, points, strict=True)):
        lines.append(f"{row + 1}\t{cell_of(time_s)}\t{row_text(values.ravel(), chr(9), missing='nan')}")
    write_text(path, "\n".join(lines) + "\n")
    losses += [*field_losses([sequence], kept=("world_m",)), "visibility", *metadata_losses(recording)]
    losses += ["image size"] if recording.size_wh else []
    losses += ["frames outside the person's own"] if len(recording.times_s) > len(sequence) else []
    warn_of_loss(losses, form="TRC")


def _header(sequence: PoseSequence, *, name: str) -> list[str]:
    markers = [_MARKERS.get(joint, joint) for joint in sequence.skeleton.names]
    fps, rows, count = mean_fps(sequence.times_s), len(sequence), len(markers)
    axes = [f"{axis}{index + 1}" for index in range(count) for axis in "XYZ"]
    settings = (fps, fps, rows, count, "m", fps, 1, rows)
    return [
        f"PathFileType\t4\t(X/Y/Z)\t{name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join(str(setting) for setting in settings),
        "Frame#\tTime\t" + "\t\t\t".join(markers) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]


def _metres(lines: Sequence[str]) -> float:
    settings = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    units = settings.get("Units", "").strip()
    if units not in METRES:
        raise FormatError(f"its units are {units[:20]!r}, expected one of {', '.join(METRES)}")
    return METRES[units]


def _skeleton(lines: Sequence[str]) -> Skeleton:
    if len(lines) < 6 or not lines[0].startswith("PathFileType") or not lines[3].startswith("Frame#"):
        raise FormatError("it does not begin like a TRC file")
    markers = [cell.strip() for cell in lines[3].split("\t")[2:] if cell.strip()]
    at_most(len(markers), MAX_JOINTS, what="markers")
    names = tuple(_JOINTS.get(marker.lower(), marker) for marker in markers)
    if len(set(names)) != len(names) or not names:
        raise FormatError("its markers must have unique names")
    return next((known for known in SKELETONS.values() if known.names == names), Skeleton("trc", names, ()))


def _table(lines: Sequence[str]) -> Float64Array:
    width = lines[4].rstrip().count("\t") + 1
    rows = [(number, line.rstrip("\r\n")) for number, line in enumerate(lines[5:], 6) if line.strip()]
    if not rows:
        raise FormatError("it holds no rows")
    padded = [_padded(line, width) for _, line in rows]
    return parse_rows(padded, columns=width, first_line=rows[0][0], separator="\t")


def _padded(line: str, width: int) -> str:
    """The line with trailing empty cells that some programs strip restored, and without a superfluous one."""
    cells = line.count("\t") + 1
    if cells == width + 1 and line.endswith("\t"):
        return line[:-1]
    return line + "\t" * (width - cells)

"""YOLO-pose: a folder with ``data.yaml`` and one text file a frame, everything normalised by the picture's size.

A line is ``class x y w h`` (centre and size of the box), then x, y and, where ``kpt_shape`` says 3, a flag for
each joint, then perhaps a confidence and a track id. Flags 0, 1, 2 mean missing (NaN), hidden (visibility 0)
and seen (1); where any line has another number there, all are visibilities and 0, 0 is missing. An id is a
whole number, a confidence has a point.

The joints are those of ``kpt_names``, else the 17 of COCO where ``kpt_shape`` and ``flip_idx`` agree with them,
else those of the option ``skeleton``: their number alone does not tell.
"""

from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17, SKELETONS, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.sequences.io.assumptions import Picture, checked_size, clock_of, noted, picture_of
from laban.sequences.io.files import read_text, reading, replacing_folder
from laban.sequences.io.flat_yaml import Value, parse_flat_yaml, whole_numbers
from laban.sequences.io.limits import MAX_PEOPLE, at_most
from laban.sequences.io.loss import (
    field_losses,
    mean_fps,
    metadata_losses,
    skeleton_losses,
    time_losses,
    warn_of_loss,
)
from laban.sequences.io.normalised_table import written_size
from laban.sequences.io.numbered import frame_files
from laban.sequences.io.people import Detection, box_xywh, detections_of, given, on_skeleton, recording_of

LOSS: Final = (
    "depth_px, world_m, body, score, metadata, unevenness of the times, unseen rows at either end; joints outside "
    "coco17 (or the skeleton asked for); visibility becomes seen (0.5 and above) or hidden"
)
_KEYS: Final = ("kpt_shape", "flip_idx", "kpt_names", "names", "laban_fps", "laban_size_wh")
_COCO17_FLIP: Final[Value] = [str(index) for index in COCO17.flip]


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str = "auto",
) -> Recording:
    """The people in a folder of labels.

    A frame's time is its number ÷ ``fps``; without ``fps`` and ``size_wh`` those that Laban noted in
    ``data.yaml``, else 30 and 1280×720, the latter with an ``AssumptionWarning``. ``identities`` says who is
    who without track ids: ``auto``, ``order`` or ``each``.
    """
    with reading(path, form="YOLO-pose"):
        described = _description(path)
        joints, dimensions = _shape(described)
        chosen = _skeleton(described, joints=joints, asked=skeleton)
        labels = path / "labels"
        files = frame_files(labels if labels.is_dir() else path, suffix=".txt")
        clock = clock_of(_noted_fps(described) if fps is None else fps)
        picture = picture_of(_noted_size(described) if size_wh is None else size_wh, form="YOLO-pose")
        tables = [_lines(read_text(file), joints * dimensions, where=file.name) for file in files.paths]
        frames = _detections(tables, shape=(joints, dimensions), picture=picture)
        return recording_of(
            frames,
            times_s=files.times_s(clock),
            skeleton=chosen,
            source=path.name,
            size_wh=picture.size_wh,
            metadata=noted("yolo-pose", clock.note, picture.note),
            identities=identities,
        )


def write(
    recording: Recording, path: Path, *, skeleton: str = "coco17", size_wh: tuple[int, int] | None = None
) -> None:
    """Writes everybody into a new or empty folder: ``data.yaml``, and a file in ``labels`` for every frame.

    ``skeleton`` names the joints to write; ``size_wh`` is needed where the recording does not know its own.
    """
    target = skeleton_named(skeleton)
    size = written_size(recording, size_wh)
    fps = mean_fps(recording.times_s)
    frames = detections_of(recording, on_skeleton(recording.people, target))
    stem = Path(recording.source).stem or "frame"
    with replacing_folder(path) as folder:
        (folder / "labels").mkdir()
        (folder / "data.yaml").write_text(_data_yaml(target, fps=fps, size_wh=size), encoding="utf-8")
        for index, frame in enumerate(frames):
            text = "".join(_line(one, size_wh=size) for one in frame)
            (folder / "labels" / f"{stem}_{index:012d}.txt").write_text(text, encoding="utf-8")
    people = recording.people.values()
    losses = [*field_losses(people, kept=("image_px",)), "visibility (seen or hidden remains)"]
    losses += [*time_losses(recording.times_s, fps=fps), *skeleton_losses(people, target)]
    warn_of_loss([*losses, *metadata_losses(recording)], form="YOLO-pose")


def _description(path: Path) -> dict[str, Value]:
    for name in ("data.yaml", "data.yml"):
        if (path / name).is_file():
            return parse_flat_yaml(read_text(path / name), keys=_KEYS)
    raise FormatError("the folder has no data.yaml with kpt_shape")


def _shape(described: dict[str, Value]) -> tuple[int, int]:
    shape = whole_numbers(described.get("kpt_shape", []), what="kpt_shape")
    if len(shape) != 2 or not 1 <= shape[0] <= 1000 or shape[1] not in (2, 3):
        raise FormatError(f"kpt_shape in data.yaml must be [joints, 2 or 3], got {shape}")
    return shape[0], shape[1]


def _skeleton(described: dict[str, Value], *, joints: int, asked: str | None) -> Skeleton:
    names = described.get("kpt_names")
    if asked is not None:
        found = skeleton_named(asked)
    elif names is not None:
        found = _by_names(names)
    elif whole_numbers(described.get("flip_idx", _COCO17_FLIP), what="flip_idx") == COCO17.flip.tolist():
        found = COCO17
    else:
        raise FormatError("data.yaml does not tell which joints these are; pass skeleton=")
    if len(found) != joints:
        raise FormatError(f"kpt_shape says {joints} joints, {found.name} has {len(found)}; pass skeleton=")
    return found


def _by_names(names: Value) -> Skeleton:
    if isinstance(names, list):
        for known in SKELETONS.values():
            if list(known.names) == names:
                return known
    raise FormatError("kpt_names in data.yaml fits no known skeleton; pass skeleton=")


def _noted_fps(described: dict[str, Value]) -> float | None:
    value = described.get("laban_fps")
    return None if not isinstance(value, str) else float(value)


def _noted_size(described: dict[str, Value]) -> tuple[int, int] | None:
    value = described.get("laban_size_wh")
    return None if value is None else checked_size(whole_numbers(value, what="laban_size_wh"))


def _lines(text: str, keypoints: int, *, where: str) -> list[list[str]]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    at_most(len(lines), MAX_PEOPLE, what=f"people in {where}")
    for cells in lines:
        if not 5 + keypoints <= len(cells) <= 7 + keypoints:
            raise FormatError(f"a line of {where} has {len(cells)} cells, expected {5 + keypoints}")
    return lines


def _detections(
    tables: list[list[list[str]]], *, shape: tuple[int, int], picture: Picture
) -> list[list[Detection]]:
    count = shape[0] * shape[1]
    joints = [[_joints(cells[5 : 5 + count], shape=shape) for cells in table] for table in tables]
    flags = all(np.isin(one[:, 2], (0, 1, 2)).all() for table in joints for one in table)
    return [
        [
            _detection(one, extras=cells[5 + count :], flags=flags and shape[1] == 3, picture=picture)
            for one, cells in zip(found, table, strict=True)
        ]
        for found, table in zip(joints, tables, strict=True)
    ]


def _joints(cells: list[str], *, shape: tuple[int, int]) -> Float64Array:
    """(J, 3) numbers; the third is NaN where the file has two."""
    values = np.array([float(cell) for cell in cells]).reshape(shape)
    if not np.isfinite(values).all():
        raise FormatError("its labels hold NaN or an infinite number")
    return values if shape[1] == 3 else np.column_stack([values, np.full(shape[0], np.nan)])


def _detection(joints: Float64Array, *, extras: list[str], flags: bool, picture: Picture) -> Detection:
    missing = joints[:, 2] == 0 if flags else (joints[:, :2] == 0).all(axis=1)
    with np.errstate(over="ignore"):
        pixels = joints[:, :2] * np.array(picture.size_wh)
    pixels[missing] = np.nan
    visibility = np.where(missing, np.nan, joints[:, 2] - 1 if flags else joints[:, 2])
    whole = [cell for cell in extras if cell.isascii() and cell.isdigit()]
    scores = [float(cell) for cell in extras if cell not in whole]
    person = int(whole[-1][:9]) if whole else None
    return Detection(pixels, visibility, person, scores[0] if scores else float("nan"))


def _line(one: Detection, *, size_wh: tuple[int, int]) -> str:
    size = np.array(size_wh, dtype=np.float64)
    x, y, width, height = box_xywh(one.image_px / size)
    seen = given(one.image_px)
    known = np.where(np.isnan(one.visibility), 1.0, one.visibility)
    cells = ["0", *(repr(value) for value in (x + width / 2, y + height / 2, width, height))]
    for (px, py), is_seen, visible in zip(one.image_px / size, seen, known, strict=True):
        cells += (
            [repr(float(px)), repr(float(py)), "2" if visible >= 0.5 else "1"] if is_seen else ["0", "0", "0"]
        )
    return " ".join([*cells, str(one.person)]) + "\n"


def _data_yaml(target: Skeleton, *, fps: float, size_wh: tuple[int, int]) -> str:
    flip = ", ".join(str(index) for index in target.flip)
    names = "".join(f"    - {name}\n" for name in target.names)
    return (
        "# Labels of one recording, written by Laban.\npath: .\ntrain: images\nval: images\n"
        f"kpt_shape: [{len(target)}, 3]\nflip_idx: [{flip}]\nkpt_names:\n  0:\n{names}"
        f"names:\n  0: person\nlaban_fps: {fps!r}\nlaban_size_wh: [{size_wh[0]}, {size_wh[1]}]\n"
    )

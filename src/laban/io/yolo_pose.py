"""YOLO-pose: a folder with ``data.yaml`` and one text file per frame, all coordinates normalised by the image size.

A line is ``class x y w h`` (centre and size of the box), then x, y and, where ``kpt_shape`` says 3, a flag for
each joint, then perhaps a confidence and a track id. Flags 0, 1, 2 mean missing (NaN), hidden (visibility 0)
and seen (1); where any line has another number there, all are visibilities and 0, 0 is missing. A single number
after the joints is an id if all such numbers are whole, else a confidence.

The labels are in the folder, in ``labels``, or in a folder per split above or below ``labels``. The
joints are those of ``kpt_names``, else the 17 of COCO where ``kpt_shape`` and ``flip_idx`` agree with them,
else those of the option ``skeleton``: their number alone is ambiguous. Without ``data.yaml``, as ``yolo
predict save_txt`` writes, they are COCO's if the lines have room for 17.

Laban writes lines that Ultralytics accepts: joints outside the image are not labelled, and ids are in a separate
file, ``laban_people.txt``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import BoolArray
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.io.assumptions import checked_size, noted
from laban.io.files import read_text, reading, replacing_folder
from laban.io.flat_yaml import Value, parse_flat_yaml, whole_numbers
from laban.io.item_clock import times_of
from laban.io.joint_names import Body, body_of_count, body_of_names
from laban.io.loss import (
    field_losses,
    mean_fps,
    metadata_losses,
    skeleton_losses,
    time_losses,
    warn_of_loss,
)
from laban.io.normalised_table import written_size
from laban.io.numbered import files_in, frame_files
from laban.io.people import (
    Detection,
    Frames,
    box_xywh,
    detections_of,
    given,
    on_skeleton,
    recording_of,
)
from laban.io.yolo_lines import NOT_LABELS, checked_lines, detections

LOSS: Final = (
    "depth_px, world_m, body, score, metadata, unevenness of the times, unseen rows at either end; joints outside "
    "coco17 (or the skeleton asked for) or outside the image; visibility becomes seen (0.5 and above) or hidden"
)
PEOPLE: Final = "laban_people.txt"
SPLITS: Final = ("train", "val", "valid", "validation", "test")
_PEOPLE_LINE: Final = re.compile(r"(.*?)((?: \d{1,10})*)")
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
    ``data.yaml``, else 30 and 1280×720, the latter with an ``AssumptionWarning``. ``identities`` says how
    people are identified without track ids: ``auto``, ``order`` or ``each``.
    """
    with reading(path, form="YOLO-pose"):
        described = _description(path)
        files = frame_files(*label_folders(path), suffix=".txt", without=NOT_LABELS)
        lines = [
            [line.split() for line in read_text(file).splitlines() if line.strip()] for file in files.paths
        ]
        shape, body = _joints_of(described, lines, asked=skeleton)
        times_s, clock_note = times_of(files.order, fps=_noted_fps(described) if fps is None else fps)
        size = _noted_size(described) if size_wh is None else size_wh
        tables = [
            checked_lines(one, shape, where=file.name) for one, file in zip(lines, files.paths, strict=True)
        ]
        people = _noted_people(path, files.paths)
        frames, size, note = detections(tables, shape=shape, size_wh=size, ids=people)
        return recording_of(
            [[_arranged(one, body) for one in frame] for frame in frames],
            times_s=times_s,
            skeleton=body.skeleton,
            source=path.name,
            size_wh=size,
            metadata=noted("yolo-pose", clock_note, note),
            identities=identities,
        )


def write(
    recording: Recording, path: Path, *, skeleton: str = "coco17", size_wh: tuple[int, int] | None = None
) -> None:
    """Writes all people to a new or empty folder: ``data.yaml``, and a file in ``labels`` for every frame.

    ``skeleton`` names the joints to write; ``size_wh`` is needed if the recording has no image size.
    """
    target = skeleton_named(skeleton)
    size = written_size(recording, size_wh)
    fps = mean_fps(recording.times_s)
    frames = detections_of(recording, on_skeleton(recording.people, target))
    stem = Path(recording.source).stem or "frame"
    inside = [[one for one in map(_inside(size), frame) if one is not None] for frame in frames]
    names = [f"{stem}_{index:012d}" for index in range(len(frames))]
    with replacing_folder(path) as folder:
        (folder / "labels").mkdir()
        (folder / "data.yaml").write_text(_data_yaml(target, fps=fps, size_wh=size), encoding="utf-8")
        ids = [
            " ".join([name, *(str(one.person) for one in frame)])
            for name, frame in zip(names, inside, strict=True)
        ]
        (folder / PEOPLE).write_text("".join(f"{line}\n" for line in ids), encoding="utf-8")
        for name, frame in zip(names, inside, strict=True):
            text = "".join(_line(one, size_wh=size) for one in frame)
            (folder / "labels" / f"{name}.txt").write_text(text, encoding="utf-8")
    people = recording.people.values()
    losses = [*field_losses(people, kept=("image_px",)), "visibility (seen or hidden remains)"]
    losses += ["joints outside the image"] if _loses(frames, inside) else []
    losses += ["images (put them into images under the names of the labels to train)"]
    losses += [*time_losses(recording.times_s, fps=fps), *skeleton_losses(people, target)]
    warn_of_loss([*losses, *metadata_losses(recording)], form="YOLO-pose")


def label_folders(path: Path) -> list[Path]:
    """The folders that hold the labels: those of all splits, else ``labels``, else the folder itself."""
    splits = [path / "labels" / split for split in SPLITS] + [path / split / "labels" for split in SPLITS]
    found = [folder for folder in splits if folder.is_dir() and holds_labels(folder)]
    return found or [labels if (labels := path / "labels").is_dir() else path]


def holds_labels(folder: Path) -> bool:
    """Whether a folder has text files that may be labels."""
    return next(files_in(folder, suffix=".txt", without=NOT_LABELS), None) is not None


def _description(path: Path) -> dict[str, Value] | None:
    """The content of ``data.yaml``, in the folder or above its labels; None where there is none."""
    above = [path.parent, path.parent.parent] if path.name in ("labels", *SPLITS) else []
    for folder in (path, *above):
        for name in ("data.yaml", "data.yml"):
            if (folder / name).is_file():
                return parse_flat_yaml(read_text(folder / name), keys=_KEYS)
    return None


def _noted_people(path: Path, files: Sequence[Path]) -> list[list[int]] | None:
    """The ids that Laban noted for the lines of each file."""
    if not (path / PEOPLE).is_file():
        return None
    known = dict(_people_line(line) for line in read_text(path / PEOPLE).splitlines())
    return [known.get(file.stem, []) for file in files]


def _people_line(line: str) -> tuple[str, list[int]]:
    match = _PEOPLE_LINE.fullmatch(line)
    if match is None:
        raise FormatError(f"{PEOPLE} must hold the name of a file and ids in every line")
    return match.group(1), [int(cell) for cell in match.group(2).split()]


def _joints_of(
    described: dict[str, Value] | None, lines: Sequence[Sequence[Sequence[str]]], *, asked: str | None
) -> tuple[tuple[int, int], Body]:
    if described is not None:
        shape = _shape(described)
        return shape, _body(described, joints=shape[0], asked=asked)
    skeleton = COCO17 if asked is None else skeleton_named(asked)
    cells = max((len(line) for table in lines for line in table), default=0)
    for numbers in (3, 2):
        if 0 <= cells - 5 - numbers * len(skeleton) <= 2:
            return (len(skeleton), numbers), body_of_count(len(skeleton), asked=skeleton)
    raise FormatError(
        f"its lines have {cells} cells, which do not fit a body of {len(skeleton)} joints, and there is "
        "no data.yaml with kpt_shape; pass skeleton= (--skeleton NAME)"
    )


def _shape(described: dict[str, Value]) -> tuple[int, int]:
    shape = whole_numbers(described.get("kpt_shape", []), what="kpt_shape")
    if len(shape) != 2 or not 1 <= shape[0] <= 1000 or shape[1] not in (2, 3):
        raise FormatError(f"kpt_shape in data.yaml must be [joints, 2 or 3], got {shape}")
    return shape[0], shape[1]


def _body(described: dict[str, Value], *, joints: int, asked: str | None) -> Body:
    names = described.get("kpt_names")
    if asked is None and names is not None:
        return _by_names(names, joints=joints)
    if asked is not None:
        found = skeleton_named(asked)
    elif whole_numbers(described.get("flip_idx", _COCO17_FLIP), what="flip_idx") == COCO17.flip.tolist():
        found = COCO17
    else:
        raise FormatError("data.yaml does not name the joints; pass skeleton= (--skeleton NAME)")
    if len(found) != joints:
        raise FormatError(f"kpt_shape says {joints} joints, {found.name} has {len(found)}; pass skeleton=")
    return body_of_count(joints, asked=found)


def _by_names(names: Value, *, joints: int) -> Body:
    if isinstance(names, list) and len(names) == joints:
        return body_of_names(names, form="yolo-pose")
    raise FormatError(f"kpt_names in data.yaml must name {joints} joints; pass skeleton= (--skeleton NAME)")


def _arranged(one: Detection, body: Body) -> Detection:
    """A person with the joints in the order of the skeleton."""
    visibility = body.arrange(one.visibility[:, None])[:, 0]
    return replace(one, image_px=body.arrange(one.image_px), visibility=visibility)


def _noted_fps(described: dict[str, Value] | None) -> float | None:
    value = (described or {}).get("laban_fps")
    return None if not isinstance(value, str) else float(value)


def _noted_size(described: dict[str, Value] | None) -> tuple[int, int] | None:
    value = (described or {}).get("laban_size_wh")
    return None if value is None else checked_size(whole_numbers(value, what="laban_size_wh"))


def _inside(size_wh: tuple[int, int]) -> Callable[[Detection], Detection | None]:
    """The person without joints outside the image; None where nothing remains."""
    size = np.array(size_wh, dtype=np.float64)

    def clip(one: Detection) -> Detection | None:
        inside: BoolArray = np.all((one.image_px >= 0) & (one.image_px <= size), axis=1)
        pixels = np.where(inside[:, None], one.image_px, np.nan)
        return replace(one, image_px=pixels) if inside.any() else None

    return clip


def _loses(before: Frames, after: Frames) -> bool:
    count = [
        sum(int(given(one.image_px).sum()) for frame in frames for one in frame) for frames in (before, after)
    ]
    return count[0] != count[1]


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
    return " ".join(cells) + "\n"


def _data_yaml(target: Skeleton, *, fps: float, size_wh: tuple[int, int]) -> str:
    flip = ", ".join(str(index) for index in target.flip)
    names = "".join(f"    - {name}\n" for name in target.names)
    return (
        "# Labels of one recording, written by Laban.\ntrain: images\nval: images\n"
        f"kpt_shape: [{len(target)}, 3]\nflip_idx: [{flip}]\nkpt_names:\n  0:\n{names}"
        f"names:\n  0: person\nlaban_fps: {fps!r}\nlaban_size_wh: [{size_wh[0]}, {size_wh[1]}]\n"
    )

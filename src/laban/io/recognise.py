"""Recognition of a file's or folder's format by its content, including formats that are not read."""

import json
import re
from pathlib import Path
from typing import Final

from laban.errors import FormatError, UnknownFormatError
from laban.io import features66, tutorial
from laban.io.delimited import decoded
from laban.io.files import is_packed, read_head, read_json, reading
from laban.io.foreign import looks_like
from laban.io.joint_names import joint_named
from laban.io.json_tables import NAMELESS, is_nameless, records_of, rows_of_json
from laban.io.keypoint_cells import has_keypoint_cells
from laban.io.landmark_frames import is_body
from laban.io.long_table import is_long
from laban.io.numbered import files_in
from laban.io.table_header import columns_of, is_named
from laban.io.table_rows import parquet_columns
from laban.io.table_shapes import is_melted, one_row_a_frame
from laban.io.text_table import split_rows, without_comments
from laban.io.yolo_lines import NOT_LABELS
from laban.io.yolo_pose import label_folders

_HEAD_BYTES: Final = 1 << 16
_JSON_MARKS: Final = {
    "openpose": ('"people"', '"pose_keypoints_2d"', '"bodies"'),
    "mmpose": ('"instance_info"', '"instances"', '"keypoint_scores"'),
    "mediapipe": (
        '"landmarks"',
        '"poseLandmarks"',
        '"pose_landmarks"',
        '"worldLandmarks"',
        '"pose_world_landmarks"',
    ),
    "coco": ('"images"', '"annotations"', '"image_id"', '"categories"', '"keypoints"', '"info"'),
}
_COCO_ALONE: Final = ('"images"', '"annotations"', '"image_id"', '"categories"')
_BLANK: Final = r"(?:\s|\\n)*"  # also as escaped in JSON within JSON
_OF_ULTRALYTICS: Final = re.compile(rf'\\?"keypoints\\?"{_BLANK}:{_BLANK}\{{{_BLANK}\\?"x\\?"')
_NAMED_POINTS: Final = re.compile(r'"keypoints"\s*:\s*\[\s*\{')
_FIRST_POINTS: Final = re.compile(r'\[\s*(?=\{\s*"x"\s*:|\[\s*[-\d])')
_NOT_OF_MEDIAPIPE: Final = ("name", "score", "confidence")
_PICKLE_STARTS: Final = (b"\x80", b"(dp", b"(lp", b"}q", b"]q")  # of protocol 2 and above, 0, and 1
_COLUMNS: Final = {
    "tutorial": (tutorial.COLUMNS, tutorial.COLUMNS * 3 // 4),
    "features66": (features66.COLUMNS,),
}
_MOST_EXTRA_COLUMNS: Final = 3
_BINARY: Final = ("parquet", "npy", "pyskl")
NAMES: Final = (
    "bvh, coco, deeplabcut, features66, long, mediapipe, mmpose, npy, openpose, parquet, pyskl, "
    "trc, tutorial, ultralytics, yolo-pose"
)


def recognise(path: Path) -> str:
    """The name of the format of an existing file or folder.

    Raises UnknownFormatError, which says what it looks like and lists the known names, if none fits.
    """
    with reading(path, form="a file of poses"):
        head = b"" if path.is_dir() else _head(path)
        found = _of_folder(path) if path.is_dir() else _of_content(head)
        if found == "parquet":
            found = _of_parquet(path)
        if found is None and not path.is_dir() and looks_like(head, suffix="") is None:
            found = _of_json_table(path, head)
        if found in _BINARY and not path.is_dir() and is_packed(path):
            raise FormatError("it is packed by gzip, which is only read for text; unpack it first")
    if found is None:
        words = looks_like(head, suffix=path.suffix)
        known = f"name it (format=, or laban convert --from), one of: {NAMES}"
        message = (
            f"{path} looks like {words}, which is not read"
            if words
            else f"cannot recognise the format of {path}"
        )
        raise UnknownFormatError(f"{message}; {known}" if not words else f"{message}; formats read: {NAMES}")
    return found


def _head(path: Path) -> bytes:
    return read_head(path, _HEAD_BYTES)


def _of_folder(path: Path) -> str | None:
    if (path / "data.yaml").is_file() or (path / "data.yml").is_file():
        return "yolo-pose"
    first = min(path.glob("*.json"), default=None)
    if first is not None:
        return "mmpose" if _of_content(_head(first)) == "mmpose" else "openpose"
    return "yolo-pose" if _holds_labels(path) else None


def _of_parquet(path: Path) -> str:
    """Laban's own format, else the table that the columns form."""
    columns = parquet_columns(path)
    return (_of_header([columns]) if columns else None) or "parquet"


def _of_json_table(path: Path, head: bytes) -> str | None:
    """The table in a JSON file that its beginning does not reveal."""
    if _text(head).lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return None
    try:
        content = read_json(path, nan=True)
        rows = rows_of_json(content)
    except ValueError:
        return None
    if is_nameless(content):
        raise FormatError(NAMELESS)
    return _of_rows(rows) if rows else None


def _holds_labels(path: Path) -> bool:
    """Whether text files with lines of numbers are there, or in a folder of labels below."""
    for folder in label_folders(path):
        first = min(files_in(folder, suffix=".txt", without=NOT_LABELS), default=None)
        if first is not None:
            cells = _text(_head(first)).split()
            return not cells or cells[0].isdigit()
    return False


def _of_content(head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith(_PICKLE_STARTS):
        return "pyskl"
    text = _text(head).lstrip("\ufeff \t\r\n")
    if text.startswith("PathFileType"):
        return "trc"
    if text.startswith("HIERARCHY"):
        return "bvh"
    if text[:1] in ("{", "[") or text[:2] in ('"{', '"['):
        return _of_json(text) if looks_like(head, suffix="") is None else None
    return _of_table(_text(head).lstrip("\ufeff\r\n"), whole=len(head) < _HEAD_BYTES)


def _text(head: bytes) -> str:
    """The head as text; an incomplete character at its end, and bytes that are not text, are replaced."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:400].count(0) * 3 > len(head[:400]) > 9:
        try:
            return decoded(head[: len(head) // 2 * 2])[0]
        except FormatError:
            return ""
    return head.decode("utf-8-sig", errors="replace")


def _of_json(text: str) -> str | None:
    record = _first_object(text)
    rows = records_of([record, record])
    if rows is not None and (found := _of_rows(rows)) is not None:
        return found
    if (
        sum(joint_named(str(key)) is not None for key, one in record.items() if isinstance(one, list | dict))
        >= 5
    ):
        return "ultralytics"
    if _OF_ULTRALYTICS.search(text):
        return "ultralytics"
    if _is_of_mediapipe(text):
        return "mediapipe"
    named = _NAMED_POINTS.search(text)
    if named:
        return "ultralytics" if _are_wrapped(text[: named.start()]) else "mmpose"
    found = next((name for name, marks in _JSON_MARKS.items() if any(mark in text for mark in marks)), None)
    plain = found == "coco" and '"keypoints"' in text and not any(mark in text for mark in _COCO_ALONE)
    return "ultralytics" if plain or (found == "openpose" and _is_plain_people(text)) else found


def _is_of_mediapipe(text: str) -> bool:
    """Whether the first points are 33 objects with x, y and z, or 33 lists of more than two numbers."""
    found = _FIRST_POINTS.search(text)
    if found is None or any(mark in text for mark in _COCO_ALONE):
        return False
    try:
        points, _ = json.JSONDecoder().raw_decode(text, found.start())
    except (ValueError, RecursionError):
        return False
    if not is_body(points):
        return False
    if isinstance(points[0], list):
        return len(points[0]) > 2 and '"keypoints"' not in text[: found.start()]
    return "z" in points[0] and not any(name in points[0] for name in _NOT_OF_MEDIAPIPE)


def _are_wrapped(before: str) -> bool:
    """Whether bodies are in lists of frames or in an object around these, by the text before the first one."""
    if any(mark in before for mark in _JSON_MARKS["mmpose"]):
        return False
    return '"frames"' in before or before.count("[") - before.count("]") > 1


def _is_plain_people(text: str) -> bool:
    return '"keypoints"' in text and '"pose_keypoints' not in text


def _first_object(text: str) -> dict[str, object]:
    """The first object of a list or of JSON lines, empty where there is none or it is cut off."""
    start = text.find("{")
    if start < 0 or text[:start].strip() not in ("", "["):
        return {}
    try:
        first, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}
    return dict(first)


def _of_table(text: str, *, whole: bool) -> str | None:
    lines = without_comments(text).splitlines()
    lines = (lines if whole or len(lines) < 2 else lines[:-1])[:6]
    try:
        rows = split_rows("\n".join(lines))
    except FormatError:
        return None
    if not rows or not rows[0]:
        return None
    if rows[0][0].strip().lower() in ("scorer", "bodyparts"):
        return "deeplabcut"
    if has_keypoint_cells(rows):
        return "ultralytics"
    found = _of_rows(rows)
    if found is not None:
        return found
    width = len(rows[0])
    for extra in range(_MOST_EXTRA_COLUMNS):
        for name, columns in _COLUMNS.items():
            if width - extra in columns:
                return name
    return None


def _of_rows(rows: list[list[str]]) -> str | None:
    """The kind of table of the first rows, in any supported shape."""
    if is_melted(rows):
        return "features66"
    try:
        return _of_header(one_row_a_frame(rows))
    except FormatError:  # which the reader then reports in full
        return "features66"


def _of_header(rows: list[list[str]]) -> str | None:
    """The kind of table that a header of names describes."""
    if is_long(rows[0]):
        return "long"
    return _of_names(rows) if is_named(rows[0]) else None


def _of_names(rows: list[list[str]]) -> str:
    try:
        places = columns_of(rows).places
    except FormatError:  # which the reader then reports in full
        return "tutorial"
    return "tutorial" if any(place >= 0 for axis in "zv" for place in places[axis]) else "features66"

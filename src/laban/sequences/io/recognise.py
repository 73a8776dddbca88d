"""Which format a file or folder is in, by what it holds."""

from pathlib import Path
from typing import Final

from laban.errors import UnknownFormatError
from laban.sequences.io import features66, tutorial
from laban.sequences.io.files import reading

_HEAD_BYTES: Final = 1 << 16
_JSON_MARKS: Final = {
    "openpose": (b'"people"',),
    "coco": (b'"images"', b'"annotations"', b'"image_id"', b'"categories"', b'"keypoints"', b'"info"'),
}
_PICKLE_STARTS: Final = (b"\x80", b"(dp", b"(lp", b"}q", b"]q")  # of protocol 2 and above, 0, and 1
_COLUMNS: Final = {"tutorial": tutorial.COLUMNS, "features66": features66.COLUMNS}
NAMES: Final = "coco, features66, openpose, parquet, pyskl, trc, tutorial, yolo-pose"


def recognise(path: Path) -> str:
    """The name of the format of an existing file or folder.

    Raises UnknownFormatError, which lists the names, where none fits.
    """
    with reading(path, form="a file of poses"):
        found = _of_folder(path) if path.is_dir() else _of_content(_head(path))
    if found is None:
        raise UnknownFormatError(
            f"cannot tell the format of {path}; name it (format=, or laban convert --from), one of: {NAMES}"
        )
    return found


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _of_folder(path: Path) -> str | None:
    if (path / "data.yaml").is_file() or (path / "data.yml").is_file():
        return "yolo-pose"
    return "openpose" if next(path.glob("*.json"), None) else None


def _of_content(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PathFileType"):
        return "trc"
    if start[:1] in (b"{", b"["):
        return _of_json(head)
    if head.startswith(_PICKLE_STARTS):
        return "pyskl"
    return _of_table(start.split(b"\n", 1)[0])


def _of_json(head: bytes) -> str | None:
    return next((name for name, marks in _JSON_MARKS.items() if any(mark in head for mark in marks)), None)


def _of_table(line: bytes) -> str | None:
    cells = line.count(b",") + 1
    return next((name for name, columns in _COLUMNS.items() if cells in (columns, columns + 1)), None)

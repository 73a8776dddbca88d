"""Tables of clips as spreadsheets and other programs write them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from laban.errors import FormatError, InvalidValueError
from laban.pipeline.dataset import open_dataset, table_file
from laban.pipeline.dataset.table_file import table_columns
from laban.pipeline.image.open import open_images

PLAIN = "path,label,start_s,end_s\nkick/1.parquet,Stoß,0.5,1.5\nwave/1.parquet,Gruß,1,2.25\n"


def _labels(table: Path) -> list[tuple[str, str, float]]:
    items = open_dataset(table).items
    return [(one.clip.name, span.label, span.start_s) for one in items for span in one.spans]


EXPECTED = [("kick/1.parquet", "Stoß", 0.5), ("wave/1.parquet", "Gruß", 1.0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_is_read_in_every_encoding(folder: Path, encoding: str) -> None:
    (folder / "t.csv").write_bytes(PLAIN.encode(encoding))
    assert _labels(folder / "t.csv") == EXPECTED


def test_a_guess_of_the_encoding_is_told(folder: Path) -> None:
    (folder / "t.csv").write_bytes(PLAIN.encode("cp1252"))
    assert "read as Windows-1252" in open_dataset(folder / "t.csv").notes[0]
    (folder / "t.csv").write_text(PLAIN, encoding="utf-8")
    assert open_dataset(folder / "t.csv").notes == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: (
            text.replace(",", ";").replace("0.5", "0,5").replace("1.5", "1,5").replace("2.25", "2,25")
        ),
        lambda text: text.replace("/", "\\"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "sep=;\n" + text.replace(",", ";"),
        lambda text: text.replace("Stoß", '"Stoß"').replace("kick/1.parquet", '"kick/1.parquet"'),
        lambda text: text.replace("path,label", "Path,Label"),
        lambda text: text.replace("\n", ",,\n"),
        lambda text: text + ",,,\n\n",
    ],
)
def test_a_table_is_read_however_it_is_written(folder: Path, change: Callable[[str], str]) -> None:
    (folder / "t.csv").write_text(change(PLAIN), encoding="utf-8", newline="")
    assert _labels(folder / "t.csv") == EXPECTED


def test_not_available_is_missing_and_none_is_a_label(folder: Path) -> None:
    rows = "kick/1.parquet,kick,NA,anna\nkick/2.parquet,NA,,NA\nwave/1.parquet,none,NaN,NA\n"
    (folder / "t.csv").write_text("path,label,start_s,group\n" + rows)
    dataset = open_dataset(folder / "t.csv")
    assert [item.label_of("action") for item in dataset.items] == ["kick", None, "none"]
    assert [item.clip.group for item in dataset.items] == ["anna", "kick/2.parquet", "wave/1.parquet"]
    assert "1 rows whose label is 'NA' are taken as unlabelled" in dataset.notes[0]


def test_a_file_with_a_backslash_in_its_name_is_taken_as_it_is(folder: Path) -> None:
    (folder / "kick" / "1.parquet").rename(folder / "kick\\1.parquet")
    (folder / "t.csv").write_text("path,label\nkick\\1.parquet,kick\nwave\\1.parquet,wave\n")
    assert [item.clip.name for item in open_dataset(folder / "t.csv").items] == [
        "kick\\1.parquet",
        "wave/1.parquet",
    ]


def test_a_row_of_another_width_names_the_separator(folder: Path) -> None:
    (folder / "t.csv").write_text("path;label\nkick/1.parquet;a;b\n")
    with pytest.raises(
        InvalidValueError, match=r"row 2: expected 2 cells, got 3; quote those that hold semicolons"
    ):
        open_dataset(folder / "t.csv")


def test_what_is_no_text_is_refused_in_one_line(folder: Path) -> None:
    (folder / "t.csv").write_bytes(b"path,label\n\x00\x81\x8d\x8f\n")
    with pytest.raises(FormatError, match="save it as UTF-8"):
        open_dataset(folder / "t.csv")


@pytest.mark.parametrize("name", ["t.csv.gz", "T.CSV.GZ", "t"])
def test_a_packed_table_is_read_as_the_table(folder: Path, name: str) -> None:
    (folder / name).write_bytes(gzip.compress(PLAIN.encode()))
    assert _labels(folder / name) == EXPECTED
    assert open_dataset(folder / name).name.lower() == "t"


def test_a_large_packed_table_is_read_to_its_end(tmp_path: Path) -> None:
    rows = "path,label\n" + "".join(f"{index}.mp4,kick\n" for index in range(20_000))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(rows.encode()))
    assert table_columns(tmp_path / "t.csv.gz") == ["path", "label"]
    assert sum(1 for _ in table_file.table_rows(tmp_path / "t.csv.gz")) == 20_000


def test_a_packed_table_is_unpacked_up_to_the_limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "MAX_TABLE_BYTES", 1 << 16)
    packed = gzip.compress(PLAIN.encode() + b"\n" * (1 << 22))
    assert len(packed) < 1 << 16
    (folder / "t.csv.gz").write_bytes(packed)
    with pytest.raises(FormatError, match="larger than the limit of 65536 bytes"):
        open_dataset(folder / "t.csv.gz")


@pytest.mark.parametrize("kept", [12, -6])
def test_a_damaged_packed_table_is_refused_in_one_line(folder: Path, kept: int) -> None:
    (folder / "t.csv.gz").write_bytes(gzip.compress(PLAIN.encode())[:kept])
    with pytest.raises(FormatError, match=r"t\.csv\.gz as CSV: it is not a complete gzip file"):
        open_dataset(folder / "t.csv.gz")


def test_the_header_of_a_large_table_is_read_alone(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(("path;label\n" + "käse.mp4;übung\n" * 9000).encode("utf-16"))
    assert table_columns(table) == ["path", "label"]


def test_tables_of_images_are_read_alike(tmp_path: Path) -> None:
    import cv2
    import numpy as np

    (tmp_path / "in").mkdir()
    for name in "ab":
        cv2.imwrite(str(tmp_path / "in" / f"{name}.png"), np.full((8, 8, 3), ord(name), np.uint8))
    rows = "in\\a.png;übt;0,5;0;4;8\nin\\b.png;NA;;;;\n"
    header = "path;label;left_px;top_px;right_px;bottom_px\n"
    (tmp_path / "t.csv").write_bytes((header + rows).encode("cp1252"))
    first, second = open_images(tmp_path / "t.csv").images
    assert first.people[0].label == "übt"
    assert first.people[0].box_xyxy == pytest.approx([0.0625, 0, 0.5, 1])
    assert second.label is None


def test_an_address_in_a_table_is_told_as_it_stands(folder: Path) -> None:
    rows = "path,label\nhttps://example.org/a.mp4,kick\nwave/1.parquet,wave\nkick/1.parquet,kick\n"
    (folder / "t.csv").write_text(rows)
    skipped = open_dataset(folder / "t.csv").skipped
    assert [one.name for one in skipped] == ["https://example.org/a.mp4"]
    assert "download the file" in skipped[0].reason
    (folder / "t.csv").write_text("path,label\nhttps://example.org/a.mp4,kick\n")
    with pytest.raises(InvalidValueError, match=r"https://example.org/a.mp4: addresses cannot be read yet"):
        open_dataset(folder / "t.csv")

"""An audit of images tells what is wrong, of which image, and nothing else."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.answers import check_schema
from tests.unit.pipeline.image.conftest import HEIGHT, WIDTH, YoloSet, frontal_px, line_of

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import FormatError
from laban.pipeline.image.audit import audit_images
from laban.pipeline.image.audit_files import audit_answer, write_audit_page
from laban.pipeline.image.checks import of_classes
from laban.pipeline.image.findings import KINDS, ImageAuditSettings
from laban.pipeline.image.open import open_images
from laban.pipeline.image.values import ImageSet, LabelledImage

Fault = tuple[str, str]


def told(yolo: YoloSet, **options: object) -> set[Fault]:
    found = audit_images(open_images(yolo.root), **options)  # type: ignore[arg-type]
    return {(one.kind, one.item) for one in found.problems if KINDS[one.kind].severity != "note"}


def test_a_clean_set_has_no_fault_and_no_warning(yolo: YoloSet) -> None:
    assert told(yolo) == set()


def test_the_coverage_counts_images_people_and_splits(yolo: YoloSet) -> None:
    (one,) = audit_images(open_images(yolo.root)).coverage
    assert (one.label, one.images, one.people, dict(one.splits)) == (
        "person",
        9,
        9,
        {"train": 6, "test": 3},
    )


def changed(change: Callable[[list[str]], list[str]]) -> Callable[[YoloSet], None]:
    def edit(yolo: YoloSet) -> None:
        cells = yolo.labels("a").read_text().split()
        yolo.labels("a").write_text(" ".join(change(cells)) + "\n")

    return edit


def joint(index: int, *values: object) -> Callable[[list[str]], list[str]]:
    def change(cells: list[str]) -> list[str]:
        at = 5 + 3 * index
        return [*cells[:at], *map(str, values), *cells[at + 3 :]]

    return change


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("wrong-count", lambda cells: cells[:-3]),
        ("wrong-count", lambda cells: [*cells, "0.5", "0.5", "2"]),
        ("unknown-class", lambda cells: ["3", *cells[1:]]),
        ("not-a-number", lambda cells: [*cells[:6], "nan", *cells[7:]]),
        ("not-a-number", lambda cells: [*cells[:6], "left", *cells[7:]]),
        ("unknown-flag", joint(3, 0.5, 0.5, 4)),
        ("flag-contradicts", joint(3, 0.5, 0.5, 0)),
        ("flag-contradicts", joint(3, 0, 0, 2)),
        ("joint-outside-image", joint(9, 1.2, 0.5, 2)),
        ("joint-outside-box", joint(9, 0.02, 0.99, 2)),
        ("box-outside", lambda cells: [cells[0], "0.5", "0.5", "1.4", "0.9", *cells[5:]]),
        ("empty-box", lambda cells: [*cells[:3], "0", "0.5", *cells[5:]]),
    ],
)
def test_a_fault_in_a_line_is_told_of_its_image(
    yolo: YoloSet, kind: str, change: Callable[[list[str]], list[str]]
) -> None:
    changed(change)(yolo)
    assert told(yolo) == {(kind, yolo.name("a"))}


def test_missing_doubled_and_shared_labels_are_told_apart(yolo: YoloSet) -> None:
    yolo.labels("a").unlink()
    yolo.image("b").unlink()
    yolo.labels("c").write_text(yolo.labels("c").read_text() + line_of(frontal_px() + 0.5))
    shutil.copy(yolo.image("d"), yolo.image("d").with_suffix(".png"))
    assert told(yolo) == {
        ("missing-labels", yolo.name("a")),
        ("missing-image", "labels/train/b.txt"),
        ("doubled-label", yolo.name("c")),
        ("shared-labels", "images/train/d.png"),
    }


def test_damaged_turned_printed_and_enormous_images_are_told(yolo: YoloSet) -> None:
    from PIL import Image

    yolo.image("a").write_bytes(yolo.image("a").read_bytes()[:700])
    yolo.image("b").write_bytes(b"")
    head = struct.pack(">II", 12_000, 9_000) + b"\x08\x02\0\0\0"
    yolo.image("c").write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + b"\0" * 4)
    with Image.open(yolo.image("d")) as image:
        image.convert("CMYK").save(yolo.image("d"))
    with Image.open(yolo.image("e")) as image:
        exif = Image.Exif()
        exif[0x0112] = 6
        image.transpose(Image.Transpose.ROTATE_90).save(yolo.image("e"), exif=exif)
    found = audit_images(open_images(yolo.root))
    kinds = {(one.kind, one.item) for one in found.problems if KINDS[one.kind].severity != "note"}
    assert kinds == {
        ("unreadable-image", yolo.name("a")),
        ("unreadable-image", yolo.name("b")),
        ("unreadable-image", yolo.name("c")),
        ("cmyk", yolo.name("d")),
        ("turned", yolo.name("e")),
    }
    assert any("megapixels; scale the source down" in one.words for one in found.problems)
    sizes = {one.image.name: one.size_wh for one in found.seen}
    assert sizes[yolo.name("e")] == (WIDTH, HEIGHT)  # upright, as it is labelled


def test_copies_across_splits_are_faults_and_within_one_notes(yolo: YoloSet) -> None:
    shutil.copy(yolo.image("a"), yolo.image("copied", "test"))
    image = cv2.imread(str(yolo.image("b")))
    assert image is not None
    cv2.imwrite(str(yolo.image("encoded", "test")), image, [cv2.IMWRITE_JPEG_QUALITY, 60])
    shutil.copy(yolo.image("c"), yolo.image("again"))
    for stem, split in (("copied", "test"), ("encoded", "test"), ("again", "train")):
        yolo.labels(stem, split).write_text(line_of(frontal_px()))
    assert told(yolo) == {
        ("duplicate-across-splits", yolo.name("copied", "test")),
        ("near-duplicate-across-splits", yolo.name("encoded", "test")),
    }
    notes = {one.kind for one in audit_images(open_images(yolo.root)).findings if one.severity == "note"}
    assert "duplicate" in notes


def test_a_flip_that_does_not_mirror_is_told(yolo: YoloSet) -> None:
    text = (yolo.root / "data.yaml").read_text()
    (yolo.root / "data.yaml").write_text(text.replace("[0, 2, 1,", "[0, 1, 2,"))
    assert told(yolo) == {("wrong-flip", "data.yaml")}


def test_a_kpt_shape_that_fits_no_line_is_told_of_every_image(yolo: YoloSet) -> None:
    text = (yolo.root / "data.yaml").read_text()
    flip = text[text.index("flip_idx") : text.index("names")]
    (yolo.root / "data.yaml").write_text(text.replace("[17, 3]", "[12, 3]").replace(flip, ""))
    found = audit_images(open_images(yolo.root))
    assert [(one.kind, len(one.items)) for one in found.findings][:1] == [("wrong-count", 9)]
    assert "56 numbers, expected 41 for kpt_shape [12, 3]" in found.findings[0].sentence


@pytest.mark.parametrize("shape", ["", "[17]", "[17, 5]", "[0, 3]"])
def test_a_kpt_shape_that_is_none_is_refused(yolo: YoloSet, shape: str) -> None:
    text = (yolo.root / "data.yaml").read_text()
    (yolo.root / "data.yaml").write_text(
        text.replace("kpt_shape: [17, 3]", f"kpt_shape: {shape}" if shape else "")
    )
    with pytest.raises(FormatError, match="kpt_shape"):
        open_images(yolo.root)


class Seeing:
    """Finds the same body in every image, as the image shows it: not exchanged."""

    def __call__(self, image_rgb: np.ndarray) -> list[Pose]:
        points = np.full((33, 2), 100.0, dtype=np.float32)
        for index, name in enumerate(COCO17.names):
            points[BLAZEPOSE33.index(name)] = frontal_px()[index]
        return [Pose(BLAZEPOSE33, points, np.ones(33, dtype=np.float32))]


@pytest.mark.parametrize("stem", ["a", "f"])
def test_a_body_that_is_exchanged_as_a_whole_is_told_by_what_the_image_shows(
    yolo: YoloSet, stem: str
) -> None:
    yolo.labels(stem).write_text(line_of(frontal_px()[COCO17.flip]))
    assert told(yolo) == set()  # the labels alone may be those of somebody's back
    assert told(yolo, find=Seeing()) == {("sides-swapped", yolo.name(stem))}


def test_the_page_holds_its_images_and_loads_nothing(yolo: YoloSet, tmp_path: Path) -> None:
    changed(joint(9, 1.2, 0.5, 2))(yolo)
    page = write_audit_page(tmp_path / "page.html", audit_images(open_images(yolo.root)))
    text = page.read_text()
    assert "default-src 'none'" in text
    assert text.count("data:image/jpeg;base64,") >= 10
    assert 'src="http' not in text
    assert "joint outside image" in text


def test_what_is_told_for_programs_holds_the_sizes(yolo: YoloSet) -> None:
    content = audit_answer(audit_images(open_images(yolo.root)))
    assert content.sizes == ((WIDTH, HEIGHT),) * 9
    assert content.joints[0] == ("nose", 1.0, 0.0, 0.0)
    assert content.heights_px[0] == pytest.approx(0.06 * HEIGHT + np.ptp(frontal_px()[:, 1]), abs=0.5)


def test_the_command_prints_the_same(yolo: YoloSet, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["audit", str(yolo.root), "--no-doubts", "--json", "--quiet"]) == 0
    assert check_schema("image-audit", capsys.readouterr().out)["images"] == 9


def test_frames_are_looked_at_once_each(yolo: YoloSet) -> None:
    seen: list[Frame | np.ndarray] = []

    def find(image: np.ndarray) -> list[Pose]:
        seen.append(image)
        return []

    audit_images(open_images(yolo.root), find=find)
    assert len(seen) == 9


def test_classes_that_differ_in_spelling_alone_are_told() -> None:
    labels = ("Squat", "lunge", "squat", "squat ")
    images = tuple(
        LabelledImage(f"{index}.jpg", Path(f"{index}.jpg"), group=str(index), label=label)
        for index, label in enumerate([*labels, "squat", "lunge"])
    )
    found = of_classes(ImageSet("made", Path(), "folders", labels, images), ImageAuditSettings())
    told = [(one.item, one.words) for one in found if one.kind == "similar-labels"]
    assert told == [("squat", "'Squat' and 'squat ', did you mean 'squat'?")]

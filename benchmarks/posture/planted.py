"""Faults planted in a YOLO-pose set of real frames: every one must be found, and nothing else.

The clean set is that of ``labelled_set``, labelled by the heavy network; the audit looks with the one of usual
size. What was left out of it for being labelled wrongly was found by this audit and then looked at. Of the
planted set the expected findings are known one by one: a kind and an image. What is told besides, of kinds
that are faults or warnings, is a false alarm. Left and right are exchanged in people who face the camera,
which shows which is which.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.posture.labelled_set import Fault, Folder, write_clean
from benchmarks.rows import Row, row
from laban.core.skeleton import COCO17
from laban.pipeline.image.audit import audit_images
from laban.pipeline.image.findings import KINDS
from laban.pipeline.image.gathering import people_finder
from laban.pipeline.image.open import open_images

_FAR = 0.25


def planted_rows() -> list[Row]:
    """How many of the planted faults are found, and how many false alarms there are with and without them."""
    with tempfile.TemporaryDirectory() as place:
        clean = write_clean(Path(place) / "clean")
        alarms = told(clean.root)
        people = sum(1 for _ in clean.root.glob("labels/*/*.txt"))
        faulty = Folder(Path(place) / "planted")
        shutil.copytree(clean.root, faulty.root)
        plant_all(faulty)
        found = told(faulty.root)
    missed = sorted(faulty.planted - found)
    wrong = sorted(found - faulty.planted - alarms)
    kinds = len({kind for kind, _ in faulty.planted})
    what = "faults planted in YOLO-pose labels"
    return [
        row(f"{what}: found", 1 - len(missed) / len(faulty.planted), "", at_least=1.0, missed=missed,
            of=len(faulty.planted), kinds=kinds),
        row(f"{what}: false alarms beside them", len(wrong), "", at_most=0, wrong=wrong),
        row(f"{what}: false alarms on the clean set", len(alarms), "", at_most=0, wrong=sorted(alarms),
            images=people),
    ]  # fmt: skip


def told(root: Path) -> set[Fault]:
    """What an audit tells that is a fault or a warning."""
    with people_finder() as find:
        found = audit_images(open_images(root), find=find)
    return {(one.kind, one.item) for one in found.problems if KINDS[one.kind].severity != "note"}


def plant_all(folder: Folder) -> None:
    """Plants every kind of fault, each in images of its own."""
    stems = _Stems(folder)
    for edit in EDITS:
        edit(folder, stems)
    text = (folder.root / "data.yaml").read_text()
    wrong = ", ".join(map(str, [0, 1, *COCO17.flip[2:]]))
    right = ", ".join(map(str, COCO17.flip))
    (folder.root / "data.yaml").write_text(text.replace(f"[{right}]", f"[{wrong}]"))
    folder.plant("wrong-flip", "", "", item="data.yaml")


class _Stems:
    """Hands out images of the training part, each once: any, or one of a kind."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._free = sorted(path.stem for path in (folder.root / "labels" / "train").glob("*.txt"))
        self._source = np.random.default_rng(0)

    def next(self, *, fits: Callable[[np.ndarray], bool] | None = None) -> str:
        for at in self._source.permutation(len(self._free)):
            if fits is None or fits(self._folder.numbers("train", self._free[at])):
                return self._free.pop(int(at))
        raise ValueError("no image is left to plant this fault in")


def _joints(line: np.ndarray) -> np.ndarray:
    """(17, 3) a view of the joints of a line."""
    return line[5:].reshape(17, 3)


def _lines_and_numbers(folder: Folder, stems: _Stems) -> None:
    for kind, change in (
        ("wrong-count", lambda text: " ".join(text.split()[:-3])),
        ("wrong-count", lambda text: text + " 0.5 0.5 2"),
        ("unknown-class", lambda text: "7" + text[1:]),
        ("not-a-number", lambda text: text.replace(text.split()[6], "nan", 1)),
        ("not-a-number", lambda text: text.replace(text.split()[1], "left", 1)),
        ("unknown-flag", lambda text: text.rsplit(" ", 1)[0] + " 3"),
    ):
        stem = stems.next()
        path = folder.labels("train", stem)
        path.write_text(change(path.read_text().strip()) + "\n")
        folder.plant(kind, "train", stem)


def _files(folder: Folder, stems: _Stems) -> None:
    stem = stems.next()
    folder.labels("train", stem).unlink()
    folder.plant("missing-labels", "train", stem)
    stem = stems.next()
    folder.image("train", stem).unlink()
    folder.plant("missing-image", "train", stem, item=f"labels/train/{stem}.txt")
    stem = stems.next()
    shutil.copy(folder.image("train", stem), folder.image("train", stem).with_suffix(".jpeg"))
    folder.plant("shared-labels", "train", stem)
    for content in (None, b"", b"no image at all"):
        stem = stems.next()
        path = folder.image("train", stem)
        path.write_bytes(path.read_bytes()[:4000] if content is None else content)
        folder.plant("unreadable-image", "train", stem)


def _places(folder: Folder, stems: _Stems) -> None:
    def moved(
        kind: str, change: Callable[[np.ndarray], None], fits: Callable[[np.ndarray], bool] | None = None
    ) -> None:
        stem = stems.next(fits=fits)
        line = folder.numbers("train", stem)
        change(line)
        folder.write("train", stem, line)
        folder.plant(kind, "train", stem)

    moved("joint-outside-image", lambda line: _joints(line)[9].__setitem__(slice(None), (1.2, 0.5, 2)))
    moved("joint-outside-image", lambda line: _joints(line)[15].__setitem__(slice(None), (0.4, -0.1, 1)))
    moved("joint-outside-box", _out_of_box, _leaves_room)
    moved("flag-contradicts", lambda line: _joints(line)[3].__setitem__(slice(None), (0.5, 0.5, 0)))
    moved("flag-contradicts", lambda line: _joints(line)[4].__setitem__(slice(None), (0.0, 0.0, 2)))
    moved("box-outside", _wider_than_image)
    moved("empty-box", lambda line: line.__setitem__(slice(3, 5), (0.0, 0.2)))
    for shift in (0.0, 0.004):
        stem = stems.next(fits=_within)
        line = folder.numbers("train", stem)
        other = line.copy()
        other[1:3] += shift
        _joints(other)[:, :2] += shift * (_joints(other)[:, 2:] > 0)
        folder.write("train", stem, line, other)
        folder.plant("doubled-label", "train", stem)


def _sides(folder: Folder, stems: _Stems) -> None:
    names = {name: index for index, name in enumerate(COCO17.names)}
    parts = {
        "everything": list(range(17)),
        "the face": [names[f"{side}_{part}"] for part in ("eye", "ear") for side in ("left", "right")],
        "the trunk": [names[f"{side}_{part}"] for part in ("shoulder", "hip") for side in ("left", "right")],
        "the hips": [names["left_hip"], names["right_hip"]],
        "the legs": [names[f"{side}_{part}"] for part in ("knee", "ankle") for side in ("left", "right")],
        "the arms": [names[f"{side}_{part}"] for part in ("elbow", "wrist") for side in ("left", "right")],
    }
    for joints in parts.values():
        stem = stems.next(fits=_frontal)
        line = folder.numbers("train", stem)
        folder.write("train", stem, _exchanged(line, joints))
        folder.plant("sides-swapped", "train", stem)


def _copies(folder: Folder, stems: _Stems) -> None:
    for again in (False, True):
        stem = stems.next()
        copy = folder.image("test", f"copy_{stem}")
        if again:
            image = np.asarray(cv2.imread(str(folder.image("train", stem))))
            cv2.imwrite(str(copy), image, [cv2.IMWRITE_JPEG_QUALITY, 60])
        else:
            shutil.copy(folder.image("train", stem), copy)
        shutil.copy(folder.labels("train", stem), folder.labels("test", f"copy_{stem}"))
        kind = "near-duplicate-across-splits" if again else "duplicate-across-splits"
        folder.plant(kind, "test", f"copy_{stem}")


def _print_and_exif(folder: Folder, stems: _Stems) -> None:
    from PIL import Image

    stem = stems.next()
    with Image.open(folder.image("train", stem)) as image:
        image.convert("CMYK").save(folder.image("train", stem), quality=92)
    folder.plant("cmyk", "train", stem)
    stem = stems.next()
    with Image.open(folder.image("train", stem)) as image:
        exif = Image.Exif()
        exif[0x0112] = 6
        image.transpose(Image.Transpose.ROTATE_90).save(folder.image("train", stem), exif=exif, quality=92)
    folder.plant("turned", "train", stem)


EDITS = (_sides, _places, _lines_and_numbers, _files, _copies, _print_and_exif)


def _leaves_room(line: np.ndarray) -> bool:
    """Beside the box there is room for a joint well outside it."""
    return bool(max(line[1] - line[3] / 2, 1 - line[1] - line[3] / 2) > _FAR * max(line[3:5]) + 0.02)


def _within(line: np.ndarray) -> bool:
    """The box may be moved a little and stays in the image."""
    return bool((line[1:3] + line[3:5] / 2 < 0.99).all())


def _out_of_box(line: np.ndarray) -> None:
    left, right = line[1] - line[3] / 2, line[1] + line[3] / 2
    beyond = _FAR * max(line[3:5])
    _joints(line)[9] = (left - beyond if left > 1 - right else right + beyond, line[2], 2)


def _wider_than_image(line: np.ndarray) -> None:
    left = line[1] - line[3] / 2
    line[1], line[3] = (left + 1.15) / 2, 1.15 - left


def _exchanged(line: np.ndarray, joints: list[int]) -> np.ndarray:
    out = line.copy()
    for joint in joints:
        _joints(out)[joint] = _joints(line)[COCO17.flip[joint]]
    return out


def _frontal(line: np.ndarray) -> bool:
    """Whether somebody faces the camera upright, which shows what is left and what is right: all joints are
    told of, shoulders and hips lie wide apart with the left on the image's right, and no limb is crossed."""
    points, flags = _joints(line)[:, :2] * np.array([640.0, 480.0]), _joints(line)[:, 2]
    torso = max(float(np.linalg.norm((points[5] + points[6] - points[11] - points[12]) / 2)), 1.0)
    across = {joint: (points[joint, 0] - points[joint + 1, 0]) / torso for joint in (1, 5, 7, 9, 11, 13, 15)}
    upright = points[[5, 6], 1].max() < points[[11, 12], 1].min()
    wide = 0.4 < across[5] < 1.1 and across[1] > 0.04 and across[11] > 0.22
    return bool((flags > 0).all() and upright and wide and min(across[7], across[9], across[13]) > 0.1)

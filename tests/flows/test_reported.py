"""Inputs of kinds that were once read wrongly: each through its command, with the answer that is right."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.sequence import PoseSequence, Recording
from laban.io import read_annotations

SIZE_WH = (360, 640)


@dataclass(frozen=True)
class Door:
    """The command line, beside the reported ``inputs`` and in a ``folder`` of its own."""

    inputs: Path
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str | Path) -> "Ran":
        """Those of the arguments that name an input are taken from there."""
        told = [str(self.inputs / one) if (self.inputs / one).exists() else str(one) for one in arguments]
        self.capsys.readouterr()
        code = guarded(app, told)
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        assert "fault in Laban" not in err
        return Ran(code, out, err, self)


@dataclass(frozen=True)
class Ran:
    """What a command came to: its exit code, what it said, and where it ran."""

    code: int
    out: str
    err: str
    door: Door

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def recording(self) -> Recording:
        """The one recording that was written."""
        assert self.code == 0, self.err
        (path,) = self.door.folder.rglob("*.parquet")
        return laban.load(path)

    @property
    def person(self) -> PoseSequence:
        """The one person in it."""
        (one,) = self.recording.people.values()
        return one


Check = Callable[[Ran], None]


@pytest.fixture
def door(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Door:
    """The inputs are copied: commands keep what they made beside them."""
    monkeypatch.setenv("LABAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABAN_DEBUG", raising=False)
    inputs = tmp_path / "reported"
    shutil.copytree(shared / "data" / "reported", inputs, ignore=shutil.ignore_patterns("formats"))
    folder = tmp_path / "made"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Door(inputs, folder, capsys)


def one_person_seen(ran: Ran, *, least: int, frames: int) -> None:
    assert len(ran.recording.times_s) == frames
    assert int(ran.person.seen.sum()) >= least


def frames_and_last(ran: Ran, *, frames: int, last_s: float) -> None:
    assert int(ran.person.seen.sum()) == frames
    assert ran.person.times_s[-1] == pytest.approx(last_s, abs=0.002)


def in_order_of_numbers(ran: Ran, *, people: int) -> None:
    """The nose of each frame is the one that the file gives for that number."""
    told = json.loads((ran.door.inputs / f"alphapose_{'two' if people == 2 else 'one'}.json").read_text())
    nose: dict[int, dict[int, list[float]]] = {}
    for one in told:
        who, frame = int(one.get("idx", [0])[0]), int(Path(one["image_id"]).stem)
        nose.setdefault(who, {})[frame] = one["keypoints"][:2]
    found = ran.recording.people
    assert list(found) == sorted(nose) if people == 2 else len(found) == 1
    for sequence, expected in zip(found.values(), (nose[who] for who in sorted(nose)), strict=True):
        assert sequence.image_px is not None
        wanted = [expected[frame] for frame in range(30)]
        assert sequence.image_px[:, sequence.skeleton.index("nose")] == pytest.approx(
            np.array(wanted), abs=0.01
        )


def same_as(other: str, ran: Ran) -> None:
    first = ran.person
    assert ran.door.run("convert", other, ran.door.folder / "other.pq").code == 0
    (same,) = laban.load(ran.door.folder / "other.pq").people.values()
    assert same.times_s == pytest.approx(first.times_s)
    assert same.skeleton == first.skeleton
    assert same.image_px == pytest.approx(first.image_px, nan_ok=True)


def scaled_or_refused(ran: Ran) -> None:
    if ran.code:
        assert re.search(r"\b0\b.*\b1\b|normali|share", ran.err)
        return
    assert ran.person.image_px is not None
    assert np.ptp(ran.person.image_px[np.isfinite(ran.person.image_px[..., 1]), 1]) > 30


def nobody_where_all_is_zero(ran: Ran) -> None:
    seen = ran.person.seen if len(ran.person) == 30 else None
    assert seen is not None
    assert np.flatnonzero(~seen).tolist() == [5, 6, 7]
    counted = ran.door.run("reps", "a.parquet", "--json")
    assert counted.json["count"] == 0


def columns_by_name(ran: Ran) -> None:
    if ran.code:
        assert "x0" in ran.err or "header" in ran.err or "column" in ran.err
        return
    with (ran.door.inputs / "mp_by_axis.csv").open() as file:
        rows = list(csv.DictReader(file))
    wanted = [[(float(row[f"x{k}"]), float(row[f"y{k}"])) for k in range(33)] for row in rows]
    assert ran.person.image_px == pytest.approx(np.array(wanted) * SIZE_WH, abs=0.01)


def read_or_named(ran: Ran) -> None:
    if ran.code:
        assert ";" in ran.err or "comma" in ran.err or "separator" in ran.err
        return
    points = (ran.door.inputs / "mp_semicolon.csv").read_text().replace(",", ".").replace(";", ",")
    plain = ran.door.folder / "plain.csv"
    plain.write_text(points)
    assert ran.door.run("convert", plain, ran.door.folder / "plain.pq", "--size", "360x640").code == 0
    (same,) = laban.load(ran.door.folder / "plain.pq").people.values()
    assert same.image_px == pytest.approx(ran.person.image_px, abs=1e-3)


def same_with_points(ran: Ran) -> None:
    points = ran.door.folder / "points.trc"
    points.write_text((ran.door.inputs / "trc_comma.trc").read_text().replace(",", "."))
    assert ran.door.run("convert", points, ran.door.folder / "points.pq").code == 0
    (same,) = laban.load(ran.door.folder / "points.pq").people.values()
    assert same.world_m == pytest.approx(ran.person.world_m, nan_ok=True)


def audited(ran: Ran, *, clips: int, labels: tuple[str, ...] = ()) -> None:
    assert ran.json["clips"] == clips
    assert {one["label"] for one in ran.json["coverage"]} >= set(labels)


def in_splits(ran: Ran) -> None:
    audited(ran, clips=2)
    clips = read_annotations(ran.door.inputs / "pyskl_npstr_split.pkl")
    assert [one.splits for one in clips] == [("train",), ("val",)]


def the_empty_one_named(ran: Ran) -> None:
    audited(ran, clips=2)
    assert [one["name"] for one in ran.json["skipped"]] == ["e"]


def read_or_refused(ran: Ran) -> None:
    if ran.code:
        assert "UTF-8" in ran.err or "encod" in ran.err or "cp1252" in ran.err
    else:
        assert "Kniebeuge über" in ran.out


def no_fall(ran: Ran) -> None:
    (item,) = ran.json
    assert [span for span in item["details"]["spans"] if span["label"] == "fall"] == []


def the_whole_photo(ran: Ran) -> None:
    assert ran.json
    extracted = ran.door.run("extract", "IMG_grid.HEIC", "-o", ran.door.folder / "photo", *NEAR)
    assert extracted.recording.size_wh == (1080, 1920)
    assert len(extracted.recording.people) == 1


def portrait(ran: Ran) -> None:
    assert ran.recording.size_wh == (360, 640)
    assert len(ran.recording.people) == 1


def check(function: Callable[..., None], *arguments: Any, **options: Any) -> Check:
    return lambda ran: function(*arguments, ran, **options)


def converted(name: str, *options: str) -> tuple[str, ...]:
    return ("convert", name, "a.parquet", *options)


def extracted(name: str, *options: str) -> tuple[str, ...]:
    return ("extract", name, "-o", "out", *options)


SIZE, WIDE = ("--size", "360x640"), ("--size", "640x360")
NEAR = ("--detector", "blazepose")  # which does not see the woman at the edge of that clip, as YOLOX does
AUDIT = ("--no-doubts", "--json")

ROWS: dict[str, tuple[tuple[str, ...], Check]] = {
    "fps5_still.mp4": (extracted("fps5_still.mp4"), check(one_person_seen, least=18, frames=20)),
    "every6.mp4": (extracted("every6.mp4", "--every", "6"), check(one_person_seen, least=18, frames=20)),
    "sar_2x1_portrait.mp4": (extracted("sar_2x1_portrait.mp4", *NEAR), portrait),
    "cover_first.mkv": (extracted("cover_first.mkv", *NEAR), check(one_person_seen, least=45, frames=50)),
    "alphapose_one.json": (converted("alphapose_one.json"), check(in_order_of_numbers, people=1)),
    "alphapose_two.json": (converted("alphapose_two.json"), check(in_order_of_numbers, people=2)),
    "cvat_every6.json": (converted("cvat_every6.json"), check(frames_and_last, frames=10, last_s=1.8)),
    "coco_other_order.json": (converted("coco_other_order.json"), check(same_as, "cvat_every6.json")),
    "coco_spaced_names.json": (converted("coco_spaced_names.json"), check(same_as, "cvat_every6.json")),
    "openpose_coco17": (converted("openpose_coco17"), check(frames_and_last, frames=30, last_s=29 / 30)),
    "openpose_01": (converted("openpose_01", *WIDE), scaled_or_refused),
    "yolo_roboflow_short": (
        converted("yolo_roboflow_short", *WIDE),
        check(frames_and_last, frames=6, last_s=5 / 30),
    ),
    "yolo_split": (converted("yolo_split", *WIDE), check(frames_and_last, frames=20, last_s=19 / 30)),
    "mp_zero_rows.csv": (converted("mp_zero_rows.csv", *SIZE), nobody_where_all_is_zero),
    "mp_frame_gap.csv": (
        converted("mp_frame_gap.csv", *SIZE),
        check(frames_and_last, frames=20, last_s=0.967),
    ),
    "mp_timestamp.csv": (
        converted("mp_timestamp.csv", *SIZE),
        check(frames_and_last, frames=30, last_s=1.934),
    ),
    "mp_by_axis.csv": (converted("mp_by_axis.csv", *SIZE), columns_by_name),
    "mmpose_inferencer.json": (
        converted("mmpose_inferencer.json"),
        check(frames_and_last, frames=30, last_s=29 / 30),
    ),
    "pyskl_empty_clip.pkl": (("audit", "pyskl_empty_clip.pkl", *AUDIT), the_empty_one_named),
    "pyskl_npstr_split.pkl": (
        ("audit", "pyskl_npstr_split.pkl", *AUDIT),
        in_splits,
    ),
    "pyskl_text_label.pkl": (
        ("audit", "pyskl_text_label.pkl", *AUDIT),
        check(audited, clips=1, labels=("fall",)),
    ),
    "table_cp1252.csv": (("audit", "table_cp1252.csv", *AUDIT), read_or_refused),
    "table_windows_paths.csv": (("audit", "table_windows_paths.csv", *AUDIT), check(audited, clips=2)),
    "table_semicolon.csv": (("audit", "table_semicolon.csv", *AUDIT), check(audited, clips=2)),
    "mp_semicolon.csv": (converted("mp_semicolon.csv", *SIZE), read_or_named),
    "trc_comma.trc": (converted("trc_comma.trc"), same_with_points),
    "lying_still.mp4": (("predict", "fall", "lying_still.mp4", "--json"), no_fall),
    "getting_up.mp4": (("predict", "fall", "getting_up.mp4", "--json"), no_fall),
    "IMG_grid.HEIC": (("posture", "IMG_grid.HEIC", "--json"), the_whole_photo),
    "penn_1009_x4.parquet": (
        ("reps", "repetitions/penn_1009_x4.parquet", "--json"),
        lambda ran: _counted(ran, 12),
    ),
    "penn_0464_x4.parquet": (
        ("reps", "repetitions/penn_0464_x4.parquet", "--json"),
        lambda ran: _counted(ran, 4),
    ),
}


def _counted(ran: Ran, count: int) -> None:
    assert ran.json["count"] == count


@pytest.mark.parametrize(
    "name",
    ROWS,
)
def test_what_was_reported_gives_the_right_answer(name: str, door: Door) -> None:
    arguments, holds = ROWS[name]
    holds(door.run(*arguments))

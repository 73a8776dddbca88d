"""The shared data as datasets: clips, groups and labels."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import ROOT
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import SKELETONS
from laban.core.spans import Span
from laban.models.card import Task
from laban.models.examples import Clip
from laban.pipeline.dataset.values import Dataset, Item, whole_clip

DATA = ROOT.parent / "shared" / "data"
FIGHT = Task("fight", ("no_fight", "fight"), background="no_fight")
FALL = Task("fall", ("no_fall", "fall"), background="no_fall")
UCLA_VALIDATION = "validation"
_FPS = 30.0
_BLOCK = 10
_NOWHERE_PX = 1.5
_VIDEO = "*.mp4"
_FALLING = re.compile(r"Fall\w*\s*(?:\(\w+\))?\s*\[\s*([\d.]+)\s*to\s*([\d.]+)")


def penn_action() -> Dataset:
    """2,326 clips of 13 joints, the official split, all of whose clips are groups of their own.

    Joints that were not annotated lie in the corner of the image and are missing; those that were, though
    hidden, are kept.
    """
    held = np.load(DATA / "penn_action" / "packed.npz", allow_pickle=False)
    points = held["frames"][..., :2].copy()
    points[(points <= _NOWHERE_PX).all(axis=2)] = np.nan
    task = Task("action", tuple(sorted(set(held["label"].tolist()))))
    items = [
        _item(f"penn {name}", task.name, str(label), split=str(split), image_px=points[rows], joints="penn13")
        for rows, name, label, split in zip(
            _rows(held["lengths"]), held["id"], held["label"], held["split"], strict=True
        )
    ]
    return Dataset("penn_action", DATA / "penn_action", (task,), tuple(items))


def nw_ucla() -> Dataset:
    """1,484 clips of 20 joints in metres, cross-view: views 1 and 2 are learned, view 3 is the test."""
    held = np.load(DATA / "nw_ucla" / "packed.npz", allow_pickle=False)
    task = Task("action", tuple(f"a{number:02d}" for number in sorted(set(held["label"].tolist()))))
    items = [
        _item(
            f"ucla {name}",
            task.name,
            f"a{number:02d}",
            split=str(split),
            world_m=held["frames"][rows],
            joints="kinect20",
        )
        for rows, name, number, split in zip(
            _rows(held["lengths"]), held["id"], held["label"], held["split"], strict=True
        )
        if rows.stop - rows.start > 1
    ]
    return Dataset("nw_ucla", DATA / "nw_ucla", (task,), tuple(items))


def fights() -> Dataset:
    """200 surveillance clips; those cut from one source video are a group. Where no source is known, ten
    consecutive numbers of a class are, as neighbours in number share a source."""
    sources = _sources(DATA / "fights" / "sources.csv")
    items = []
    for label in FIGHT.labels:
        for path in sorted((DATA / "fights" / label).glob(_VIDEO)):
            block = (int(re.sub(r"\D", "", path.stem)) - 1) // _BLOCK
            source = sources.get(f"{label}/{path.name}") or f"{label} block {block}"
            clip = Clip(f"{label}/{path.stem}", group=f"fights {source}")
            items.append(Item(clip, {FIGHT.name: (whole_clip(label),)}, path=path))
    return Dataset("fights", DATA / "fights", (FIGHT,), tuple(items))


def _sources(path: Path) -> dict[str, str]:
    """The source video of each clip, where known."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["path"]: row["source"] for row in csv.DictReader(file)}


def falls() -> Dataset:
    """11 falls with the times they last for and 10 daily activities, grouped by subject."""
    items = []
    for path in sorted((DATA / "falls").glob(f"subject_*/*/{_VIDEO}")):
        subject, kind = path.parts[-3:-1]
        clip = Clip(f"{subject}/{kind}/{path.stem}", group=subject)
        items.append(Item(clip, {FALL.name: _fall_spans(path)}, path=path))
    return Dataset("falls", DATA / "falls", (FALL,), tuple(items))


def _fall_spans(path: Path) -> tuple[Span, ...]:
    """The labels of a video in the subject's table; none without an entry."""
    if path.parent.name != "Fall":
        return (whole_clip("no_fall"),)
    lines = (path.parents[1] / "Fall.csv").read_text(encoding="utf-8").splitlines()
    told = next(line for line in lines if line.startswith(path.name))
    found = _FALLING.search(told)
    if found is None:
        raise ValueError(f"{path}: no time of a fall in {told!r}")
    start_s, end_s = (float(part) for part in found.groups())
    before = (Span(-1.0, start_s, "no_fall"),) if start_s > 0 else ()
    return (*before, Span(start_s, end_s, "fall"))


def _item(name: str, task: str, label: str, *, split: str, joints: str, **points: Any) -> Item:
    (values,) = points.values()
    times_s = np.arange(len(values)) / _FPS
    skeleton = SKELETONS[joints]
    visibility = np.isfinite(values).all(axis=2).astype(np.float32)
    size_wh = (4096, 4096) if "image_px" in points else None
    sequence = PoseSequence(times_s, skeleton, visibility, size_wh=size_wh, **points)
    recording = Recording(name, times_s, {0: sequence}, size_wh=size_wh)
    return Item(
        Clip(name, group=name, split=split), {task: (whole_clip(label),)}, recording=recording, kind="memory"
    )


def _rows(lengths: Iterable[int]) -> list[slice]:
    ends = np.cumsum(list(lengths))
    return [slice(int(end - length), int(end)) for end, length in zip(ends, lengths, strict=True)]

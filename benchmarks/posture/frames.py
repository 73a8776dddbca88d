"""Frames of the falls data as labelled images, with labels from its annotated spans.

A frame every ``EVERY_S`` of every annotated span, ``EDGE_S`` from its ends; of falls only what lies
``FALLEN_S`` after their onset, when the person is down. Walking, standing and sitting are as annotated, and
some labels do not match the still: a person labelled as walking stands and drinks (subject 2, Fall/12, from 2.5 s),
a person labelled as standing gets up from a bed and walks (subject 2, Fall/13).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.recognition.sets import DATA
from laban.core.arrays import ImageArray
from laban.pipeline.recording.video import open_frames

EVERY_S, EDGE_S, FALLEN_S = 0.2, 0.1, 1.0
CLASSES = {
    "Standing": "standing",
    "Sitting": "sitting",
    "Walking": "walking",
    "Sleeping": "lying",
    "Falling": "lying",
    "Fall": "lying",
}
_NAMED = re.compile(r"([A-Z][a-z]+)\s*(?:\(\w+\)?)?\s*\[([^\]]*)\]")
_TIMES = re.compile(r"([\d.]+)\s*to\s*([\d.]+)")


@dataclass(frozen=True)
class Moment:
    """A frame of a clip, what the person in it does, and whose clip it is."""

    clip: Path
    time_s: float
    label: str
    subject: str

    @property
    def name(self) -> str:
        """A name for its image."""
        return f"{self.subject}_{self.clip.parent.name}_{self.clip.stem}_{self.time_s:06.2f}.jpg"


def moments() -> list[Moment]:
    """Every frame with a class, in order."""
    found = []
    for clip in sorted((DATA / "falls").glob("subject_*/*/*.mp4")):
        for label, start_s, end_s in sorted(_spans(clip), key=lambda span: span[1]):
            found += [
                Moment(clip, float(time_s), label, clip.parts[-3])
                for time_s in np.arange(start_s + EDGE_S, end_s - EDGE_S / 2, EVERY_S)
            ]
    return found


def write_images(folder: Path) -> Path:
    """Writes every frame as a JPEG and the table of them, groups the subjects; the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["path,label,group,subgroup_clip"]
    for moment, image in frames_of(moments()):
        cv2.imwrite(str(folder / moment.name), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        lines.append(f"{moment.name},{moment.label},{moment.subject},{moment.clip.parent.name}")
    table = folder / "falls.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def frames_of(wanted: list[Moment]) -> Iterator[tuple[Moment, ImageArray]]:
    """The nearest frame of each moment, clip by clip; a moment after a clip's end has none."""
    for clip in dict.fromkeys(moment.clip for moment in wanted):
        own = [moment for moment in wanted if moment.clip == clip]
        with open_frames(clip, at_s=np.array([moment.time_s for moment in own])) as frames:
            held = [(frame.time_s, frame.image_rgb) for frame in frames]
        times_s = np.array([time_s for time_s, _ in held])
        for moment in own:
            at = int(np.abs(times_s - moment.time_s).argmin())
            if abs(times_s[at] - moment.time_s) <= EDGE_S:
                yield moment, held[at][1]


def _spans(clip: Path) -> Iterator[tuple[str, float, float]]:
    lines = (clip.parents[1] / f"{clip.parent.name}.csv").read_text(encoding="utf-8").splitlines()
    told = next((line for line in lines if line.startswith(clip.name)), "")
    for name, times in _NAMED.findall(told):
        for start, end in _TIMES.findall(times):
            if name in CLASSES:
                wait_s = FALLEN_S if name.startswith("Fall") else 0.0
                yield CLASSES[name], float(start) + wait_s, float(end)

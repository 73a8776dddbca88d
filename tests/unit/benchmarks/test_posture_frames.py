"""Frames of the falls data have the class that its tables give them."""

from collections import Counter
from pathlib import Path

from benchmarks.posture.frames import FALLEN_S, moments


def test_every_class_has_frames_of_its_spans(shared: Path) -> None:
    found = moments()
    counts = Counter(moment.label for moment in found)
    assert set(counts) == {"standing", "sitting", "walking", "lying"}
    walked = [one for one in found if one.clip.parts[-3:] == ("subject_1", "ADL", "10.mp4")]
    assert {one.label for one in walked} == {"walking"}
    assert walked[0].time_s == 0.1
    fallen = [one for one in found if one.clip.parts[-3:] == ("subject_1", "Fall", "15.mp4")]
    first = min(one.time_s for one in fallen if one.label == "lying")
    assert first > 1.8 + FALLEN_S
    assert len({one.name for one in found}) == len(found)

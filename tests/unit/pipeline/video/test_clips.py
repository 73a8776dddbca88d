"""Which clips a recogniser from pixels learns from, and what makes two sets of them the same."""

from pathlib import Path

import numpy as np
import pytest

from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.examples import Clip
from laban.pipeline.dataset.values import Dataset, Item, Skipped, whole_clip
from laban.pipeline.video.features import SeenClips
from laban.pipeline.video.training.clips import LabelledClips, labelled_clips

TASK = Task("action", ("jump", "run", "walk"))


def item(name: str, label: str, **more: object) -> Item:
    return Item(Clip(name, group=name), {"action": (whole_clip(label),)}, path=Path(name), **more)


def clips(*labels: str, task: Task = TASK) -> LabelledClips:
    items = tuple(item(f"{index}.mp4", label) for index, label in enumerate(labels))
    return labelled_clips(Dataset("d", Path(), (task,), items))


def seen(*rows: int, failed: tuple[Skipped, ...] = ()) -> SeenClips:
    count = len(rows)
    return SeenClips(rows, np.zeros((1, count, 2, 3)), (1.0,) * count, ("x",) * count, failed)


def test_each_clip_that_cannot_be_learned_from_has_its_reason() -> None:
    poses = item("poses.parquet", "run", kind="recording")
    none = Item(Clip("none.mp4", "g"), {}, path=Path("none.mp4"))
    part = Item(Clip("part.mp4", "g"), {"action": (Span(0, 1, "run"),)}, path=Path("part.mp4"))
    data = Dataset("d", Path(), (TASK,), (item("a.mp4", "run"), poses, none, part, item("b.mp4", "walk")))
    found = labelled_clips(data)
    assert [clip.name for clip in found.clips] == ["a.mp4", "b.mp4"]
    assert found.labels.tolist() == [1, 2]
    reasons = {one.name: one.reason for one in found.left_out}
    assert "pixels" in reasons["poses.parquet"]
    assert "has no label" in reasons["none.mp4"]
    assert "parts of it only" in reasons["part.mp4"]


def test_one_class_is_refused_with_the_first_clip_left_out() -> None:
    with pytest.raises(InvalidValueError, match="one class, 'run', expected at least 2"):
        clips("run", "run")
    with pytest.raises(InvalidValueError, match=r"one class, 'run'.*class 'walk': none of its clips"):
        clips("run", "walk", task=Task("action", ("run", "walk"))).seen(
            seen(0, failed=(Skipped("1.mp4", "broken"),))
        )


def test_a_class_without_a_readable_clip_is_dropped() -> None:
    found = clips("walk", "jump", "run", "walk").seen(seen(0, 2, 3, failed=(Skipped("1.mp4", "broken"),)))
    assert found.task.labels == ("run", "walk")
    assert found.labels.tolist() == [1, 0, 1]
    assert [one.name for one in found.left_out] == ["class 'jump'", "1.mp4"]


def test_the_hash_tells_other_labels_groups_contents_and_readers() -> None:
    """A class that is called otherwise has the same position, and is another class all the same."""
    plain = clips("jump", "run", "walk")
    renamed = clips("jump", "run", "stroll", task=Task("action", ("jump", "run", "stroll")))
    same = ("a", "b", "c")
    assert plain.labels.tolist() == renamed.labels.tolist()
    hashes = [
        plain.sha256(same, seen_by="one"),
        renamed.sha256(same, seen_by="one"),
        plain.sha256(("a", "b", "d"), seen_by="one"),
        plain.sha256(same, seen_by="other"),
    ]
    assert len(set(hashes)) == len(hashes)
    assert hashes[0] == clips("jump", "run", "walk").sha256(same, seen_by="one")

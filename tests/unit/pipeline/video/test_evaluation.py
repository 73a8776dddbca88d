"""A recogniser from pixels on other data: what is counted, what is left out, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.pipeline.video.test_stream import KINDS, Lit

from laban.core.arrays import Float32Array, ImageArray
from laban.errors import InvalidValueError, SourceError
from laban.models.card import Task
from laban.models.examples import Clip
from laban.pipeline.dataset.values import Dataset, Item, whole_clip
from laban.pipeline.recording.identity import data_hash
from laban.pipeline.training.learned_from import fingerprint, told_from
from laban.pipeline.video.evaluation import evaluate_clips
from laban.pipeline.video.prediction import clip_recogniser
from laban.render.report import draw_report
from laban.render.video import write_video


class Reader:
    key = "lit"

    def features(self, images: ImageArray) -> Float32Array:
        return Lit(KINDS).features(images)


def clip(path: Path, label: str, *, level: int, seed: int = 0) -> Item:
    noise = np.random.default_rng(seed).integers(0, 20, (10, 32, 32, 3))
    write_video(path, ((index / 10, (image + level).astype(np.uint8)) for index, image in enumerate(noise)))
    return Item(Clip(path.name, path.name), {"light": (whole_clip(label),)}, path=path)


@pytest.fixture
def items(tmp_path: Path) -> tuple[Item, ...]:
    return (
        clip(tmp_path / "a.mp4", "lit", level=210),
        clip(tmp_path / "b.mp4", "dark", level=10),
        clip(tmp_path / "c.mp4", "dark", level=200, seed=1),
    )


def dataset(*items: Item) -> Dataset:
    labels = dict.fromkeys(span.label for item in items for span in item.spans)
    return Dataset("d", Path(), (Task("light", tuple(labels)),), items)


def model(*learned: Path) -> Lit:
    found = Lit(KINDS)
    told = told_from([fingerprint(data_hash(path)) for path in learned] or ["0"])
    found.card = replace(found.card, about=told)
    return found


def evaluated(lit: Lit, data: Dataset):
    recogniser = clip_recogniser(lit)
    assert recogniser is not None
    return evaluate_clips(recogniser, data, reader=Reader())


def test_every_clip_is_shown_whole_and_counted_once(items: tuple[Item, ...]) -> None:
    found = evaluated(model(), dataset(*items)).metrics
    assert found.clips.accuracy == pytest.approx(2 / 3)
    assert found.labels == ("lit", "dark")
    assert (found.hardest[0].clip, found.hardest[0].predicted) == ("c.mp4", "lit")
    assert found.notes == ()
    assert found.model.backbone == "unknown"


def test_clips_that_were_learned_from_are_left_out_unless_they_are_all(items: tuple[Item, ...]) -> None:
    paths = [item.path for item in items if item.path]
    found = evaluated(model(paths[2]), dataset(*items)).metrics
    assert (found.clips.count, found.clips.accuracy) == (2, 1.0)
    assert "clips new to the model" in draw_report(found)
    every = evaluated(model(*paths), dataset(*items)).metrics
    assert every.clips.count == 3
    assert "clips that the model was trained on" in draw_report(every)


def test_a_model_that_does_not_say_what_it_learned_is_not_called_new(items: tuple[Item, ...]) -> None:
    lit = model()
    lit.card = replace(lit.card, about={})
    found = evaluated(lit, dataset(*items)).metrics
    assert found.learned is None
    assert any("does not say which clips" in note for note in found.notes)
    assert "new to the model" not in draw_report(found)


def test_one_class_is_enough_and_unknown_labels_are_named(items: tuple[Item, ...], tmp_path: Path) -> None:
    strange = clip(tmp_path / "d.mp4", "blinks", level=90)
    found = evaluated(model(), dataset(items[0], strange)).metrics
    assert (found.clips.count, found.clips.accuracy) == (1, 1.0)
    assert any("does not know the label 'blinks'" in note for note in found.notes)
    with pytest.raises(InvalidValueError, match="nothing to evaluate"):
        evaluated(model(), dataset(strange))


def test_what_cannot_be_used_is_named(items: tuple[Item, ...], tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    broken = replace(items[0], clip=Clip("broken.mp4", "x"), path=tmp_path / "broken.mp4")
    poses = replace(items[0], clip=Clip("poses.parquet", "x"), kind="recording")
    found = evaluated(model(), dataset(*items, broken, poses))
    assert [one.name for one in found.failed] == ["broken.mp4"]
    assert {note.split(" was left out")[0] for note in found.metrics.notes} == {"broken.mp4", "poses.parquet"}
    with pytest.raises(SourceError, match="none of the 1 clips can be read"):
        evaluated(model(), dataset(broken))
    with pytest.raises(InvalidValueError, match="holds poses"):
        evaluated(model(), dataset(poses))

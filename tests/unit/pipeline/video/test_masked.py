"""Masked clips are seen once and kept by content; what they tell of a recogniser is told in words."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from laban.core.answers.clip_metrics import MaskedAnswer, MaskedScoresAnswer
from laban.core.arrays import Array, Float32Array, FloatArray, ImageArray, IntArray
from laban.core.progress import unheard
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import skeleton
from laban.errors import SourceError
from laban.pipeline.dataset import open_dataset
from laban.pipeline.training.listening import Silent
from laban.pipeline.video.masked import MaskedSight, see_masked
from laban.pipeline.video.sampling import ClipSampling
from laban.pipeline.video.training.masked import mask_test
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import Sight, look_at
from laban.render.report.clips import masked_words
from laban.render.video import write_video

WIDTH, HEIGHT, FPS, COUNT = 64, 48, 10, 10
SAMPLING = ClipSampling(frames=4, size_wh=(WIDTH, HEIGHT))
BODY = skeleton("blazepose33")
PERSON = (slice(16, 32), slice(24, 40))


class Halves:
    """Sees how bright the person's place and the upper edge are; counts the frames."""

    key = "halves"

    def __init__(self) -> None:
        self.asked = 0

    def features(self, images: ImageArray) -> Float32Array:
        self.asked += len(images)
        person, edge = images[:, *PERSON], images[:, :8]
        return np.stack([person.mean((1, 2, 3)), edge.mean((1, 2, 3))], axis=1).astype(np.float32)


class Finds:
    """Somebody who stands in the same place; nobody in clips whose name says so."""

    key = "finds"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, path: Path, *, fps: float | None) -> Recording:
        self.asked.append(path.name)
        if "broken" in path.name:
            raise SourceError(f"{path.name} cannot be followed")
        times_s = np.arange(COUNT) / FPS
        (top, bottom), (left, right) = ((one.start, one.stop) for one in PERSON)
        points = np.random.default_rng(0).uniform((left, top), (right, bottom), (COUNT, len(BODY), 2))
        points[:, 0], points[:, 1] = (left, top), (right, bottom)
        sequence = PoseSequence(
            times_s, BODY, np.ones((COUNT, len(BODY))), image_px=points, size_wh=(WIDTH, HEIGHT)
        )
        people = {} if "nobody" in path.name else {0: sequence}
        return Recording(path.name, times_s, people, size_wh=(WIDTH, HEIGHT))


def film(path: Path, *, person: int, scene: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((HEIGHT, WIDTH, 3), scene, np.uint8)
    image[PERSON] = person
    write_video(path, ((at / FPS, image) for at in range(COUNT)))
    return path


def masked(paths: list[Path], sight: MaskedSight, *, workers: int = 1):
    contents = [path.read_bytes().hex()[-40:] + str(path.stat().st_size) for path in paths]
    clips = list(zip(paths, contents, strict=True))
    return see_masked(clips, [path.name for path in paths], sight, workers=workers, progress=unheard)


def test_people_and_scene_are_seen_apart_and_kept_by_content(tmp_path: Path) -> None:
    bright = film(tmp_path / "a.mp4", person=220, scene=60)
    reader, finds = Halves(), Finds()
    sight = MaskedSight(SAMPLING, reader, finds, cache=tmp_path / "kept")
    found = masked([bright], sight)
    assert found.rows == (0,)
    assert found.without_people.shape == (1, 4, 2)
    assert found.without_people[0, :, 0] == pytest.approx(60, abs=12)
    assert found.without_people[0, :, 1] == pytest.approx(60, abs=4)
    assert found.people_alone[0, :, 0] == pytest.approx(220, abs=5)
    assert found.people_alone[0, :, 1] == pytest.approx(115, abs=2)
    assert 256 / (64 * 48) < found.people[0] < 0.25
    again = masked([bright.rename(tmp_path / "moved.mp4")], sight)
    assert reader.asked == 8
    assert finds.asked == ["a.mp4"]
    assert np.array_equal(found.without_people, again.without_people)


def test_copies_are_masked_once_and_clips_without_people_are_counted(tmp_path: Path) -> None:
    one = film(tmp_path / "a.mp4", person=200, scene=60)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(one.read_bytes())
    nobody = film(tmp_path / "nobody.mp4", person=100, scene=60)
    broken = film(tmp_path / "broken.mp4", person=150, scene=60)
    finds = Finds()
    found = masked([one, nobody, copy, broken], MaskedSight(SAMPLING, Halves(), finds), workers=2)
    assert found.rows == (0, 2)
    assert found.nobody == (1,)
    assert [skipped.name for skipped in found.failed] == ["broken.mp4"]
    assert len(finds.asked) == 3
    assert np.array_equal(found.without_people[0], found.without_people[1])


@dataclass(frozen=True)
class Hears:
    """A test whose network hears how bright one column is."""

    rows: IntArray
    logits: FloatArray
    column: int

    @classmethod
    def of(cls, rows: list[int], forms: Array, column: int) -> "Hears":
        at = np.array(rows)
        return cls(at, bright_or_dark(forms[at], column), column)

    def answers(self, forms: Array) -> FloatArray:
        return bright_or_dark(forms, self.column)


def bright_or_dark(forms: Array, column: int) -> FloatArray:
    level = forms[..., column].mean(axis=1) - 130.0
    return np.stack([level, -level], axis=1)


@pytest.mark.parametrize("told_by", ["person", "scene"])
def test_what_a_recogniser_looks_at_is_told(tmp_path: Path, told_by: str) -> None:
    """Four clips a class, which the person's brightness tells, or that of the scene."""
    other = "scene" if told_by == "person" else "person"
    for label, level in (("bright", 200), ("dark", 60)):
        for number in range(4):
            film(tmp_path / label / f"{number}.mp4", **{told_by: level + number, other: 120 + 2 * number})
    film(tmp_path / "dark" / "nobody.mp4", person=62, scene=62)
    film(tmp_path / "dark" / "broken.mp4", person=63, scene=63)
    settings = ClipLearningSettings(frames=4, size=f"{WIDTH}x{HEIGHT}", versions=1, masked=True)
    sight = Sight(Halves(), lambda: None)
    looked = look_at(open_dataset(tmp_path), settings, sight=sight, listener=Silent())
    column, forms = ("person", "scene").index(told_by), looked.seen.forms[0]
    tests = [Hears.of(rows, forms, column) for rows in ([0, 1, 2, 4, 9], [3, 5, 6, 7, 8])]
    answer, notes = mask_test(looked, tests, settings, sight=sight, find=Finds(), listener=Silent())
    assert (answer.clips, answer.nobody, answer.failed) == (8, 1, 1)
    assert answer.unmasked.accuracy == 1.0
    assert answer.most_frequent == 0.5
    accuracies = answer.people_masked.accuracy, answer.background_masked.accuracy
    assert accuracies == ((0.5, 1.0) if told_by == "person" else (1.0, 0.5))
    assert "8 test clips: too few" in masked_words(answer)
    words = masked_words(replace(answer, clips=40))
    assert f"answers from the {'people' if told_by == 'person' else 'scene'}" in words
    assert len(notes) == 1
    assert "broken.mp4 could not be masked" in notes[0]


def answer(
    plain: float | None, people: float | None, background: float | None, **more: object
) -> MaskedAnswer:
    scores = (MaskedScoresAnswer(one, one) for one in (plain, people, background))
    told = {"clips": 40, "nobody": 0, "failed": 0, "people_share": 0.2, "most_frequent": 0.5, **more}
    unmasked, without, alone = scores
    return MaskedAnswer(unmasked=unmasked, people_masked=without, background_masked=alone, **told)


def test_the_words_follow_what_is_left_above_the_most_frequent_class() -> None:
    assert masked_words(answer(0.9, 0.88, 0.6)).startswith(
        "It answers from the scene: with people masked, accuracy stays at 88.0 %"
    )
    assert masked_words(answer(0.9, 0.55, 0.85)).startswith("It answers from the people")
    assert masked_words(answer(0.9, 0.7, 0.7)).startswith("It answers from people and scene")
    assert "hardly better" in masked_words(answer(0.51, 0.5, 0.5))
    none = answer(None, None, None, clips=0, people_share=None, most_frequent=None)
    assert "none of the test clips" in masked_words(none)

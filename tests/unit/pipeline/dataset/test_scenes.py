"""Clips of one scene as one group, where nothing else tells of groups."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.pipeline.dataset import Dataset, open_dataset
from laban.pipeline.dataset import backgrounds as seen
from laban.pipeline.dataset.scenes import grouped_by_scene
from laban.render.video import write_video

Film = Callable[..., Path]
WALLS = [np.random.default_rng(seed).integers(30, 220, (9, 16, 3)).astype(np.uint8) for seed in range(9)]


def film(path: Path, *, scene: int, seed: int) -> Path:
    """Something small that moves before a wall of large tiles."""
    wall = np.kron(WALLS[scene], np.ones((10, 10, 1), np.uint8))
    source = np.random.default_rng(100 + seed)

    def frames():
        for index in range(12):
            image = wall.copy()
            row, column = source.integers(0, 70), source.integers(0, 140)
            image[row : row + 12, column : column + 12] = 255
            yield index / 10, image

    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, frames())
    return path


def clips(root: Path, **scenes: tuple[int, ...]) -> Dataset:
    """Clips of each class in these scenes."""
    for place, (label, places) in enumerate(scenes.items()):
        for number, scene in enumerate(places):
            film(root / label / f"{'abcdefgh'[number]}.mp4", scene=scene, seed=10 * number + place)
    return open_dataset(root)


def groups(dataset: Dataset) -> dict[str, str]:
    return {item.clip.name: item.clip.group for item in dataset.items}


def test_clips_before_one_wall_are_one_group_across_classes(tmp_path: Path) -> None:
    dataset = clips(tmp_path / "data", run=(0, 0, 1, 2), sit=(0, 3, 4, 4))
    found = grouped_by_scene(dataset, cache=tmp_path / "cache", workers=2)
    assert groups(found) == {
        "run/a.mp4": "run/a.mp4",
        "run/b.mp4": "run/a.mp4",
        "run/c.mp4": "run/c.mp4",
        "run/d.mp4": "run/d.mp4",
        "sit/a.mp4": "run/a.mp4",
        "sit/b.mp4": "sit/b.mp4",
        "sit/c.mp4": "sit/c.mp4",
        "sit/d.mp4": "sit/c.mp4",
    }
    assert found.notes == (
        "5 of 8 clips share 2 scenes by their backgrounds, such as run/a.mp4 and run/b.mp4: the clips of a scene "
        "are treated as one group.",
    )


def test_backgrounds_are_kept_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = clips(tmp_path / "data", run=(0, 0, 1), sit=(2, 3))
    first = grouped_by_scene(dataset, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 5
    monkeypatch.setattr(seen, "_made", lambda _: pytest.fail("it was looked at again"))
    assert groups(grouped_by_scene(dataset, cache=tmp_path / "cache")) == groups(first)


def test_clips_of_different_scenes_stay_alone_and_without_a_note(tmp_path: Path) -> None:
    dataset = clips(tmp_path / "data", run=(0, 1), sit=(2, 3))
    found = grouped_by_scene(dataset, cache=None)
    assert groups(found) == groups(dataset)
    assert found.notes == ()


@pytest.mark.parametrize(("scenes", "folds"), [((0, 0, 0), 2), ((0, 0, 1), 3)])
def test_too_few_scenes_to_test_on_others_leave_clips_as_they_are(
    tmp_path: Path, scenes: tuple[int, ...], folds: int
) -> None:
    """As where somebody films everything in one room."""
    dataset = clips(tmp_path / "data", run=scenes, sit=scenes)
    found = grouped_by_scene(dataset, cache=None, folds=folds)
    assert groups(found) == groups(dataset)
    (note,) = found.notes
    assert note.startswith(
        f"By their backgrounds the clips are of {len(set(scenes))} scenes, too few to test"
    )


def test_groups_that_names_tell_are_left_alone(tmp_path: Path) -> None:
    for label in ("run", "sit"):
        for group in (1, 2):
            film(tmp_path / label / f"v_{label}_g{group:02d}_c01.mp4", scene=0, seed=group)
    dataset = open_dataset(tmp_path)
    assert grouped_by_scene(dataset, cache=None) is dataset


def test_a_clip_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    clips(tmp_path / "data", run=(0, 0, 1), sit=(2, 3))
    (tmp_path / "data" / "run" / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(400))
    found = grouped_by_scene(open_dataset(tmp_path / "data"), cache=tmp_path / "cache")
    assert groups(found)["run/broken.mp4"] == "run/broken.mp4"
    assert groups(found)["run/b.mp4"] == "run/a.mp4"

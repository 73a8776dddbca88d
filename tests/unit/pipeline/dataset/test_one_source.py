"""Clips that seem to be of one source and stand in groups of their own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.pipeline.dataset.conftest import gathered, moved

from laban.pipeline.dataset import AuditSettings, Finding, Recordings, audit, open_dataset
from laban.pipeline.dataset.backgrounds import background_of, edges_of, pairs_alike
from laban.pipeline.dataset.one_source import one_source, source_name
from laban.render.video import encoded


def _named(*names: str, **more: dict[str, str]) -> list[Finding]:
    labels = ["kick" if name.startswith("kick") else "wave" for name in names]
    clips = [
        (name, label, moved(label, seed=at))
        for at, (name, label) in enumerate(zip(names, labels, strict=True))
    ]
    return list(one_source(*gathered(*clips, **more)))


NAMES = (
    "kick/ab_1.mp4",
    "kick/ab_2.mp4",
    "kick/cd_1.mp4",
    "kick/ef_1.mp4",
    "wave/gh_1.mp4",
    "wave/ab_3.mp4",
    "wave/x.mp4",
)


def test_names_with_one_beginning_are_told() -> None:
    (found,) = _named(*NAMES)
    assert (found.kind, found.severity) == ("one-source-by-names", "warning")
    assert found.items == ("kick/ab_1.mp4", "kick/ab_2.mp4", "wave/ab_3.mp4")
    assert "3 of 7 clips by their names seem to be cut from 1 sources" in found.sentence
    assert "--group" in found.advice


def test_a_split_that_parts_a_source_is_a_fault() -> None:
    (found,) = _named(*NAMES, split={NAMES[0]: "train", NAMES[1]: "test"})
    assert found.severity == "fault"
    assert "several parts" in found.sentence


def test_groups_that_are_named_and_beginnings_that_a_class_has_as_a_whole_are_left_alone() -> None:
    assert _named(*NAMES, group={name: "g" for name in NAMES if "/ab_" in name}) == []
    assert _named("kick/k1.mp4", "kick/k2.mp4", "kick/k3.mp4", "wave/w1.mp4", "wave/w2.mp4") == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a/b_12.mp4", "b"),
        ("v-7 copy.mp4", "v-7"),
        ("x_flip.mp4", "x"),
        ("12.mp4", None),
        ("abc.mp4", None),
        ("q-part3.avi", "q"),
    ],
)
def test_the_source_in_a_name(name: str, source: str | None) -> None:
    assert source_name(name) == source


def _room(seed: int) -> np.ndarray:
    """A room with its furniture, in 90 x 160 pixels."""
    rng = np.random.default_rng(seed)
    image = np.full((90, 160, 3), 120, np.uint8)
    for _ in range(12):
        left, top = rng.integers(0, 130), rng.integers(0, 70)
        image[top : top + rng.integers(5, 30), left : left + rng.integers(5, 40)] = rng.integers(0, 255)
    return image


def _filmed(room: int, *, walker: int, bars: int = 0, gain: float = 1.0) -> list[np.ndarray]:
    frames = []
    for at in range(7):
        image = (np.clip(_room(room) * gain, 0, 255)).astype(np.uint8)
        left = (20 * at + walker) % 140
        image[30:80, left : left + 12] = 200
        if bars:
            image[:bars], image[-bars:] = 0, 0
        frames.append(image)
    return frames


def _pairs(*clips: Sequence[np.ndarray]) -> set[tuple[int, int]]:
    found = {at: edges_of(list(frames)) for at, frames in enumerate(clips)}
    return set(pairs_alike({at: one for at, one in found.items() if one is not None}))


def test_one_room_is_known_whoever_walks_through_it_and_however_bright() -> None:
    rooms = [
        _filmed(1, walker=0),
        _filmed(1, walker=60, gain=0.7),
        _filmed(2, walker=0),
        _filmed(3, walker=30),
    ]
    assert _pairs(*rooms) == {(0, 1)}


def test_black_bars_and_plain_walls_are_no_background() -> None:
    assert _pairs(*[_filmed(room, walker=0, bars=15) for room in range(4, 9)]) == set()
    assert edges_of([np.full((90, 160, 3), 90, np.uint8)] * 3) is None


def test_videos_of_one_room_are_told_and_looked_at_once(tmp_path: Path) -> None:
    data, places = tmp_path / "data", {}
    for number, (label, room) in enumerate((("kick", 1), ("wave", 1), ("kick", 2), ("wave", 3))):
        path = data / label / f"{'abcd'[number]}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        images = ((at / 10, frame) for at, frame in enumerate(_filmed(room, walker=7 * number)))
        assert len(list(encoded(path, images))) == 7
        places[path] = tmp_path / f"{number}.parquet"
    dataset = open_dataset(data)
    recordings = Recordings(dataset, places)
    for _ in range(2):
        (found,) = one_source(dataset, recordings)
        assert found.kind == "one-source-by-backgrounds"
        assert found.items == ("kick/a.mp4", "wave/b.mp4")
    assert (tmp_path / "0.background.npy").is_file()
    assert background_of(tmp_path / "nothing.mp4") is None


def test_an_audit_tells_of_classes_that_training_would_lose() -> None:
    clips = [(f"{at}", label, moved(label, seed=at)) for at, label in enumerate(["kick", "wave"] * 2)]
    dataset, recordings = gathered(*clips)
    empty = replace(dataset.items[1], recording=moved("wave").replace(people={}))
    dataset = replace(dataset, items=(dataset.items[0], empty, *dataset.items[2:]))
    found = audit(dataset, replace(recordings, dataset=dataset), settings=AuditSettings(doubts=False))
    (lost,) = [one for one in found if one.kind == "little-used"]
    assert lost.items == ("1",)
    assert "1 of 2 clips of 'wave' give nothing to learn from" in lost.sentence

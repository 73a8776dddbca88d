"""What models of fights are shown: people in company, which windows are learned from, and which judged."""

import numpy as np
import pytest
from benchmarks.recognition import fight_data, fights, sets
from benchmarks.recognition.variations import only_frames

from laban.core.sequence import Recording
from laban.models.examples import Clip, Examples
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.values import Dataset, Item, whole_clip
from laban.sources import SyntheticScene

SCENE = SyntheticScene(people=1, seconds=4.0, fps=30.0, size_wh=(640, 360), falls=1, seed=3)


@pytest.fixture(scope="module")
def scene() -> Recording:
    return SCENE.recording()


def middle_px(recording: Recording, person: int) -> np.ndarray:
    points = np.asarray(recording.people[person].image_px, dtype=np.float64)
    return np.asarray((np.nanmin(points, axis=1) + np.nanmax(points, axis=1)) / 2)


@pytest.mark.parametrize("gap", list(fight_data.GAPS.values()))
def test_somebody_beside_stands_as_far_as_asked_in_heights(scene: Recording, gap: float) -> None:
    stands = only_frames(scene, scene.times_s < 0.2)
    (own,) = stands.people
    made = fight_data.beside(stands, stands.people[own], gap=gap)
    other = max(made.people)
    points = np.asarray(stands.people[own].image_px, dtype=np.float64)
    tall = np.nanmedian(np.nanmax(points[..., 1], axis=1) - np.nanmin(points[..., 1], axis=1))
    apart = np.median(middle_px(made, other)[:, 0]) - np.median(middle_px(made, own)[:, 0])
    assert abs(apart) == pytest.approx(gap * tall, rel=0.35)


def shown(scene: Recording) -> Examples:
    """A surveillance clip of a fight with one person, one with two, and two subjects' clips."""

    def item(name: str, group: str, label: str, recording: Recording) -> Item:
        return Item(
            Clip(name, group=group), {"fight": (whole_clip(label),)}, recording=recording, kind="memory"
        )

    (own,) = scene.people
    two = fight_data.beside(scene, scene.people[own], gap=0.5)
    items = [
        item("fight/fi001", "fights s01", "fight", scene),
        *(item(f"fight/fi{n:03d}", f"fights s{n:02d}", "fight", two) for n in range(2, 7)),
        *(item(f"no_fight/nofi{n:03d}", f"fights s{n + 10}", "no_fight", two) for n in range(1, 7)),
        *(
            item(f"subject_{n}/ADL/{name}", f"subject_{n}", "no_fight", scene)
            for n, names in ((1, ("10", "16")), (2, ("23", "24")), (3, ("15", "16")))
            for name in names
        ),
    ]
    dataset = Dataset("shown", sets.DATA, (sets.FIGHT,), tuple(items))
    return fight_data.gathered(Recordings(dataset, {}), spec=fights.SPEC, clock=fights.CLOCK).examples


@pytest.fixture(scope="module")
def examples(scene: Recording) -> Examples:
    return shown(scene)


def test_no_lone_fighter_and_nobody_seated_for_tests_is_learned(examples: Examples) -> None:
    learned = fight_data.learned(examples)
    names = np.array([clip.name for clip in examples.clips])[examples.clip]
    assert not learned[names == "fight/fi001"].any()
    assert learned[names == "fight/fi002"].all()
    assert not learned[["seated" in name for name in names]].any()
    assert learned[["somebody near" in name for name in names]].any()


def test_folds_share_no_source_and_no_subject_and_test_every_surveillance_clip_once(
    examples: Examples,
) -> None:
    groups, tested = np.array(examples.groups), []
    folds = fights.folds_of(examples, seed=0)
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
        tested += sorted(set(groups[fold.test]))
    assert sorted(tested) == sorted(set(groups))


def test_what_is_right_stands_in_the_name_of_each_surveillance_clip(examples: Examples) -> None:
    truth = fights.truth_of(examples)
    assert {examples.clips[index].name.split("/")[0] for index in truth} == {"fight", "no_fight"}
    assert all(
        examples.clips[index].name.startswith(sets.FIGHT.labels[label]) for index, label in truth.items()
    )

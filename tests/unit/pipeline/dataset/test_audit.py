"""Every planted fault is found, and nothing is found where nothing is wrong."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33, SKELETONS
from laban.pipeline.action.training import gathering as learning
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import AuditSettings, Dataset, Finding, Recordings, audit
from laban.pipeline.dataset.similar_labels import similar_labels

Move = Callable[..., Recording]
Gather = Callable[..., tuple[Dataset, Recordings]]
Named = tuple[str, str, Recording]
CLIPS = 8


@pytest.fixture(scope="module")
def clean(move: Move) -> list[Named]:
    return [
        (f"{kind}{seed}", kind, move(kind, seed=seed + 100 * (kind == "kick")))
        for kind in ("kick", "wave")
        for seed in range(CLIPS)
    ]


def changed(recording: Recording, change: Callable[[np.ndarray], np.ndarray]) -> Recording:
    one = recording.people[0]
    points = change(np.array(one.image_px))
    return recording.replace(people={0: one.replace(image_px=points)})


def shaken(recording: Recording, *, seed: int = 0) -> Recording:
    """As a new encoding would shake the landmarks: 1 % of the torso."""
    rng = np.random.default_rng(seed)
    return changed(recording, lambda points: points + rng.normal(0, 0.6, points.shape))


def mirrored(recording: Recording) -> Recording:
    def mirror(points: np.ndarray) -> np.ndarray:
        points[..., 0] = 1280 - points[..., 0]
        return points[:, BLAZEPOSE33.flip]

    return changed(recording, mirror)


def cut(recording: Recording, start: int, stop: int) -> Recording:
    """The rows between, from time 0 on."""
    times_s = recording.times_s[start:stop] - recording.times_s[start]
    one = recording.people[0].take(slice(start, stop)).replace(times_s=times_s)
    return recording.replace(times_s=times_s, people={0: one})


def kinds(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in findings]


def test_nothing_is_found_where_nothing_is_wrong(clean: list[Named], gather: Gather) -> None:
    split = {name: "train" if index % 2 else "test" for index, (name, _, _) in enumerate(clean)}
    assert audit(*gather(*clean, split=split)) == ()


COPIES: dict[str, Callable[[Recording], Recording]] = {
    "encoded anew": shaken,
    "shifted": lambda one: shaken(cut(one, 13, 120)),
    "trimmed": lambda one: shaken(cut(one, 5, 90)),
    "mirrored": lambda one: shaken(mirrored(one)),
    "enlarged": lambda one: shaken(changed(one, lambda points: 1.7 * points)),
    "thinned to half the rate": lambda one: one.replace(
        times_s=one.times_s[::2], people={0: one.people[0].take(slice(None, None, 2))}
    ),
}


@pytest.mark.parametrize("how", COPIES)
def test_copies_in_whatever_shape_are_found(how: str, clean: list[Named], gather: Gather) -> None:
    """Each of eight clips has a copy: all are found, and no other pair."""
    copies = [(f"{name} again", label, COPIES[how](one)) for name, label, one in clean[:CLIPS]]
    findings = audit(*gather(*clean, *copies), settings=AuditSettings(rates=10, doubts=False))
    assert {one.items for one in findings if one.kind == "near-duplicate"} == {
        (name, f"{name} again") for name, _, _ in clean[:CLIPS]
    }
    assert {one.severity for one in findings} == {"warning"}


def test_equal_clips_are_duplicates_and_worse_where_labels_or_splits_differ(
    clean: list[Named], gather: Gather
) -> None:
    name, label, one = clean[0]
    assert kinds(audit(*gather(*clean, ("b", label, one)))) == [("duplicate", "warning")]
    (other,) = audit(*gather(*clean, ("b", "wave", one)), settings=AuditSettings(doubts=False))
    assert (other.kind, other.severity, other.items) == ("duplicate", "fault", (name, "b"))
    assert "labels differ: kick and wave" in other.sentence
    split = {each: "train" for each, _, _ in clean} | {"b": "test"}
    (across,) = audit(*gather(*clean, ("b", label, one), split=split))
    assert (across.kind, across.severity) == ("duplicate", "fault")
    assert audit(*gather(*clean, ("b", label, one), group={name: "x", "b": "x"}))[0].severity == "note"


def test_people_who_keep_still_are_no_duplicates_of_each_other(move: Move, gather: Gather) -> None:
    still = [(f"s{seed}", "still", move("still", seed=seed)) for seed in range(6)]
    moving = [(f"w{seed}", "wave", move("wave", seed=seed)) for seed in range(6)]
    assert audit(*gather(*still, *moving)) == ()


def test_a_group_in_two_splits_is_a_fault(clean: list[Named], gather: Gather) -> None:
    names = [name for name, _, _ in clean]
    group = {names[0]: "anna", names[9]: "anna"}
    split = dict.fromkeys(names, "train") | {names[9]: "test"}
    (found,) = audit(*gather(*clean, group=group, split=split))
    assert (found.kind, found.severity) == ("group-across-splits", "fault")
    assert found.items == (names[0], names[9])
    assert "'anna' stands in several splits: test (1), train (1)" in found.sentence


def test_clips_without_people_short_ones_and_odd_skeletons(
    clean: list[Named], move: Move, gather: Gather
) -> None:
    base = move("wave", seed=50)
    unseen = np.array(base.people[0].image_px)
    unseen[10:115] = np.nan
    coco = move("wave", seed=51)
    faults: list[Named] = [
        ("empty", "wave", base.replace(people={})),
        ("rare", "wave", base.replace(people={0: base.people[0].replace(image_px=unseen)})),
        ("short", "wave", move("wave", seed=52, seconds=1.5)),
        ("coco", "wave", coco.replace(people={0: coco.people[0].to_skeleton(SKELETONS["coco17"])})),
    ]
    found = {one.kind: one for one in audit(*gather(*clean, *faults))}
    assert set(found) == {"nobody", "rarely-seen", "too-short", "mixed-skeletons", "little-used"}
    assert found["nobody"].items == ("empty",)
    assert found["rarely-seen"].items == ("rare",)
    assert found["too-short"].items == ("short",)
    assert found["mixed-skeletons"].items == ("coco",)
    assert found["mixed-skeletons"].severity == "fault"


def test_frame_rates_that_tell_the_class_are_worse(clean: list[Named], move: Move, gather: Gather) -> None:
    spread = [("k", "kick", move("kick", seed=60, fps=15.0)), ("w", "wave", move("wave", seed=61, fps=15.0))]
    assert kinds(audit(*gather(*clean, *spread))) == [("mixed-frame-rates", "note")]
    slow = [(f"jump{seed}", "jump", move("wave", seed=70 + seed, fps=15.0)) for seed in range(3)]
    (found,) = audit(*gather(*clean, *slow), settings=AuditSettings(doubts=False))
    assert (found.kind, found.severity) == ("mixed-frame-rates", "warning")
    assert "the odd ones are all 'jump'" in found.sentence


def test_classes_that_are_small_single_or_alone(clean: list[Named], move: Move, gather: Gather) -> None:
    assert kinds(audit(*gather(*clean[:CLIPS]))) == [("one-class", "fault")]
    found = audit(*gather(*clean[: CLIPS + 1]))
    assert kinds(found) == [("imbalance", "warning"), ("single-clip", "warning")]
    assert "8 clips of 'kick' and 1 of 'wave'" in found[0].sentence
    assert found[1].items == ("wave",)


def test_a_body_that_jumps_is_told(clean: list[Named], gather: Gather) -> None:
    def jump(points: np.ndarray) -> np.ndarray:
        points[len(points) // 2 :] += 900
        return points

    name, label, recording = clean[0]
    (found,) = audit(*gather((name, label, changed(recording, jump)), *clean[1:]))
    assert (found.kind, found.severity, found.items) == ("broken-tracks", "warning", (name,))
    assert "person 0 jumps" in found.sentence


def test_wrong_labels_are_doubted_and_right_ones_are_not(move: Move, gather: Gather) -> None:
    """Four of forty labels are wrong: precision and recall of the doubts are both 1."""
    clips = [
        (f"{kind}{seed}", kind, move(kind, seed=seed + 100 * (kind == "kick"), seconds=3.0))
        for kind in ("kick", "wave")
        for seed in range(20)
    ]
    wrong = {"kick3", "kick11", "wave5", "wave17"}
    other = {"kick": "wave", "wave": "kick"}
    mixed = [(name, other[label] if name in wrong else label, one) for name, label, one in clips]
    found = audit(*gather(*mixed))
    assert {one.items[0] for one in found} == wrong
    assert {one.kind for one in found} == {"doubtful-label"}
    assert audit(*gather(*mixed), settings=AuditSettings(doubts=False)) == ()


def test_labels_without_sense_are_not_doubted(move: Move, gather: Gather) -> None:
    """Where movement tells nothing of the labels, there is nothing to say in its name."""
    drawn = np.random.default_rng(0).permutation(["a", "b"] * 10)
    clips = [(f"c{seed}", str(label), move("wave", seed=seed)) for seed, label in enumerate(drawn)]
    assert audit(*gather(*clips)) == ()


def test_classes_that_differ_in_spelling_alone_are_told(clean: list[Named], gather: Gather) -> None:
    spelt = {0: "Kick", 1: "kick ", 9: "Wave"}
    clips = [(name, spelt.get(index, kind), one) for index, (name, kind, one) in enumerate(clean)]
    dataset, recordings = gather(*clips)
    found = [one for one in audit(dataset, recordings) if one.kind == "similar-labels"]
    assert [(one.severity, one.items) for one in found] == [
        ("warning", ("kick", "Kick", "kick ")),
        ("warning", ("wave", "Wave")),
    ]
    assert "did you mean 'wave' for all?" in found[1].sentence
    assert dataset.tasks[0].labels == ("Kick", "Wave", "kick", "kick ", "wave")


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Wave", "wave", True),
        ("arm raise", "Arm-Raise", True),
        ("arm_raise", "armraise", True),
        ("geübt", "geubt", True),
        ("step 1", "step 2", False),
        ("squat", "squats", False),
        ("左", "右", False),
        ("+", "-", False),
    ],
)
def test_which_names_are_alike(move: Move, gather: Gather, first: str, second: str, alike: bool) -> None:
    dataset, _ = gather(("a", first, move("wave")), ("b", second, move("kick")))
    assert bool(similar_labels(dataset)) == alike


def test_training_warns_of_classes_that_differ_in_spelling_alone(move: Move, gather: Gather) -> None:
    clips = [
        (f"{index}", label, move("wave", seed=index)) for index, label in enumerate(["Wave", "wave", "kick"])
    ]
    material = learning.gather(*gather(*clips), LearningSettings())
    assert any("differ in spelling alone" in one for one in material.warnings)

"""Splits: nothing on two sides, labels spread, and what cannot be done is told."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.models.conftest import Make

from laban.errors import InvalidValueError
from laban.models.training.split import Split
from laban.models.training.splits import SplitSettings, names_split, split_examples


def rows(groups: int, clips: int, *, labels: int = 2, windows: int = 3) -> list[tuple[str, str, int, int]]:
    return [
        (f"g{group}c{clip}", f"g{group}", clip % labels, 0)
        for group in range(groups)
        for clip in range(clips)
        for _ in range(windows)
    ]


def sides(split: Split) -> list[set[int]]:
    return [set(part.tolist()) for part in (split.train, split.validation, split.test)]


def test_groups_stay_together_and_every_window_is_used(make_examples: Make) -> None:
    examples = make_examples(rows(20, 4))
    (split,) = split_examples(examples)
    train, validation, test = sides(split)
    assert len(train) + len(validation) + len(test) == len(examples)
    assert train | validation | test == set(range(len(examples)))
    groups = [{examples.groups[row] for row in side} for side in (train, validation, test)]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]
    assert [len(side) for side in groups] == [14, 3, 3]
    assert split.notes == ()


def test_labels_are_spread_over_folds_as_evenly_as_groups_allow(make_examples: Make) -> None:
    one_label_each = [(f"c{n}", f"g{n}", int(n % 4 == 0), 0) for n in range(40)]
    examples = make_examples(one_label_each)
    folds = split_examples(examples, settings=SplitSettings(folds=5))
    labels = examples.labels_of("move")
    assert [int(labels[fold.test].sum()) for fold in folds] == [2] * 5
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(40))


def test_as_many_folds_as_groups_leave_one_out_at_a_time(make_examples: Make) -> None:
    examples = make_examples(rows(3, 4))
    folds = split_examples(examples, settings=SplitSettings(folds=3))
    assert {examples.groups[fold.test[0]] for fold in folds} == {"g0", "g1", "g2"}
    assert all("groups in the training part" in fold.notes[0] for fold in folds)
    assert all(len({examples.groups[row] for row in fold.test}) == 1 for fold in folds)


def test_the_same_seed_gives_the_same_split_and_another_another(make_examples: Make) -> None:
    examples = make_examples(rows(30, 3))

    def tested(seed: int) -> list[int]:
        return split_examples(examples, settings=SplitSettings(seed=seed))[0].test.tolist()

    assert tested(0) == tested(0)
    assert len({tuple(tested(seed)) for seed in range(4)}) > 1


def test_a_random_split_parts_groups_but_no_clip(make_examples: Make) -> None:
    examples = make_examples(rows(3, 20))
    (split,) = split_examples(examples, settings=SplitSettings(by="random"))
    clips = [set(examples.clip[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert [len(part) for part in clips] == [42, 9, 9]
    assert not clips[0] & clips[2]
    assert {examples.groups[row] for row in split.train} & {examples.groups[row] for row in split.test}


def test_blocks_are_runs_of_names_in_the_order_of_their_numbers(make_examples: Make) -> None:
    names = [f"fight_{number}" for number in (10, 2, 1, 11, 3, 4)]
    examples = make_examples([(name, "x", number % 2, 0) for number, name in enumerate(names)])
    # labels: 10, 1, 3 are "a" and 2, 11, 4 are "b"; blocks of two of each: {1, 3}, {10}, {2, 4}, {11}
    folds = split_examples(examples, settings=SplitSettings(by="blocks", block=2, folds=4, validation=0))
    tested = {frozenset(names[row] for row in fold.test) for fold in folds}
    assert tested == {
        frozenset({"fight_1", "fight_3"}),
        frozenset({"fight_10"}),
        frozenset({"fight_2", "fight_4"}),
        frozenset({"fight_11"}),
    }


def test_the_datas_own_split_is_kept_and_its_leaks_are_told(make_examples: Make) -> None:
    splits = {"c0": "train", "c1": "train", "c2": "val", "c3": "test", "c4": "Test"}
    examples = make_examples([(f"c{n}", f"g{n % 4}", n % 2, 0) for n in range(5)], splits=splits)
    (split,) = split_examples(examples, settings=SplitSettings(by="data"))
    assert [part.tolist() for part in (split.train, split.validation, split.test)] == [[0, 1], [2], [3, 4]]
    assert "'g0'" in split.notes[0]


def test_a_label_of_one_group_is_learned_from_and_told(make_examples: Make) -> None:
    examples = make_examples([*rows(8, 2), ("only", "g8", 2, 0)], labels=("a", "b", "rare"))
    (split,) = split_examples(examples)
    assert len(examples) - 1 in split.train
    assert split.notes == ("move: rare has clips of only one group: it is in training and cannot be tested.",)


def test_what_cannot_be_split_is_refused_with_the_reason(make_examples: Make) -> None:
    with pytest.raises(InvalidValueError, match="at least two labels, found move: a"):
        split_examples(make_examples([(f"c{n}", f"g{n}", 0, 0) for n in range(5)]))
    with pytest.raises(InvalidValueError, match="found 1; add clips, name persons"):
        split_examples(make_examples([(f"c{n}", "g", n % 2, 0) for n in range(5)]))
    with pytest.raises(InvalidValueError, match="at least 9 groups"):
        split_examples(make_examples(rows(8, 2)), settings=SplitSettings(folds=9))
    with pytest.raises(InvalidValueError, match="names no split"):
        split_examples(make_examples(rows(8, 2)), settings=SplitSettings(by="data"))
    wrong = make_examples(rows(1, 2), splits={"g0c0": "train", "g0c1": "tset"})
    with pytest.raises(InvalidValueError, match="expected train, validation, test"):
        split_examples(wrong, settings=SplitSettings(by="data"))


def test_a_validation_part_is_the_test_where_the_data_names_none(make_examples: Make) -> None:
    examples = make_examples(rows(12, 2))
    parts = ["val" if index % 4 == 0 else "train" for index in range(len(examples.clips))]
    clips = tuple(replace(clip, split=part) for clip, part in zip(examples.clips, parts, strict=True))
    examples = replace(examples, clips=clips)
    assert names_split(examples)
    (split,) = split_examples(examples, settings=SplitSettings(by="data"))
    train, validation, test = sides(split)
    assert test == {row for row in range(len(examples)) if parts[examples.clip[row]] == "val"}
    assert validation
    assert train | validation | test == set(range(len(examples)))
    assert split.notes[:2] == (
        "The data has no test part: its validation part is used as the test.",
        "The data has no validation part: it was taken from the training part.",
    )


def test_a_split_is_the_datas_own_only_where_every_clip_is_named(make_examples: Make) -> None:
    examples = make_examples(rows(4, 2))
    assert not names_split(examples)
    named = [replace(clip, split=("train", "test")[at % 2]) for at, clip in enumerate(examples.clips)]
    assert names_split(replace(examples, clips=tuple(named)))
    assert not names_split(replace(examples, clips=(*named[:-1], examples.clips[-1])))
    assert not names_split(replace(examples, clips=tuple(replace(one, split="train") for one in named)))

"""Long recordings parted by time."""

from dataclasses import replace

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import Clip, Examples
from laban.models.training.splits import SplitSettings, has_groups, split_examples
from laban.models.training.time_split import parts_by_time

CLOCK = WindowSpec(length_s=1.0, hop_s=0.5, fps=10.0)


def two_long_clips(*, short: bool = False) -> Examples:
    """A minute of each of two labels, and a third label of one window."""
    starts_s = np.arange(0, 59, 0.5)
    count, more = len(starts_s), 1 if short else 0
    labels = [0] * count + [1] * count + [2] * more
    values = np.zeros((2 * count + more, CLOCK.length, 66))
    return Examples(
        FeatureSpec(),
        CLOCK,
        (Task("move", ("a", "b", "c")),),
        (Clip("a", "a"), Clip("b", "b"), Clip("c", "c")),
        values,
        np.array(labels)[:, None],
        np.array(labels),
        np.zeros(len(labels)),
        np.concatenate([starts_s, starts_s, [0.0] * more]),
    )


def test_the_parts_follow_each_other_and_share_no_instant() -> None:
    examples = two_long_clips()
    parts = parts_by_time(examples, validation=0.2, test=0.2)
    first, second, third = (examples.start_s[parts == number] for number in range(3))
    assert first.max() + 0.9 <= second.min()
    assert second.max() + 0.9 <= third.min()
    assert len(first) / len(parts) == pytest.approx(0.6, abs=0.05)
    assert len(third) / len(parts) == pytest.approx(0.2, abs=0.05)


def test_a_split_by_time_tells_what_it_is_worth_and_what_it_leaves_out() -> None:
    (split,) = split_examples(two_long_clips(short=True), settings=SplitSettings(by="time"))
    assert any("this says nothing about other people" in note for note in split.notes)
    assert any("c is too short" in note for note in split.notes)
    assert set(split.train) & set(split.test) == set()


def test_whole_clips_have_no_parts() -> None:
    examples = replace(two_long_clips(), clock=WholeClip(10))
    with pytest.raises(InvalidValueError, match="add clips"):
        parts_by_time(examples, validation=0.2, test=0.2)


def test_one_clip_a_label_is_no_ground_for_a_split_by_group() -> None:
    examples = two_long_clips()
    assert not has_groups(examples)
    many = tuple(Clip(f"{index}", f"{index}") for index in range(len(examples)))
    assert has_groups(replace(examples, clips=many, clip=np.arange(len(examples))))

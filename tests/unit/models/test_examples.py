"""Examples: windows, what they are called, and where they come from."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Clip, Examples

FALL = Task("fall", ("no_fall", "fall"))
FIGHT = Task("fight", ("no_fight", "fight"))


def some(**changes: object) -> Examples:
    values = {
        "spec": FeatureSpec(),
        "clock": WindowSpec(length_s=0.1),
        "tasks": (FALL, FIGHT),
        "clips": (Clip("a.mp4", "anna"), Clip("b.mp4", "bert")),
        "values": np.arange(4 * 3 * 66).reshape(4, 3, 66),
        "labels": [[0, UNLABELLED], [1, UNLABELLED], [UNLABELLED, 1], [UNLABELLED, 0]],
        "clip": [0, 0, 1, 1],
        "person": [0, 1, 0, 0],
        "start_s": [0.0, 0.0, 0.0, 0.5],
    }
    return Examples(**{**values, **changes})  # type: ignore[arg-type]


def test_each_window_has_the_group_of_its_clip() -> None:
    assert some().groups == ("anna", "anna", "bert", "bert")


def test_labels_are_had_by_the_name_of_the_task() -> None:
    assert some().labels_of("fight").tolist() == [-1, -1, 1, 0]
    with pytest.raises(UnknownNameError, match="did you mean 'fight'"):
        some().labels_of("figth")


def test_taken_windows_keep_all_that_belongs_to_them() -> None:
    taken = some().take(np.array([False, True, False, True]))
    assert taken.labels.tolist() == [[1, -1], [-1, 0]]
    assert taken.clip.tolist() == [0, 1]
    assert taken.start_s.tolist() == [0.0, 0.5]
    assert np.array_equal(taken.values, some().values[[1, 3]])
    assert len(some().take([])) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("values", np.zeros((4, 3, 65))),
        ("values", np.zeros((4, 2, 66))),
        ("labels", np.zeros((4, 1))),
        ("labels", [[2, 0]] * 4),
        ("labels", [[-2, 0]] * 4),
        ("clip", [0, 0, 0, 2]),
        ("clip", [0, 0, 0, -1]),
        ("person", [0, 0]),
        ("tasks", (FALL, FALL)),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidValueError):
        some(**{name: value})
